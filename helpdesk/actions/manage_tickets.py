"""Who works on a ticket and whether it is done."""

from datetime import datetime

from helpdesk.accounts.models import Agent
from helpdesk.actions import track_sla
from helpdesk.actions.charge_work import note_unbilled
from helpdesk.actions.live_promises import live_book
from helpdesk.billing.offers import post_surcharge
from helpdesk.core.actors import Actor
from helpdesk.core.errors import InvalidInput
from helpdesk.db import db, transaction
from helpdesk.tickets import models as tickets
from helpdesk.tickets.models import locked, record


def assign(number: int, agent_id: int | None, *, by: Actor, now: datetime) -> None:
    """Gives the ticket to an agent, or back to all with None. Raises InvalidInput for one who left."""
    with transaction():
        ticket = locked(number)
        agent = db.session.get(Agent, agent_id) if agent_id else None
        if agent_id and (agent is None or not agent.active):
            raise InvalidInput("This person cannot take tickets.", field="agent")
        if ticket.assignee_id == agent_id:
            return
        ticket.assignee_id = agent_id
        ticket.updated_at = now
        if live_book().asks_team:
            track_sla.update(ticket)
        record(number, "assigned" if agent else "unassigned", by, now, to=agent.name if agent else None)


def close(number: int, *, by: Actor, now: datetime, settled: bool = True) -> None:
    """Ends the case; a reply of the customer opens it again. Closing twice is closing once.

    An accepted surcharge was held until now; the urgent case is done, so it is charged, once. With `settled`
    false that waits for settle(): what is charged cannot be taken back as easily as an answer.
    """
    with transaction():
        ticket = locked(number)
        if ticket.status == "closed":
            return
        if settled and ticket.urgent_since is not None:
            post_surcharge(number, by=by, now=now)
        note_unbilled(ticket, by=by, now=now)
        tickets.close(ticket, now)
        ticket.updated_at = now
        record(number, "closed", by, now)


def settle(number: int, *, now: datetime) -> None:
    """Charges what closing left open: the answer that closed the case is leaving now. May be repeated."""
    with transaction():
        ticket = locked(number)
        if ticket.status == "closed" and ticket.urgent_since is not None:
            post_surcharge(number, now=now)


def reopen(number: int, *, by: Actor, now: datetime) -> None:
    """Takes the case up again, with a promise that starts now."""
    with transaction():
        ticket = locked(number)
        if ticket.status == "open":
            return
        tickets.resume(ticket, now)
        track_sla.owe(ticket, now)
        ticket.updated_at = now
        record(number, "reopened", by, now)

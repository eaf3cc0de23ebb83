"""The timer of an agent: one at a time; stopping it gives the minutes to log, and logs nothing by itself."""

from datetime import datetime

from sqlalchemy import delete, select

from helpdesk.billing.terms_models import WorkTimer
from helpdesk.core.actors import Actor
from helpdesk.core.errors import Conflict, Forbidden
from helpdesk.db import db, insert_new, transaction
from helpdesk.tickets.queries import ticket_by_number


def start_timer(number: int, *, by: Actor, now: datetime) -> None:
    """Starts the agent's timer on the ticket; raises Conflict while one runs on another ticket."""
    agent = _agent(by)
    with transaction():
        ticket = ticket_by_number(number)
        if insert_new(WorkTimer, agent_id=agent, ticket_id=ticket.id, started_at=now):
            return
        running = db.session.scalar(select(WorkTimer.ticket_id).where(WorkTimer.agent_id == agent))
        if running != ticket.id:
            raise Conflict("Your timer runs on another ticket. Stop it there first.")


def stop_timer(number: int, *, by: Actor, now: datetime) -> int | None:
    """Ends the agent's timer on the ticket; returns the started minutes, None when none ran."""
    agent = _agent(by)
    with transaction():
        started = db.session.scalar(
            select(WorkTimer.started_at).where(WorkTimer.agent_id == agent, WorkTimer.ticket_id == number)
        )
        if started is None:
            return None
        db.session.execute(delete(WorkTimer).where(WorkTimer.agent_id == agent))
    seconds = max(0, int((now - started).total_seconds()))
    return min(1440, max(1, -(-seconds // 60)))


def _agent(by: Actor) -> int:
    if by.kind != "agent" or by.id is None:
        raise Forbidden("Only an agent can log work.")
    return by.id

"""A mail of ours did not arrive, or nobody knows: the ticket comes back to the agents."""

from datetime import datetime
from typing import Any

from helpdesk.actions import track_sla
from helpdesk.core.actors import Actor
from helpdesk.mail.models import OutgoingMail
from helpdesk.tickets.models import locked_current, record, resume


def undelivered(ours: OutgoingMail, code: str, by: Actor, now: datetime, **data: Any) -> None:
    """Notes it on the ticket, and wakes a ticket that waits for somebody who never got our mail.

    An agent's answer that did not arrive is owed again, also where the case was closed with it. Call inside
    transaction().
    """
    if ours.ticket_number is None:
        return
    ticket = locked_current(ours.ticket_number)
    ticket.updated_at = now
    owed = not ours.automatic and ticket.status != "open"
    if ticket.status == "waiting" or owed:
        resume(ticket, now)
    if owed and ticket.promised_from is None:
        track_sla.owe(ticket, now)
    record(ticket.id, code, by, now, **data)

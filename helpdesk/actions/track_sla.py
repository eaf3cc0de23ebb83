"""Promises: what is owed until when, moved by pauses, brought forward by accepted urgency (S1, S2)."""

from datetime import datetime

from sqlalchemy import select

from helpdesk.actions.context import context
from helpdesk.core.intervals import Interval
from helpdesk.db import db
from helpdesk.sla.deadlines import Deadline, promise
from helpdesk.sla.policy import NORMAL, URGENT, Priority
from helpdesk.tickets.models import Pause, Ticket


def first_promise(received_at: datetime) -> Deadline:
    """The promise for a message that just came in."""
    return promise(received_at, context().calendar, NORMAL)


def owe(ticket: Ticket, since: datetime) -> None:
    """From `since` on we owe an answer; earlier pauses are forgotten."""
    ticket.promised_from = since
    update(ticket)


def update(ticket: Ticket) -> None:
    """Works the deadline out anew after a pause, an acceptance or a change of hours."""
    if ticket.promised_from is None:
        return
    policy = URGENT if ticket.priority == Priority.URGENT else NORMAL
    start = ticket.urgent_since if ticket.urgent_since and ticket.priority == Priority.URGENT else None
    pauses = _pauses(ticket.id, ticket.promised_from)
    normal = promise(ticket.promised_from, context().calendar, NORMAL, pauses)
    chosen = normal
    if start is not None:
        urgent = promise(max(start, ticket.promised_from), context().calendar, policy, pauses)
        chosen = min(normal, urgent, key=lambda deadline: deadline.due_at)
    ticket.due_at, ticket.due_reason = chosen.due_at, chosen.as_data()


def met(ticket: Ticket, at: datetime) -> None:
    """An answer left: nothing is owed until the customer writes again."""
    ticket.answered_at = ticket.answered_at or at
    ticket.promised_from = ticket.due_at = None


def _pauses(ticket_id: int, since: datetime) -> list[Interval]:
    rows = db.session.execute(
        select(Pause.since, Pause.until).where(
            Pause.ticket_id == ticket_id, Pause.until.is_not(None), Pause.until > since
        )
    ).all()
    return [Interval(max(row.since, since), row.until) for row in rows]

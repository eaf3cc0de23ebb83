"""Promises: what is owed until when, moved by pauses, brought forward by accepted urgency (S1, S2)."""

from datetime import datetime

from sqlalchemy import select

from helpdesk.actions.calendars import calendar_of
from helpdesk.core.business_hours import Calendar
from helpdesk.db import db
from helpdesk.mail.queries import box
from helpdesk.sla import deadlines, timeline
from helpdesk.sla.deadlines import Deadline
from helpdesk.sla.policy import Priority, policy_for
from helpdesk.tickets.models import Pause, Ticket


def first_promise(received_at: datetime, *, on_premise: bool, calendar: Calendar) -> Deadline:
    """The promise for a message that just came in, in the working days of its mailbox."""
    policy = policy_for(urgent_accepted=False, on_premise=on_premise)
    return deadlines.promise(received_at, calendar, policy)


def owe(ticket: Ticket, since: datetime) -> None:
    """From `since` on we owe an answer; earlier pauses are forgotten."""
    ticket.promised_from = since
    update(ticket)


def update(ticket: Ticket) -> None:
    """Works the deadline out anew after a pause, an acceptance or a change of hours."""
    if ticket.promised_from is None:
        return
    urgent = ticket.urgent_since is not None
    deadline = deadlines.promise(
        ticket.promised_from,
        calendar_of(box(ticket.mailbox_id)),
        policy_for(urgent_accepted=urgent, on_premise=ticket.priority == Priority.ON_PREMISE),
        _pauses(ticket.id, ticket.promised_from),
        accepted_at=ticket.urgent_since,
    )
    ticket.due_at, ticket.due_reason = deadline.due_at, deadline.as_data()


def met(ticket: Ticket, at: datetime) -> None:
    """An answer left: nothing is owed until the customer writes again."""
    ticket.answered_at = ticket.answered_at or at
    ticket.promised_from = ticket.due_at = None


def _pauses(ticket_id: int, since: datetime) -> list[timeline.Pause]:
    rows = db.session.execute(
        select(Pause.since, Pause.until, Pause.cause).where(
            Pause.ticket_id == ticket_id, Pause.until.is_not(None), Pause.until > since
        )
    ).all()
    return [timeline.Pause(max(row.since, since), row.until, row.cause) for row in rows]

"""Two tickets that are one matter: one becomes a part of the other, and can be taken out again."""

from datetime import datetime

from sqlalchemy import select

from helpdesk.actions import rehome
from helpdesk.core.actors import Actor
from helpdesk.core.errors import Conflict
from helpdesk.db import db, transaction
from helpdesk.tickets import models as tickets
from helpdesk.tickets.models import Event, Ticket, TicketMessage, locked, record, wait_for


def merge(number: int, target: int, *, by: Actor, now: datetime) -> int:
    """All messages of the ticket go to the ticket `target`, and so do later answers; returns its number.

    The merged ticket is closed and stays readable. Its people may go on writing; nobody gains a right to
    read. Work and bookings stay where they were made. Raises Conflict while an offer of it is open or an
    accepted surcharge is held, and where the two are different customers'.
    """
    with transaction():
        source, goal = rehome.both_locked(number, target)
        if source.merged_into_id is not None:
            raise Conflict("This ticket was merged into #%(number)s.", number=source.merged_into_id)
        rehome.refuse_other_customer(source.customer_id, goal)
        if rehome.has_open_money(source):
            raise Conflict("An offer of this ticket is open or a surcharge is held. Settle that first.")
        stood = {"status": source.status, "waiting_for": source.waiting_for, "target_status": goal.status}
        for message in _messages(number):
            rehome.carry(message, goal, "merged", by, now)
        tickets.close(source, now)
        db.session.flush()
        source.merged_into_id = goal.id
        source.updated_at = now
        db.session.flush()
        rehome.settle_arrival(goal, now)
        record(number, "merged", by, now, to=goal.id, **stood)
        record(goal.id, "merged_here", by, now, origin=number)
        return goal.id


def unmerge(number: int, *, by: Actor, now: datetime) -> int:
    """Takes a merged ticket out again, with all its messages that are still there; returns its number.

    Raises Conflict for a ticket that was not merged, and while the other one is merged itself.
    """
    with transaction():
        into = locked(number).merged_into_id
        if into is None:
            raise Conflict("This ticket was not merged.")
        goal = locked(into)
        if goal.merged_into_id is not None:
            raise Conflict("This ticket was merged into #%(number)s.", number=goal.merged_into_id)
        source = locked(number)
        for message in _messages(into, moved_from=number):
            _take_out(message, source, goal, by, now)
        db.session.flush()
        stood = _stood(number)
        rehome.take_up_again(source, now)
        _restore(source, stood, now)
        rehome.settle_departure(goal, stood.get("target_status"), now)
        record(number, "unmerged", by, now, origin=into)
        record(into, "unmerged_here", by, now, to=number)
        return number


def _take_out(message: TicketMessage, source: Ticket, goal: Ticket, by: Actor, now: datetime) -> None:
    """A mail that an agent had moved brought its sender along; a merge did not."""
    was_welcomed = message.threading.get("welcomed")
    rehome.carry_back(message, by, now)
    db.session.flush()
    if was_welcomed:
        rehome.dismiss(message.from_address, goal)
        rehome.welcome(message.from_address, source, now)


def _restore(ticket: Ticket, stood: dict[str, str], now: datetime) -> None:
    """As it stood before; what is owed is worked out from its messages."""
    ticket.updated_at = now
    if stood.get("status") == "closed":
        tickets.close(ticket, now)
    elif stood.get("status") == "waiting":
        wait_for(ticket, stood.get("waiting_for") or "answer", now)
        ticket.due_at = ticket.warn_at = ticket.promised_from = None
    else:
        rehome.settle_arrival(ticket, now)


def _stood(number: int) -> dict[str, str]:
    query = select(Event.data).where(Event.ticket_id == number, Event.code == "merged")
    return db.session.scalar(query.order_by(Event.id.desc()).limit(1)) or {}


def _messages(number: int, moved_from: int | None = None) -> list[TicketMessage]:
    query = select(TicketMessage).where(TicketMessage.ticket_id == number).order_by(TicketMessage.id)
    if moved_from is not None:
        query = query.where(TicketMessage.moved_from_id == moved_from)
    return list(db.session.scalars(query.execution_options(populate_existing=True)))

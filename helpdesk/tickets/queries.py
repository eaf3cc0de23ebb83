"""Reads of single tickets: the row, its conversation, its files, its history."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import and_, select
from sqlalchemy.orm import joinedload, selectinload

from helpdesk.core.errors import NotFound
from helpdesk.db import db
from helpdesk.mail.models import OutgoingMail
from helpdesk.tickets.models import Attachment, Event, Ticket, TicketMessage

MESSAGES_A_PAGE = 100
EVENTS_SHOWN = 100


@dataclass(frozen=True, slots=True)
class Entry:
    """One message of a ticket; the HTML itself is read only by the frame that shows it."""

    message: TicketMessage
    has_html: bool


def ticket_by_number(number: int) -> Ticket:
    """The ticket with its people; raises NotFound."""
    found = db.session.scalar(select(Ticket).where(Ticket.id == number).options(*_PEOPLE))
    if found is None:
        raise NotFound("There is no ticket with this number.")
    return found


def ticket_with_draft(number: int, agent_id: int) -> tuple[Ticket, OutgoingMail | None]:
    """The ticket, and the answer that this agent took back and has not sent since; raises NotFound."""
    returned = and_(
        OutgoingMail.ticket_number == Ticket.id,
        OutgoingMail.agent_id == agent_id,
        OutgoingMail.state == "withdrawn",
        OutgoingMail.undo.is_not(None),
    )
    row = db.session.execute(
        select(Ticket, OutgoingMail)
        .outerjoin(OutgoingMail, returned)
        .where(Ticket.id == number)
        .options(*_PEOPLE)
        .order_by(OutgoingMail.id.desc())
        .limit(1)
    ).one_or_none()
    if row is None:
        raise NotFound("There is no ticket with this number.")
    return row[0], row[1]


_PEOPLE = (
    joinedload(Ticket.customer),
    joinedload(Ticket.contact),
    joinedload(Ticket.assignee),
    joinedload(Ticket.mailbox),
)


def conversation(number: int, before: int | None = None) -> tuple[list[Entry], bool]:
    """The newest messages in the order they came, and whether there are earlier ones.

    `before` is the id of the oldest message seen, to read further back.
    """
    query = (
        select(TicketMessage, TicketMessage.html.is_not(None))
        .where(TicketMessage.ticket_id == number)
        .options(
            joinedload(TicketMessage.agent),
            joinedload(TicketMessage.outgoing),
            selectinload(TicketMessage.attachments),
        )
        .order_by(TicketMessage.id.desc())
        .limit(MESSAGES_A_PAGE + 1)
    )
    if before is not None:
        query = query.where(TicketMessage.id < before)
    rows = db.session.execute(query).all()
    shown = [Entry(message, bool(has_html)) for message, has_html in rows[:MESSAGES_A_PAGE]]
    return shown[::-1], len(rows) > MESSAGES_A_PAGE


def message_of(number: int, message_id: int) -> TicketMessage:
    """One message of that ticket with its HTML and files; raises NotFound for another ticket's."""
    found = db.session.scalar(
        select(TicketMessage)
        .where(TicketMessage.id == message_id, TicketMessage.ticket_id == number)
        .options(selectinload(TicketMessage.attachments))
    )
    if found is None:
        raise NotFound("There is no such message.")
    return found


def attachment_of(number: int, attachment_id: int) -> Attachment:
    """One file of that ticket; raises NotFound for another ticket's."""
    found = db.session.scalar(
        select(Attachment)
        .join(TicketMessage, TicketMessage.id == Attachment.message_id)
        .where(Attachment.id == attachment_id, TicketMessage.ticket_id == number)
    )
    if found is None:
        raise NotFound("There is no such file.")
    return found


def history(number: int) -> Sequence[Event]:
    """The newest lines of the ticket's history, newest first."""
    return db.session.scalars(
        select(Event).where(Event.ticket_id == number).order_by(Event.id.desc()).limit(EVENTS_SHOWN)
    ).all()

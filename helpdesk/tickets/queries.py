"""Reads of single tickets: the row, its conversation, its files, its history."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import and_, bindparam, exists, func, select
from sqlalchemy.orm import joinedload, selectinload

from helpdesk.core.errors import NotFound
from helpdesk.db import connection, db, table_of
from helpdesk.mail.models import OutgoingMail, RawMail
from helpdesk.tickets.models import Attachment, Event, Participant, Ticket, TicketMessage

MESSAGES_A_PAGE = 100
EVENTS_SHOWN = 100
#: Message-IDs of one mail that are looked up: the newest of a long thread.
_IDS_LOOKED_UP = 50
_SUBJECTS_READ = 30
# Merging refuses circles; this only keeps a broken database from holding up a worker.
_MERGES_FOLLOWED = 50


@dataclass(frozen=True, slots=True)
class Entry:
    """One message of a ticket; the HTML itself is read only by the frame that shows it."""

    message: TicketMessage
    has_html: bool
    #: Perhaps from elsewhere; the frame knows.
    has_pictures: bool


class Standing(NamedTuple):
    """What the intake must know of a ticket that a mail names.

    `belongs`: the address that was asked about stands on this very ticket.
    """

    number: int
    subject: str
    status: str
    offer_open: bool
    closed_at: datetime | None
    updated_at: datetime
    belongs: bool


def standing(number: int | None, address: str = "") -> Standing | None:
    """How the ticket stands, or the one that it was merged into; None where there is none."""
    for _ in range(_MERGES_FOLLOWED):
        known = {"number": number, "address": address}
        row = connection().execute(_STANDING, known).one_or_none() if number else None
        if row is None:
            return None
        if row.merged_into_id is None:
            return Standing(*row[:-1])
        number = row.merged_into_id
    return None


def belongs(number: int, address: str) -> bool:
    """Whether the address belongs to the ticket, or to one that was merged into it (M5)."""
    return bool(connection().execute(_BELONGS, {"number": number, "address": address}).scalar())


def subjects_of(number: int) -> list[str]:
    """The newest subjects that mails of this ticket had, ours included."""
    return list(connection().execute(_SUBJECTS, {"number": number}).scalars())


# Built once, over the bare tables: the intake asks these for each reply.
_TICKET = table_of(Ticket).c
_MESSAGE = table_of(TicketMessage).c
_PARTICIPANT = table_of(Participant).c
_IS_PARTICIPANT = _PARTICIPANT.address == bindparam("address")
_STANDING = select(
    _TICKET.id,
    _TICKET.subject,
    _TICKET.status,
    _TICKET.offer_open,
    _TICKET.closed_at,
    _TICKET.updated_at,
    exists().where(_PARTICIPANT.ticket_id == _TICKET.id, _IS_PARTICIPANT),
    _TICKET.merged_into_id,
).where(_TICKET.id == bindparam("number"))
_THIS = select(_TICKET.id).where(_TICKET.id == bindparam("number")).cte(recursive=True)
_FAMILY = _THIS.union(select(_TICKET.id).join(_THIS, _TICKET.merged_into_id == _THIS.c.id))
_BELONGS = select(exists().where(_IS_PARTICIPANT, _PARTICIPANT.ticket_id.in_(select(_FAMILY.c.id))))
_SUBJECTS = (
    select(_MESSAGE.subject)
    .where(_MESSAGE.ticket_id == bindparam("number"), _MESSAGE.subject != "")
    .order_by(_MESSAGE.id.desc())
    .limit(_SUBJECTS_READ)
)


def ticket_of_their_mail(message_ids: Collection[str]) -> int | None:
    """The ticket on which a mail with one of these ids lies; the ids are their senders' and prove nothing."""
    if not message_ids:
        return None
    return db.session.scalar(
        select(TicketMessage.ticket_id)
        .join(RawMail, RawMail.id == TicketMessage.raw_mail_id)
        .where(RawMail.message_id.in_(list(message_ids)[-_IDS_LOOKED_UP:]))
        .order_by(TicketMessage.id.desc())
        .limit(1)
    )


def oldest_unanswered(number: int) -> datetime | None:
    """Since when the oldest mail waits that no agent has answered and no closing has settled."""
    message = TicketMessage.ticket_id == number
    answered = select(func.coalesce(func.max(TicketMessage.id), 0)).where(
        message, TicketMessage.kind == "outgoing", TicketMessage.agent_id.is_not(None)
    )
    closed = select(func.max(Event.at)).where(Event.ticket_id == number, Event.code == "closed")
    settled = db.session.scalar(closed)
    waiting = select(func.min(TicketMessage.created_at)).where(
        message, TicketMessage.kind == "incoming", TicketMessage.id > answered.scalar_subquery()
    )
    if settled is not None:
        waiting = waiting.where(TicketMessage.created_at > settled)
    return db.session.scalar(waiting)


def first_mail(number: int) -> int | None:
    """The id of the message that opened the ticket, of those that are still on it."""
    query = select(func.min(TicketMessage.id)).where(
        TicketMessage.ticket_id == number, TicketMessage.kind.in_(("incoming", "automatic"))
    )
    return db.session.scalar(query)


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
        select(TicketMessage, TicketMessage.html.is_not(None), TicketMessage.html.contains("<img"))
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
    shown = [Entry(message, bool(html), bool(pictures)) for message, html, pictures in rows[:MESSAGES_A_PAGE]]
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

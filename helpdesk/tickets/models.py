"""Tickets, their messages, attachments, participants and history."""

from datetime import datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Identity,
    Index,
    Integer,
    String,
    Text,
    UniqueConstraint,
    bindparam,
    case,
    false,
    select,
    text,
    update,
)
from sqlalchemy.orm import Mapped, deferred, mapped_column, relationship

from helpdesk.accounts.models import Agent
from helpdesk.core.actors import Actor
from helpdesk.core.errors import Conflict, NotFound
from helpdesk.customers.models import Contact, Customer
from helpdesk.db import Base, UtcDateTime, db, insert_row
from helpdesk.mail.models import Mailbox, OutgoingMail

# open: we must act; waiting: the customer must answer or accept, the clock stands still (S1);
# closed: done, until the customer writes again.
STATUSES = ("open", "waiting", "closed")
LABELS = ("hotline", "support")
MESSAGE_KINDS = ("incoming", "outgoing", "note", "automatic")


class Ticket(Base):
    """One case of one requester. `id` is the number that people read and write (#1042)."""

    __tablename__ = "ticket"
    __table_args__ = (
        CheckConstraint("status IN ('open', 'waiting', 'closed')", name="status"),
        CheckConstraint("label IS NULL OR label IN ('hotline', 'support')", name="label"),
        CheckConstraint("label_source IN ('rule', 'agent')", name="label_source"),
        CheckConstraint("(status = 'closed') = (closed_at IS NOT NULL)", name="closed_at"),
        CheckConstraint("(status = 'waiting') = (waiting_for IS NOT NULL)", name="waiting_for"),
        CheckConstraint("merged_into_id IS NULL OR status = 'closed'", name="merged"),
        # The queue: open tickets by what is due next. Closed ones are not in it, so it never grows old.
        Index(
            "ix_ticket_queue",
            "priority",
            "due_at",
            "id",
            sqlite_where=text("status = 'open'"),
            postgresql_where=text("status = 'open'"),
        ),
        Index(
            "ix_ticket_mine",
            "assignee_id",
            "due_at",
            sqlite_where=text("status <> 'closed'"),
            postgresql_where=text("status <> 'closed'"),
        ),
        Index(
            "ix_ticket_waiting",
            "updated_at",
            sqlite_where=text("status = 'waiting'"),
            postgresql_where=text("status = 'waiting'"),
        ),
        Index(
            "ix_ticket_offer_open",
            "updated_at",
            sqlite_where=text("offer_open"),
            postgresql_where=text("offer_open"),
        ),
        Index("ix_ticket_customer_created", "customer_id", "created_at"),
        Index("ix_ticket_contact_created", "contact_id", "created_at"),
        Index("ix_ticket_updated", "updated_at"),
        Index(
            "ix_ticket_merged_into",
            "merged_into_id",
            sqlite_where=text("merged_into_id IS NOT NULL"),
            postgresql_where=text("merged_into_id IS NOT NULL"),
        ),
        {"sqlite_autoincrement": True},
    )

    # Numbers start at 1001: "ticket 1" looks like nobody was here before.
    id: Mapped[int] = mapped_column(
        BigInteger().with_variant(Integer, "sqlite"), Identity(start=1001), primary_key=True
    )
    subject: Mapped[str] = mapped_column(String(500))
    status: Mapped[str] = mapped_column(String(10), default="open")
    #: What a waiting ticket waits for: the customer's `answer`, or their `acceptance` of an offer.
    waiting_for: Mapped[str | None] = mapped_column(String(10))
    #: An offer was sent and is neither answered nor expired; the offers themselves stand in billing.
    offer_open: Mapped[bool] = mapped_column(default=False)
    #: 0 urgent (accepted), 1 on-premise, 2 normal: helpdesk.sla.policy.Priority.
    priority: Mapped[int] = mapped_column(default=2)
    mailbox_id: Mapped[int] = mapped_column(ForeignKey("mailbox.id"))
    customer_id: Mapped[int | None] = mapped_column(ForeignKey("customer.id"))
    contact_id: Mapped[int] = mapped_column(ForeignKey("contact.id"))
    assignee_id: Mapped[int | None] = mapped_column(ForeignKey("agent.id"))
    language: Mapped[str] = mapped_column(String(2))
    #: A stranger's mail that names another ticket stands alone and points there (M5).
    linked_to_id: Mapped[int | None] = mapped_column(ForeignKey("ticket.id"))

    # What triage proposes or an agent decided (T2: an agent's decision outranks a rule's).
    label: Mapped[str | None] = mapped_column(String(10))
    label_source: Mapped[str] = mapped_column(String(5), default="rule")
    kind: Mapped[str] = mapped_column(String(20), default="other")
    urgent_asked: Mapped[bool] = mapped_column(default=False)
    quote_needed: Mapped[bool] = mapped_column(default=False)
    urgent_since: Mapped[datetime | None]

    # The promise (S1, S2): counted from `promised_from`; both empty while nothing is owed.
    promised_from: Mapped[datetime | None]
    due_at: Mapped[datetime | None]
    due_reason: Mapped[dict[str, Any]] = mapped_column(default=dict)
    answered_at: Mapped[datetime | None]

    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]
    #: What is written to this one belongs to that one from now on; closed as long as this stands.
    merged_into_id: Mapped[int | None] = mapped_column(ForeignKey("ticket.id"))
    #: The office whose hours count, and the version of the book of promises; -1: worked out by none yet.
    office: Mapped[str] = mapped_column(String(120), default="", server_default="")
    promise_version: Mapped[int] = mapped_column(default=-1, server_default="-1")
    #: When the last quarter of the time for the answer begins.
    warn_at: Mapped[datetime | None]
    #: The end of the matter, where a policy promises one: counted from `resolve_from`, pauses left out.
    resolve_from: Mapped[datetime | None]
    resolve_by: Mapped[datetime | None]
    resolve_warn_at: Mapped[datetime | None]

    customer: Mapped[Customer | None] = relationship()
    contact: Mapped[Contact] = relationship()
    assignee: Mapped[Agent | None] = relationship()
    mailbox: Mapped[Mailbox] = relationship()


class TicketMessage(Base):
    """One entry of the conversation: a mail in, a mail out, or an internal note."""

    __tablename__ = "ticket_message"
    __table_args__ = (
        CheckConstraint("kind IN ('incoming', 'outgoing', 'note', 'automatic')", name="kind"),
        Index("ix_ticket_message_ticket_id", "ticket_id", "id"),
        Index(
            "ix_ticket_message_moved_from",
            "moved_from_id",
            sqlite_where=text("moved_from_id IS NOT NULL"),
            postgresql_where=text("moved_from_id IS NOT NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("ticket.id"))
    kind: Mapped[str] = mapped_column(String(10))
    contact_id: Mapped[int | None] = mapped_column(ForeignKey("contact.id"))
    agent_id: Mapped[int | None] = mapped_column(ForeignKey("agent.id"))
    #: Unique: one raw mail becomes at most one ticket message (M2).
    raw_mail_id: Mapped[int | None] = mapped_column(ForeignKey("raw_mail.id"), unique=True)
    outgoing_mail_id: Mapped[int | None] = mapped_column(ForeignKey("outgoing_mail.id"), unique=True)
    from_name: Mapped[str] = mapped_column(String(160), default="")
    from_address: Mapped[str] = mapped_column(String(254), default="")
    subject: Mapped[str] = mapped_column(String(500), default="")
    body: Mapped[str] = mapped_column(Text)
    #: Where the new part of `body` is, as the quote cutter saw it; the rest is folded, never lost.
    new_text: Mapped[str] = mapped_column(Text)
    html: Mapped[str | None] = deferred(mapped_column(Text))
    language: Mapped[str | None] = mapped_column(String(2))
    #: How it came to this ticket and how sure that is (M7).
    threading: Mapped[dict[str, Any]] = mapped_column(default=dict)
    created_at: Mapped[datetime]
    #: The ticket that it was on before an agent moved it, or before that ticket was merged into this one.
    moved_from_id: Mapped[int | None] = mapped_column(ForeignKey("ticket.id"))
    #: An agent wants to see this message's pictures from elsewhere; of this one only.
    pictures_allowed: Mapped[bool] = mapped_column(default=False, server_default=false())

    contact: Mapped[Contact | None] = relationship()
    agent: Mapped[Agent | None] = relationship()
    outgoing: Mapped[OutgoingMail | None] = relationship()
    attachments: Mapped[list["Attachment"]] = relationship(order_by="Attachment.id")


class Attachment(Base):
    """A file that came with or leaves with a message; its bytes are in the file store under their hash."""

    __tablename__ = "attachment"

    id: Mapped[int] = mapped_column(primary_key=True)
    message_id: Mapped[int] = mapped_column(ForeignKey("ticket_message.id"), index=True)
    filename: Mapped[str] = mapped_column(String(255))
    content_type: Mapped[str] = mapped_column(String(120))
    size: Mapped[int]
    sha256: Mapped[str] = mapped_column(String(64))
    content_id: Mapped[str | None] = mapped_column(String(250))
    inline: Mapped[bool] = mapped_column(default=False)


class Participant(Base):
    """An address that belongs to a ticket: its mails may join it (M5). Cc alone never adds one."""

    __tablename__ = "participant"
    __table_args__ = (UniqueConstraint("ticket_id", "address", name="uq_participant_address"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("ticket.id"))
    address: Mapped[str] = mapped_column(String(254))
    added_at: Mapped[datetime]


class Event(Base):
    """One line of a ticket's history: one action, one transaction, one row; code and data, spoken late."""

    __tablename__ = "event"
    __table_args__ = (
        CheckConstraint("actor_kind IN ('system', 'contact', 'agent')", name="actor_kind"),
        Index("ix_event_ticket_id", "ticket_id", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("ticket.id"))
    at: Mapped[datetime]
    actor_kind: Mapped[str] = mapped_column(String(8))
    actor_id: Mapped[int | None]
    actor_name: Mapped[str] = mapped_column(String(160), default="")
    code: Mapped[str] = mapped_column(String(40))
    data: Mapped[dict[str, Any]] = mapped_column(default=dict)


class Pause(Base):
    """A span in which the customer had to answer or accept; its working time does not count (S1)."""

    __tablename__ = "pause"
    __table_args__ = (
        Index("ix_pause_ticket_id", "ticket_id"),
        CheckConstraint("until IS NULL OR until >= since", name="order"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("ticket.id"))
    since: Mapped[datetime]
    until: Mapped[datetime | None]
    cause: Mapped[str] = mapped_column(String(40))


class Macro(Base):
    """A text that agents insert into answers; `texts` are its variants by language, with placeholders."""

    __tablename__ = "macro"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(80), unique=True)
    texts: Mapped[dict[str, Any]]


def locked(number: int) -> Ticket:
    """The ticket for changing, read afresh and locked until the commit; raises NotFound."""
    found = db.session.scalar(_LOCKED, {"number": number})
    if found is None:
        raise NotFound("There is no ticket with this number.")
    return found


# Built once: the intake asks it for each reply.
_LOCKED = (
    select(Ticket)
    .where(Ticket.id == bindparam("number"))
    .with_for_update()
    .execution_options(populate_existing=True)
)


def locked_current(number: int) -> Ticket:
    """The same, or the ticket that this one was merged into; raises NotFound."""
    ticket = locked(number)
    while ticket.merged_into_id is not None:
        ticket = locked(ticket.merged_into_id)
    return ticket


def record(ticket_id: int, code: str, by: Actor, at: datetime, **data: Any) -> None:
    """Adds one line to the ticket's history."""
    insert_row(
        Event,
        ticket_id=ticket_id,
        at=at,
        actor_kind=by.kind,
        actor_id=by.id,
        actor_name=by.name,
        code=code,
        data=data,
    )


def wait_for(ticket: Ticket, what: str, at: datetime) -> None:
    """Puts the ticket on hold until the customer acts; its clock stands still from now on (S1).

    Raises Conflict for a ticket that was merged: what follows, follows there.
    """
    _refuse_merged(ticket)
    if ticket.status == "waiting":
        ticket.waiting_for = what
        return
    ticket.status, ticket.waiting_for, ticket.closed_at = "waiting", what, None
    insert_row(Pause, ticket_id=ticket.id, since=at, until=None, cause=what)


def resume(ticket: Ticket, at: datetime) -> None:
    """Ends a hold, or reopens what was closed; the clock runs again. Raises Conflict for a merged ticket."""
    _refuse_merged(ticket)
    ticket.status, ticket.waiting_for, ticket.closed_at = "open", None, None
    db.session.execute(
        update(Pause)
        .where(Pause.ticket_id == ticket.id, Pause.until.is_(None))
        .values(until=case((Pause.since > at, Pause.since), else_=bindparam(None, at, UtcDateTime)))
    )


def close(ticket: Ticket, at: datetime) -> None:
    """Ends the case: nothing is owed any more."""
    resume(ticket, at)
    ticket.status, ticket.closed_at = "closed", at
    ticket.due_at = ticket.promised_from = ticket.warn_at = None
    ticket.resolve_from = ticket.resolve_by = ticket.resolve_warn_at = None


def _refuse_merged(ticket: Ticket) -> None:
    if ticket.merged_into_id is not None:
        raise Conflict("This ticket was merged into #%(number)s.", number=ticket.merged_into_id)

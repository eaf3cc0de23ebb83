"""Mailboxes, raw mail as it came in, and the outbox."""

from datetime import datetime
from typing import Any

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    Index,
    LargeBinary,
    String,
    Text,
    UniqueConstraint,
    false,
    text,
)
from sqlalchemy.orm import Mapped, deferred, mapped_column, relationship

from helpdesk.db import Base

RAW_STATES = ("due", "done", "quarantine", "discarded")
OUT_STATES = ("queued", "sending", "sent", "failed", "unknown", "withdrawn")


class Mailbox(Base):
    """An address that we answer for. Mail to any other address is refused (no open relay)."""

    __tablename__ = "mailbox"

    id: Mapped[int] = mapped_column(primary_key=True)
    address: Mapped[str] = mapped_column(String(254), unique=True)
    name: Mapped[str] = mapped_column(String(120))
    language: Mapped[str] = mapped_column(String(2))
    active: Mapped[bool] = mapped_column(default=True)
    #: Who answers here, in the vendor's own words; shown, nothing follows from it.
    team: Mapped[str] = mapped_column(String(80), default="", server_default="")
    #: Whose working days and holidays count for promises to this address; empty: those of the settings.
    zone: Mapped[str] = mapped_column(String(64), default="", server_default="")
    country: Mapped[str] = mapped_column(String(2), default="", server_default="")
    subdivision: Mapped[str] = mapped_column(String(10), default="", server_default="")
    #: Lines under each answer from here, below those of the agent.
    signature: Mapped[str] = mapped_column(String(2000), default="", server_default="")


class MailAccount(Base):
    """Where a mailbox is fetched from by IMAP; one account a mailbox."""

    __tablename__ = "mail_account"
    __table_args__ = (
        CheckConstraint("security IN ('tls', 'starttls', 'none')", name="security"),
        CheckConstraint("sign_in IN ('password', 'oauth')", name="sign_in"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    mailbox_id: Mapped[int] = mapped_column(ForeignKey("mailbox.id"), unique=True)
    host: Mapped[str] = mapped_column(String(255))
    port: Mapped[int]
    security: Mapped[str] = mapped_column(String(8))
    username: Mapped[str] = mapped_column(String(254))
    folder: Mapped[str] = mapped_column(String(250), default="INBOX")
    sign_in: Mapped[str] = mapped_column(String(8), default="password")
    #: Where access tokens are fetched, and as which application; empty with a password.
    token_url: Mapped[str] = mapped_column(String(500), default="")
    client_id: Mapped[str] = mapped_column(String(250), default="")
    #: Password, or client secret and refresh token, as sealed JSON.
    sealed: Mapped[str] = mapped_column(Text)
    #: What arrived before is imported silently: no notices, no promises, no charges.
    begins_at: Mapped[datetime]
    paused: Mapped[bool] = mapped_column(default=False)
    #: Raised with each change by a person; a fetcher that sees another number begins anew.
    version: Mapped[int] = mapped_column(default=1)

    mailbox: Mapped[Mailbox] = relationship()


class MailSource(Base):
    """How fetching from one source goes; written by the fetcher, read by the health page and /metrics."""

    __tablename__ = "mail_source"

    name: Mapped[str] = mapped_column(String(300), primary_key=True)
    succeeded_at: Mapped[datetime | None]
    failed_at: Mapped[datetime | None]
    error: Mapped[str] = mapped_column(String(500), default="")
    #: What lies in the folder and could not be taken, and since when the oldest of it.
    waiting: Mapped[int] = mapped_column(default=0)
    oldest_at: Mapped[datetime | None]


class RawMail(Base):
    """A message byte for byte, stored before its source is told that it was taken (M1).

    `source` and `source_key` name the delivery (for IMAP: account/folder and uidvalidity:uid); together
    they are unique, so that fetching twice stores once. `path` is what was decided about it and why (M7).
    """

    __tablename__ = "raw_mail"
    __table_args__ = (
        UniqueConstraint("source", "source_key", name="uq_raw_mail_delivery"),
        CheckConstraint("state IN ('due', 'done', 'quarantine', 'discarded')", name="state"),
        Index("ix_raw_mail_sha256", "sha256"),
        Index("ix_raw_mail_message_id", "message_id"),
        # Only what is waiting: the index stays small however many mails were handled.
        Index(
            "ix_raw_mail_due",
            "due_at",
            sqlite_where=text("state = 'due'"),
            postgresql_where=text("state = 'due'"),
        ),
        Index(
            "ix_raw_mail_quarantine",
            "id",
            sqlite_where=text("state = 'quarantine'"),
            postgresql_where=text("state = 'quarantine'"),
        ),
        # What was put away, for the page that lists it: few of very many.
        Index(
            "ix_raw_mail_discarded",
            "id",
            sqlite_where=text("state = 'discarded'"),
            postgresql_where=text("state = 'discarded'"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    source: Mapped[str] = mapped_column(String(300))
    source_key: Mapped[str] = mapped_column(String(300))
    envelope_from: Mapped[str] = mapped_column(String(320), default="")
    envelope_to: Mapped[list[Any]] = mapped_column(default=list)
    #: False for what no mail server of ours has seen: then its Authentication-Results prove nothing.
    through_border: Mapped[bool] = mapped_column(default=False)
    sha256: Mapped[str] = mapped_column(String(64))
    size: Mapped[int]
    raw: Mapped[bytes] = deferred(mapped_column(LargeBinary))
    received_at: Mapped[datetime]
    state: Mapped[str] = mapped_column(String(12), default="due")
    due_at: Mapped[datetime]
    attempts: Mapped[int] = mapped_column(default=0)
    error: Mapped[str | None] = mapped_column(Text)
    handled_at: Mapped[datetime | None]
    #: The sender's own Message-ID, for finding copies; never an authority (M2, M5).
    message_id: Mapped[str | None] = mapped_column(String(500))
    #: Over sender, date, subject and text: two of our addresses get two deliveries of one mail (M2).
    fingerprint: Mapped[str | None] = mapped_column(String(64))
    copy_of_id: Mapped[int | None] = mapped_column(ForeignKey("raw_mail.id"))
    path: Mapped[list[Any]] = mapped_column(default=list)
    #: From before a mailbox was connected: becomes history, and nothing else follows.
    silent: Mapped[bool] = mapped_column(default=False, server_default=false())


class OutgoingMail(Base):
    """One mail to one receiver, written in the transaction that causes it (M6); one Message-ID for life."""

    __tablename__ = "outgoing_mail"
    __table_args__ = (
        CheckConstraint(
            "state IN ('queued', 'sending', 'sent', 'failed', 'unknown', 'withdrawn')", name="state"
        ),
        Index(
            "ix_outgoing_mail_due",
            "due_at",
            sqlite_where=text("state IN ('queued', 'sending', 'unknown')"),
            postgresql_where=text("state IN ('queued', 'sending', 'unknown')"),
        ),
        # For "at most one automatic mail per sender and window" (M4).
        Index("ix_outgoing_mail_to_automatic_created", "to_address", "automatic", "created_at"),
        # For the brake on all automatic mail together (M4).
        Index(
            "ix_outgoing_mail_automatic_sent",
            "sent_at",
            sqlite_where=text("automatic"),
            postgresql_where=text("automatic"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    #: Natural key of the cause, `ack:<raw mail id>` for instance: the same cause never mails twice.
    key: Mapped[str] = mapped_column(String(120), unique=True)
    message_id: Mapped[str] = mapped_column(String(250), unique=True)
    from_name: Mapped[str] = mapped_column(String(160))
    from_address: Mapped[str] = mapped_column(String(254))
    reply_to: Mapped[str] = mapped_column(String(254))
    to_name: Mapped[str] = mapped_column(String(160), default="")
    to_address: Mapped[str] = mapped_column(String(254))
    subject: Mapped[str] = mapped_column(String(500))
    body_text: Mapped[str] = mapped_column(Text)
    body_html: Mapped[str | None] = mapped_column(Text)
    language: Mapped[str] = mapped_column(String(2))
    automatic: Mapped[bool] = mapped_column(default=False)
    in_reply_to: Mapped[str | None] = mapped_column(String(500))
    references: Mapped[list[Any]] = mapped_column("reference_ids", default=list)
    attachments: Mapped[list[Any]] = mapped_column(default=list)
    #: The ticket it speaks of; a number and not a foreign key, because tickets stand above mail.
    ticket_number: Mapped[int | None] = mapped_column(index=True)
    created_at: Mapped[datetime]
    #: withdrawn: taken back before it left, or replaced by a corrected one.
    state: Mapped[str] = mapped_column(String(10), default="queued")
    due_at: Mapped[datetime]
    attempts: Mapped[int] = mapped_column(default=0)
    sent_at: Mapped[datetime | None]
    error: Mapped[str | None] = mapped_column(Text)
    #: Who wrote it, and their words without greeting and signature; empty where the system wrote. A number
    #: as well: people stand beside mail.
    agent_id: Mapped[int | None]
    written: Mapped[str | None] = mapped_column(Text)
    #: How the ticket stood before, as long as this mail can be taken back or waits in the composer.
    undo: Mapped[dict[str, Any] | None]
    #: How often the connection broke after the final dot; after the second time a person decides.
    doubts: Mapped[int] = mapped_column(default=0, server_default="0")
    #: A person said "try again" then; the days after which we give up are counted from here.
    retried_at: Mapped[datetime | None]


class MailBrake(Base):
    """The brake on automatic mail: pulled when too many leave in a short time, released by a lead (M4).

    While a row without `released_at` is there, automatic mail is written and waits; nothing is dropped.
    """

    __tablename__ = "mail_brake"

    id: Mapped[int] = mapped_column(primary_key=True)
    pulled_at: Mapped[datetime]
    #: How many automatic mails had left in the window.
    sent: Mapped[int]
    released_at: Mapped[datetime | None]
    released_by: Mapped[str] = mapped_column(String(160), default="")

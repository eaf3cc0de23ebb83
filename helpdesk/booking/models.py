"""Services, specialists' hours, terms and conditions, and the appointments themselves."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from helpdesk.accounts.models import Agent
from helpdesk.booking import constraints
from helpdesk.booking.slots import Pattern
from helpdesk.core.money import Money
from helpdesk.customers.models import Contact
from helpdesk.db import Base, table_of
from helpdesk.tickets.models import Ticket

STATES = (
    "hold",
    "expired",
    "confirmed",
    "done",
    "no_show",
    "cancelled_free",
    "cancelled_late",
    "cancelled_by_us",
)


class Service(Base):
    """What can be booked. Taken off the list, never deleted: appointments name it."""

    __tablename__ = "service"
    __table_args__ = (
        CheckConstraint("minutes BETWEEN 5 AND 480 AND step BETWEEN 5 AND 240", name="minutes"),
        CheckConstraint("buffer BETWEEN 0 AND 240", name="buffer"),
        CheckConstraint("notice >= 0 AND horizon_days BETWEEN 1 AND 400 AND free_hours >= 0", name="terms"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    #: By language; English is always there.
    names: Mapped[dict[str, Any]]
    texts: Mapped[dict[str, Any]]
    minutes: Mapped[int]
    #: Starts stand on this grid of local time, in minutes.
    step: Mapped[int] = mapped_column(default=30)
    #: Minutes of rest for the specialist after it.
    buffer: Mapped[int] = mapped_column(default=0)
    #: Minutes of working time between the booking and the start.
    notice: Mapped[int] = mapped_column(default=240)
    horizon_days: Mapped[int] = mapped_column(default=60)
    #: What it is priced as: `support`, `training` or `development` of the price list.
    activity: Mapped[str] = mapped_column(String(40))
    #: Free to cancel or move until so many hours before the start.
    free_hours: Mapped[int] = mapped_column(default=24)
    position: Mapped[int] = mapped_column(default=0)
    active: Mapped[bool] = mapped_column(default=True)

    def named(self, language: str) -> str:
        """Its name in this language, else in English."""
        return str(self.names.get(language) or self.names["en"])

    def told(self, language: str) -> str:
        """What it is for, in this language, else in English."""
        return str(self.texts.get(language) or self.texts.get("en", ""))

    @property
    def pattern(self) -> Pattern:
        """How it lies in time."""
        return Pattern(self.minutes, self.step, self.buffer)


class ServiceAgent(Base):
    """Who does a service."""

    __tablename__ = "service_agent"

    service_id: Mapped[int] = mapped_column(ForeignKey("service.id"), primary_key=True)
    agent_id: Mapped[int] = mapped_column(ForeignKey("agent.id"), primary_key=True)


class AgentHours(Base):
    """When a specialist can be booked: wall time in a zone, as WeekHours writes it, Monday first."""

    __tablename__ = "agent_hours"

    agent_id: Mapped[int] = mapped_column(ForeignKey("agent.id"), primary_key=True)
    zone: Mapped[str] = mapped_column(String(60))
    week: Mapped[list[Any]]
    #: The languages in which this specialist can hold a session.
    languages: Mapped[list[Any]]

    agent: Mapped[Agent] = relationship(lazy="joined", innerjoin=True)


class HoursException(Base):
    """A day on which a specialist's hours differ, also on a public holiday; without hours: closed."""

    __tablename__ = "hours_exception"
    __table_args__ = (UniqueConstraint("agent_id", "day", name="uq_hours_exception_day"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    agent_id: Mapped[int] = mapped_column(ForeignKey("agent.id"))
    day: Mapped[date]
    hours: Mapped[str] = mapped_column(String(120), default="")


class CalendarFeed(Base):
    """The secret address under which a specialist's own calendar reads their sessions, until revoked."""

    __tablename__ = "calendar_feed"

    agent_id: Mapped[int] = mapped_column(ForeignKey("agent.id"), primary_key=True)
    #: The address itself is shown once, when it is made.
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    made_at: Mapped[datetime]


class Terms(Base):
    """One version of the terms and conditions in one language; never changed, a new version is a new row."""

    __tablename__ = "terms"
    __table_args__ = (UniqueConstraint("number", "language", name="uq_terms_number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[int]
    language: Mapped[str] = mapped_column(String(2))
    text: Mapped[str] = mapped_column(Text)
    sha256: Mapped[str] = mapped_column(String(64))
    published_at: Mapped[datetime]


class Appointment(Base):
    """A session: a slot that somebody holds for some minutes, then a booking, then what became of it.

    The slot is taken while the state is `hold` or `confirmed`; the database refuses an overlap (B9).
    """

    __tablename__ = "appointment"
    __table_args__ = (
        CheckConstraint(
            f"state IN ({', '.join(repr(state) for state in STATES)})",
            name="state",
        ),
        CheckConstraint("starts_at < ends_at AND ends_at <= busy_until", name="order"),
        CheckConstraint("state <> 'hold' OR held_until IS NOT NULL", name="held_until"),
        # A booking has a customer, a ticket, a price that was agreed to, and a moment until which it is free.
        CheckConstraint(
            "state IN ('hold', 'expired') OR (contact_id IS NOT NULL AND customer_id IS NOT NULL"
            " AND ticket_id IS NOT NULL AND hold_key IS NOT NULL AND net_minor > 0"
            " AND fee_minor IS NOT NULL AND free_until IS NOT NULL)",
            name="booked",
        ),
        Index("ix_appointment_agent_time", "agent_id", "starts_at"),
        Index("ix_appointment_contact_id", "contact_id", "starts_at"),
        Index("ix_appointment_customer_id", "customer_id", "starts_at"),
        Index("ix_appointment_address", "address", "state"),
        Index(
            "ix_appointment_held",
            "held_until",
            sqlite_where=text("state = 'hold'"),
            postgresql_where=text("state = 'hold'"),
        ),
        Index(
            "ix_appointment_ahead",
            "starts_at",
            sqlite_where=text("state = 'confirmed'"),
            postgresql_where=text("state = 'confirmed'"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    #: Of the iCalendar event, the same for life.
    uid: Mapped[str] = mapped_column(String(80), unique=True)
    #: Raised with each change that calendars must hear of.
    sequence: Mapped[int] = mapped_column(default=0)
    service_id: Mapped[int] = mapped_column(ForeignKey("service.id"))
    agent_id: Mapped[int] = mapped_column(ForeignKey("agent.id"))
    state: Mapped[str] = mapped_column(String(16), default="hold")
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    #: With the specialist's rest after it.
    busy_until: Mapped[datetime]
    held_until: Mapped[datetime | None]
    extended: Mapped[bool] = mapped_column(default=False)
    #: The network address that holds the slot, against hoarding; forgotten when it is booked.
    address: Mapped[str] = mapped_column(String(60), default="")
    #: Of the link in the visitor's browser; later, of the one in the mail that proves their address, and of
    #: the one to change or cancel. Only hashes are kept.
    draft_hash: Mapped[str] = mapped_column(String(64), unique=True)
    proof_hash: Mapped[str | None] = mapped_column(String(64), unique=True)
    manage_hash: Mapped[str | None] = mapped_column(String(64), unique=True)

    # What the visitor wrote.
    language: Mapped[str] = mapped_column(String(2))
    name: Mapped[str] = mapped_column(String(160), default="")
    email: Mapped[str] = mapped_column(String(254), default="")
    company: Mapped[str] = mapped_column(String(160), default="")
    phone: Mapped[str] = mapped_column(String(40), default="")
    subject: Mapped[str] = mapped_column(String(300), default="")
    details: Mapped[str] = mapped_column(Text, default="")

    # What was agreed.
    contact_id: Mapped[int | None] = mapped_column(ForeignKey("contact.id"))
    customer_id: Mapped[int | None] = mapped_column(ForeignKey("customer.id"))
    ticket_id: Mapped[int | None] = mapped_column(ForeignKey("ticket.id"), index=True)
    #: The key in the books of what is held for it.
    hold_key: Mapped[str | None] = mapped_column(String(120))
    #: Net, what is held, and what cancelling late or not coming costs.
    net_minor: Mapped[int | None] = mapped_column(BigInteger)
    fee_minor: Mapped[int | None] = mapped_column(BigInteger)
    currency: Mapped[str] = mapped_column(String(3), default="CHF")
    free_until: Mapped[datetime | None]
    created_at: Mapped[datetime]
    booked_at: Mapped[datetime | None]
    #: When it was cancelled, or marked as a no-show or done.
    ended_at: Mapped[datetime | None]

    service: Mapped[Service] = relationship(lazy="joined", innerjoin=True)
    agent: Mapped[Agent] = relationship(lazy="joined", innerjoin=True)
    contact: Mapped[Contact | None] = relationship()
    ticket: Mapped[Ticket | None] = relationship()

    @property
    def net(self) -> Money:
        """What is held for it, without VAT."""
        return Money(self.net_minor or 0, self.currency)

    @property
    def fee(self) -> Money:
        """What cancelling late or not coming costs, without VAT."""
        return Money(self.fee_minor or 0, self.currency)


class TermsAcceptance(Base):
    """That somebody accepted a version of the terms for an appointment: who, when, which text (by hash)."""

    __tablename__ = "terms_acceptance"

    appointment_id: Mapped[int] = mapped_column(ForeignKey("appointment.id"), primary_key=True)
    terms_id: Mapped[int] = mapped_column(ForeignKey("terms.id"))
    sha256: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime]
    name: Mapped[str] = mapped_column(String(160))
    ip: Mapped[str] = mapped_column(String(45), default="")
    user_agent: Mapped[str] = mapped_column(String(300), default="")


constraints.attach(table_of(Appointment))

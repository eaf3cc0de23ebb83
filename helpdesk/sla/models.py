"""The saved versions of the book of promises, never changed; and what was said of promises in danger."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from helpdesk.accounts.models import Agent
from helpdesk.db import Base
from helpdesk.tickets.models import Ticket


class PromiseAlarm(Base):
    """That a promise is running out, or was broken, was said: once for each promise, whatever runs twice.

    The unique key is what makes it once, across restarts, several clocks and changes of the clocks.
    """

    __tablename__ = "promise_alarm"
    __table_args__ = (
        UniqueConstraint("ticket_id", "clock", "kind", "counted_from", name="uq_promise_alarm_promise"),
        CheckConstraint("clock IN ('answer', 'resolution')", name="clock"),
        CheckConstraint("kind IN ('warning', 'broken')", name="kind"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    ticket_id: Mapped[int] = mapped_column(ForeignKey(Ticket.id))
    clock: Mapped[str] = mapped_column(String(10))
    kind: Mapped[str] = mapped_column(String(7))
    counted_from: Mapped[datetime]
    due_at: Mapped[datetime]
    fired_at: Mapped[datetime]
    #: Who was told; empty where nobody was there to be told.
    agent_id: Mapped[int | None] = mapped_column(ForeignKey(Agent.id))


class PromiseBook(Base):
    """One version of offices and policies; the highest number holds.

    The unique number is what refuses the second of two leads who saved at the same time.
    """

    __tablename__ = "promise_book"

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(unique=True)
    fingerprint: Mapped[str] = mapped_column(String(64))
    content: Mapped[dict[str, Any]]
    #: What was changed, as a code and the name of the office or policy.
    what: Mapped[str] = mapped_column(String(20))
    name: Mapped[str] = mapped_column(String(120), default="")
    saved_at: Mapped[datetime]
    saved_by_id: Mapped[int] = mapped_column(ForeignKey(Agent.id))

"""Quotes: what work in the customer's absence will cost, by version; what customers answer is an offer."""

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from helpdesk.billing.models import Offer
from helpdesk.core.money import Money
from helpdesk.db import Base

BASES = ("fixed", "effort")
STAGES = ("draft", "discarded", "sent", "done", "billed")


class Quote(Base):
    """One version of a quote. Once sent its offer freezes it; a change is a new version.

    `stage` is what we did with it; what the customer did is the offer's state, told nowhere twice.
    """

    __tablename__ = "quote"
    __table_args__ = (
        UniqueConstraint("number", "version", name="uq_quote_version"),
        CheckConstraint("stage IN ('draft', 'discarded', 'sent', 'done', 'billed')", name="stage"),
        CheckConstraint("basis IN ('fixed', 'effort')", name="basis"),
        CheckConstraint("(stage IN ('draft', 'discarded')) = (offer_id IS NULL)", name="offer"),
        CheckConstraint("valid_days BETWEEN 1 AND 180 AND version >= 1", name="numbers"),
        Index("ix_quote_stage", "stage", "id"),
        Index("ix_quote_ticket_id", "ticket_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    #: "Q-2027-0042"; people name it together with the version.
    number: Mapped[str] = mapped_column(String(16))
    version: Mapped[int]
    ticket_id: Mapped[int] = mapped_column(ForeignKey("ticket.id"))
    customer_id: Mapped[int] = mapped_column(ForeignKey("customer.id"))
    stage: Mapped[str] = mapped_column(String(10), default="draft", server_default="draft")
    language: Mapped[str] = mapped_column(String(2))
    title: Mapped[str] = mapped_column(String(160))
    #: `fixed`: this much, however long it takes; `effort`: what it takes, at most this much.
    basis: Mapped[str] = mapped_column(String(6))
    terms: Mapped[str] = mapped_column(Text, default="", server_default="")
    valid_days: Mapped[int]
    currency: Mapped[str] = mapped_column(String(3))
    offer_id: Mapped[int | None] = mapped_column(ForeignKey("offer.id"), unique=True)
    #: The quote whose amount was used up and that this one adds to.
    supplement_to_id: Mapped[int | None] = mapped_column(ForeignKey("quote.id"))
    created_at: Mapped[datetime]
    created_by_id: Mapped[int] = mapped_column(ForeignKey("agent.id"))
    reminded_at: Mapped[datetime | None]
    #: When 80 % of the accepted amount were used.
    warned_at: Mapped[datetime | None]
    #: A clear yes that came after the deadline: a new version is one click away.
    late_yes_at: Mapped[datetime | None]

    offer: Mapped[Offer | None] = relationship()
    lines: Mapped[list["QuoteLine"]] = relationship(order_by="QuoteLine.position")

    @property
    def name(self) -> str:
        """Number and version, as it stands on the paper."""
        return f"{self.number} v{self.version}"

    @property
    def net(self) -> Money:
        """The sum of the lines."""
        return Money(sum(line.net_minor for line in self.lines), self.currency)


class QuoteLine(Base):
    """One line of a version."""

    __tablename__ = "quote_line"
    __table_args__ = (
        UniqueConstraint("quote_id", "position", name="uq_quote_line_position"),
        CheckConstraint("net_minor BETWEEN 1 AND 99999999", name="net"),
        CheckConstraint("minutes IS NULL OR minutes BETWEEN 1 AND 60000", name="minutes"),
        CheckConstraint("text <> ''", name="text"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    quote_id: Mapped[int] = mapped_column(ForeignKey("quote.id"))
    position: Mapped[int]
    text: Mapped[str] = mapped_column(String(300))
    minutes: Mapped[int | None]
    net_minor: Mapped[int] = mapped_column(BigInteger)

"""What was agreed with a customer about money, paid cases that cost nothing, and running timers."""

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, String, false
from sqlalchemy.orm import Mapped, mapped_column

from helpdesk.db import Base

POLICIES = ("ask", "invoice", "minus")
WAIVERS = ("defect", "goodwill", "nothing")


class BillingTerms(Base):
    """How a customer pays. No row means: invoice what credit does not cover, 30 days, VAT by country."""

    __tablename__ = "billing_terms"
    __table_args__ = (
        CheckConstraint("policy IN ('ask', 'invoice', 'minus')", name="policy"),
        CheckConstraint("limit_minor >= 0", name="limit_minor"),
        CheckConstraint("payment_days BETWEEN 0 AND 120", name="payment_days"),
    )

    customer_id: Mapped[int] = mapped_column(ForeignKey("customer.id"), primary_key=True)
    #: When credit runs out: ask first, invoice the rest, or let it go below zero.
    policy: Mapped[str] = mapped_column(String(7), default="invoice")
    #: Net, how far: what may wait for an invoice, or how far below zero.
    limit_minor: Mapped[int] = mapped_column(BigInteger)
    payment_days: Mapped[int] = mapped_column(default=30)
    #: A private person abroad pays Swiss VAT, a business there does not.
    business: Mapped[bool] = mapped_column(default=True)
    #: Round the total of an invoice to five Rappen, as a line of its own.
    round_to_five: Mapped[bool] = mapped_column(default=False)
    #: Send the month's statement of credit to those who may order.
    statements: Mapped[bool] = mapped_column(default=False, server_default=false())


class CaseWaiver(Base):
    """Why a paid case that is done costs nothing: a defect of ours, goodwill, or nothing was done."""

    __tablename__ = "case_waiver"
    __table_args__ = (
        CheckConstraint("kind IN ('defect', 'goodwill', 'nothing')", name="kind"),
        CheckConstraint("reason <> ''", name="reason"),
    )

    ticket_id: Mapped[int] = mapped_column(ForeignKey("ticket.id"), primary_key=True)
    kind: Mapped[str] = mapped_column(String(8))
    reason: Mapped[str] = mapped_column(String(300))
    actor_kind: Mapped[str] = mapped_column(String(8))
    actor_id: Mapped[int | None]
    at: Mapped[datetime]


class WorkTimer(Base):
    """The one clock that an agent has running, and on which ticket."""

    __tablename__ = "work_timer"

    agent_id: Mapped[int] = mapped_column(ForeignKey("agent.id"), primary_key=True)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("ticket.id"))
    started_at: Mapped[datetime]


class CreditLink(Base):
    """A link from a mail to one contact's view of the customer's credit; only the token's hash is kept."""

    __tablename__ = "credit_link"

    id: Mapped[int] = mapped_column(primary_key=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    customer_id: Mapped[int] = mapped_column(ForeignKey("customer.id"), index=True)
    contact_id: Mapped[int] = mapped_column(ForeignKey("contact.id"))
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]

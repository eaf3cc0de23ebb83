"""Invoices, credit notes, what was paid on them, and reminders. An invoice is frozen once it has a number."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from helpdesk.billing import constraints
from helpdesk.core.money import Money
from helpdesk.db import Base, table_of

INVOICE_KINDS = ("work", "credit", "credit_note")
INVOICE_STATES = ("open", "paid", "cancelled")


class InvoiceSeries(Base):
    """The last number given in a year; its row is the queue in which writers of invoices wait."""

    __tablename__ = "invoice_series"

    code: Mapped[str] = mapped_column(String(10), primary_key=True)
    last: Mapped[int] = mapped_column(default=0)


class Invoice(Base):
    """A document of the books: what, for whom, how much. Only its state and what was paid move on."""

    __tablename__ = "invoice"
    __table_args__ = (
        CheckConstraint("kind IN ('work', 'credit', 'credit_note')", name="kind"),
        CheckConstraint("state IN ('open', 'paid', 'cancelled')", name="state"),
        CheckConstraint(
            "net_minor > 0 AND vat_minor >= 0 AND rounding_minor BETWEEN -2 AND 2", name="amounts"
        ),
        CheckConstraint("total_minor = net_minor + vat_minor + rounding_minor", name="total"),
        CheckConstraint("paid_minor >= 0", name="paid"),
        CheckConstraint("number_in_series > 0", name="number_in_series"),
        Index("uq_invoice_in_series", "series", "number_in_series", unique=True),
        Index("ix_invoice_customer_id", "customer_id", "id"),
        Index(
            "ix_invoice_open",
            "due_on",
            sqlite_where=text("state = 'open'"),
            postgresql_where=text("state = 'open'"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    #: "2027-00042": the year and a number without gaps.
    number: Mapped[str] = mapped_column(String(20), unique=True)
    series: Mapped[str] = mapped_column(ForeignKey("invoice_series.code"))
    number_in_series: Mapped[int]
    kind: Mapped[str] = mapped_column(String(11))
    #: Makes a second click harmless.
    key: Mapped[str] = mapped_column(String(100), unique=True)
    customer_id: Mapped[int] = mapped_column(ForeignKey("customer.id"))
    #: The invoice that a credit note takes back.
    corrects_id: Mapped[int | None] = mapped_column(ForeignKey("invoice.id"), unique=True)
    language: Mapped[str] = mapped_column(String(2))
    issued_on: Mapped[date]
    due_on: Mapped[date]
    currency: Mapped[str] = mapped_column(String(3))
    net_minor: Mapped[int] = mapped_column(BigInteger)
    #: In hundredths of a percent, and why there is none: `abroad`, or `at_use` for credit taxed when used.
    vat_bp: Mapped[int]
    vat_note: Mapped[str] = mapped_column(String(10), default="")
    vat_minor: Mapped[int] = mapped_column(BigInteger)
    rounding_minor: Mapped[int] = mapped_column(default=0)
    total_minor: Mapped[int] = mapped_column(BigInteger)
    #: What payments are recognised by: QR reference, creditor reference, or our number.
    reference: Mapped[str] = mapped_column(String(27), unique=True)
    iban: Mapped[str] = mapped_column(String(34), default="")
    creditor: Mapped[dict[str, Any]]
    debtor: Mapped[dict[str, Any]]
    lines: Mapped[list[Any]]
    #: For credit: name, rate, tax point, days until it expires.
    credit_terms: Mapped[dict[str, Any]] = mapped_column(default=dict)
    state: Mapped[str] = mapped_column(String(9), default="open", server_default="open")
    paid_minor: Mapped[int] = mapped_column(BigInteger, default=0, server_default="0")
    created_at: Mapped[datetime]
    actor_kind: Mapped[str] = mapped_column(String(8))
    actor_id: Mapped[int | None]

    @property
    def net(self) -> Money:
        """Without VAT."""
        return Money(self.net_minor, self.currency)

    @property
    def vat(self) -> Money:
        """The VAT line."""
        return Money(self.vat_minor, self.currency)

    @property
    def rounding(self) -> Money:
        """The line "Rounding"."""
        return Money(self.rounding_minor, self.currency)

    @property
    def total(self) -> Money:
        """What is to be paid."""
        return Money(self.total_minor, self.currency)

    @property
    def open_amount(self) -> Money:
        """What is still to be paid; nothing on what was cancelled."""
        if self.state != "open" or self.kind == "credit_note":
            return Money(0, self.currency)
        return Money(max(0, self.total_minor - self.paid_minor), self.currency)


class InvoiceItem(Base):
    """A booking that an invoice is made of; each is invoiced at most once (B3)."""

    __tablename__ = "invoice_item"

    transfer_key: Mapped[str] = mapped_column(ForeignKey("transfer.key"), primary_key=True)
    invoice_id: Mapped[int] = mapped_column(ForeignKey("invoice.id"), index=True)


class Payment(Base):
    """Money that came in, with the bank's own reference as key: the same file read twice counts once (B3)."""

    __tablename__ = "payment"
    __table_args__ = (
        CheckConstraint("amount_minor > 0", name="amount"),
        CheckConstraint("source IN ('hand', 'camt')", name="source"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(120), unique=True)
    source: Mapped[str] = mapped_column(String(4))
    #: NULL until somebody says what it is for.
    invoice_id: Mapped[int | None] = mapped_column(ForeignKey("invoice.id"), index=True)
    reference: Mapped[str] = mapped_column(String(140), default="")
    payer: Mapped[str] = mapped_column(String(140), default="")
    amount_minor: Mapped[int] = mapped_column(BigInteger)
    currency: Mapped[str] = mapped_column(String(3))
    booked_on: Mapped[date]
    created_at: Mapped[datetime]

    @property
    def amount(self) -> Money:
        """What came in."""
        return Money(self.amount_minor, self.currency)


class Reminder(Base):
    """A reminder of an unpaid invoice; each level once."""

    __tablename__ = "invoice_reminder"
    __table_args__ = (CheckConstraint("level BETWEEN 1 AND 3", name="level"),)

    invoice_id: Mapped[int] = mapped_column(ForeignKey("invoice.id"), primary_key=True)
    level: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime]


constraints.attach(*map(table_of, (InvoiceSeries, Invoice, InvoiceItem)))

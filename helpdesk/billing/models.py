"""Accounts, transfers, prices, work entries, offers and their answers: the tables behind every amount.

The rules that must hold whatever runs at once are in the database: the CHECKs here, and the triggers in
`constraints.py` that do the arithmetic and refuse to change what was booked.
"""

from datetime import date, datetime
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from helpdesk.billing import constraints
from helpdesk.billing.lot_models import CreditLot, LotUse
from helpdesk.core.money import Money
from helpdesk.db import Base, table_of

CUSTOMER_ACCOUNTS = ("credit", "receivable", "debtor")
HOUSE_ACCOUNTS = (
    "cash",
    "revenue_work",
    "revenue_surcharge",
    "revenue_other",
    "vat_due",
    "vat_deferred",
    "rounding",
    "goodwill",
    "expired_credit",
)
KINDS = ("single", "pending", "post", "void", "expire", "reverse")
CAUSES = (
    "work",
    "quote",
    "surcharge",
    "appointment",
    "late_cancel",
    "licence",
    "top_up",
    "bonus",
    "invoice",
    "settlement",
    "payment",
    "refund",
    "vat",
    "rounding",
    "expiry",
    "adjustment",
    "reversal",
)
OFFER_KINDS = ("surcharge", "work", "quote")
OFFER_STATES = ("open", "accepted", "declined", "expired", "withdrawn", "superseded")
CHANNELS = ("reply", "page", "phone", "standing")
BILLING = ("charged", "free", "covered", "waived")


def _one_of(column: str, values: tuple[str, ...]) -> str:
    return f"{column} IN ({', '.join(repr(value) for value in values)})"


class Account(Base):
    """Where money stands. `limit_minor` says how far below zero a customer's account may go (B2).

    The counters of customers' accounts are kept by a trigger on each transfer, so reading a balance never
    depends on how many transfers there are. House accounts have no limit and no counters: otherwise every
    charge of every customer would wait for one row.
    """

    __tablename__ = "account"
    __table_args__ = (
        CheckConstraint(_one_of("kind", CUSTOMER_ACCOUNTS + HOUSE_ACCOUNTS), name="kind"),
        CheckConstraint(
            f"(customer_id IS NOT NULL) = ({_one_of('kind', CUSTOMER_ACCOUNTS)})"
            " AND (customer_id IS NOT NULL) = (limit_minor IS NOT NULL)",
            name="owner",
        ),
        CheckConstraint("limit_minor >= 0", name="limit_minor"),
        CheckConstraint(
            "debits_posted >= 0 AND credits_posted >= 0 AND debits_pending >= 0", name="counters"
        ),
        CheckConstraint(
            "limit_minor IS NULL OR credits_posted - debits_posted - debits_pending >= -limit_minor",
            name="within_limit",
        ),
        Index(
            "uq_account_of_customer",
            "customer_id",
            "kind",
            "currency",
            unique=True,
            sqlite_where=text("customer_id IS NOT NULL"),
            postgresql_where=text("customer_id IS NOT NULL"),
        ),
        Index(
            "uq_account_of_house",
            "kind",
            "currency",
            unique=True,
            sqlite_where=text("customer_id IS NULL"),
            postgresql_where=text("customer_id IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(20))
    customer_id: Mapped[int | None] = mapped_column(ForeignKey("customer.id"))
    currency: Mapped[str] = mapped_column(String(3))
    limit_minor: Mapped[int | None] = mapped_column(BigInteger)
    debits_posted: Mapped[int] = mapped_column(BigInteger, default=0, server_default="0")
    credits_posted: Mapped[int] = mapped_column(BigInteger, default=0, server_default="0")
    debits_pending: Mapped[int] = mapped_column(BigInteger, default=0, server_default="0")
    created_at: Mapped[datetime]


class Transfer(Base):
    """One movement of money; one row holds both sides. Only added, never changed or removed (B1).

    `key` is natural (`surcharge:1042`): the same cause can be booked once only (B3).
    """

    __tablename__ = "transfer"
    __table_args__ = (
        CheckConstraint(_one_of("kind", KINDS), name="kind"),
        CheckConstraint(_one_of("cause", CAUSES), name="cause"),
        CheckConstraint("amount_minor BETWEEN 1 AND 999999999999", name="amount"),
        CheckConstraint("debit_account_id <> credit_account_id", name="two_sides"),
        CheckConstraint(
            "(kind IN ('post', 'void', 'expire')) = (pending_key IS NOT NULL)", name="pending_key"
        ),
        CheckConstraint("(kind = 'reverse') = (reverses_key IS NOT NULL)", name="reverses_key"),
        CheckConstraint("(kind = 'reverse') = (cause = 'reversal')", name="reversal"),
        CheckConstraint("expires_at IS NULL OR kind = 'pending'", name="expires_at"),
        # B4, first half: money for work or for urgency cannot even be written without an acceptance. The
        # second half, that the acceptance is a yes to just that on the same ticket, is a trigger.
        CheckConstraint(
            "cause NOT IN ('work', 'quote', 'surcharge') OR kind IN ('void', 'expire')"
            " OR (acceptance_id IS NOT NULL AND ticket_id IS NOT NULL)",
            name="agreed",
        ),
        CheckConstraint("actor_kind IN ('system', 'contact', 'agent')", name="actor_kind"),
        CheckConstraint("actor_kind = 'system' OR actor_id IS NOT NULL", name="actor"),
        CheckConstraint("key <> ''", name="key"),
        # A hold is resolved at most once, a booking reversed at most once.
        Index(
            "uq_transfer_pending_key",
            "pending_key",
            unique=True,
            sqlite_where=text("pending_key IS NOT NULL"),
            postgresql_where=text("pending_key IS NOT NULL"),
        ),
        Index(
            "uq_transfer_reverses_key",
            "reverses_key",
            unique=True,
            sqlite_where=text("reverses_key IS NOT NULL"),
            postgresql_where=text("reverses_key IS NOT NULL"),
        ),
        Index("ix_transfer_debit_account_id", "debit_account_id", "created_at", "key"),
        Index("ix_transfer_credit_account_id", "credit_account_id", "created_at", "key"),
        Index("ix_transfer_ticket_id", "ticket_id"),
        Index("ix_transfer_acceptance_id", "acceptance_id"),
        Index(
            "ix_transfer_expires_at",
            "expires_at",
            sqlite_where=text("expires_at IS NOT NULL"),
            postgresql_where=text("expires_at IS NOT NULL"),
        ),
    )

    key: Mapped[str] = mapped_column(String(120), primary_key=True)
    kind: Mapped[str] = mapped_column(String(8))
    debit_account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    credit_account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    amount_minor: Mapped[int] = mapped_column(BigInteger)
    currency: Mapped[str] = mapped_column(String(3))
    pending_key: Mapped[str | None] = mapped_column(ForeignKey("transfer.key"))
    reverses_key: Mapped[str | None] = mapped_column(ForeignKey("transfer.key"))
    cause: Mapped[str] = mapped_column(String(20))
    cause_ref: Mapped[str] = mapped_column(String(120), default="")
    ticket_id: Mapped[int | None] = mapped_column(ForeignKey("ticket.id"))
    acceptance_id: Mapped[int | None] = mapped_column(ForeignKey("offer_answer.id"))
    actor_kind: Mapped[str] = mapped_column(String(8))
    actor_id: Mapped[int | None]
    reason: Mapped[str] = mapped_column(String(500), default="")
    expires_at: Mapped[datetime | None]
    created_at: Mapped[datetime]

    @property
    def amount(self) -> Money:
        """What moved, or for void and expire what was let go."""
        return Money(self.amount_minor, self.currency)


class Price(Base):
    """One price from a day on; of two for the same day the later row counts.

    A new price is a new row: what was agreed keeps the old one.
    """

    __tablename__ = "price"
    __table_args__ = (
        Index("ix_price_code", "code", "currency", "valid_from"),
        CheckConstraint("amount_minor >= 0 AND unit_minutes >= 0 AND minimum_minutes >= 0", name="amounts"),
        CheckConstraint("vat_bp BETWEEN 0 AND 10000", name="vat_bp"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(40))
    amount_minor: Mapped[int] = mapped_column(BigInteger)
    currency: Mapped[str] = mapped_column(String(3))
    #: 0 for a flat price.
    unit_minutes: Mapped[int]
    minimum_minutes: Mapped[int]
    #: VAT in hundredths of a percent: 810 is 8.1 %.
    vat_bp: Mapped[int]
    valid_from: Mapped[date]
    #: For whom: nobody in particular, `plan:gold`, or `customer:17`.
    scope: Mapped[str] = mapped_column(String(40), default="", server_default="")


class StandingAuthorisation(Base):
    """A contract's word that support up to an amount a case may be done without asking each time (B4)."""

    __tablename__ = "standing_authorisation"
    __table_args__ = (
        CheckConstraint("amount_minor > 0", name="amount"),
        CheckConstraint("month_minor IS NULL OR month_minor >= amount_minor", name="month"),
        CheckConstraint("valid_until IS NULL OR valid_until >= valid_from", name="order"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    customer_id: Mapped[int] = mapped_column(ForeignKey("customer.id"), index=True)
    #: Net, a case.
    amount_minor: Mapped[int] = mapped_column(BigInteger)
    currency: Mapped[str] = mapped_column(String(3))
    valid_from: Mapped[date]
    valid_until: Mapped[date | None]
    #: Which paper says so: contract number and page, or the raw mail.
    reference: Mapped[str] = mapped_column(String(200))
    granted_by: Mapped[str] = mapped_column(String(160))
    created_at: Mapped[datetime]
    #: Net, in a calendar month of the vendor's zone, all cases together; NULL where the contract sets none.
    month_minor: Mapped[int | None] = mapped_column(BigInteger)


class Offer(Base):
    """What the customer is asked to agree to: frozen text, amount, language. Only state and use move on.

    `net_minor` is the ceiling of what may be charged under it; `used_minor` is counted by a trigger and
    can never exceed it (B4).
    """

    __tablename__ = "offer"
    __table_args__ = (
        CheckConstraint(_one_of("kind", OFFER_KINDS), name="kind"),
        CheckConstraint(_one_of("state", OFFER_STATES), name="state"),
        CheckConstraint(
            "net_minor > 0 AND vat_minor >= 0 AND gross_minor = net_minor + vat_minor", name="sum"
        ),
        CheckConstraint("vat_bp BETWEEN 0 AND 10000", name="vat_bp"),
        CheckConstraint("used_minor BETWEEN 0 AND net_minor", name="used"),
        CheckConstraint("created_by_kind IN ('system', 'contact', 'agent')", name="created_by_kind"),
        Index(
            "uq_offer_surcharge",
            "ticket_id",
            unique=True,
            sqlite_where=text("kind = 'surcharge' AND state IN ('open', 'accepted')"),
            postgresql_where=text("kind = 'surcharge' AND state IN ('open', 'accepted')"),
        ),
        Index("ix_offer_ticket_id", "ticket_id", "id"),
        Index(
            "ix_offer_open",
            "valid_until",
            sqlite_where=text("state = 'open'"),
            postgresql_where=text("state = 'open'"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    #: Ticket and count, "1042-1": what people quote on the phone.
    number: Mapped[str] = mapped_column(String(30), unique=True)
    kind: Mapped[str] = mapped_column(String(10))
    ticket_id: Mapped[int] = mapped_column(ForeignKey("ticket.id"))
    #: Who pays. Kept here, because a ticket may be moved to another customer later.
    customer_id: Mapped[int | None] = mapped_column(ForeignKey("customer.id"))
    to_contact_id: Mapped[int | None] = mapped_column(ForeignKey("contact.id"))
    minutes: Mapped[int | None]
    net_minor: Mapped[int] = mapped_column(BigInteger)
    vat_bp: Mapped[int]
    vat_minor: Mapped[int] = mapped_column(BigInteger)
    gross_minor: Mapped[int] = mapped_column(BigInteger)
    currency: Mapped[str] = mapped_column(String(3))
    language: Mapped[str] = mapped_column(String(2))
    subject: Mapped[str] = mapped_column(String(300))
    text: Mapped[str] = mapped_column(Text)
    text_version: Mapped[str] = mapped_column(String(20))
    sha256: Mapped[str] = mapped_column(String(64))
    #: Of the link's token; the token itself is in the mail only. NULL where nobody is asked.
    token_hash: Mapped[str | None] = mapped_column(String(64), unique=True)
    state: Mapped[str] = mapped_column(String(10), default="open", server_default="open")
    used_minor: Mapped[int] = mapped_column(BigInteger, default=0, server_default="0")
    valid_until: Mapped[datetime]
    created_at: Mapped[datetime]
    created_by_kind: Mapped[str] = mapped_column(String(8))
    created_by_id: Mapped[int | None]

    @property
    def net(self) -> Money:
        """Without VAT: what credit is charged in, and the ceiling."""
        return Money(self.net_minor, self.currency)

    @property
    def vat(self) -> Money:
        """The VAT line."""
        return Money(self.vat_minor, self.currency)

    @property
    def gross(self) -> Money:
        """With VAT."""
        return Money(self.gross_minor, self.currency)

    @property
    def left(self) -> Money:
        """What may still be charged under it."""
        return Money(self.net_minor - self.used_minor, self.currency)


class OfferAnswer(Base):
    """The evidence of a yes or a no: who, when, how, in which words. Added once, never changed."""

    __tablename__ = "offer_answer"
    __table_args__ = (
        CheckConstraint(_one_of("channel", CHANNELS), name="channel"),
        CheckConstraint("channel <> 'reply' OR (raw_mail_id IS NOT NULL AND words <> '')", name="reply"),
        CheckConstraint("channel <> 'phone' OR (agent_id IS NOT NULL AND name <> '')", name="phone"),
        CheckConstraint("(channel = 'standing') = (authorisation_id IS NOT NULL)", name="standing"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    #: Unique: an offer is answered at most once.
    offer_id: Mapped[int] = mapped_column(ForeignKey("offer.id"), unique=True)
    accepted: Mapped[bool]
    at: Mapped[datetime]
    channel: Mapped[str] = mapped_column(String(10))
    contact_id: Mapped[int | None] = mapped_column(ForeignKey("contact.id"))
    #: The agent who noted a call or decided what a reply means.
    agent_id: Mapped[int | None] = mapped_column(ForeignKey("agent.id"))
    authorisation_id: Mapped[int | None] = mapped_column(ForeignKey("standing_authorisation.id"))
    name: Mapped[str] = mapped_column(String(160), default="")
    words: Mapped[str] = mapped_column(Text, default="")
    raw_mail_id: Mapped[int | None] = mapped_column(ForeignKey("raw_mail.id"))
    raw_sha256: Mapped[str | None] = mapped_column(String(64))
    auth_result: Mapped[dict[str, Any]] = mapped_column(default=dict)
    #: Of the text that was answered; equals the offer's.
    text_sha256: Mapped[str] = mapped_column(String(64))
    ip: Mapped[str] = mapped_column(String(45), default="")
    user_agent: Mapped[str] = mapped_column(String(300), default="")


class WorkEntry(Base):
    """Minutes worked on a case: charged, free, covered by a unit that is paid already, or waived."""

    __tablename__ = "work_entry"
    __table_args__ = (
        CheckConstraint("minutes BETWEEN 0 AND 1440 AND billed_minutes >= 0", name="minutes"),
        CheckConstraint(_one_of("billing", BILLING), name="billing"),
        # One charge or one reason for none; work that is neither gets lost.
        CheckConstraint(
            "(billing = 'charged') = (transfer_key IS NOT NULL)"
            " AND (billing = 'charged') = (net_minor > 0) AND net_minor >= 0",
            name="charge",
        ),
        CheckConstraint("billing <> 'waived' OR reason <> ''", name="waiver"),
        Index("ix_work_entry_ticket_id", "ticket_id", "local_day"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(100), unique=True)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("ticket.id"))
    agent_id: Mapped[int] = mapped_column(ForeignKey("agent.id"))
    at: Mapped[datetime]
    #: The day in the vendor's zone: work is rounded once a case and day.
    local_day: Mapped[date]
    minutes: Mapped[int]
    activity: Mapped[str] = mapped_column(String(40))
    #: What the customer reads on the statement.
    text: Mapped[str] = mapped_column(String(500), default="")
    internal: Mapped[str] = mapped_column(Text, default="")
    billing: Mapped[str] = mapped_column(String(8))
    reason: Mapped[str] = mapped_column(String(300), default="")
    billed_minutes: Mapped[int]
    net_minor: Mapped[int] = mapped_column(BigInteger)
    currency: Mapped[str] = mapped_column(String(3))
    price_id: Mapped[int] = mapped_column(ForeignKey("price.id"))
    transfer_key: Mapped[str | None] = mapped_column(ForeignKey("transfer.key"), unique=True)
    corrects_id: Mapped[int | None] = mapped_column(ForeignKey("work_entry.id"), unique=True)

    @property
    def net(self) -> Money:
        """What the customer paid for it."""
        return Money(self.net_minor, self.currency)


constraints.attach(
    *map(
        table_of,
        (
            Account,
            Transfer,
            Price,
            StandingAuthorisation,
            Offer,
            OfferAnswer,
            CreditLot,
            LotUse,
            WorkEntry,
        ),
    )
)

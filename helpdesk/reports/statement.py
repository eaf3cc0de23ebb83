"""The statement of a customer's credit: every line with its case, adding up to the smallest unit (B1)."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import BigInteger, Select, case, cast, func, literal, null, or_, select, union_all
from sqlalchemy.orm import aliased

from helpdesk.billing.lot_prices import Lot
from helpdesk.billing.models import Account, Transfer, WorkEntry
from helpdesk.billing.queries import account_of, lots_of
from helpdesk.core.money import Money
from helpdesk.customers.models import Customer
from helpdesk.db import db
from helpdesk.tickets.models import Ticket

_MOVES = ("single", "post", "reverse")


@dataclass(frozen=True, slots=True)
class Line:
    """One line: what happened, on which ticket, what it did to the credit, and what was left then."""

    at: datetime
    kind: str
    cause: str
    text: str
    reason: str
    ref: str
    key: str
    ticket: int | None
    minutes: int | None
    change: Money
    balance: Money


@dataclass(frozen=True, slots=True)
class Hold:
    """Money that is reserved: for what, and until when."""

    key: str
    cause: str
    reason: str
    ticket: int | None
    amount: Money
    since: datetime
    ends: datetime | None


@dataclass(frozen=True, slots=True)
class Statement:
    """A period of one customer's credit. `closing` is `opening` and all changes."""

    customer: Customer
    first: date
    last: date
    opening: Money
    lines: tuple[Line, ...]
    closing: Money
    lots: tuple[Lot, ...]
    holds: tuple[Hold, ...]

    @property
    def held(self) -> Money:
        """What is reserved now."""
        return sum((hold.amount for hold in self.holds), Money(0, self.opening.currency))


def statement_of(
    customer: Customer, first: date, last: date, zone: ZoneInfo, currency: str = "CHF"
) -> Statement:
    """The lines of these days, oldest first; goodwill stands among them with nothing charged."""
    account = account_of(customer.id, "credit", currency)
    nothing = Money(0, currency)
    start, end = _midnight(first, zone), _midnight(last + timedelta(days=1), zone)
    if account is None:
        return Statement(customer, first, last, nothing, (), nothing, (), ())
    # One statement for the opening balance, what moved, and what was given away.
    parts = (_before(account, start), _moves(account, start, end), _given_away(customer.id, start, end))
    rows = db.session.execute(union_all(*parts)).all()
    opening = Money(sum(int(row.change) for row in rows if row.kind == "opening"), currency)
    lines, balance = [], opening
    moved = [row for row in rows if row.kind != "opening"]
    for row in sorted(moved, key=lambda row: (row.at, row.key)):
        change = Money(row.change, currency)
        balance += change
        lines.append(
            Line(
                row.at,
                row.kind,
                row.cause,
                row.text or "",
                row.reason or "",
                row.ref or "",
                row.key,
                row.ticket,
                row.minutes,
                change,
                balance,
            )
        )
    lots = tuple(lots_of(account, all_of_them=True))
    # Whatever is held is held on a lot: most customers need no look at the holds.
    holds = tuple(holds_of(account)) if any(lot.held for lot in lots) else ()
    left = tuple(lot for lot in lots if lot.rest or lot.held)
    return Statement(customer, first, last, opening, tuple(lines), balance, left, holds)


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(), zone).astimezone(UTC)


def _change(account: int) -> Any:
    return case((Transfer.debit_account_id == account, -Transfer.amount_minor), else_=Transfer.amount_minor)


def _touches(account: int) -> Any:
    return or_(Transfer.debit_account_id == account, Transfer.credit_account_id == account)


def _before(account: int, start: datetime) -> Select[*tuple[Any, ...]]:
    return select(
        literal(start, Transfer.created_at.type).label("at"),
        literal("").label("key"),
        literal("opening").label("kind"),
        literal("").label("cause"),
        literal("").label("text"),
        literal("").label("reason"),
        literal("").label("ref"),
        cast(null(), Transfer.ticket_id.type).label("ticket"),
        cast(null(), WorkEntry.billed_minutes.type).label("minutes"),
        cast(func.coalesce(func.sum(_change(account)), 0), BigInteger).label("change"),
    ).where(_touches(account), Transfer.kind.in_(_MOVES), Transfer.created_at < start)


def _moves(account: int, start: datetime, end: datetime) -> Select[*tuple[Any, ...]]:
    reversed_one = aliased(Transfer)
    entry_key = func.coalesce(reversed_one.cause_ref, Transfer.cause_ref)
    return (
        select(
            Transfer.created_at.label("at"),
            Transfer.key.label("key"),
            Transfer.kind.label("kind"),
            func.coalesce(reversed_one.cause, Transfer.cause).label("cause"),
            WorkEntry.text.label("text"),
            Transfer.reason.label("reason"),
            Transfer.cause_ref.label("ref"),
            Transfer.ticket_id.label("ticket"),
            WorkEntry.billed_minutes.label("minutes"),
            _change(account).label("change"),
        )
        .outerjoin(reversed_one, reversed_one.key == Transfer.reverses_key)
        .outerjoin(
            WorkEntry,
            (func.coalesce(reversed_one.cause, Transfer.cause) == "work") & (WorkEntry.key == entry_key),
        )
        .where(
            _touches(account),
            Transfer.kind.in_(_MOVES),
            Transfer.created_at >= start,
            Transfer.created_at < end,
        )
    )


def _given_away(customer_id: int, start: datetime, end: datetime) -> Select[*tuple[Any, ...]]:
    return (
        select(
            WorkEntry.at.label("at"),
            WorkEntry.key.label("key"),
            literal("waived").label("kind"),
            literal("work").label("cause"),
            WorkEntry.text.label("text"),
            WorkEntry.reason.label("reason"),
            literal("").label("ref"),
            WorkEntry.ticket_id.label("ticket"),
            WorkEntry.minutes.label("minutes"),
            literal(0).label("change"),
        )
        .join(Ticket, Ticket.id == WorkEntry.ticket_id)
        .where(
            Ticket.customer_id == customer_id,
            WorkEntry.billing == "waived",
            WorkEntry.minutes > 0,
            WorkEntry.at >= start,
            WorkEntry.at < end,
        )
    )


def holds_of(account: int) -> list[Hold]:
    """What is reserved on the account and not settled yet, oldest first."""
    settled = aliased(Transfer)
    rows = db.session.scalars(
        select(Transfer)
        .outerjoin(settled, settled.pending_key == Transfer.key)
        .where(Transfer.debit_account_id == account, Transfer.kind == "pending", settled.key.is_(None))
        .order_by(Transfer.created_at, Transfer.key)
        .limit(200)
    )
    return [
        Hold(row.key, row.cause, row.reason, row.ticket_id, row.amount, row.created_at, row.expires_at)
        for row in rows
    ]


def journal(first: date, last: date, zone: ZoneInfo) -> Iterator[tuple[object, ...]]:
    """Everything that moved in these days, as double entries for an accounting program."""
    debit, credit = aliased(Account), aliased(Account)
    payer, receiver = aliased(Customer), aliased(Customer)
    query = (
        select(Transfer, debit.kind, payer.number, credit.kind, receiver.number)
        .join(debit, debit.id == Transfer.debit_account_id)
        .join(credit, credit.id == Transfer.credit_account_id)
        .outerjoin(payer, payer.id == debit.customer_id)
        .outerjoin(receiver, receiver.id == credit.customer_id)
        .where(
            Transfer.kind.in_(_MOVES),
            Transfer.created_at >= _midnight(first, zone),
            Transfer.created_at < _midnight(last + timedelta(days=1), zone),
        )
        .order_by(Transfer.created_at, Transfer.key)
    )
    yield ("date", "key", "debit", "credit", "amount", "currency", "cause", "reference", "ticket", "reason")
    for row, debit_kind, debit_number, credit_kind, credit_number in db.session.execute(query):
        yield (
            row.created_at.astimezone(zone).date().isoformat(),
            row.key,
            f"{debit_kind}:{debit_number}" if debit_number else debit_kind,
            f"{credit_kind}:{credit_number}" if credit_number else credit_kind,
            row.amount.decimal,
            row.currency,
            row.cause,
            row.cause_ref,
            row.ticket_id or "",
            row.reason,
        )

"""The verbs that move money: reserve, post, void, expire, transfer, reverse. Call them in transaction().

Each is idempotent by its key: the same key with the same content returns quietly, with other content it
raises Conflict (B3). The database does the arithmetic and refuses what must not be (`constraints.py`);
here the refusals become sentences.
"""

import re
from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple, NoReturn

from sqlalchemy import bindparam, func, insert, or_, select, update
from sqlalchemy.exc import DBAPIError

from helpdesk.billing.lot_models import CreditLot
from helpdesk.billing.models import CUSTOMER_ACCOUNTS, Account, Transfer
from helpdesk.core.actors import Actor
from helpdesk.core.errors import Conflict, HelpdeskError, InsufficientCredit, InvalidInput, NotAllowedYet
from helpdesk.core.money import Money, chf
from helpdesk.db import db
from helpdesk.i18n import lazy

#: How far a customer may owe for agreed work that credit does not cover, unless set otherwise.
INVOICE_LIMIT = chf(2000)
_MAX_AMOUNT = 999_999_999_999
#: How far each kind of a customer's account may go below zero when it is opened. What was invoiced has no
#: limit: the work is done, and the invoice only adds the VAT.
_USUAL_LIMIT = {"credit": 0, "receivable": INVOICE_LIMIT.minor, "debtor": _MAX_AMOUNT}
#: What may pay for something, in this order.
_PAYERS = ("credit", "receivable")

_REFUSALS: dict[str, tuple[type[HelpdeskError], str]] = {
    "ck_account_within_limit": (InsufficientCredit, lazy("There is not enough credit.")),
    "ck_offer_used": (NotAllowedYet, lazy("This is more than the customer agreed to.")),
    "ck_transfer_agreed": (NotAllowedYet, lazy("The customer has not agreed to this yet.")),
    "ledger_not_agreed": (NotAllowedYet, lazy("The customer has not agreed to this yet.")),
    "ledger_objected": (
        NotAllowedYet,
        lazy("The customer says that this acceptance is wrong. Decide that first."),
    ),
    "ledger_above_hold": (Conflict, lazy("This is more than was reserved.")),
    "ledger_hold_ran_out": (Conflict, lazy("The reservation has run out.")),
    "ledger_hold_runs_on": (Conflict, lazy("The reservation has not run out yet.")),
    "ledger_no_hold": (Conflict, lazy("There is no such reservation.")),
    "uq_transfer_pending_key": (Conflict, lazy("The reservation was settled already.")),
    "uq_transfer_reverses_key": (Conflict, lazy("This booking was reversed already.")),
    "transfer.pending_key": (Conflict, lazy("The reservation was settled already.")),
    "transfer.reverses_key": (Conflict, lazy("This booking was reversed already.")),
    "ledger_not_the_original": (Conflict, lazy("Only a booking as a whole can be reversed.")),
    "ledger_currency": (InvalidInput, lazy("The account has another currency.")),
    "lot_not_enough": (InsufficientCredit, lazy("There is not enough credit.")),
    "lot_not_the_same": (Conflict, lazy("Only a booking as a whole can be reversed.")),
    "lot_not_expired": (Conflict, lazy("This credit has not expired, or some of it is reserved.")),
    "lot_not_refundable": (Conflict, lazy("Only credit that was paid can be refunded.")),
    "lot_of_another_account": (
        Conflict,
        lazy("This was booked already, with another amount or another cause."),
    ),
    "ck_credit_lot_rest": (InsufficientCredit, lazy("There is not enough credit.")),
    "ledger_unchangeable": (Conflict, lazy("Books are never changed or removed.")),
}
_REFUSAL = re.compile("|".join(map(re.escape, _REFUSALS)))


class Balance(NamedTuple):
    """How an account stands. `available` is what may still be spent: posted less held, plus the limit."""

    posted: Money
    held: Money
    available: Money


class Payer(NamedTuple):
    """The account that pays for something, and its kind (`credit` or `receivable`)."""

    account_id: int
    kind: str


def open_account(
    kind: str, currency: str, *, customer_id: int | None = None, limit: Money | None = None, now: datetime
) -> int:
    """The account of that kind, made if there is none yet. `limit` counts only when it is made.

    A customer's credit starts with limit zero, a receivable with INVOICE_LIMIT; house accounts have none.
    """
    found = _find(kind, currency, customer_id)
    if found is not None:
        return found
    limit_minor = None
    if kind in CUSTOMER_ACCOUNTS:
        limit_minor = _USUAL_LIMIT[kind] if limit is None else limit.minor
    row = {
        "kind": kind,
        "currency": currency,
        "customer_id": customer_id,
        "limit_minor": limit_minor,
        "created_at": now,
    }
    db.session.flush()
    connection = db.session.connection()
    try:
        with connection.begin_nested():
            key = connection.execute(insert(Account), row).inserted_primary_key
            assert key is not None
            return int(key[0])
    except DBAPIError as error:
        found = _find(kind, currency, customer_id)  # somebody else was quicker
        if found is None:
            _refuse(error)
        return found


def balance(account_id: int) -> Balance:
    """How a customer's account stands now; one row is read, however many transfers there are."""
    row = db.session.execute(_STANDING.where(Account.id == account_id)).one()
    if row.limit_minor is None:
        raise InvalidInput("A house account has no running balance.")
    posted = Money(row.credits_posted - row.debits_posted, row.currency)
    held = Money(row.debits_pending, row.currency)
    return Balance(posted, held, posted - held + Money(row.limit_minor, row.currency))


_STANDING = select(
    Account.currency,
    Account.limit_minor,
    Account.credits_posted,
    Account.debits_posted,
    Account.debits_pending,
)


def payer(customer_id: int, net: Money, *, now: datetime) -> Payer:
    """Who pays `net`: the customer's credit if it covers all of it, else the receivable, to be invoiced.

    The account's row stays locked, so the answer holds until the commit. Raises InsufficientCredit when
    neither may take it.
    """
    for kind in _PAYERS:
        if kind == "receivable":
            open_account(kind, net.currency, customer_id=customer_id, now=now)
        account_id = _find(kind, net.currency, customer_id, lock=True)
        if account_id is None:
            continue
        available = spendable(account_id, now) if kind == "credit" else balance(account_id).available
        if available >= net:
            return Payer(account_id, kind)
    raise InsufficientCredit("There is not enough credit.")


def spendable(account_id: int, now: datetime) -> Money:
    """What of an account of credit may be spent at that moment: expired lots do not count."""
    usable = func.coalesce(func.sum(CreditLot.bought_minor - CreditLot.used_minor - CreditLot.held_minor), 0)
    row = db.session.execute(
        select(usable).where(
            CreditLot.account_id == account_id,
            CreditLot.used_minor + CreditLot.held_minor < CreditLot.bought_minor,
            or_(CreditLot.expires_at.is_(None), CreditLot.expires_at > now),
        )
    ).scalar_one()
    return Money(int(row), balance(account_id).posted.currency)


def lock_account(account_id: int) -> None:
    """Makes others who book on this account wait for our commit."""
    db.session.flush()
    db.session.execute(select(Account.id).where(Account.id == account_id).with_for_update(key_share=True))


def set_limit(account_id: int, limit: Money) -> None:
    """How far the account may go below zero; raises InsufficientCredit for less than it is below already."""
    try:
        with db.session.connection().begin_nested():
            db.session.execute(
                update(Account).where(Account.id == account_id).values(limit_minor=limit.minor)
            )
    except DBAPIError as error:
        _refuse(error)


def transfer(
    key: str,
    *,
    debit: int,
    credit: int,
    amount: Money,
    cause: str,
    by: Actor,
    now: datetime,
    cause_ref: str = "",
    ticket_id: int | None = None,
    acceptance_id: int | None = None,
    reason: str = "",
) -> str:
    """Moves `amount` at once and returns the key."""
    return _book(
        key,
        "single",
        by,
        now,
        reason,
        debit_account_id=debit,
        credit_account_id=credit,
        **_worth(amount),
        cause=cause,
        cause_ref=cause_ref,
        ticket_id=ticket_id,
        acceptance_id=acceptance_id,
    )


def reserve(
    key: str,
    *,
    debit: int,
    credit: int,
    amount: Money,
    cause: str,
    by: Actor,
    now: datetime,
    cause_ref: str = "",
    ticket_id: int | None = None,
    acceptance_id: int | None = None,
    expires_at: datetime | None = None,
    reason: str = "",
) -> str:
    """Holds `amount` on the debit account until it is posted, voided or expired; returns the key."""
    return _book(
        key,
        "pending",
        by,
        now,
        reason,
        debit_account_id=debit,
        credit_account_id=credit,
        **_worth(amount),
        cause=cause,
        cause_ref=cause_ref,
        ticket_id=ticket_id,
        acceptance_id=acceptance_id,
        expires_at=expires_at,
    )


def post(
    key: str, pending_key: str, amount: Money | None = None, *, by: Actor, now: datetime, reason: str = ""
) -> str:
    """Captures a hold, all of it or `amount`; the rest goes back. Raises Conflict above the hold (B7)."""
    return _settle(key, "post", pending_key, amount, by, now, reason)


def void(key: str, pending_key: str, *, by: Actor, now: datetime, reason: str) -> str:
    """Lets a hold go, with the reason (a waiver, for instance)."""
    return _settle(key, "void", pending_key, None, by, now, reason)


def expire(key: str, pending_key: str, *, by: Actor, now: datetime) -> str:
    """Lets a hold go whose time is over; raises Conflict before that."""
    return _settle(key, "expire", pending_key, None, by, now, "")


def reverse(key: str, reverses_key: str, *, by: Actor, now: datetime, reason: str) -> str:
    """Books a transfer back as a whole; the wrong one and this one both stay visible (B1)."""
    original = _by_key(reverses_key)
    if original is None:
        raise Conflict("There is no such booking.")
    return _book(
        key,
        "reverse",
        by,
        now,
        reason,
        debit_account_id=original.credit_account_id,
        credit_account_id=original.debit_account_id,
        amount_minor=original.amount_minor,
        currency=original.currency,
        reverses_key=reverses_key,
        cause="reversal",
        cause_ref=reverses_key,
        ticket_id=original.ticket_id,
        acceptance_id=original.acceptance_id,
    )


def _settle(
    key: str, kind: str, pending_key: str, amount: Money | None, by: Actor, now: datetime, reason: str
) -> str:
    hold = _by_key(pending_key)
    if hold is None:
        raise Conflict("There is no such reservation.")
    worth = _worth(amount) if amount is not None else {}
    return _book(
        key,
        kind,
        by,
        now,
        reason,
        **{name: getattr(hold, name) for name in _OF_THE_HOLD},
        pending_key=pending_key,
        **{"amount_minor": hold.amount_minor, "currency": hold.currency, **worth},
    )


_OF_THE_HOLD = ("debit_account_id", "credit_account_id", "cause", "cause_ref", "ticket_id", "acceptance_id")
#: What makes two bookings the same one; who did it and when may differ when something is repeated.
_CONTENT = (
    "kind",
    "debit_account_id",
    "credit_account_id",
    "amount_minor",
    "currency",
    "pending_key",
    "reverses_key",
    "cause",
    "cause_ref",
    "ticket_id",
    "acceptance_id",
)


def _book(key: str, kind: str, by: Actor, now: datetime, reason: str, **content: Any) -> str:
    row: dict[str, Any] = dict.fromkeys(_CONTENT) | {"expires_at": None, "kind": kind, **content}
    if _booked(key, row):
        return key
    row |= {"key": key, "actor_kind": by.kind, "actor_id": by.id, "reason": reason[:500], "created_at": now}
    db.session.flush()
    connection = db.session.connection()
    try:
        with connection.begin_nested():
            connection.execute(insert(Transfer), row)
    except DBAPIError as error:
        if not _booked(key, row):
            _refuse(error)
    return key


def _booked(key: str, row: dict[str, Any]) -> bool:
    """Whether that key is in the books already; raises Conflict when it is with other content."""
    there = _by_key(key)
    if there is None:
        return False
    if any(getattr(there, name) != row[name] for name in _CONTENT):
        raise Conflict("This was booked already, with another amount or another cause.")
    return True


def _by_key(key: str) -> Any:
    return (
        db.session.connection().execute(select(Transfer.__table__).where(Transfer.key == key)).one_or_none()
    )


def account_of(customer_id: int, kind: str, currency: str = "CHF", *, lock: bool = False) -> int | None:
    """The customer's account of that kind, if it was opened; with `lock` others wait for our commit."""
    return _find(kind, currency, customer_id, lock)


def lock_accounts(customer_id: int, kinds: Sequence[str], currency: str) -> None:
    """Makes others who book on these accounts of the customer wait for our commit."""
    db.session.execute(
        select(Account.id)
        .where(
            Account.customer_id == customer_id, Account.kind.in_(tuple(kinds)), Account.currency == currency
        )
        .order_by(Account.id)
        .with_for_update(key_share=True)
    ).all()


def _find(kind: str, currency: str, customer_id: int | None, lock: bool = False) -> int | None:
    query = _HOUSE if customer_id is None else _THEIRS
    known = {"kind": kind, "currency": currency, "customer": customer_id}
    locking = query.with_for_update(key_share=True) if lock else query
    return db.session.execute(locking, known).scalar_one_or_none()


# Built once: every booking asks for its accounts.
_OF_KIND = select(Account.id).where(
    Account.kind == bindparam("kind"), Account.currency == bindparam("currency")
)
_HOUSE = _OF_KIND.where(Account.customer_id.is_(None))
_THEIRS = _OF_KIND.where(Account.customer_id == bindparam("customer"))


def _worth(amount: Money) -> dict[str, Any]:
    if not 0 < amount.minor <= _MAX_AMOUNT:
        raise InvalidInput("The amount must be more than zero.")
    return {"amount_minor": amount.minor, "currency": amount.currency}


def refusal(error: DBAPIError) -> HelpdeskError | None:
    """The sentence for what the database refused; None when it is not one of the ledger's rules."""
    found = _REFUSAL.search(str(error.orig))
    if not found:
        return None
    kind, message = _REFUSALS[found[0]]
    return kind(message)


def _refuse(error: DBAPIError) -> NoReturn:
    known = refusal(error)
    if known is None:
        raise error
    raise known from error

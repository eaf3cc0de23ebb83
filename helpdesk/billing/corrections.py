"""Verbs of corrections on credit: what each may do, and the booking itself. In transaction()."""

from datetime import datetime, timedelta

from sqlalchemy import select

from helpdesk.billing import ledger, lots
from helpdesk.billing.correction_models import CreditCorrection
from helpdesk.billing.lot_models import CreditLot
from helpdesk.billing.models import Account, Transfer
from helpdesk.core.actors import Actor
from helpdesk.core.errors import Conflict, InvalidInput, NotFound
from helpdesk.core.money import Money, chf
from helpdesk.db import db

#: Above this net amount a second person books it (money_and_booking.md B2).
ONE_PERSON_UP_TO = chf(500)
#: How long expired credit can be given back (money_and_booking.md B4).
REVIVED_WITHIN = timedelta(days=366)
#: What can be booked back from the ledger. Work is corrected by a new entry, the surcharge is waived.
REVERSIBLE = ("bonus", "top_up", "late_cancel", "licence", "adjustment")


def needs_second(kind: str, amount: Money) -> bool:
    """Whether another person must agree."""
    return kind != "extension" and amount > ONE_PERSON_UP_TO


def lot_of(customer_id: int, lot_id: int | None) -> CreditLot:
    """The customer's lot; raises NotFound for anybody else's."""
    lot = db.session.scalar(
        select(CreditLot)
        .join(Account, Account.id == CreditLot.account_id)
        .where(CreditLot.id == lot_id, Account.customer_id == customer_id)
        .execution_options(populate_existing=True)
    )
    if lot is None:
        raise NotFound("There is no such credit.")
    return lot


def reversible(customer_id: int, key: str | None) -> Transfer:
    """The booking on the customer's credit that can be booked back as a whole; NotFound, Conflict."""
    found = db.session.scalar(
        select(Transfer)
        .join(Account, Account.id.in_((Transfer.debit_account_id, Transfer.credit_account_id)))
        .where(Transfer.key == key, Account.customer_id == customer_id, Account.kind == "credit")
    )
    if found is None:
        raise NotFound("There is no such booking.")
    if found.cause not in REVERSIBLE or found.kind not in ("single", "post"):
        raise Conflict("This booking is corrected elsewhere: work by a new entry, a surcharge by a waiver.")
    if db.session.scalar(select(Transfer.key).where(Transfer.reverses_key == found.key)) is not None:
        raise Conflict("This booking was reversed already.")
    return found


def book(asked: CreditCorrection, *, by: Actor, now: datetime) -> None:
    """Does what was asked for, except a refund, which is a document as well."""
    if asked.kind == "bonus":
        _give(asked, by, now)
    elif asked.kind == "extension":
        _extend(asked, by, now)
    elif asked.kind == "reversal":
        reversible(asked.customer_id, asked.transfer_key)
        assert asked.transfer_key is not None
        key = f"correction:{asked.id}"
        ledger.reverse(key, asked.transfer_key, by=by, now=now, reason=asked.reason)
        lots.recognise_vat(key, by=by, now=now)


def _give(asked: CreditCorrection, by: Actor, now: datetime) -> None:
    account = ledger.open_account("credit", asked.currency, customer_id=asked.customer_id, now=now)
    key = f"correction:{asked.id}"
    lots.announce(
        account, key, kind="bonus", tax_point="none", expires_at=asked.expires_at, currency=asked.currency,
        now=now,
    )  # fmt: skip
    ledger.transfer(
        key,
        debit=ledger.open_account("goodwill", asked.currency, now=now),
        credit=account,
        amount=asked.amount,
        cause="bonus",
        cause_ref=str(asked.id),
        by=by,
        now=now,
        reason=asked.reason,
    )


def _extend(asked: CreditCorrection, by: Actor, now: datetime) -> None:
    """A later expiry; what has expired already comes back."""
    lot = lot_of(asked.customer_id, asked.lot_id)
    lots.extend(lot.id, asked.expires_at)
    for number, key in enumerate(expiries(lot)):
        ledger.reverse(f"correction:{asked.id}:{number}", key, by=by, now=now, reason=asked.reason)


def expiries(lot: CreditLot) -> list[str]:
    """The bookings by which the lot expired and that were not taken back."""
    taken_back = select(Transfer.reverses_key).where(Transfer.reverses_key.is_not(None))
    return list(
        db.session.scalars(
            select(Transfer.key)
            .where(
                Transfer.debit_account_id == lot.account_id,
                Transfer.cause == "expiry",
                Transfer.cause_ref == lot.transfer_key,
                Transfer.key.not_in(taken_back),
            )
            .order_by(Transfer.created_at, Transfer.key)
        )
    )


def check_expiry(lot: CreditLot, expires_at: datetime | None, now: datetime) -> None:
    """Raises InvalidInput for an expiry that is not later, Conflict for credit that expired too long ago."""
    if lot.expires_at is None:
        raise Conflict("This credit does not expire.")
    if expires_at is not None and (expires_at <= lot.expires_at or expires_at <= now):
        raise InvalidInput("The expiry of credit can only be moved later.", field="expires")
    if lot.expires_at < now - REVIVED_WITHIN:
        raise Conflict("Expired credit can be given back for twelve months.")

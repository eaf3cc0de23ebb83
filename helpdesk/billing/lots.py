"""Verbs on lots of credit: their terms, their expiry, and what stands behind a charge. In transaction()."""

from datetime import datetime
from decimal import Decimal

from sqlalchemy import func, select, update

from helpdesk.billing import ledger
from helpdesk.billing.lot_models import CreditLot, LotUse
from helpdesk.billing.models import Account
from helpdesk.core.actors import SYSTEM, Actor
from helpdesk.core.errors import Conflict, InvalidInput, NotFound
from helpdesk.core.money import Money
from helpdesk.db import db, insert_row


def announce(
    account_id: int,
    transfer_key: str,
    *,
    kind: str = "paid",
    name: str = "",
    rate: Money | None = None,
    tax_point: str = "purchase",
    vat: Money | None = None,
    expires_at: datetime | None = None,
    currency: str = "CHF",
    now: datetime,
) -> None:
    """Writes the terms of a lot just before the transfer of that key brings its money.

    Without this the database makes a plain lot of the transfer: no rate of its own, no expiry.
    """
    if db.session.scalar(select(CreditLot.id).where(CreditLot.transfer_key == transfer_key)) is not None:
        return
    insert_row(
        CreditLot,
        account_id=account_id,
        transfer_key=transfer_key,
        kind=kind,
        name=name[:80],
        currency=currency,
        rate_minor=rate.minor if rate else None,
        tax_point=tax_point,
        vat_minor=vat.minor if vat else 0,
        paid_at=now,
        expires_at=expires_at,
    )


def expire_due(now: datetime, *, account_id: int | None = None, by: Actor = SYSTEM) -> list[int]:
    """Books the rest of lots whose time is over as expired; returns the lots' ids. Harmless when repeated.

    A lot with an open hold waits until the hold is settled (money_and_booking.md B9).
    """
    query = select(CreditLot.id, CreditLot.account_id).where(
        CreditLot.expires_at <= now,
        CreditLot.held_minor == 0,
        CreditLot.used_minor < CreditLot.bought_minor,
    )
    if account_id is not None:
        query = query.where(CreditLot.account_id == account_id)
    due = db.session.execute(query.order_by(CreditLot.id).limit(200)).all()
    return [lot_id for lot_id, account in due if _expire(lot_id, account, by, now)]


def _expire(lot_id: int, account_id: int, by: Actor, now: datetime) -> bool:
    ledger.lock_account(account_id)
    lot = db.session.get(CreditLot, lot_id, populate_existing=True)
    assert lot is not None
    if lot.held_minor or not lot.rest:
        return False
    times = db.session.scalar(select(func.count()).where(LotUse.lot_id == lot_id)) or 0
    ledger.transfer(
        f"expiry:{lot_id}:{times}",
        debit=account_id,
        credit=ledger.open_account("expired_credit", lot.currency, now=now),
        amount=lot.rest,
        cause="expiry",
        cause_ref=lot.transfer_key,
        by=by,
        now=now,
    )
    return True


def extend(lot_id: int, expires_at: datetime | None) -> CreditLot:
    """Moves a lot's expiry later, or takes it away; raises Conflict for an earlier moment."""
    lot = db.session.get(CreditLot, lot_id, populate_existing=True)
    if lot is None:
        raise NotFound("There is no such credit.")
    if lot.expires_at is None or (expires_at is not None and expires_at < lot.expires_at):
        raise Conflict("The expiry of credit can only be moved later.")
    db.session.execute(update(CreditLot).where(CreditLot.id == lot_id).values(expires_at=expires_at))
    db.session.refresh(lot)
    return lot


def recognise_vat(transfer_key: str, *, by: Actor, now: datetime) -> None:
    """Makes the VAT of lots that are taxed when used due, for what `transfer_key` used of them or gave back.

    By the lot's whole use so far, so that all uses together make exactly the VAT of the lot (B9).
    """
    rows = db.session.execute(
        select(CreditLot, LotUse.used_minor)
        .join(LotUse, LotUse.lot_id == CreditLot.id)
        .where(LotUse.transfer_key == transfer_key, CreditLot.tax_point == "use", LotUse.used_minor != 0)
    ).all()
    for lot, used in rows:
        db.session.refresh(lot)
        due = vat_so_far(lot, lot.used_minor) - vat_so_far(lot, lot.used_minor - used)
        if not due:
            continue
        deferred = ledger.open_account("vat_deferred", lot.currency, now=now)
        owed = ledger.open_account("vat_due", lot.currency, now=now)
        debit, credit = (deferred, owed) if due.minor > 0 else (owed, deferred)
        ledger.transfer(
            f"vat:{transfer_key}:{lot.id}",
            debit=debit,
            credit=credit,
            amount=due if due.minor > 0 else -due,
            cause="vat",
            cause_ref=transfer_key,
            by=by,
            now=now,
        )


def vat_so_far(lot: CreditLot, used_minor: int) -> Money:
    """The part of the lot's VAT that belongs to what was used of it."""
    if not lot.bought_minor:
        return Money(0, lot.currency)
    return Money(lot.vat_minor, lot.currency).share(Decimal(used_minor) / Decimal(lot.bought_minor))


def lot_by_id(lot_id: int) -> CreditLot:
    """The lot; raises NotFound."""
    lot = db.session.get(CreditLot, lot_id)
    if lot is None:
        raise NotFound("There is no such credit.")
    return lot


def owner_of(lot: CreditLot) -> int:
    """The customer whose credit it is."""
    owner = db.session.scalar(select(Account.customer_id).where(Account.id == lot.account_id))
    if owner is None:
        raise InvalidInput("This credit belongs to nobody.")
    return owner

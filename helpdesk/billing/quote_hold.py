"""What an accepted quote holds on the customer's credit until its work is done (money_and_booking.md B6).

As far as credit goes: what it does not cover is paid as the customer's terms say. Work under the quote lets
the hold go, charges, and holds the rest anew, all in one transaction.
"""

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import aliased

from helpdesk.billing import ledger
from helpdesk.billing.evidence_models import Objection
from helpdesk.billing.lot_models import LotUse
from helpdesk.billing.models import Offer, OfferAnswer, Transfer
from helpdesk.billing.quote_models import Quote
from helpdesk.core.actors import Actor
from helpdesk.core.money import Money
from helpdesk.db import db


def hold(answer_id: int, *, by: Actor, now: datetime) -> Money | None:
    """Holds what is left of the accepted quote, as far as credit goes; returns how much. In transaction().

    Nothing is held for a quote that is done, or whose acceptance somebody objects to.
    """
    offer = _in_work(answer_id)
    if offer is None or offer.customer_id is None:
        return None
    account = ledger.account_of(offer.customer_id, "credit", offer.currency, lock=True)
    if account is None or open_hold(answer_id) is not None:
        return None
    amount = min(offer.left, ledger.spendable(account, now))
    if amount.minor <= 0:
        return None
    before = db.session.scalar(
        select(func.count()).where(Transfer.acceptance_id == answer_id, Transfer.cause == "quote")
    )
    ledger.reserve(
        f"quote:{offer.id}:hold:{before}",
        debit=account,
        credit=ledger.open_account("revenue_work", offer.currency, now=now),
        amount=amount,
        cause="quote",
        cause_ref=offer.number,
        ticket_id=offer.ticket_id,
        acceptance_id=answer_id,
        by=by,
        now=now,
    )
    return amount


def let_go(answer_id: int, *, by: Actor, now: datetime, reason: str = "") -> bool:
    """Gives back to the lots what the quote holds; returns whether it held anything. In transaction()."""
    held = open_hold(answer_id)
    if held is None:
        return False
    ledger.void(f"{held.key}:back", held.key, by=by, now=now, reason=reason)
    return True


def open_hold(answer_id: int) -> Transfer | None:
    """The hold of that acceptance, if there is one that was not let go."""
    settled = aliased(Transfer)
    return db.session.scalar(
        select(Transfer)
        .outerjoin(settled, settled.pending_key == Transfer.key)
        .where(
            Transfer.acceptance_id == answer_id,
            Transfer.cause == "quote",
            Transfer.kind == "pending",
            settled.key.is_(None),
        )
    )


def on_lots(answer_id: int) -> dict[int, Money]:
    """How much the acceptance holds on each lot."""
    rows = db.session.execute(
        select(LotUse.lot_id, Transfer.currency, func.sum(LotUse.held_minor))
        .join(Transfer, Transfer.key == LotUse.transfer_key)
        .where(Transfer.acceptance_id == answer_id, Transfer.cause == "quote")
        .group_by(LotUse.lot_id, Transfer.currency)
    )
    return {lot: Money(int(held), currency) for lot, currency, held in rows if held}


def _in_work(answer_id: int) -> Offer | None:
    objected = select(Objection.id).where(
        Objection.answer_id == answer_id, func.coalesce(Objection.outcome, "") != "stands"
    )
    return db.session.scalar(
        select(Offer)
        .join(OfferAnswer, OfferAnswer.offer_id == Offer.id)
        .join(Quote, Quote.offer_id == Offer.id)
        .where(OfferAnswer.id == answer_id, OfferAnswer.accepted, Quote.stage == "sent", ~objected.exists())
        .execution_options(populate_existing=True)
    )

"""Telling a customer that their credit runs low: at 20 % and at 5 % of what was bought last, once each."""

from datetime import datetime

from sqlalchemy import select

from helpdesk.actions.send_letter import credit_link, write_letter
from helpdesk.billing import ledger, queries
from helpdesk.billing.lot_models import CreditLot
from helpdesk.customers.queries import who_may_order
from helpdesk.db import db
from helpdesk.mail.queries import was_written

#: In percent of the newest paid lot; the smallest that is reached is told.
THRESHOLDS = (5, 20)


def tell_if_low(customer_id: int | None, *, now: datetime) -> None:
    """Writes to everybody who may order when a threshold is reached; in transaction()."""
    account = queries.account_of(customer_id, "credit") if customer_id is not None else None
    if account is None or customer_id is None:
        return
    lot = db.session.scalars(
        select(CreditLot)
        .where(CreditLot.account_id == account, CreditLot.kind == "paid", CreditLot.bought_minor > 0)
        .order_by(CreditLot.paid_at.desc(), CreditLot.id.desc())
        .limit(1)
    ).first()
    if lot is None:
        return
    left = ledger.spendable(account, now)
    reached = next((t for t in THRESHOLDS if left.minor * 100 <= lot.bought_minor * t), None)
    if reached is None:
        return
    policy = queries.terms_of(customer_id).policy
    for contact in who_may_order(customer_id):
        key = f"credit-low:{lot.id}:{reached}"
        if was_written(f"{key}:{contact.id}"):
            continue
        write_letter(
            "credit-low",
            key,
            contact,
            left=left,
            bought=lot.bought,
            policy=policy,
            link=credit_link(contact, customer_id, now),
            now=now,
        )

"""Support credit bought: money that came in becomes what the customer can spend."""

from datetime import datetime

from helpdesk.billing import ledger
from helpdesk.core.actors import Actor
from helpdesk.core.errors import Forbidden, InvalidInput
from helpdesk.core.money import Money
from helpdesk.customers.queries import customer
from helpdesk.db import transaction


def top_up(customer_id: int, amount: Money, *, reference: str, by: Actor, now: datetime) -> None:
    """Books a payment as support credit. `reference` names the payment, so that it counts once (B3)."""
    if by.kind == "contact":
        raise Forbidden("Payments are booked by the vendor.")
    if not reference.strip():
        raise InvalidInput(
            "Write which payment this is: the invoice's number, for instance.", field="reference"
        )
    if amount.minor <= 0:
        raise InvalidInput("Write an amount above zero.", field="amount")
    with transaction():
        buyer = customer(customer_id)
        ledger.transfer(
            f"top_up:{buyer.id}:{reference.strip()[:80]}",
            debit=ledger.open_account("cash", amount.currency, now=now),
            credit=ledger.open_account("credit", amount.currency, customer_id=buyer.id, now=now),
            amount=amount,
            cause="top_up",
            cause_ref=reference.strip()[:80],
            by=by,
            now=now,
        )

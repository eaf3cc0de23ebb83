"""Support credit as lists and meters show it."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select

from helpdesk.billing.models import Account
from helpdesk.core.money import Money
from helpdesk.db import db


@dataclass(frozen=True, slots=True)
class Credit:
    """What was paid in and not used, what of it is held, and what may still be spent."""

    posted: Money
    held: Money

    @property
    def available(self) -> Money:
        """Posted less held."""
        return self.posted - self.held

    @property
    def level(self) -> str:
        """`none`, `low` (less than an hour of a specialist at the usual price) or `enough`."""
        if self.available.minor <= 0:
            return "none"
        return "low" if self.available.minor < 180_00 else "enough"


def credits_of(customer_ids: Sequence[int], currency: str = "CHF") -> dict[int, Credit]:
    """The credit of each customer that has an account; one statement however many."""
    if not customer_ids:
        return {}
    rows = db.session.execute(
        select(
            Account.customer_id, Account.credits_posted, Account.debits_posted, Account.debits_pending
        ).where(Account.customer_id.in_(customer_ids), Account.kind == "credit", Account.currency == currency)
    ).all()
    return {
        row.customer_id: Credit(
            Money(row.credits_posted - row.debits_posted, currency), Money(row.debits_pending, currency)
        )
        for row in rows
    }

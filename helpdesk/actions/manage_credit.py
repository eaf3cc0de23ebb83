"""What happens to support credit besides being bought and used: it expires, and terms are agreed for it."""

from datetime import datetime

from helpdesk.billing import ledger, lots
from helpdesk.billing.ledger import set_limit
from helpdesk.billing.terms_models import POLICIES, BillingTerms
from helpdesk.core.actors import SYSTEM, Actor
from helpdesk.core.errors import Forbidden, InvalidInput
from helpdesk.core.money import Money
from helpdesk.customers.queries import customer
from helpdesk.db import db, transaction


def expire_credit(now: datetime) -> int:
    """Books what has expired; returns how many lots that were. A lot with an open hold waits for it."""
    with transaction():
        return len(lots.expire_due(now, by=SYSTEM))


def set_terms(
    customer_id: int,
    *,
    policy: str,
    limit: Money,
    payment_days: str,
    business: bool,
    round_to_five: bool,
    statements: bool = False,
    by: Actor,
    now: datetime,
) -> None:
    """Agrees how the customer pays, and how far work may go beyond the credit.

    Raises InvalidInput for terms that make no sense, InsufficientCredit for a limit below what is owed.
    """
    if by.kind == "contact":
        raise Forbidden("Customers cannot change this themselves.")
    if policy not in POLICIES:
        raise InvalidInput("Choose what happens when the credit runs out.", field="policy")
    if not payment_days.isascii() or not payment_days.isdigit() or int(payment_days[:9]) > 120:
        raise InvalidInput("Write the days as a whole number up to 120.", field="payment_days")
    allowed = Money(0, limit.currency) if policy == "ask" else limit
    with transaction():
        owner = customer(customer_id)
        terms = db.session.get(BillingTerms, owner.id) or BillingTerms(customer_id=owner.id)
        terms.policy, terms.limit_minor = policy, limit.minor
        terms.payment_days = int(payment_days)
        terms.business, terms.round_to_five = business, round_to_five
        terms.statements = statements
        db.session.add(terms)
        account = ledger.open_account("receivable", limit.currency, customer_id=owner.id, now=now)
        set_limit(account, allowed)

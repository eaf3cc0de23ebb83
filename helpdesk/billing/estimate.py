"""What support will probably cost a customer, before anybody has looked at the case (product rule 2)."""

from dataclasses import dataclass
from datetime import date

from helpdesk.billing import queries
from helpdesk.billing.estimate_queries import basis_of
from helpdesk.billing.ledger import Balance
from helpdesk.billing.price_list import SUPPORT
from helpdesk.billing.pricing import quote_work
from helpdesk.core.money import Money

#: Half an hour: what a case that needs a specialist takes as a rule.
USUAL_MINUTES = 30


@dataclass(frozen=True, slots=True)
class Estimate:
    """Net price of the usual minutes; `credit` is None for who has none."""

    minutes: int
    net: Money
    credit: Balance | None
    authorised: bool


def estimate_support(
    customer_id: int | None, day: date, plan: str | None = None, minutes: int = USUAL_MINUTES
) -> Estimate:
    """The price of `minutes` of support on `day` for this customer: their own, or their plan's.

    It also says whether a contract covers that without asking.
    """
    basis = basis_of(SUPPORT, customer_id, day, plan)
    priced = quote_work(0, minutes, basis.price)
    return Estimate(
        minutes=priced.billed_minutes,
        net=priced.net,
        credit=basis.credit,
        authorised=any(
            min(each.amount_minor, queries.month_left(each, day)) >= priced.net.minor
            for each in basis.standing
        ),
    )

"""What a session costs a customer, and what would pay for it: told before anything is agreed (rule 2)."""

from dataclasses import dataclass
from datetime import date, datetime

from helpdesk.actions.context import context
from helpdesk.billing import ledger, queries
from helpdesk.billing.pricing import Taxed, UnitPrice, quote_work, vat_for, with_vat
from helpdesk.booking.cancelling import late_fee
from helpdesk.booking.models import Service
from helpdesk.contracts.queries import coverage
from helpdesk.core.errors import InsufficientCredit
from helpdesk.core.money import Money
from helpdesk.customers.models import Customer

_FEE = "late_cancel"


@dataclass(frozen=True, slots=True)
class Cost:
    """The price of a session: each started unit, all of it with VAT, and the fee for cancelling late.

    `pays` is `credit`, `invoice`, `short` (neither can), or None for somebody whom we do not know yet;
    `available` is the credit left, None where there is none.
    """

    unit: UnitPrice
    price: Taxed
    vat_bp: int
    fee: Money
    available: Money | None
    pays: str | None


def cost(service: Service, customer: Customer | None, now: datetime) -> Cost:
    """What the service costs this customer today, or a stranger by the list; changes nothing."""
    day = now.astimezone(context().settings.zone).date()
    whose = _scopes(customer, day)
    unit = queries.price_on(service.activity, day, whose=whose).price
    net = quote_work(0, service.minutes, unit).net
    business = queries.terms_of(customer.id).business if customer else True
    vat_bp = vat_for(customer.country, unit.vat_bp, business=business) if customer else unit.vat_bp
    fee = late_fee(net, queries.price_on(_FEE, day, whose=whose).price.amount)
    account = queries.account_of(customer.id) if customer else None
    available = ledger.spendable(account, now) if account is not None else None
    pays = _pays(customer, net, available) if customer else None
    return Cost(unit, with_vat(net, vat_bp), vat_bp, fee, available, pays)


def payer(customer_id: int, net: Money, now: datetime) -> int:
    """The account on which `net` is held; its row stays locked. Raises InsufficientCredit when none may."""
    found = ledger.payer(customer_id, net, now=now)
    if found.kind == "receivable" and queries.terms_of(customer_id).policy == "ask":
        raise InsufficientCredit("There is not enough credit.")
    return found.account_id


def _pays(customer: Customer, net: Money, available: Money | None) -> str:
    if available is not None and available >= net:
        return "credit"
    terms = queries.terms_of(customer.id)
    if terms.policy == "ask":
        return "short"
    account = queries.account_of(customer.id, "receivable")
    room = ledger.balance(account).available if account is not None else ledger.INVOICE_LIMIT
    return "invoice" if room >= net else "short"


def _scopes(customer: Customer | None, day: date) -> tuple[str, ...]:
    if customer is None:
        return queries.scopes(None)
    return queries.scopes(customer.id, coverage(customer.id, day).plan)

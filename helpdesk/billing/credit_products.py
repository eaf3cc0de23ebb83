"""What can be bought as support credit: packages of hours at a lower rate, or an amount of money. [pure]"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from helpdesk.billing.pricing import UnitPrice
from helpdesk.core.errors import InvalidInput
from helpdesk.core.money import Money, chf
from helpdesk.i18n import amount as spoken_amount
from helpdesk.i18n import gettext as _

#: Hours in each package; its price is on the price list under `credit_5h` and so on.
PACKAGES = {"credit_5h": 5, "credit_10h": 10, "credit_20h": 20}
AMOUNT = "amount"
_SMALLEST, _LARGEST = chf(100), chf(50_000)


class HasPrice(Protocol):
    """A price version."""

    @property
    def price(self) -> UnitPrice: ...


@dataclass(frozen=True, slots=True)
class Product:
    """Credit to be sold: what it costs net, what an hour costs from it, and when its VAT is due.

    A package is a service that is known, so its VAT falls due at purchase; an amount for anything is a
    voucher, taxed when it is used (money_and_booking.md B4).
    """

    code: str
    net: Money
    vat_bp: int
    hours: int | None
    rate: Money | None
    tax_point: str
    expires_after_days: int | None = None

    def spoken(self) -> str:
        """Its name in the current language."""
        if self.hours is not None:
            return _("%(hours)s hours of support", hours=self.hours)
        return _("Support credit of %(amount)s", amount=spoken_amount(self.net))


def product(
    code: str,
    amount: Money | None,
    price_on: Callable[[str, date, str, Sequence[str]], HasPrice],
    day: date,
    whose: Sequence[str],
) -> Product:
    """The product of that code on that day; raises InvalidInput for an unknown one or an odd amount."""
    if code in PACKAGES:
        price = price_on(code, day, "CHF", whose).price
        hours = PACKAGES[code]
        return Product(
            code, price.amount, price.vat_bp, hours, Money(price.amount.minor // hours), "purchase"
        )
    if code != AMOUNT:
        raise InvalidInput("There is no such product.")
    if amount is None or not _SMALLEST <= amount <= _LARGEST:
        raise InvalidInput("Write an amount from 100.00 to 50000.00.", field="amount")
    vat = price_on("support", day, "CHF", whose).price.vat_bp
    return Product(code, amount, vat, None, None, "use")

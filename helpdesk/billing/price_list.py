"""The default price list: demo data set by the market (money_and_booking.md B7); CHF without VAT."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from helpdesk.billing.pricing import UnitPrice
from helpdesk.core.money import Money, chf

SURCHARGE = "surcharge"
SUPPORT = "support"
#: What an agent can log minutes for.
ACTIVITIES = (SUPPORT, "training", "development")
#: Done while the customer is not there: a quote is accepted before it begins (product rule 3).
IN_ABSENCE = ("development",)
#: What the hourly rate of a credit package counts for; other work is paid from it at the price agreed.
CREDIT_RATE_FOR = (SUPPORT, "training")

_SWISS_VAT = 810
_UNIT = 15


@dataclass(frozen=True, slots=True)
class PriceLine:
    """One price from `valid_from` on."""

    code: str
    price: UnitPrice
    valid_from: date


def _timed(code: str, an_hour: int) -> PriceLine:
    a_unit = Money(chf(an_hour).minor * _UNIT // 60)
    return PriceLine(code, UnitPrice(a_unit, _UNIT, _UNIT, _SWISS_VAT), _FROM)


def _flat(code: str, amount: int) -> PriceLine:
    return PriceLine(code, UnitPrice(chf(amount), vat_bp=_SWISS_VAT), _FROM)


_FROM = date(2026, 1, 1)
DEFAULTS = (
    _timed(SUPPORT, 180),
    _timed("training", 180),
    _timed("development", 200),
    _flat("credit_5h", 855),
    _flat("credit_10h", 1620),
    _flat("credit_20h", 3060),
    _flat(SURCHARGE, 200),
    _flat("late_cancel", 90),
)


def in_force(lines: Iterable[PriceLine], code: str, day: date) -> PriceLine | None:
    """The line of `code` that counts on `day`: the newest that has begun; of two for one day the later."""
    begun = [line for line in lines if line.code == code and line.valid_from <= day]
    return max(reversed(begun), key=lambda line: line.valid_from, default=None)

"""What work costs: started units a case and day, minimum, VAT. Decimal and integers only (B8)."""

from dataclasses import dataclass
from decimal import Decimal

from helpdesk.core.errors import InvalidInput
from helpdesk.core.money import Money

#: Countries whose customers pay Swiss VAT; Liechtenstein counts as inland.
_INLAND = ("CH", "LI")
_MINUTES_A_DAY = 1440


@dataclass(frozen=True, slots=True)
class UnitPrice:
    """`amount` for each started `unit_minutes`, at least `minimum_minutes`; 0 minutes: a flat price."""

    amount: Money
    unit_minutes: int = 0
    minimum_minutes: int = 0
    vat_bp: int = 0


@dataclass(frozen=True, slots=True)
class Priced:
    """The minutes that are billed and what they cost without VAT."""

    billed_minutes: int
    net: Money


@dataclass(frozen=True, slots=True)
class Taxed:
    """An amount with its VAT as a line of its own."""

    net: Money
    vat: Money
    gross: Money


def billed_minutes(minutes: int, price: UnitPrice) -> int:
    """`minutes` of one case on one day, up to the next full unit and at least the minimum; none is none."""
    if minutes == 0 or price.unit_minutes == 0:
        return 0
    units = -(-max(minutes, price.minimum_minutes) // price.unit_minutes)
    return units * price.unit_minutes


def quote_work(
    minutes_so_far_that_day: int, minutes: int, price: UnitPrice, *, billed_so_far: int | None = None
) -> Priced:
    """What `minutes` more on a case cost after `minutes_so_far_that_day` (money_and_booking.md B3).

    Rounded a case and day, not a log line: three replies of five minutes are one unit, paid by the first.
    `billed_so_far` says how many of the minutes so far stand charged, where a correction made that differ.
    Raises InvalidInput for less than none or more than a day.
    """
    if min(minutes, minutes_so_far_that_day) < 0 or minutes + minutes_so_far_that_day > _MINUTES_A_DAY:
        raise InvalidInput("Write the minutes as a whole number from 0 to 1440 a day.")
    if price.unit_minutes == 0:
        return Priced(0, price.amount)
    before = billed_minutes(minutes_so_far_that_day, price) if billed_so_far is None else billed_so_far
    more = max(0, billed_minutes(minutes_so_far_that_day + minutes, price) - before)
    return Priced(more, price.amount * (more // price.unit_minutes))


def with_vat(net: Money, vat_bp: int) -> Taxed:
    """`vat_bp` in hundredths of a percent (810 is 8.1 %), rounded half up to the smallest unit."""
    vat = net.share(Decimal(vat_bp) / 10_000)
    return Taxed(net, vat, net + vat)


def vat_for(country: str, vat_bp: int, *, business: bool = True) -> int:
    """The rate for a customer's country: none for services to a business abroad (Art. 8(1) MWSTG)."""
    return vat_bp if country.upper() in _INLAND or not business else 0


def rounded_to_five(total: Money) -> Money:
    """The line "Rounding" (B8): what makes `total` a multiple of five of the smallest unit."""
    return Money((total.minor + 2) // 5 * 5 - total.minor, total.currency)

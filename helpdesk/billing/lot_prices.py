"""What minutes cost when lots of credit pay them: each at its own rate, in their order. [pure]"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction

from helpdesk.billing.price_list import CREDIT_RATE_FOR
from helpdesk.billing.pricing import UnitPrice
from helpdesk.core.money import Money


@dataclass(frozen=True, slots=True)
class Lot:
    """A parcel of credit as a price needs it; `rate` is the net price of an hour, None the price list's."""

    id: int
    key: str
    kind: str
    name: str
    bought: Money
    rest: Money
    held: Money
    rate: Money | None
    paid_at: datetime
    expires_at: datetime | None
    #: Whose it is.
    account_id: int = 0

    @property
    def minutes_left(self) -> int | None:
        """Whole minutes of support that the rest is worth; None for a plain amount."""
        return None if self.rate is None else self.rest.minor * 60 // self.rate.minor


@dataclass(frozen=True, slots=True)
class Part:
    """What one lot pays."""

    lot: Lot
    amount: Money


@dataclass(frozen=True, slots=True)
class Shared:
    """Minutes shared out: what the lots pay, and what is left for an invoice at the price list's rate."""

    parts: tuple[Part, ...]
    rest: Money

    @property
    def from_credit(self) -> Money:
        """What credit pays."""
        return sum((part.amount for part in self.parts), Money(0, self.rest.currency))

    @property
    def net(self) -> Money:
        """Everything together."""
        return self.from_credit + self.rest


def usable(lots: Sequence[Lot], at: datetime) -> list[Lot]:
    """The lots that may pay at that moment."""
    return [lot for lot in lots if lot.rest and (lot.expires_at is None or lot.expires_at > at)]


def share_minutes(minutes: int, activity: str, price: UnitPrice, lots: Sequence[Lot]) -> Shared:
    """Shares `minutes`, which are whole units of `price`, among `lots` in their order (rule of B2).

    A lot's rate counts for the activities it was sold for, and never makes anything dearer. A lot that is too
    small pays as many minutes as it is worth; the next one goes on. Exact until the Rappen, then half up.
    """
    listed = Fraction(price.amount.minor, price.unit_minutes)
    left, parts = Fraction(minutes), []
    for lot in lots:
        a_minute = listed
        if lot.rate is not None and activity in CREDIT_RATE_FOR:
            a_minute = min(listed, Fraction(lot.rate.minor, 60))
        if not left:
            break
        if a_minute == 0:
            continue
        wanted = _half_up(left * a_minute)
        if wanted <= lot.rest.minor:
            parts.append(Part(lot, Money(wanted, lot.rest.currency)))
            left = Fraction(0)
        else:
            parts.append(Part(lot, lot.rest))
            left -= lot.rest.minor / a_minute
    return Shared(
        tuple(part for part in parts if part.amount), Money(_half_up(left * listed), _currency(price))
    )


def share_amount(net: Money, lots: Sequence[Lot]) -> Shared:
    """Shares a flat amount among `lots` in their order."""
    left, parts = net, []
    for lot in lots:
        amount = min(left, lot.rest)
        if amount.minor > 0:
            parts.append(Part(lot, amount))
            left -= amount
    return Shared(tuple(parts), left)


def _half_up(exact: Fraction) -> int:
    return int(exact + Fraction(1, 2))


def _currency(price: UnitPrice) -> str:
    return price.amount.currency

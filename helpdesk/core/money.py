"""Money as integers of the smallest unit with a currency (B8); no floats anywhere."""

import re
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from helpdesk.core.errors import InvalidInput


@dataclass(frozen=True, slots=True)
class Money:
    """An exact amount. `minor` counts the smallest unit (Rappen, cents, öre).

    Adding or comparing by size across currencies raises ValueError.
    """

    minor: int
    currency: str = "CHF"

    def __post_init__(self) -> None:
        if not isinstance(self.minor, int) or isinstance(self.minor, bool):
            raise TypeError("an amount is an integer of the smallest unit")

    def __add__(self, other: "Money") -> "Money":
        return Money(self.minor + self._same(other), self.currency)

    def __sub__(self, other: "Money") -> "Money":
        return Money(self.minor - self._same(other), self.currency)

    def __mul__(self, times: int) -> "Money":
        return Money(self.minor * times, self.currency)

    def __neg__(self) -> "Money":
        return Money(-self.minor, self.currency)

    def __lt__(self, other: "Money") -> bool:
        return self.minor < self._same(other)

    def __le__(self, other: "Money") -> bool:
        return self.minor <= self._same(other)

    def __gt__(self, other: "Money") -> bool:
        return self.minor > self._same(other)

    def __ge__(self, other: "Money") -> bool:
        return self.minor >= self._same(other)

    def __bool__(self) -> bool:
        return self.minor != 0

    def _same(self, other: "Money") -> int:
        if other.currency != self.currency:
            raise ValueError(f"cannot mix {self.currency} and {other.currency}")
        return other.minor

    @property
    def decimal(self) -> Decimal:
        """The amount in whole units, two decimals."""
        return Decimal(self.minor).scaleb(-2)

    def share(self, rate: Decimal) -> "Money":
        """`rate` of this amount, rounded half up to the smallest unit (VAT, discounts)."""
        return Money(int((self.minor * rate).quantize(Decimal(1), ROUND_HALF_UP)), self.currency)


def chf(units: int | str) -> Money:
    """`chf(200)` is CHF 200.00; `chf("0.05")` is five Rappen. Raises ValueError for a part of a Rappen."""
    minor = Decimal(units) * 100
    if minor != int(minor):
        raise ValueError("an amount in francs has two decimals at most")
    return Money(int(minor), "CHF")


# At most one decimal mark, followed by one or two digits; thousands by one and the same mark throughout: the
# straight or typographic apostrophe, a space, a no-break space or a narrow one. No more than twelve digits
# before the decimal mark: what people type must fit the database.
_AMOUNT = re.compile(
    r"(?P<whole>[0-9]{1,3}(?P<mark>['\u2019 \u00a0\u202f])[0-9]{3}(?:(?P=mark)[0-9]{3}){0,2}|[0-9]{1,12})"
    r"(?:[.,](?P<part>[0-9]{1,2}))?"
)


def parse_amount(text: str, currency: str = "CHF") -> Money:
    """Reads an amount a person typed: 1234.50, 1'234.50 (either apostrophe), 1 234,50 (any space).

    Refuses what could be read in two ways (1.234 is a thousand to one and one and a bit to another),
    signs, and more than two decimals, by raising InvalidInput.
    """
    match = _AMOUNT.fullmatch(text.strip())
    if not match:
        raise InvalidInput("Write the amount like 1234.50.")
    whole = "".join(filter(str.isdecimal, match["whole"]))
    return Money(int(whole) * 100 + int((match["part"] or "0").ljust(2, "0")), currency)

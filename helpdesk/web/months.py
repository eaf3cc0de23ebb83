"""Months in addresses: 2027-03, with the one before and after."""

import re
from dataclasses import dataclass
from datetime import date, timedelta

_MONTH = re.compile(r"20[0-9]{2}-(0[1-9]|1[0-2])")


@dataclass(frozen=True, slots=True)
class Month:
    """A calendar month."""

    year: int
    number: int

    @property
    def days(self) -> tuple[date, date]:
        """Its first and last day."""
        first = date(self.year, self.number, 1)
        return first, (first + timedelta(days=32)).replace(day=1) - timedelta(days=1)

    @property
    def before(self) -> "Month":
        """The month before."""
        return of(self.days[0] - timedelta(days=1))

    @property
    def after(self) -> "Month":
        """The month after."""
        return of(self.days[1] + timedelta(days=1))

    def __str__(self) -> str:
        return f"{self.year:04d}-{self.number:02d}"


def of(day: date) -> Month:
    """The month of a day."""
    return Month(day.year, day.month)


def month_of(text: str, today: date) -> Month:
    """The month that an address names, else today's."""
    if not _MONTH.fullmatch(text):
        return of(today)
    return Month(int(text[:4]), int(text[5:]))

"""Opening hours of a week as people write them: several ranges a day, in wall time."""

import re
from dataclasses import dataclass
from datetime import time
from itertools import pairwise

from helpdesk.core.errors import InvalidInput

MIDNIGHT = time(0)
_DAY_NAMES = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_RULE = re.compile(
    r"(?P<first>[a-z]{3})(?:-(?P<last>[a-z]{3}))?(?P<ranges>(?:\s+\d\d:\d\d-\d\d:\d\d)+)", re.ASCII
)


@dataclass(frozen=True, slots=True, order=True)
class Opening:
    """One range of hours on a day, in wall time; closing at 00:00 means midnight at the end of the day."""

    opens: time
    closes: time

    def __post_init__(self) -> None:
        if self.closes != MIDNIGHT and self.closes <= self.opens:
            raise InvalidInput("Closing time must be after opening time.")


DayHours = tuple[Opening, ...]


@dataclass(frozen=True, slots=True)
class WeekHours:
    """The ranges of hours of each weekday, Monday first, sorted and apart. Raises InvalidInput otherwise."""

    days: tuple[DayHours, DayHours, DayHours, DayHours, DayHours, DayHours, DayHours]

    def __post_init__(self) -> None:
        for day in self.days:
            check_day(day)

    @classmethod
    def parse(cls, text: str) -> "WeekHours":
        """Reads `mon-fri 09:00-12:00 14:00-17:00, sat 10:00-12:00`. Raises InvalidInput."""
        days: list[list[Opening]] = [[] for _ in _DAY_NAMES]
        for rule in filter(None, map(str.strip, text.lower().split(","))):
            match = _RULE.fullmatch(rule)
            if not match:
                raise InvalidInput("Write opening hours like mon-fri 09:00-12:00 14:00-17:00.")
            for weekday in _weekdays(match["first"], match["last"] or match["first"]):
                days[weekday] += map(_opening, match["ranges"].split())
        mon, tue, wed, thu, fri, sat, sun = (tuple(sorted(day)) for day in days)
        return cls((mon, tue, wed, thu, fri, sat, sun))


def read_day(text: str) -> DayHours:
    """Reads the ranges of one day, `09:00-12:00 14:00-17:00` (commas may stand between); empty: closed.

    Raises InvalidInput.
    """
    ranges = tuple(sorted(_opening(part) for part in text.replace(",", " ").split()))
    check_day(ranges)
    return ranges


def write_day(hours: DayHours) -> str:
    """What read_day() reads; midnight at the end is written 24:00."""
    return " ".join(
        f"{each.opens:%H:%M}-{'24:00' if each.closes == MIDNIGHT else format(each.closes, '%H:%M')}"
        for each in hours
    )


def check_day(hours: DayHours) -> None:
    """Raises InvalidInput unless the ranges of one day are in order and do not overlap."""
    for earlier, later in pairwise(hours):
        if earlier.closes == MIDNIGHT or later.opens < earlier.closes:
            raise InvalidInput("The opening hours of a day overlap.")


def _weekdays(first: str, last: str) -> range:
    if first not in _DAY_NAMES or last not in _DAY_NAMES or _DAY_NAMES.index(last) < _DAY_NAMES.index(first):
        raise InvalidInput("Write weekdays like mon or mon-fri.")
    return range(_DAY_NAMES.index(first), _DAY_NAMES.index(last) + 1)


def _opening(text: str) -> Opening:
    opens, _, closes = text.partition("-")
    try:
        # Midnight at the end of a day is written 24:00 by people and 00:00 by time().
        return Opening(
            time.fromisoformat(opens), time.fromisoformat("00:00" if closes == "24:00" else closes)
        )
    except ValueError:
        raise InvalidInput("Write times like 09:00.") from None

"""The slow method that opening hours and deadlines are compared with: look at the wall clock every minute."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

MINUTE = timedelta(minutes=1)
Ranges = list[tuple[str, str]]  # ("09:00", "12:00"); the end of the day is "24:00"


@dataclass(eq=False)
class MinuteCounter:
    """Knows an office only by what its wall clock shows; `ranges` gives the hours of a date, none if closed."""

    zone: ZoneInfo
    ranges: Callable[[date], Ranges]
    _open: dict[date, set[datetime]] = field(default_factory=dict)

    def date(self, at: datetime) -> date:
        return at.astimezone(self.zone).date()

    def is_open(self, at: datetime) -> bool:
        return at in self.open_minutes(self.date(at))

    def open_minutes(self, day: date) -> set[datetime]:
        """The minutes of a day from the first that shows opening time or more to the last before closing time."""
        if day not in self._open:
            found: set[datetime] = set()
            for opens, closes in self.ranges(day):
                minutes = wall_of_a_day(self.zone, day)
                reached = [n for n, (_, wall) in enumerate(minutes) if wall >= opens]
                before = [n for n, (_, wall) in enumerate(minutes) if wall < closes]
                if reached and before:
                    found.update(at for at, _ in minutes[reached[0] : before[-1] + 1])
            self._open[day] = found
        return self._open[day]

    def count(self, start: datetime, end: datetime) -> int:
        """Open minutes from start to end, one by one."""
        return sum(self.is_open(at) for at in every_minute(start, end))

    def closing(self, at: datetime) -> datetime:
        """The end of the last open minute of the first day that has one at `at` or later."""
        day = self.date(at)
        while not (left := [m for m in self.open_minutes(day) if m >= at]):
            day += timedelta(days=1)
        return max(left) + MINUTE

    def after(
        self, start: datetime, minutes: int, paused: Callable[[datetime], bool] = lambda at: False
    ) -> datetime:
        """When this many open minutes have passed, minutes for which `paused` is true left out."""
        at = start.astimezone(UTC)
        while minutes:
            minutes -= self.is_open(at) and not paused(at)
            at += MINUTE
        return at


@cache
def wall_of_a_day(zone: ZoneInfo, day: date) -> list[tuple[datetime, str]]:
    """Every minute of a local date with what the wall clock shows then, such as 09:00."""
    first = datetime(day.year, day.month, day.day, tzinfo=UTC) - timedelta(hours=15)
    walls = ((at, at.astimezone(zone)) for at in every_minute(first, first + timedelta(hours=54)))
    return [(at, wall.isoformat()[11:16]) for at, wall in walls if wall.date() == day]


def every_minute(start: datetime, end: datetime) -> Iterator[datetime]:
    at = start.astimezone(UTC)
    while at < end:
        yield at
        at += MINUTE

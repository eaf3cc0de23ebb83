"""When the office is open, as moments: right across holidays and in the nights the clocks change (S1)."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from helpdesk.core.errors import InvalidInput
from helpdesk.core.intervals import Interval, merge, utc
from helpdesk.core.wall_clock import end_of, start_of
from helpdesk.core.week_hours import MIDNIGHT, DayHours, WeekHours, check_day

MAX_CLOSED_DAYS = 400  # more than a year: whoever opens on one day a year is still found
MAX_DAYS = 3660  # ten years: no answer further away is of use to anybody


@dataclass(frozen=True, slots=True)
class Day:
    """One local day: its bounds and open times in UTC, and what closes it, if anything.

    `holiday` is a public holiday, `closure` a day on which the office itself decided to stay closed.
    """

    date: date
    starts: datetime
    ends: datetime
    open: tuple[Interval, ...]
    holiday: str | None
    closure: str | None = None


def never_closed(day: date) -> str | None:
    """A closure function that knows no holidays."""
    return None


@dataclass(frozen=True, eq=False)
class Calendar:
    """The opening hours of one office.

    `closure` names the holiday that closes a day, or None; it must answer the same for the life of the
    calendar, which remembers the days it worked out. Hours in `special` replace the week and the holiday;
    a special day without hours is a closure of our own, and `names` says why.
    """

    zone: ZoneInfo
    week: WeekHours
    closure: Callable[[date], str | None] = never_closed
    special: Mapping[date, DayHours] = field(default_factory=dict)
    names: Mapping[date, str] = field(default_factory=dict)
    _known: dict[date, Day] = field(default_factory=dict, init=False, repr=False)

    def __post_init__(self) -> None:
        for hours in self.special.values():
            check_day(hours)

    def local_date(self, at: datetime) -> date:
        """The date on the office's wall."""
        return utc(at).astimezone(self.zone).date()

    def day(self, on: date) -> Day:
        """One local day, worked out once."""
        known = self._known.get(on)
        if known is None:
            if len(self._known) > 2 * MAX_DAYS:
                self._known.clear()
            known = self._known[on] = self._work_out(on)
        return known

    def days_from(self, first: date) -> Iterator[Day]:
        """Day after day, for searches: raises InvalidInput instead of going on for ever."""
        closed = 0
        for number in range(MAX_DAYS):
            day = self.day(first + timedelta(days=number))
            closed = 0 if day.open else closed + 1
            if closed > MAX_CLOSED_DAYS:
                raise InvalidInput("This calendar is never open.")
            yield day
        raise InvalidInput("This calendar is open too rarely for that much work.")

    def open_from(self, start: datetime) -> Iterator[Interval]:
        """Open times from a moment on, in order, cut at midnight; raises InvalidInput as days_from does."""
        start = utc(start)
        for day in self.days_from(self.local_date(start)):
            for span in day.open:
                if span.start >= start:
                    yield span
                elif span.end > start:
                    yield Interval(start, span.end)

    def open_spans(self, start: datetime, end: datetime) -> list[Interval]:
        """Open times from `start` up to `end`, sorted and joined; none if the end is not after the start."""
        start, end = utc(start), utc(end)
        spans: list[Interval] = []
        if start < end:
            on, last = self.local_date(start), self.local_date(end)
            while on <= last:
                for span in self.day(on).open:
                    if span.start < end and span.end > start:
                        spans.append(Interval(max(span.start, start), min(span.end, end)))
                on += timedelta(days=1)
        return merge(spans)

    def is_open(self, at: datetime) -> bool:
        """Whether the office is open at this moment; at closing time it no longer is."""
        at = utc(at)
        return any(at in span for span in self.day(self.local_date(at)).open)

    def next_open(self, at: datetime) -> datetime:
        """This moment if the office is open, else the next opening. Raises InvalidInput if there is none."""
        return next(self.open_from(at)).start

    def open_day(self, at: datetime) -> Day:
        """The day that still has open time after this moment: today until closing time, else the next one."""
        at = utc(at)
        days = self.days_from(self.local_date(at))
        return next(day for day in days if day.open and day.open[-1].end > at)

    def closing(self, at: datetime) -> datetime:
        """When that day closes for good (a lunch break is not closing). Raises InvalidInput if never open."""
        return self.open_day(at).open[-1].end

    def add_working(self, start: datetime, duration: timedelta) -> datetime:
        """The first moment by which this much open time has passed since `start`.

        Eight hours from 09:00 is closing time, not the next morning. Raises InvalidInput for a negative
        duration and for one that takes more than ten years.
        """
        if duration < timedelta():
            raise InvalidInput("A duration cannot be negative.")
        if not duration:
            return utc(start)
        for span in self.open_from(start):
            if span.length >= duration:
                return span.start + duration
            duration -= span.length
        raise AssertionError("open_from() ends by raising")

    def working_between(self, a: datetime, b: datetime) -> timedelta:
        """Open time from `a` to `b`; negative when `b` is the earlier one."""
        if utc(b) < utc(a):
            return -self.working_between(b, a)
        return sum((span.length for span in self.open_spans(a, b)), timedelta())

    def _work_out(self, on: date) -> Day:
        holiday = None if on in self.special else self.closure(on)
        hours = self.special.get(on, () if holiday else self.week.days[on.weekday()])
        open_times = merge(
            Interval(start, end)
            for start, end in (
                (start_of(on, h.opens, self.zone), end_of(on, h.closes, self.zone)) for h in hours
            )
            if start < end  # a range within the skipped hour does not take place
        )
        starts, ends = start_of(on, MIDNIGHT, self.zone), end_of(on, MIDNIGHT, self.zone)
        closure = self.names.get(on) if on in self.special and not hours else None
        return Day(on, starts, ends, tuple(open_times), holiday, closure)

"""Time as half-open intervals of aware UTC moments, and the small algebra on them.

One algebra serves opening hours, promises, pauses and free slots. Every function takes intervals in any
order, overlapping or not, and returns a sorted list in which none touch and none are empty.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import islice
from operator import attrgetter


def utc(at: datetime) -> datetime:
    """The same moment in UTC. Raises ValueError for a time without zone instead of guessing one."""
    if at.tzinfo is None:
        raise ValueError("a moment needs a zone")
    return at.astimezone(UTC)


@dataclass(frozen=True, slots=True, order=True)
class Interval:
    """From `start` (within) to `end` (no longer within), always in UTC.

    Other zones are converted: Python compares two moments of one zone by their wall time, which is wrong
    in the night the clocks go back. Raises ValueError for a time without zone or an end before the start.
    """

    start: datetime
    end: datetime

    def __post_init__(self) -> None:
        if self.start.tzinfo is not UTC:
            object.__setattr__(self, "start", utc(self.start))
        if self.end.tzinfo is not UTC:
            object.__setattr__(self, "end", utc(self.end))
        if self.end < self.start:
            raise ValueError("an interval cannot end before it starts")

    def __contains__(self, at: datetime) -> bool:
        return self.start <= at < self.end

    def __bool__(self) -> bool:
        return self.start < self.end

    @property
    def length(self) -> timedelta:
        """How long it lasts."""
        return self.end - self.start


def merge(intervals: Iterable[Interval]) -> list[Interval]:
    """The same time with overlapping and touching intervals joined."""
    merged: list[Interval] = []
    for interval in sorted(filter(None, intervals), key=attrgetter("start")):
        if merged and interval.start <= merged[-1].end:
            if interval.end > merged[-1].end:
                merged[-1] = Interval(merged[-1].start, interval.end)
        else:
            merged.append(interval)
    return merged


def intersect(left: Iterable[Interval], right: Iterable[Interval]) -> list[Interval]:
    """The time that lies in both."""
    a, b = merge(left), merge(right)
    common: list[Interval] = []
    i = j = 0
    while i < len(a) and j < len(b):
        start, end = max(a[i].start, b[j].start), min(a[i].end, b[j].end)
        if start < end:
            common.append(Interval(start, end))
        if a[i].end < b[j].end:
            i += 1
        else:
            j += 1
    return common


def subtract(left: Iterable[Interval], right: Iterable[Interval]) -> list[Interval]:
    """The time of `left` that does not lie in `right`."""
    holes = merge(right)
    rest: list[Interval] = []
    first = 0
    for interval in merge(left):
        start = interval.start
        while first < len(holes) and holes[first].end <= start:
            first += 1
        for hole in islice(holes, first, None):
            if hole.start >= interval.end:
                break
            if start < hole.start:
                rest.append(Interval(start, hole.start))
            start = hole.end
        if start < interval.end:
            rest.append(Interval(start, interval.end))
    return rest


def total(intervals: Iterable[Interval]) -> timedelta:
    """How long they last together; time covered twice counts once."""
    return sum((interval.length for interval in merge(intervals)), timedelta())

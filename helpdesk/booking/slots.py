"""Which times can be booked: what is open, less what is taken, on the step grid of local time. [pure]

Hours are wall time in a zone and become moments day by day, so a slot is right in the nights the clocks
change as well. A slot is never in the past, inside the notice, on a holiday, or over anything else.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from helpdesk.core.business_hours import Calendar
from helpdesk.core.errors import InvalidInput
from helpdesk.core.intervals import Interval, subtract, utc

_MINUTE = timedelta(minutes=1)
_DAY_MINUTES = 24 * 60


@dataclass(frozen=True, slots=True)
class Pattern:
    """How a service lies in time, in minutes: its length, the grid of its starts, and the rest after it."""

    minutes: int
    step: int
    buffer: int = 0

    def __post_init__(self) -> None:
        if not 5 <= self.minutes <= 480 or not 5 <= self.step <= 240 or not 0 <= self.buffer <= 240:
            raise InvalidInput("A session takes 5 minutes to 8 hours, and starts every 5 minutes to 4 hours.")
        if _DAY_MINUTES % self.step:
            raise InvalidInput("The step must divide a day: 15, 20, 30 or 60 minutes.", field="step")

    def taken(self, start: datetime) -> Interval:
        """What a session that starts then takes of the agent's time, the rest after it included."""
        return Interval(start, start + self.minutes * _MINUTE + self.buffer * _MINUTE)


@dataclass(frozen=True, slots=True)
class Diary:
    """One specialist's time: when they work, and what of it is gone already."""

    agent_id: int
    calendar: Calendar
    taken: tuple[Interval, ...] = ()


@dataclass(frozen=True, slots=True, order=True)
class Slot:
    """A start (UTC) and who could do it."""

    start: datetime
    agents: tuple[int, ...]


def earliest(now: datetime, notice: int, office: Calendar) -> datetime:
    """The first moment that keeps the notice: `notice` minutes of the office's working time from `now`.

    Asked on Friday at 16:30, four hours before is Monday. Raises InvalidInput for an office never open.
    """
    return max(utc(now), office.add_working(now, notice * _MINUTE))


def free_starts(diary: Diary, pattern: Pattern, window: Interval) -> Iterator[datetime]:
    """Starts within the window at which the session and the rest after it fit into the specialist's time.

    They stand on the grid of the specialist's wall clock: with a step of 30 minutes at :00 and :30.
    """
    needed = pattern.taken(window.start).length
    zone = diary.calendar.zone
    opened = diary.calendar.open_spans(window.start, window.end + needed)
    step = pattern.step * _MINUTE
    for free in subtract(opened, diary.taken):
        last = min(free.end - needed, window.end - _MINUTE)
        # As long as the clocks do not change, the grid is reached by adding.
        even = free.start.astimezone(zone).utcoffset() == free.end.astimezone(zone).utcoffset()
        at = _on_grid(free.start, pattern.step, zone)
        while at <= last:
            yield at
            at = at + step if even else _on_grid(at + _MINUTE, pattern.step, zone)


def offered(diaries: Iterable[Diary], pattern: Pattern, window: Interval) -> list[Slot]:
    """All starts within the window, in order, each with everybody who is free then."""
    who: dict[datetime, list[int]] = defaultdict(list)
    for diary in diaries:
        for start in free_starts(diary, pattern, window):
            who[start].append(diary.agent_id)
    return [Slot(start, tuple(sorted(agents))) for start, agents in sorted(who.items())]


def by_day(slots: Sequence[Slot], zone: ZoneInfo) -> dict[date, list[Slot]]:
    """The slots under their local days, in order."""
    days: dict[date, list[Slot]] = {}
    for slot in slots:
        days.setdefault(slot.start.astimezone(zone).date(), []).append(slot)
    return days


def _on_grid(at: datetime, step: int, zone: ZoneInfo) -> datetime:
    """This moment if the wall clock stands on the grid, else the next one at which it does."""
    local = at.astimezone(zone)
    past = (local.hour * 60 + local.minute) % step
    if local.second or local.microsecond:
        at += _MINUTE - timedelta(seconds=local.second, microseconds=local.microsecond)
        past = (past + 1) % step
    if not past:
        return at
    there = at + (step - past) * _MINUTE
    # The clocks may have changed in between: then the grid lies elsewhere.
    wall = there.astimezone(zone)
    return there if not (wall.hour * 60 + wall.minute) % step else _on_grid(there, step, zone)

"""Deadlines: until when an answer is promised, and why, span by span (S1, S2).

The rule "same day", as it is read here: what arrives on a working day before closing time is due at closing
time of that day, be it inside hours, in the lunch break or before opening; all else, and what arrives at
closing time exactly, is due at closing time of the next working day. While the customer has to answer or
accept, the clock stands still: working time that passes meanwhile moves the deadline by as much working time.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from helpdesk.core.business_hours import Calendar, Day
from helpdesk.core.intervals import Interval, subtract, utc
from helpdesk.sla.policy import Policy
from helpdesk.sla.timeline import Kind, Span, closed_day, timeline


@dataclass(frozen=True, slots=True)
class Deadline:
    """A promise made: `due_at` in UTC, `reason` as a code with `data`, the spans from arrival on without gap.

    Codes: same_day_inside_hours, same_day_in_break, same_day_before_opening, next_day_after_hours,
    next_day_after_cut_off, weekend, closed_day, holiday (data: name in English, day), closure (data: name,
    day), working_time (data: minutes, a policy's target) and within_working_time (data: minutes, urgent).
    Data has `paused_minutes`, working minutes, when pauses moved the deadline.
    """

    due_at: datetime
    reason: str
    data: Mapping[str, str | int]
    spans: tuple[Span, ...]
    zone: str

    def as_data(self) -> dict[str, Any]:
        """Plain data for a database row."""
        spans = [[s.start.isoformat(), s.end.isoformat(), s.kind.value, s.name] for s in self.spans]
        return {
            "due_at": self.due_at.isoformat(),
            "reason": self.reason,
            "data": dict(self.data),
            "spans": spans,
            "zone": self.zone,
        }

    def left_at(self, share: float) -> datetime:
        """The moment at which this share of the counted working time is left: 0.25 for a last quarter."""
        counted = [span for span in self.spans if span.kind is Kind.COUNTED]
        passed = sum((span.end - span.start for span in counted), timedelta()) * (1 - share)
        for span in counted:
            if span.end - span.start >= passed:
                return span.start + passed
            passed -= span.end - span.start
        return self.due_at

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> "Deadline":
        """The deadline whose as_data() this is."""
        read = datetime.fromisoformat
        spans = tuple(
            Span(utc(read(s)), utc(read(e)), Kind(kind), name) for s, e, kind, name in data["spans"]
        )
        return cls(utc(read(data["due_at"])), data["reason"], data["data"], spans, data["zone"])


class Line(NamedTuple):
    """A span told to people: local times of the office, how long, and the working time counted so far."""

    kind: Kind
    name: str
    start: datetime
    end: datetime
    length: timedelta
    counted: timedelta


def promise(
    received_at: datetime,
    calendar: Calendar,
    policy: Policy,
    pauses: Sequence[Interval] = (),
    *,
    accepted_at: datetime | None = None,
) -> Deadline:
    """Until when we promise to act on what arrived at `received_at`.

    `pauses`: when the customer had to act; one that still runs ends at the moment of asking, and the answer
    then means "if they acted now". A policy's `within` runs from `accepted_at`, else from the arrival, and
    never ends after the normal promise. Raises InvalidInput for a calendar that never opens, ValueError for
    times without zone.
    """
    received = utc(received_at)
    reason, data, begins, due = _unmoved(received, calendar, policy)
    needed = calendar.working_between(begins, due) if pauses else timedelta()
    if pauses:
        due = _elapse(calendar, begins, needed, pauses)
        moved = calendar.working_between(begins, due) - needed
        if moved:
            data["paused_minutes"] = -(-moved // timedelta(minutes=1))  # a begun minute moves it too
    if policy.within is not None:
        starts = max(received, utc(accepted_at)) if accepted_at is not None else received
        sooner = _elapse(calendar, starts, policy.within, pauses)
        if sooner < due:
            reason, data = "within_working_time", {"minutes": policy.within // timedelta(minutes=1)}
            received = begins = starts
            due = sooner
    spans = tuple(timeline(calendar, received, begins, due, pauses))
    return Deadline(due, reason, data, spans, calendar.zone.key)


def explain(deadline: Deadline, holiday_name: Callable[[date], str | None] = lambda day: None) -> list[Line]:
    """The deadline span by span (S2), in the office's local time.

    `holiday_name` gives a holiday's name in the reader's language; where it gives none, the stored one stays.
    """
    zone, counted, lines = ZoneInfo(deadline.zone), timedelta(), []
    for span in deadline.spans:
        start, end = span.start.astimezone(zone), span.end.astimezone(zone)
        length = span.end - span.start
        counted += length if span.kind is Kind.COUNTED else timedelta()
        name = (span.kind is Kind.HOLIDAY and holiday_name(start.date())) or span.name
        lines.append(Line(span.kind, name, start, end, length, counted))
    return lines


def _unmoved(
    received: datetime, calendar: Calendar, policy: Policy
) -> tuple[str, dict[str, str | int], datetime, datetime]:
    """The promise before any pause: the policy's target, or the same working day."""
    if policy.target is None:
        return _same_day(received, calendar, policy)
    minutes = policy.target // timedelta(minutes=1)
    due = _elapse(calendar, received, policy.target, ())
    return "working_time", {"minutes": minutes}, received, due


def _same_day(
    received: datetime, calendar: Calendar, policy: Policy
) -> tuple[str, dict[str, str | int], datetime, datetime]:
    """Reason, its data, from when working time counts, and closing time of the day that is promised."""
    arrived, owed = calendar.day(calendar.local_date(received)), calendar.open_day(received)
    if owed.date != arrived.date:
        reason, data = _why_not_today(arrived)
        return reason, data, received, owed.open[-1].end
    if policy.cut_off is not None and received.astimezone(calendar.zone).time() >= policy.cut_off:
        # What is left of today is a gift: the promise counts from the next opening.
        owed = calendar.open_day(arrived.open[-1].end)
        return "next_day_after_cut_off", {}, owed.open[0].start, owed.open[-1].end
    return _when_today(received, arrived), {}, received, owed.open[-1].end


def _when_today(received: datetime, day: Day) -> str:
    if received < day.open[0].start:
        return "same_day_before_opening"
    inside = any(received in span for span in day.open)
    return "same_day_inside_hours" if inside else "same_day_in_break"


def _why_not_today(day: Day) -> tuple[str, dict[str, str | int]]:
    """A day that has a name is a holiday, also at the weekend."""
    if day.holiday:
        return "holiday", {"name": day.holiday, "day": day.date.isoformat()}
    if day.closure:
        return "closure", {"name": day.closure, "day": day.date.isoformat()}
    if day.open:
        return "next_day_after_hours", {}
    return closed_day(day), {}


def _elapse(calendar: Calendar, start: datetime, needed: timedelta, pauses: Sequence[Interval]) -> datetime:
    """When this much working time outside the pauses has passed."""
    for span in calendar.open_from(start):
        for piece in subtract([span], pauses) if pauses else (span,):
            if piece.length >= needed:
                return piece.start + needed
            needed -= piece.length
    raise AssertionError("open_from() ends by raising")

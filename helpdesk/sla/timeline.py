"""What the clock of a promise did, span by span: counted, closed, holiday, own closure or paused (S2)."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from operator import attrgetter
from typing import NamedTuple

from helpdesk.core.business_hours import Calendar, Day
from helpdesk.core.intervals import Interval


class Kind(StrEnum):
    """What the clock did in a span."""

    COUNTED = "counted"
    CLOSED = "closed"
    HOLIDAY = "holiday"
    CLOSURE = "closure"
    PAUSED = "paused"


class Span(NamedTuple):
    """A span in UTC. `name`: of a holiday its English name; of a closure what it is called; of a pause its
    cause; of a closed span one of outside_hours, break, weekend, closed_day, cut_off; empty for counted time.
    """

    start: datetime
    end: datetime
    kind: Kind
    name: str = ""


@dataclass(frozen=True, slots=True)
class Pause(Interval):
    """A span in which the customer had to act, with its cause as a code."""

    cause: str = "answer"


def timeline(
    calendar: Calendar, start: datetime, begins: datetime, due: datetime, pauses: Sequence[Interval]
) -> Iterator[Span]:
    """From `start` to `due` without gap; working time before `begins` lies after the cut-off: not counted."""
    last: Span | None = None
    for span in _pieces(calendar, start, begins, due, sorted(pauses, key=attrgetter("start"))):
        if last and (span.kind, span.name) == (last.kind, last.name):
            last = last._replace(end=span.end)
            continue
        if last:
            yield last
        last = span
    if last:
        yield last


def _pieces(
    calendar: Calendar, start: datetime, begins: datetime, due: datetime, pauses: Sequence[Interval]
) -> Iterator[Span]:
    at = start
    for day in calendar.days_from(calendar.local_date(start)):
        for opening in day.open:
            if at < min(opening.start, due):
                yield Span(at, min(opening.start, due), *_why_closed(day, at))
                at = opening.start
            until = min(opening.end, due)
            if at < until:
                if at < begins:
                    yield Span(at, until, Kind.CLOSED, "cut_off")
                else:
                    yield from _working(at, until, pauses)
                at = until
        if at < min(day.ends, due):
            yield Span(at, min(day.ends, due), *_why_closed(day, at))
            at = day.ends
        if at >= due:
            return


def _working(at: datetime, until: datetime, pauses: Sequence[Interval]) -> Iterator[Span]:
    """Open time, cut by the pauses; where two overlap, the one that began first gives the cause."""
    for pause in pauses:
        stops, resumes = max(pause.start, at), min(pause.end, until)
        if stops < resumes:
            if at < stops:
                yield Span(at, stops, Kind.COUNTED)
            yield Span(stops, resumes, Kind.PAUSED, pause.cause if isinstance(pause, Pause) else "answer")
            at = resumes
    if at < until:
        yield Span(at, until, Kind.COUNTED)


def _why_closed(day: Day, at: datetime) -> tuple[Kind, str]:
    if day.holiday:
        return Kind.HOLIDAY, day.holiday
    if day.closure:
        return Kind.CLOSURE, day.closure
    if not day.open:
        return Kind.CLOSED, closed_day(day)
    in_between = day.open[0].start <= at < day.open[-1].end
    return Kind.CLOSED, "break" if in_between else "outside_hours"


def closed_day(day: Day) -> str:
    """Why a day without hours is closed, as a code."""
    return "weekend" if day.date.weekday() >= 5 else "closed_day"

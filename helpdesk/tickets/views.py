"""The queue's views as codes, and the mark in an address from where the next page goes on. [pure]"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_TICK = timedelta(microseconds=1)


class View(StrEnum):
    """What an agent can look at; the values stand in addresses."""

    MINE = "mine"
    UNASSIGNED = "unassigned"
    DUE_TODAY = "due-today"
    ACCEPTANCE = "waiting-for-acceptance"
    URGENT = "urgent"
    CUSTOMER = "waiting-for-customer"
    OPEN = "open"
    CLOSED = "closed"


#: Sorted by the last change, because nothing in them is due.
BY_CHANGE = frozenset({View.CUSTOMER, View.ACCEPTANCE, View.CLOSED})


@dataclass(frozen=True, slots=True)
class Asker:
    """Who looks at the queue, for which moment, and where that day ends."""

    agent_id: int
    end_of_day: datetime
    now: datetime


@dataclass(frozen=True, slots=True)
class Band:
    """A stretch of the queue: tickets of one priority that are due from `since` on and before `until`.

    Without a promise (`dated` false) nothing is due. Bands of the same rank are sorted into each other.
    """

    rank: int
    priority: int
    since: datetime | None = None
    until: datetime | None = None
    dated: bool = True


def bands(now: datetime, end_of_day: datetime) -> tuple[Band, ...]:
    """The queue from its first ticket to its last, cut so that each band is a walk along one index.

    Accepted urgent ones first: they are paid for it. Then what is overdue, then what is due today, on-premise
    customers first in each of the two; then later days by time alone (on-premise first at the same moment),
    so that nothing overdue hides behind what is due tomorrow. Last comes what is owed to nobody.
    """
    later = max(now, end_of_day)
    return (
        Band(0, 0),
        Band(1, 0, dated=False),
        Band(2, 1, until=now),
        Band(3, 2, until=now),
        Band(4, 1, since=now, until=later),
        Band(5, 2, since=now, until=later),
        Band(6, 1, since=later),
        Band(6, 2, since=later),
        Band(7, 1, dated=False),
        Band(8, 2, dated=False),
    )


@dataclass(frozen=True, slots=True)
class Cursor:
    """The last row of a page: rank, priority, time and number, and the moment for which the list was made.

    The moment keeps its bands where they were: what becomes overdue between two pages is not lost.
    """

    at: datetime | None
    number: int
    rank: int = 0
    priority: int = 0
    made: datetime | None = None

    def __str__(self) -> str:
        return f"{self.rank}.{self.priority}.{_ticks(self.at)}.{self.number}.{_ticks(self.made)}"


def read_cursor(text: str) -> Cursor | None:
    """The cursor that was written so; None for anything else: the list then starts at its beginning."""
    parts = text.split(".")
    if len(parts) != 5 or not all(_is_number(part, 17) for part in (parts[0], parts[1], parts[3])):
        return None
    if not all(part == "" or _is_number(part, 17) for part in (parts[2], parts[4])):
        return None
    try:
        return Cursor(_moment(parts[2]), int(parts[3]), int(parts[0]), int(parts[1]), _moment(parts[4]))
    except OverflowError:
        return None


def _ticks(at: datetime | None) -> str:
    return "" if at is None else str((at - _EPOCH) // _TICK)


def _moment(ticks: str) -> datetime | None:
    return _EPOCH + int(ticks) * _TICK if ticks else None


def _is_number(text: str, digits: int) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= digits

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
class Cursor:
    """The last row of a page: its priority (0 where it does not count), its time, its number."""

    priority: int
    at: datetime | None
    number: int

    def __str__(self) -> str:
        ticks = "" if self.at is None else str((self.at - _EPOCH) // _TICK)
        return f"{self.priority}.{ticks}.{self.number}"


def read_cursor(text: str) -> Cursor | None:
    """The cursor that was written so; None for anything else: the list then starts at its beginning."""
    parts = text.split(".")
    if len(parts) != 3 or not (_is_number(parts[0], 4) and _is_number(parts[2], 17)):
        return None
    ticks = parts[1]
    if ticks and not _is_number(ticks, 17):
        return None
    try:
        at = _EPOCH + int(ticks) * _TICK if ticks else None
    except OverflowError:
        return None
    return Cursor(int(parts[0]), at, int(parts[2]))


def _is_number(text: str, digits: int) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= digits

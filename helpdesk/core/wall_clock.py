"""Wall-clock times as moments, also in the nights the clocks change.

A wall time that the clocks skip stands for the moment of the jump. Of one that occurs twice, what starts then
starts at the first and what ends then ends at the second, so that a range of hours is one unbroken interval.
"""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

_TICK = timedelta(microseconds=1)


def start_of(on: date, wall: time, zone: ZoneInfo) -> datetime:
    """The first moment at which the wall shows this time or a later one."""
    return _moment(datetime.combine(on, wall), zone, fold=0)


def end_of(on: date, wall: time, zone: ZoneInfo) -> datetime:
    """Just after the last moment at which the wall shows an earlier time; 00:00 is the midnight after."""
    naive = datetime.combine(on, wall) - _TICK
    if wall == time(0):
        naive += timedelta(days=1)
    at = _moment(naive, zone, fold=1)
    return at + _TICK if _wall(at, zone) == naive else at


def _moment(naive: datetime, zone: ZoneInfo, fold: int) -> datetime:
    """A wall time in UTC; one that the clocks skip becomes the moment of the jump."""
    at = naive.replace(tzinfo=zone, fold=fold).astimezone(UTC)
    if _wall(at, zone) == naive:
        return at
    # Read with the offset from after the jump it lies before it, and the other way round: search in between.
    low = naive.replace(tzinfo=zone, fold=1).astimezone(UTC)
    high = naive.replace(tzinfo=zone, fold=0).astimezone(UTC)
    while high - low > _TICK:
        middle = low + (high - low) // 2
        low, high = (low, middle) if _wall(middle, zone) >= naive else (middle, high)
    return high


def _wall(at: datetime, zone: ZoneInfo) -> datetime:
    return at.astimezone(zone).replace(tzinfo=None, fold=0)

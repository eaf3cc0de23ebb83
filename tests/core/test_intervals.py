"""Half-open intervals: the algebra agrees with counting minutes one by one."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helpdesk.core.intervals import Interval, intersect, merge, subtract, total

NOON = datetime(2026, 3, 28, 12, tzinfo=UTC)
LENGTH = 90


def span(start: int, end: int) -> Interval:
    """Minutes after noon."""
    return Interval(NOON + timedelta(minutes=start), NOON + timedelta(minutes=end))


def minutes(intervals: list[Interval]) -> set[int]:
    """The slow method: which of the minutes after noon lie within, asked one by one."""
    return {m for m in range(LENGTH) if any(NOON + timedelta(minutes=m) in i for i in intervals)}


spans = st.lists(
    st.tuples(st.integers(0, LENGTH), st.integers(0, LENGTH)).map(lambda pair: span(*sorted(pair))),
    max_size=8,
)


def assert_tidy(intervals: list[Interval]) -> None:
    """Sorted, none empty, none touching."""
    assert all(i.start < i.end for i in intervals)
    assert all(a.end < b.start for a, b in pairwise(intervals))


@settings(max_examples=150, deadline=None)
@given(spans, spans)
def test_the_algebra_agrees_with_counting_minutes(left: list[Interval], right: list[Interval]) -> None:
    merged, common, rest = merge(left), intersect(left, right), subtract(left, right)
    for result in (merged, common, rest):
        assert_tidy(result)
    assert minutes(merged) == minutes(left)
    assert minutes(common) == minutes(left) & minutes(right)
    assert minutes(rest) == minutes(left) - minutes(right)
    assert total(left) == timedelta(minutes=len(minutes(left)))


def test_touching_intervals_become_one() -> None:
    assert merge([span(10, 20), span(0, 10)]) == [span(0, 20)]


def test_what_only_touches_has_nothing_in_common() -> None:
    assert intersect([span(0, 10)], [span(10, 20)]) == []


def test_the_end_is_no_longer_within() -> None:
    morning = span(0, 10)
    assert morning.start in morning
    assert morning.end not in morning


def test_an_empty_interval_is_nothing() -> None:
    assert not span(5, 5)
    assert merge([span(5, 5)]) == []


def test_one_long_hole_swallows_several_intervals() -> None:
    assert subtract([span(0, 10), span(20, 30), span(40, 50)], [span(5, 45)]) == [span(0, 5), span(45, 50)]


def test_one_interval_may_have_several_holes() -> None:
    assert subtract([span(0, 50)], [span(10, 20), span(30, 40)]) == [span(0, 10), span(20, 30), span(40, 50)]


def test_a_zone_is_turned_into_utc_so_that_the_doubled_hour_counts() -> None:
    zurich = ZoneInfo("Europe/Zurich")
    doubled = Interval(
        datetime(2026, 10, 25, 2, 30, tzinfo=zurich), datetime(2026, 10, 25, 2, 30, fold=1, tzinfo=zurich)
    )
    assert doubled.length == timedelta(hours=1)
    assert doubled.start.tzinfo is UTC


def test_a_time_without_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="zone"):
        Interval(NOON.replace(tzinfo=None), NOON)


def test_an_end_before_the_start_is_refused() -> None:
    with pytest.raises(ValueError, match="before"):
        span(10, 9)

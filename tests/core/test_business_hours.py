"""Opening hours: as the clock on the office's wall, in every zone, every night of the year."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import product
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helpdesk.core.business_hours import Calendar
from helpdesk.core.errors import InvalidInput
from helpdesk.core.intervals import Interval
from helpdesk.core.week_hours import Opening, WeekHours
from tests.minute_counter import MinuteCounter, Ranges

ZURICH = ZoneInfo("Europe/Zurich")
OFFICE = WeekHours.parse("mon-fri 09:00-17:00")
NEVER = WeekHours.parse("")
HOUR = timedelta(hours=1)


def zurich(text: str, fold: int = 0) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZURICH, fold=fold)


def office(week: str = "mon-fri 09:00-17:00", zone: ZoneInfo = ZURICH, **closed: str) -> Calendar:
    """A calendar; closed days by date, as d20261225="Christmas Day"."""
    names = {date.fromisoformat(day[1:]): name for day, name in closed.items()}
    return Calendar(zone, WeekHours.parse(week), names.get)


# The slow and the fast calendar of the same office; hours that straddle both clock changes and midnight included.
ZONES = [
    ZoneInfo(name) for name in ("Europe/Zurich", "Europe/Berlin", "Europe/Stockholm", "America/New_York")
]
ODD_ZONES = [
    ZoneInfo(name) for name in ("America/Santiago", "Africa/Cairo", "Australia/Lord_Howe", "Asia/Kathmandu")
]
WEEKS: dict[str, list[Ranges]] = {
    "mon-fri 09:00-17:00": [[("09:00", "17:00")]] * 5 + [[]] * 2,
    "mon-thu 09:00-12:00 14:00-17:00, fri 09:00-12:00": [[("09:00", "12:00"), ("14:00", "17:00")]] * 4
    + [[("09:00", "12:00")]]
    + [[]] * 2,
    "mon-sun 00:00-24:00": [[("00:00", "24:00")]] * 7,
    "mon-sun 00:30-02:30 02:45-03:30 22:00-24:00": [
        [("00:30", "02:30"), ("02:45", "03:30"), ("22:00", "24:00")]
    ]
    * 7,
    "sun 02:00-02:30 23:15-23:45, mon 02:15-04:00": [[("02:15", "04:00")]]
    + [[]] * 5
    + [[("02:00", "02:30"), ("23:15", "23:45")]],
}
CLOSED = dict.fromkeys(
    (date(2026, 3, 27), date(2026, 10, 26), date(2027, 3, 29), date(2028, 12, 25)), "closed"
)


def pair(zone: ZoneInfo, week: str) -> tuple[Calendar, MinuteCounter]:
    slow = MinuteCounter(zone, lambda day: [] if day in CLOSED else WEEKS[week][day.weekday()])
    return Calendar(zone, WeekHours.parse(week), CLOSED.get), slow


PAIRS = [pair(zone, week) for zone, week in product(ZONES + ODD_ZONES, WEEKS)]
MIDNIGHT_UTC = datetime(2026, 1, 1, tzinfo=UTC)
any_minute = st.integers(0, 3 * 365 * 24 * 60).map(lambda m: MIDNIGHT_UTC + timedelta(minutes=m))
# Around the changes of 2026 to 2028 in Europe, America, Chile, Egypt and on Lord Howe Island.
CHANGES = [
    date(2026, 3, 29), date(2026, 10, 25), date(2027, 3, 28), date(2028, 10, 29),
    date(2026, 3, 8), date(2026, 11, 1), date(2026, 4, 5), date(2026, 9, 6),
    date(2026, 4, 24), date(2026, 10, 30), date(2026, 10, 4),
]  # fmt: skip
near_a_change = st.builds(
    lambda day, m: datetime.combine(day, time(), UTC) + timedelta(minutes=m),
    st.sampled_from(CHANGES),
    st.integers(-1440, 1440),
)
moments = any_minute | near_a_change


@settings(max_examples=120, deadline=None)
@given(st.sampled_from(PAIRS), moments, st.integers(0, 4 * 24 * 60))
def test_open_time_agrees_with_looking_at_the_wall_every_minute(
    offices: tuple[Calendar, MinuteCounter], start: datetime, length: int
) -> None:
    fast, slow = offices
    end = start + timedelta(minutes=length)
    minutes = slow.count(start, end)
    assert fast.working_between(start, end) == timedelta(minutes=minutes)
    assert fast.working_between(end, start) == -timedelta(minutes=minutes)
    assert fast.is_open(start) == slow.is_open(start)


@settings(max_examples=120, deadline=None)
@given(st.sampled_from(PAIRS), moments, st.integers(1, 900))
def test_opening_closing_and_adding_agree_with_looking_at_the_wall_every_minute(
    offices: tuple[Calendar, MinuteCounter], start: datetime, minutes: int
) -> None:
    fast, slow = offices
    assert fast.add_working(start, timedelta(minutes=minutes)) == slow.after(start, minutes)
    assert fast.next_open(start) == slow.after(start, 1) - timedelta(minutes=1)
    assert fast.closing(start) == slow.closing(start)


@pytest.mark.parametrize("change", CHANGES, ids=str)
def test_every_day_around_a_change_has_its_minutes(change: date) -> None:
    for fast, slow in PAIRS:
        for on in (change + timedelta(days=n) for n in (-1, 0, 1)):
            spans = fast.day(on).open
            assert all(span.start < span.end for span in spans)
            assert sum((span.length for span in spans), timedelta()) == len(
                slow.open_minutes(on)
            ) * timedelta(minutes=1)


@pytest.mark.parametrize(
    ("at", "closing"),
    [
        ("2026-11-27 16:59:59.999999", "2026-11-27 17:00"),  # a Friday
        ("2026-11-27 17:00", "2026-11-30 17:00"),
        ("2026-11-28 12:00", "2026-11-30 17:00"),
        ("2026-11-30 00:00", "2026-11-30 17:00"),
        ("2026-03-27 17:00", "2026-03-30 17:00"),  # over the shorter night
        ("2026-10-23 17:00", "2026-10-26 17:00"),  # over the longer night
    ],
)
def test_closing_time_is_that_of_the_day_that_still_has_open_time(at: str, closing: str) -> None:
    assert office().closing(zurich(at)) == zurich(closing)


def test_a_lunch_break_is_closed_but_not_closing_time() -> None:
    hours = office("mon-fri 09:00-12:00 14:00-17:00")
    noon = zurich("2026-11-25 12:00")
    assert not hours.is_open(noon)
    assert hours.next_open(noon) == zurich("2026-11-25 14:00")
    assert hours.closing(noon) == zurich("2026-11-25 17:00")


def test_a_working_day_after_nine_is_closing_time_not_the_next_morning() -> None:
    nine = zurich("2026-11-25 09:00")
    assert office().add_working(nine, 8 * HOUR) == zurich("2026-11-25 17:00")
    assert office().add_working(nine, 8 * HOUR + timedelta(seconds=1)) == zurich("2026-11-26 09:00:01")
    assert office().add_working(zurich("2026-11-28 12:00"), timedelta()) == zurich("2026-11-28 12:00")


def test_a_holiday_is_closed_and_has_a_name() -> None:
    hours = office(d20261225="Christmas Day")
    assert hours.next_open(zurich("2026-12-24 17:00")) == zurich("2026-12-28 09:00")
    assert hours.day(date(2026, 12, 25)).holiday == "Christmas Day"


def test_special_hours_replace_the_week_and_the_holiday() -> None:
    morning = (Opening(time(9), time(12)),)
    hours = Calendar(
        ZURICH, OFFICE, lambda day: "closed for ever", {date(2026, 12, 24): morning, date(2026, 12, 25): ()}
    )
    assert hours.open_spans(zurich("2026-12-20"), zurich("2026-12-30")) == [
        Interval(zurich("2026-12-24 09:00"), zurich("2026-12-24 12:00"))
    ]
    assert hours.day(date(2026, 12, 24)).holiday is None


def test_round_the_clock_is_one_span_and_the_nights_differ_by_an_hour() -> None:
    always = office("mon-sun 00:00-24:00")
    for first, hours in (("2026-03-28", 71), ("2026-10-24", 73), ("2026-11-24", 72)):
        start = zurich(first)
        end = start + timedelta(days=3)  # by the wall
        assert always.open_spans(start, end) == [Interval(start, end)]
        assert always.working_between(start, end) == hours * HOUR


def test_hours_at_a_wall_time_that_is_skipped_start_at_the_jump() -> None:
    night = office("sun 02:30-04:00")
    assert night.next_open(zurich("2026-03-29 01:00")) == zurich("2026-03-29 03:00")
    assert night.day(date(2026, 3, 29)).open[0].length == HOUR


def test_hours_within_the_skipped_hour_do_not_take_place() -> None:
    assert office("sun 02:10-02:50").day(date(2026, 3, 29)).open == ()


def test_hours_at_a_wall_time_that_comes_twice_last_from_the_first_to_the_second() -> None:
    [span] = office("sun 02:15-02:30").day(date(2026, 10, 25)).open
    assert span == Interval(zurich("2026-10-25 02:15"), zurich("2026-10-25 02:30", fold=1))


@pytest.mark.parametrize("zone", [UTC, ZURICH, ZoneInfo("Asia/Tokyo")], ids=str)
def test_the_zone_in_which_a_moment_is_given_does_not_matter(zone: ZoneInfo) -> None:
    at = zurich("2026-11-27 16:30").astimezone(zone)
    assert office().is_open(at)
    assert office().closing(at) == zurich("2026-11-27 17:00")
    assert office().add_working(at, HOUR) == zurich("2026-11-30 09:30")


def test_a_moment_without_zone_is_refused() -> None:
    naive = datetime(2026, 11, 25, 10)  # noqa: DTZ001
    for ask in (office().is_open, office().next_open, office().closing):
        with pytest.raises(ValueError, match="zone"):
            ask(naive)


@pytest.mark.parametrize(
    "hours",
    [
        Calendar(ZURICH, NEVER),
        Calendar(ZURICH, OFFICE, lambda day: "closed"),
        Calendar(ZURICH, NEVER, special={date(2020, 1, 1): ()}),
    ],
    ids=["no hours", "always a holiday", "only in the past"],
)
def test_an_office_that_never_opens_says_so_instead_of_searching_for_ever(hours: Calendar) -> None:
    at = zurich("2026-11-25 10:00")
    for ask in (hours.next_open, hours.closing, hours.open_day, lambda at: hours.add_working(at, HOUR)):
        with pytest.raises(InvalidInput, match="never open"):
            ask(at)
    assert not hours.is_open(at)
    assert hours.working_between(at, at + timedelta(days=30)) == timedelta()


def test_more_work_than_ten_years_hold_is_refused() -> None:
    with pytest.raises(InvalidInput, match="too rarely"):
        office("mon 09:00-09:01").add_working(zurich("2026-11-25 10:00"), 100 * HOUR)


def test_a_negative_duration_is_refused() -> None:
    with pytest.raises(InvalidInput):
        office().add_working(zurich("2026-11-25 10:00"), -HOUR)


def test_a_day_is_worked_out_once() -> None:
    asked: list[date] = []

    def closure(day: date) -> str | None:
        asked.append(day)
        return None

    hours = Calendar(ZURICH, OFFICE, closure)
    for _ in range(3):
        hours.closing(zurich("2026-11-25 10:00"))
    assert asked == [date(2026, 11, 25)]

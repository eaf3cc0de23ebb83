"""Which times are offered: a table of days, and random patterns against a slow minute-by-minute method."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helpdesk.booking.choice import in_turn
from helpdesk.booking.slots import Diary, Pattern, by_day, earliest, free_starts, offered
from helpdesk.core.business_hours import Calendar
from helpdesk.core.errors import InvalidInput
from helpdesk.core.intervals import Interval
from helpdesk.core.week_hours import WeekHours, read_day

ZURICH = ZoneInfo("Europe/Zurich")
WEEK = WeekHours.parse("mon-fri 09:00-12:00 14:00-17:00")
HOUR = Pattern(60, 30)


def at(text: str, zone: ZoneInfo = ZURICH) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=zone).astimezone(UTC)


def diary(calendar: Calendar | None = None, *taken: tuple[str, str]) -> Diary:
    spans = tuple(Interval(at(start), at(end)) for start, end in taken)
    return Diary(1, calendar or Calendar(ZURICH, WEEK), spans)


def starts(found: Diary, first: str, last: str, pattern: Pattern = HOUR) -> list[str]:
    zone = found.calendar.zone
    window = Interval(at(first, zone), at(last, zone))
    return [f"{each.astimezone(zone):%d %H:%M}" for each in free_starts(found, pattern, window)]


@pytest.mark.parametrize(
    ("taken", "pattern", "expected"),
    [
        ((), HOUR, "09:00 09:30 10:00 10:30 11:00 14:00 14:30 15:00 15:30 16:00"),
        # A short meeting in the middle takes every start that would overlap it, not only the same one.
        ((("2027-03-09T10:15", "2027-03-09T10:45"),), HOUR, "09:00 11:00 14:00 14:30 15:00 15:30 16:00"),
        # The rest after a session must fit as well.
        ((), Pattern(60, 60, 30), "09:00 10:00 14:00 15:00"),
        ((("2027-03-09T08:00", "2027-03-09T17:00"),), HOUR, ""),
        # Half past nine is free to the minute: touching is no overlap.
        ((("2027-03-09T09:00", "2027-03-09T09:30"),), Pattern(150, 30), "09:30 14:00 14:30"),
    ],
)
def test_what_fits_is_offered(taken: tuple[tuple[str, str], ...], pattern: Pattern, expected: str) -> None:
    found = starts(diary(None, *taken), "2027-03-09T00:00", "2027-03-10T00:00", pattern)
    assert found == [f"09 {each}" for each in expected.split()]


def test_holidays_and_own_days_decide() -> None:
    calendar = Calendar(
        ZURICH,
        WEEK,
        lambda day: "Good Friday" if day == date(2027, 3, 26) else None,
        {date(2027, 3, 27): read_day("10:00-12:00"), date(2027, 3, 25): ()},
    )
    assert starts(diary(calendar), "2027-03-25T00:00", "2027-03-29T00:00", Pattern(60, 60)) == [
        "27 10:00",
        "27 11:00",
    ]


@pytest.mark.parametrize(
    "zone", ["Europe/Zurich", "Europe/Stockholm", "Atlantic/Azores", "Australia/Lord_Howe"]
)
def test_each_working_day_of_three_years_begins_at_nine(zone: str) -> None:
    """No fixed offset, no hours counted from midnight: those are wrong on days like 28 March 2027."""
    place = ZoneInfo(zone)
    found = diary(Calendar(place, WeekHours.parse("mon-sun 09:00-11:00")))
    window = Interval(at("2026-01-01T00:00", place), at("2029-01-01T00:00", place))
    walls = [each.astimezone(place) for each in free_starts(found, Pattern(60, 60), window)]
    assert {wall.time() for wall in walls} == {time(9), time(10)}
    assert len(walls) == 2 * (date(2029, 1, 1) - date(2026, 1, 1)).days


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        # 02:00 does not exist: the hour is skipped.
        ("2027-03-28", "01:00 03:00 04:00"),
        # 02:00 occurs twice: two sessions.
        ("2027-10-31", "01:00 02:00 02:00 03:00 04:00"),
    ],
)
def test_the_nights_the_clocks_change(day: str, expected: str) -> None:
    found = diary(Calendar(ZURICH, WeekHours.parse("sun 01:00-05:00")))
    assert starts(found, f"{day}T00:00", f"{day}T12:00", Pattern(60, 60)) == [
        f"{day[-2:]} {each}" for each in expected.split()
    ]


def test_notice_counts_working_hours() -> None:
    """Four hours' notice on Friday at 16:30 is Monday, half past two hours into the day."""
    office = Calendar(ZURICH, WeekHours.parse("mon-fri 09:00-17:00"))
    assert earliest(at("2027-03-05T16:30"), 240, office) == at("2027-03-08T12:30")
    assert earliest(at("2027-03-06T12:00"), 0, office) == at("2027-03-06T12:00")
    # Over the night of the change.
    assert earliest(at("2027-03-26T16:00"), 120, office) == at("2027-03-29T10:00")


_MINUTES = st.integers(0, 3 * 24 * 12).map(lambda n: n * 5)


@settings(max_examples=25, deadline=None)
@given(
    first=st.sampled_from([date(2027, 3, 27), date(2027, 10, 30), date(2027, 6, 10)]),
    hours=st.sampled_from(
        ["mon-sun 01:00-04:00", "mon-fri 09:00-12:00 14:00-17:00", "sat-sun 00:00-24:00", "sun 01:15-03:45"]
    ),
    minutes=st.sampled_from([15, 45, 60, 90]),
    step=st.sampled_from([15, 30, 60]),
    buffer=st.sampled_from([0, 10, 15]),
    busy=st.lists(st.tuples(_MINUTES, st.integers(1, 40).map(lambda n: n * 5)), max_size=6),
)
def test_against_a_slow_method(
    first: date,
    hours: str,
    minutes: int,
    step: int,
    buffer: int,
    busy: list[tuple[int, int]],
) -> None:
    """Every minute of three days is asked by itself; both changes of the clocks are among them."""
    if "24:00" in hours:
        hours = hours.replace("24:00", "00:00")
    begin = datetime.combine(first, time(0), ZURICH).astimezone(UTC)
    days = Interval(begin, begin + timedelta(days=3))
    taken = tuple(
        Interval(begin + timedelta(minutes=start), begin + timedelta(minutes=start + length))
        for start, length in busy
    )
    calendar, pattern = Calendar(ZURICH, WeekHours.parse(hours)), Pattern(minutes, step, buffer)
    free = {
        n
        for n in range(4 * 24 * 60)
        if _open(calendar, begin + timedelta(minutes=n))
        and not any(begin + timedelta(minutes=n) in span for span in taken)
    }
    expected = []
    for n in range(3 * 24 * 60):
        wall = (begin + timedelta(minutes=n)).astimezone(ZURICH)
        on_grid = (wall.hour * 60 + wall.minute) % step == 0
        if n in free and on_grid and all(n + m in free for m in range(0, minutes + buffer, 5)):
            expected.append(begin + timedelta(minutes=n))
    assert list(free_starts(Diary(1, calendar, taken), pattern, days)) == expected


_OPEN: dict[tuple[int, datetime], bool] = {}


def _open(calendar: Calendar, moment: datetime) -> bool:
    wall = moment.astimezone(ZURICH)
    ranges = calendar.week.days[wall.weekday()]
    minute = wall.hour * 60 + wall.minute
    return any(_minute(each.opens) <= minute < (_minute(each.closes) or 24 * 60) for each in ranges)


def _minute(wall: time) -> int:
    return wall.hour * 60 + wall.minute


def test_everybody_who_is_free_is_named_and_days_are_local() -> None:
    two = [Diary(7, Calendar(ZURICH, WEEK)), Diary(3, Calendar(ZURICH, WeekHours.parse("tue 09:00-10:00")))]
    found = offered(two, HOUR, Interval(at("2027-03-09T00:00"), at("2027-03-10T00:00")))
    assert found[0].agents == (3, 7)
    assert {slot.agents for slot in found[1:]} == {(7,)}
    assert list(by_day(found, ZURICH)) == [date(2027, 3, 9)]


def test_twenty_specialists_over_ninety_days() -> None:
    team = [Diary(n, Calendar(ZURICH, WEEK)) for n in range(20)]
    found = offered(team, HOUR, Interval(at("2027-03-01T00:00"), at("2027-05-30T00:00")))
    assert len(found) == 10 * 65
    assert all(len(slot.agents) == 20 for slot in found)


def test_the_order_in_which_specialists_are_asked() -> None:
    speaks = {1: ("de",), 2: ("fr", "de"), 3: ("fr",), 4: ("de",)}
    booked = {1: 0, 2: 5, 3: 2}
    assert in_turn([1, 2, 3, 4], last=4, language="fr", speaks=speaks, booked=booked) == [4, 3, 2, 1]
    assert in_turn([4, 3, 2, 1], last=None, language="sv", speaks=speaks, booked={}) == [1, 2, 3, 4]


@pytest.mark.parametrize("wrong", [(0, 30, 0), (60, 7, 0), (60, 30, -1), (600, 30, 0)])
def test_impossible_patterns_are_refused(wrong: tuple[int, int, int]) -> None:
    with pytest.raises(InvalidInput):
        Pattern(*wrong)

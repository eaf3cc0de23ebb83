"""The same-day promise as tables: when it falls due, and how it explains itself."""

import json
from datetime import UTC, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from helpdesk.core.business_hours import Calendar
from helpdesk.core.errors import InvalidInput
from helpdesk.core.intervals import Interval
from helpdesk.core.week_hours import WeekHours
from helpdesk.sla.book import first_book
from helpdesk.sla.deadlines import Deadline, explain, promise
from helpdesk.sla.holidays import PublicHolidays
from helpdesk.sla.policy import NORMAL, ON_PREMISE, URGENT, Policy
from helpdesk.sla.timeline import Kind, Pause

ZONE = ZoneInfo("Europe/Zurich")


def vendor_calendar(*place: Any, **hours: time) -> Calendar:
    """The calendar that the environment's settings lead to."""
    return first_book("Office", *place, **hours).main


ZURICH = vendor_calendar()
BERN = vendor_calendar(ZONE, "CH", "BE")
GENEVA = vendor_calendar(ZONE, "CH", "GE")
AUSTRIA = vendor_calendar(ZoneInfo("Europe/Vienna"), "AT", None)
BERLIN = vendor_calendar(ZoneInfo("Europe/Berlin"), "DE", "BE")
SWEDEN = vendor_calendar(ZoneInfo("Europe/Stockholm"), "SE", None)
LUNCH = Calendar(ZONE, WeekHours.parse("mon-fri 09:00-12:00 14:00-17:00"), PublicHolidays("CH", "ZH"))
SHORT_WEEK = Calendar(ZONE, WeekHours.parse("mon-tue 09:00-17:00, thu-fri 09:00-17:00"))
CUT_OFF = Policy(cut_off=time(15))


def local(text: str, zone: ZoneInfo = ZONE) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=zone)


def told(deadline: Deadline) -> list[str]:
    """The spans as a person would note them down."""
    return [
        f"{line.kind} {line.name}".strip() + f" {line.start:%d %H:%M}-{line.end:%d %H:%M}"
        for line in explain(deadline)
    ]


TABLE = [
    # a week like any other
    (ZURICH, "2026-11-25 09:00", "2026-11-25 17:00", "same_day_inside_hours"),
    (ZURICH, "2026-11-25 00:00", "2026-11-25 17:00", "same_day_before_opening"),
    (ZURICH, "2026-11-25 08:59:59.999999", "2026-11-25 17:00", "same_day_before_opening"),
    (ZURICH, "2026-11-25 23:59", "2026-11-26 17:00", "next_day_after_hours"),
    (ZURICH, "2026-11-27 16:59", "2026-11-27 17:00", "same_day_inside_hours"),  # Friday
    (ZURICH, "2026-11-27 16:59:59.999999", "2026-11-27 17:00", "same_day_inside_hours"),
    (ZURICH, "2026-11-27 17:00", "2026-11-30 17:00", "next_day_after_hours"),
    (ZURICH, "2026-11-28 00:00", "2026-11-30 17:00", "weekend"),
    (ZURICH, "2026-11-29 23:59", "2026-11-30 17:00", "weekend"),
    (SHORT_WEEK, "2026-11-25 10:00", "2026-11-26 17:00", "closed_day"),
    # the lunch break
    (LUNCH, "2026-11-25 11:59", "2026-11-25 17:00", "same_day_inside_hours"),
    (LUNCH, "2026-11-25 12:00", "2026-11-25 17:00", "same_day_in_break"),
    (LUNCH, "2026-11-25 13:59", "2026-11-25 17:00", "same_day_in_break"),
    (LUNCH, "2026-11-25 14:00", "2026-11-25 17:00", "same_day_inside_hours"),
    # the nights the clocks change
    (ZURICH, "2026-03-27 17:30", "2026-03-30 17:00", "next_day_after_hours"),
    (ZURICH, "2026-03-29 01:59", "2026-03-30 17:00", "weekend"),
    (ZURICH, "2026-03-29 03:00", "2026-03-30 17:00", "weekend"),
    (ZURICH, "2026-10-23 17:30", "2026-10-26 17:00", "next_day_after_hours"),
    (ZURICH, "2026-10-25 02:30", "2026-10-26 17:00", "weekend"),
    # Easter, on the weekend after the change in 2027 it falls on the night itself
    (ZURICH, "2026-04-02 17:00", "2026-04-07 17:00", "next_day_after_hours"),
    (ZURICH, "2026-04-03 10:00", "2026-04-07 17:00", "holiday"),
    (ZURICH, "2026-04-06 10:00", "2026-04-07 17:00", "holiday"),
    (AUSTRIA, "2026-04-03 10:00", "2026-04-03 17:00", "same_day_inside_hours"),
    (ZURICH, "2027-03-26 10:00", "2027-03-30 17:00", "holiday"),
    (ZURICH, "2027-03-28 10:00", "2027-03-30 17:00", "weekend"),
    # 1 August: a Saturday in 2026, a Sunday in 2027, a Tuesday in 2028
    (ZURICH, "2026-07-31 17:00", "2026-08-03 17:00", "next_day_after_hours"),
    (ZURICH, "2026-08-01 10:00", "2026-08-03 17:00", "holiday"),
    (ZURICH, "2028-08-01 10:00", "2028-08-02 17:00", "holiday"),
    (BERLIN, "2028-08-01 10:00", "2028-08-01 17:00", "same_day_inside_hours"),
    # Christmas and New Year
    (ZURICH, "2026-12-24 16:59", "2026-12-24 17:00", "same_day_inside_hours"),
    (ZURICH, "2026-12-24 17:00", "2026-12-28 17:00", "next_day_after_hours"),
    (ZURICH, "2026-12-25 10:00", "2026-12-28 17:00", "holiday"),
    (ZURICH, "2026-12-26 10:00", "2026-12-28 17:00", "holiday"),
    (SWEDEN, "2026-12-23 17:00", "2026-12-28 17:00", "next_day_after_hours"),
    (SWEDEN, "2026-12-24 10:00", "2026-12-28 17:00", "holiday"),
    (GENEVA, "2026-12-31 10:00", "2027-01-04 17:00", "holiday"),
    (ZURICH, "2026-12-31 10:00", "2026-12-31 17:00", "same_day_inside_hours"),
    # St. Berchtold: 2 January is a Friday in 2026
    (BERN, "2026-01-02 10:00", "2026-01-05 17:00", "holiday"),
    (ZURICH, "2026-01-02 10:00", "2026-01-02 17:00", "same_day_inside_hours"),
    (BERN, "2025-12-31 17:00", "2026-01-05 17:00", "next_day_after_hours"),
    # midsummer
    (SWEDEN, "2026-06-18 17:00", "2026-06-22 17:00", "next_day_after_hours"),
    (SWEDEN, "2026-06-19 10:00", "2026-06-22 17:00", "holiday"),
    (ZURICH, "2026-06-19 10:00", "2026-06-19 17:00", "same_day_inside_hours"),
    # Corpus Christi and the national days
    (AUSTRIA, "2026-06-04 10:00", "2026-06-05 17:00", "holiday"),
    (AUSTRIA, "2026-10-26 10:00", "2026-10-27 17:00", "holiday"),
    (SWEDEN, "2028-06-06 10:00", "2028-06-07 17:00", "holiday"),
]


@pytest.mark.parametrize(("calendar", "received", "due", "reason"), TABLE)
def test_the_promise_of_the_same_day(calendar: Calendar, received: str, due: str, reason: str) -> None:
    deadline = promise(local(received, calendar.zone), calendar, NORMAL)
    assert (deadline.due_at.astimezone(calendar.zone), deadline.reason) == (local(due, calendar.zone), reason)


@pytest.mark.parametrize("fold", [0, 1])
def test_both_passes_of_the_doubled_hour_lead_to_the_same_promise(fold: int) -> None:
    twice = local("2026-10-25 02:30").replace(fold=fold)
    assert promise(twice, ZURICH, NORMAL).due_at == local("2026-10-26 17:00")


@pytest.mark.parametrize(
    ("received", "due", "reason"),
    [
        ("2026-11-25 14:59", "2026-11-25 17:00", "same_day_inside_hours"),
        ("2026-11-25 15:00", "2026-11-26 17:00", "next_day_after_cut_off"),
        ("2026-11-25 16:59", "2026-11-26 17:00", "next_day_after_cut_off"),
        ("2026-11-25 17:00", "2026-11-26 17:00", "next_day_after_hours"),
        ("2026-11-27 15:00", "2026-11-30 17:00", "next_day_after_cut_off"),
        ("2026-11-28 16:00", "2026-11-30 17:00", "weekend"),
        ("2026-11-30 08:00", "2026-11-30 17:00", "same_day_before_opening"),
    ],
)
def test_after_the_cut_off_the_next_working_day_counts(received: str, due: str, reason: str) -> None:
    deadline = promise(local(received), ZURICH, CUT_OFF)
    assert (deadline.due_at, deadline.reason) == (local(due), reason)


def test_a_holiday_is_named_in_the_reason() -> None:
    assert promise(local("2026-12-25 10:00"), ZURICH, NORMAL).data == {
        "name": "Christmas Day",
        "day": "2026-12-25",
    }


# Pauses: the customer has to answer or accept.


def pauses(*spans: tuple[str, str]) -> list[Pause]:
    return [Pause(local(start), local(end)) for start, end in spans]


@pytest.mark.parametrize(
    ("stopped", "due"),
    [
        ([("2026-11-25 11:00", "2026-11-25 13:00")], "2026-11-26 11:00"),
        ([("2026-11-25 16:00", "2026-11-26 10:00")], "2026-11-26 11:00"),  # the night does not count
        ([("2026-11-25 18:00", "2026-11-26 08:00")], "2026-11-25 17:00"),  # nor a pause outside hours
        ([("2026-11-25 17:00", "2026-11-26 12:00")], "2026-11-25 17:00"),  # nor one after the deadline
        ([("2026-11-24 09:00", "2026-11-25 09:00")], "2026-11-25 17:00"),  # nor one before the arrival
        ([("2026-11-25 12:00", "2026-11-25 12:00")], "2026-11-25 17:00"),
        (
            [("2026-11-25 11:00", "2026-11-25 13:00"), ("2026-11-25 12:00", "2026-11-25 14:00")],
            "2026-11-26 12:00",
        ),
        (
            [("2026-11-25 16:00", "2026-11-26 10:00"), ("2026-11-26 10:30", "2026-11-26 11:30")],
            "2026-11-26 12:00",
        ),
        ([("2026-11-27 16:00", "2026-11-30 09:30")], "2026-11-25 17:00"),
        ([("2026-11-25 10:00", "2026-12-24 17:00")], "2026-12-28 16:00"),  # a month, over Christmas
    ],
)
def test_paused_working_time_moves_the_deadline_by_as_much(stopped: list[tuple[str, str]], due: str) -> None:
    assert promise(local("2026-11-25 09:00"), ZURICH, NORMAL, pauses(*stopped)).due_at == local(due)


def test_a_customer_who_answers_in_time_never_makes_us_late_at_once() -> None:
    """Asked a minute before closing, answered days later: that minute is still ours."""
    answered = local("2026-12-01 12:00")
    deadline = promise(
        local("2026-11-25 10:00"), ZURICH, NORMAL, pauses(("2026-11-25 16:59", "2026-12-01 12:00"))
    )
    assert deadline.due_at == answered + timedelta(minutes=1)


def test_the_paused_minutes_are_part_of_the_reason() -> None:
    deadline = promise(
        local("2026-11-25 10:00"), ZURICH, NORMAL, pauses(("2026-11-25 16:00", "2026-11-26 10:00"))
    )
    assert deadline.data == {"paused_minutes": 120}
    assert deadline.reason == "same_day_inside_hours"


def test_half_a_minute_that_moved_the_deadline_is_told_as_well() -> None:
    asked, answered = local("2026-11-25 12:00"), local("2026-11-25 12:00") + timedelta(seconds=30)
    deadline = promise(local("2026-11-25 10:00"), ZURICH, NORMAL, [Interval(asked, answered)])
    assert deadline.due_at == local("2026-11-26 09:00") + timedelta(seconds=30)
    assert deadline.data == {"paused_minutes": 1}


def test_a_plain_interval_serves_as_a_pause() -> None:
    stopped = [
        Interval(local("2026-11-25 11:00"), local("2026-11-25 12:00")),
        *pauses(("2026-11-25 10:00", "2026-11-25 10:30")),
    ]
    assert promise(local("2026-11-25 09:00"), ZURICH, NORMAL, stopped).due_at == local("2026-11-26 10:30")


def test_after_the_cut_off_what_is_left_of_the_day_cannot_be_paused_away() -> None:
    stopped = pauses(("2026-11-25 15:30", "2026-11-26 10:00"))
    assert promise(local("2026-11-25 15:00"), ZURICH, CUT_OFF, stopped).due_at == local("2026-11-27 10:00")


# Urgent: accepted, and paid for.


@pytest.mark.parametrize(
    ("received", "accepted", "due", "reason"),
    [
        ("2026-11-25 10:00", None, "2026-11-25 12:00", "within_working_time"),
        ("2026-11-25 10:00", "2026-11-25 13:00", "2026-11-25 15:00", "within_working_time"),
        ("2026-11-25 10:00", "2026-11-25 15:00", "2026-11-25 17:00", "same_day_inside_hours"),
        ("2026-11-25 10:00", "2026-11-25 16:30", "2026-11-25 17:00", "same_day_inside_hours"),
        ("2026-11-25 10:00", "2026-11-25 18:00", "2026-11-25 17:00", "same_day_inside_hours"),
        ("2026-11-25 10:00", "2026-11-25 09:00", "2026-11-25 12:00", "within_working_time"),
        ("2026-11-27 18:00", "2026-11-28 09:00", "2026-11-30 11:00", "within_working_time"),
        ("2026-12-24 18:00", None, "2026-12-28 11:00", "within_working_time"),
    ],
)
def test_urgent_is_two_working_hours_from_the_acceptance_and_never_later_than_normal(
    received: str, accepted: str | None, due: str, reason: str
) -> None:
    deadline = promise(local(received), ZURICH, URGENT, accepted_at=local(accepted) if accepted else None)
    assert (deadline.due_at, deadline.reason) == (local(due), reason)


def test_the_clock_of_an_urgent_ticket_stops_as_well() -> None:
    deadline = promise(
        local("2026-11-25 10:00"), ZURICH, URGENT, pauses(("2026-11-25 11:00", "2026-11-25 13:30"))
    )
    assert deadline.due_at == local("2026-11-25 14:30")
    assert deadline.data == {"minutes": 120}


def test_on_premise_has_the_normal_deadline_and_only_comes_first() -> None:
    at = local("2026-11-25 10:00")
    assert promise(at, ZURICH, ON_PREMISE) == promise(at, ZURICH, NORMAL)


# S2: the deadline explains itself.


def test_a_weekend_with_holidays_is_told_span_by_span() -> None:
    assert told(promise(local("2026-12-24 16:00"), ZURICH, URGENT)) == ["counted 24 16:00-24 17:00"]
    assert told(promise(local("2026-12-24 18:00"), ZURICH, NORMAL)) == [
        "closed outside_hours 24 18:00-25 00:00",
        "holiday Christmas Day 25 00:00-26 00:00",
        "holiday Saint Stephen's Day 26 00:00-27 00:00",
        "closed weekend 27 00:00-28 00:00",
        "closed outside_hours 28 00:00-28 09:00",
        "counted 28 09:00-28 17:00",
    ]


def test_lunch_and_pauses_are_told_with_their_cause() -> None:
    stopped = [Pause(local("2026-11-25 11:00"), local("2026-11-25 14:30"), "acceptance")]
    assert told(promise(local("2026-11-25 10:00"), LUNCH, NORMAL, stopped)) == [
        "counted 25 10:00-25 11:00",
        "paused acceptance 25 11:00-25 12:00",
        "closed break 25 12:00-25 14:00",
        "paused acceptance 25 14:00-25 14:30",
        "counted 25 14:30-25 17:00",
        "closed outside_hours 25 17:00-26 09:00",
        "counted 26 09:00-26 10:30",
    ]


def test_the_cut_off_and_a_closed_weekday_are_told() -> None:
    assert told(promise(local("2026-11-24 16:00"), SHORT_WEEK, CUT_OFF)) == [
        "closed cut_off 24 16:00-24 17:00",
        "closed outside_hours 24 17:00-25 00:00",
        "closed closed_day 25 00:00-26 00:00",
        "closed outside_hours 26 00:00-26 09:00",
        "counted 26 09:00-26 17:00",
    ]


def test_an_urgent_deadline_is_told_from_the_acceptance_on() -> None:
    deadline = promise(local("2026-11-25 10:00"), ZURICH, URGENT, accepted_at=local("2026-11-25 13:00"))
    assert told(deadline) == ["counted 25 13:00-25 15:00"]


def test_each_line_says_how_long_and_how_much_has_counted_so_far() -> None:
    lines = explain(
        promise(local("2026-11-25 16:00"), ZURICH, NORMAL, pauses(("2026-11-25 16:30", "2026-11-26 09:00")))
    )
    assert [(line.kind, line.length, line.counted) for line in lines] == [
        (Kind.COUNTED, timedelta(minutes=30), timedelta(minutes=30)),
        (Kind.PAUSED, timedelta(minutes=30), timedelta(minutes=30)),
        (Kind.CLOSED, timedelta(hours=16), timedelta(minutes=30)),
        (Kind.COUNTED, timedelta(minutes=30), timedelta(hours=1)),
    ]


def test_the_longer_night_is_an_hour_longer_in_the_explanation() -> None:
    lines = explain(promise(local("2026-10-24 00:00"), ZURICH, NORMAL))
    assert [(line.name, line.length) for line in lines][:2] == [
        ("weekend", timedelta(hours=49)),
        ("outside_hours", timedelta(hours=9)),
    ]


def test_holidays_are_named_in_the_readers_language_where_it_is_known() -> None:
    deadline = promise(local("2026-12-24 18:00"), ZURICH, NORMAL)
    places = PublicHolidays("CH", "ZH")
    assert "No\u00ebl" in [line.name for line in explain(deadline, lambda day: places.name(day, "fr"))]
    assert "Christmas Day" in [line.name for line in explain(deadline, lambda day: None)]


def test_a_deadline_survives_the_way_through_the_database() -> None:
    deadline = promise(
        local("2026-12-24 16:00"), ZURICH, NORMAL, pauses(("2026-12-24 16:30", "2026-12-28 10:00"))
    )
    assert Deadline.from_data(json.loads(json.dumps(deadline.as_data()))) == deadline


# What cannot be answered.


def test_a_calendar_that_never_opens_is_a_clear_error() -> None:
    with pytest.raises(InvalidInput, match="never open"):
        promise(local("2026-11-25 10:00"), Calendar(ZONE, WeekHours.parse("")), NORMAL)


def test_a_time_without_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="zone"):
        promise(datetime(2026, 11, 25, 10), ZURICH, NORMAL)  # noqa: DTZ001


def test_the_zone_of_the_arrival_does_not_matter() -> None:
    at = local("2026-11-27 16:59")
    for zone in (UTC, ZoneInfo("Asia/Tokyo"), ZoneInfo("America/New_York")):
        assert promise(at.astimezone(zone), ZURICH, NORMAL) == promise(at, ZURICH, NORMAL)

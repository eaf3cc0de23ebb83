"""Deadlines of 2026 to 2028 agree with a counter that looks at the wall clock and the holidays every minute."""

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

import holidays
from hypothesis import given, settings
from hypothesis import strategies as st

from helpdesk.core.business_hours import Calendar
from helpdesk.core.intervals import Interval
from helpdesk.core.week_hours import WeekHours
from helpdesk.sla.deadlines import promise
from helpdesk.sla.holidays import PublicHolidays
from helpdesk.sla.policy import Policy
from helpdesk.sla.timeline import Kind
from tests.minute_counter import MINUTE, MinuteCounter, every_minute

PLACES = [
    ("Europe/Zurich", "CH", "ZH"),
    ("Europe/Zurich", "CH", "BE"),
    ("Europe/Zurich", "CH", "GE"),
    ("Europe/Zurich", "CH", "TI"),
    ("Europe/Zurich", "CH", "VD"),
    ("Europe/Zurich", "CH", "BS"),
    ("Europe/Berlin", "DE", "BY"),
    ("Europe/Vienna", "AT", None),
    ("Europe/Stockholm", "SE", None),
    ("Europe/London", "GB", "ENG"),
    ("Europe/Lisbon", "PT", None),
    ("America/New_York", "CH", "ZH"),
    ("Pacific/Auckland", "NZ", None),
]
HOURS = {
    "mon-fri 09:00-17:00": [("09:00", "17:00")],
    "mon-fri 09:00-12:00 14:00-17:00": [("09:00", "12:00"), ("14:00", "17:00")],
    "mon-fri 00:00-02:30 22:00-24:00": [("00:00", "02:30"), ("22:00", "24:00")],
}


def pair(zone: str, country: str, subdivision: str | None, hours: str) -> tuple[Calendar, MinuteCounter]:
    eves = ("de_facto",) if country == "SE" else ()
    free = holidays.country_holidays(
        country, subdiv=subdivision, years=range(2026, 2030), categories=("public", *eves)
    )
    slow = MinuteCounter(
        ZoneInfo(zone), lambda day: [] if day in free or day.weekday() >= 5 else HOURS[hours]
    )
    return Calendar(ZoneInfo(zone), WeekHours.parse(hours), PublicHolidays(country, subdivision)), slow


OFFICES = [pair(*place, hours) for place in PLACES for hours in HOURS]
START = datetime(2026, 1, 1, tzinfo=UTC)
# Where calendars are most wrong: changes of the clocks, Easter, the national days, Christmas and New Year.
DAYS = [date(year, month, day) for year, month, day in (
    (2026, 3, 27), (2026, 10, 23), (2027, 3, 25), (2027, 10, 29), (2028, 3, 24), (2028, 10, 27), (2026, 3, 6),
    (2027, 11, 5), (2026, 4, 2), (2028, 4, 13), (2026, 6, 18), (2028, 8, 1), (2026, 12, 23), (2027, 12, 30), (2026, 1, 1),
)]  # fmt: skip
hard = st.builds(
    lambda day, minute: datetime.combine(day, time(), UTC) + minute * MINUTE,
    st.sampled_from(DAYS),
    st.integers(0, 2880),
)
arrivals = hard | st.integers(0, 3 * 365 * 24 * 60).map(lambda minute: START + minute * MINUTE)
# Pauses in minutes after the arrival.
breaks = st.lists(st.tuples(st.integers(-300, 3000), st.integers(0, 1500)), max_size=3)
policies = st.builds(
    Policy,
    cut_off=st.none() | st.sampled_from([time(8), time(11), time(15, 30), time(23)]),
    within=st.none() | st.integers(1, 600).map(lambda minutes: minutes * MINUTE),
)


@settings(max_examples=250, deadline=None)
@given(st.sampled_from(OFFICES), arrivals, policies, breaks, st.none() | st.integers(-60, 1500))
def test_every_deadline_agrees_with_counting_minutes(
    office: tuple[Calendar, MinuteCounter],
    received: datetime,
    policy: Policy,
    stops: list[tuple[int, int]],
    accepted: int | None,
) -> None:
    fast, slow = office
    pauses = [Interval(received + a * MINUTE, received + (a + length) * MINUTE) for a, length in stops]
    accepted_at = None if accepted is None else received + accepted * MINUTE
    deadline = promise(received, fast, policy, pauses, accepted_at=accepted_at)

    def paused(at: datetime) -> bool:
        return any(at in pause for pause in pauses)

    begins, due = received, slow.closing(received)
    late = policy.cut_off and received.astimezone(slow.zone).time() >= policy.cut_off
    if late and slow.date(received) == slow.date(due - MINUTE):
        begins, due = due, slow.closing(due)
    due = slow.after(begins, slow.count(begins, due), paused)
    starts = max(received, accepted_at) if accepted_at else received
    if policy.within and (sooner := slow.after(starts, policy.within // MINUTE, paused)) < due:
        received = begins = starts
        due = sooner
    assert deadline.due_at == due

    kinds = {at: span for span in deadline.spans for at in every_minute(span.start, span.end)}
    assert all(span.start < span.end for span in deadline.spans)
    assert list(kinds) == list(every_minute(received, due))
    for at, span in kinds.items():
        counts = slow.is_open(at) and at >= begins
        expected = (Kind.PAUSED if paused(at) else Kind.COUNTED) if counts else None
        if expected:
            assert span.kind is expected
        else:
            named = span.kind is Kind.HOLIDAY and span.name == fast.closure(slow.date(at))
            assert named or (span.kind is Kind.CLOSED and span.name)

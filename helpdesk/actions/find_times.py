"""Times that a customer can book: hours, holidays, absences and appointments of all who do a service."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from helpdesk.actions.live_promises import shown_book
from helpdesk.booking import queries
from helpdesk.booking.choice import in_turn
from helpdesk.booking.models import Appointment, Service
from helpdesk.booking.queries import Availability
from helpdesk.booking.slots import Diary, Slot, by_day, earliest, offered
from helpdesk.core.business_hours import Calendar
from helpdesk.core.intervals import Interval, subtract, utc
from helpdesk.core.wall_clock import end_of, start_of
from helpdesk.core.week_hours import MIDNIGHT, WeekHours, read_day


@dataclass(frozen=True, slots=True)
class Times:
    """What can be booked in some days, and the zone in which it is told."""

    zone: ZoneInfo
    slots: list[Slot]
    #: The first and the last day on which the service can be booked at all.
    first: date
    last: date


def times(service: Service, first: date, days: int, *, agent_id: int | None = None, now: datetime) -> Times:
    """What is free from `first` on for so many days, within notice and horizon; of one agent if asked."""
    office = _office(now)
    begin, end = _bounds(service, office, now)
    limits = (office.local_date(begin), office.local_date(end - timedelta(seconds=1)))
    if first > limits[1] or (limits[0] - first).days >= days:
        return Times(office.zone, [], *limits)
    opens = max(begin, start_of(first, MIDNIGHT, office.zone))
    closes = min(end, start_of(first + timedelta(days=days), MIDNIGHT, office.zone))
    if closes <= opens:
        return Times(office.zone, [], *limits)
    window = Interval(opens, closes)
    agents = [each for each in queries.agents_of(service.id) if agent_id in (None, each)]
    diaries = _diaries(agents, window, office, now)
    return Times(office.zone, offered(diaries, service.pattern, window), *limits)


def office_day(now: datetime) -> date:
    """The date on the office's wall."""
    return _office(now).local_date(now)


def choices(service: Service, now: datetime, *, agent_id: int | None = None, most: int = 3) -> list[datetime]:
    """The next free times, each on a day of its own: what an apology names."""
    first = _office(now).local_date(now)
    found = times(service, first, service.horizon_days + 1, agent_id=agent_id, now=now)
    return [day[0].start for day in by_day(found.slots, found.zone).values()][:most]


def who_could(
    service: Service,
    start: datetime,
    *,
    agent_id: int | None,
    email: str = "",
    language: str = "",
    now: datetime,
) -> list[int]:
    """Who is free for a session that starts then, in the order in which they are asked; often nobody.

    The same rules as times(): a start that is not on offer finds nobody, whoever wrote it into the form.
    """
    office = _office(now)
    day = office.local_date(start)
    found = times(service, day, 1, agent_id=agent_id, now=now).slots
    free = next((slot.agents for slot in found if slot.start == utc(start)), ())
    if len(free) < 2:
        return list(free)
    monday = day - timedelta(days=day.weekday())
    week = [start_of(monday + timedelta(days=n), MIDNIGHT, office.zone) for n in (0, 7)]
    return in_turn(
        free,
        last=queries.last_agent_of(email),
        language=language,
        speaks=queries.languages_of(free),
        booked=queries.booked_between(free, *week),
    )


def _office(now: datetime) -> Calendar:
    """The main office's hours, whose holidays and closures hold for everybody."""
    return shown_book(now).main


def _bounds(service: Service, office: Calendar, now: datetime) -> tuple[datetime, datetime]:
    """From when, and until when (no longer within), a session may start."""
    end = end_of(office.local_date(now) + timedelta(days=service.horizon_days), MIDNIGHT, office.zone)
    return earliest(now, service.notice, office), end


def _diaries(agents: Sequence[int], window: Interval, office: Calendar, now: datetime) -> list[Diary]:
    # One day more on each side: a specialist may live in another zone than the office.
    first = office.local_date(window.start) - timedelta(days=1)
    last = office.local_date(window.end) + timedelta(days=1)
    known = queries.availabilities(agents, first, last, window, now)
    # Most of a team works the same hours: their days are worked out once.
    calendars: dict[str, Calendar] = {}
    made = []
    for each in known:
        same = repr((each.hours.zone, each.hours.week, sorted(each.exceptions.items())))
        if same not in calendars:
            calendars[same] = calendar_of(each, office)
        away = _absences(each, office.zone)
        made.append(Diary(each.hours.agent_id, calendars[same], (*each.taken, *away)))
    return made


def calendar_of(known: Availability, office: Calendar) -> Calendar:
    """The specialist's hours as moments; the office's holidays and closures close them, own days outrank."""
    mon, tue, wed, thu, fri, sat, sun = (read_day(str(day)) for day in known.hours.week)
    return Calendar(
        ZoneInfo(known.hours.zone),
        WeekHours((mon, tue, wed, thu, fri, sat, sun)),
        lambda day: office.day(day).holiday or office.day(day).closure,
        {day: read_day(hours) for day, hours in known.exceptions.items()},
    )


def _absences(known: Availability, zone: ZoneInfo) -> list[Interval]:
    return [
        Interval(start_of(first, MIDNIGHT, zone), end_of(last, MIDNIGHT, zone))
        for first, last in known.absent
    ]


@dataclass(frozen=True, slots=True)
class OwnTime:
    """What customers see of one specialist, and their sessions ahead that the hours do not cover."""

    zone: ZoneInfo
    slots: list[Slot]
    outside: list[Appointment]


def own_time(agent_id: int, service: Service | None, days: int, now: datetime) -> OwnTime:
    """The preview of the next days for a service, and the sessions outside of the hours; five queries."""
    office = _office(now)
    ahead = queries.ahead_of_agent(agent_id, now)
    until = start_of(office.local_date(now) + timedelta(days=days), MIDNIGHT, office.zone)
    window = Interval(now, max([until, *(each.ends_at for each in ahead)]))
    last = office.local_date(window.end) + timedelta(days=1)
    known = queries.availabilities([agent_id], office.local_date(now) - timedelta(days=1), last, window, now)
    if not known:
        return OwnTime(office.zone, [], ahead)
    calendar, away = calendar_of(known[0], office), _absences(known[0], office.zone)
    open_times = subtract(calendar.open_spans(window.start, window.end), away)
    outside = [each for each in ahead if subtract([Interval(each.starts_at, each.ends_at)], open_times)]
    slots: list[Slot] = []
    if service is not None:
        begin, end = _bounds(service, office, now)
        if begin < min(end, until):
            diary = Diary(agent_id, calendar, (*known[0].taken, *away))
            slots = offered([diary], service.pattern, Interval(begin, min(end, until)))
    return OwnTime(office.zone, slots, outside)

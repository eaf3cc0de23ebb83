"""An office as people describe it: zone, hours of the week, holidays of a place, special days. [pure]"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Self
from zoneinfo import ZoneInfo, available_timezones

from helpdesk.core.business_hours import Calendar, never_closed
from helpdesk.core.errors import InvalidInput
from helpdesk.core.week_hours import DayHours, WeekHours, read_day, write_day
from helpdesk.sla.holidays import PublicHolidays

#: A closure longer than this is a slip of the pen.
MAX_SPECIAL_DAYS = 120


@dataclass(frozen=True, slots=True)
class SpecialDays:
    """Days that differ from the week, both included: closed without `hours`, open at `hours` with them.

    Special hours outrank a public holiday as well: an office may open on one.
    """

    first: date
    last: date
    hours: DayHours
    name: str

    def __post_init__(self) -> None:
        if self.last < self.first:
            raise InvalidInput("The last day lies before the first.", field="special")
        if (self.last - self.first).days >= MAX_SPECIAL_DAYS:
            raise InvalidInput("A closure may last %(n)s days at most.", n=MAX_SPECIAL_DAYS, field="special")
        if not self.name:
            raise InvalidInput("Say why each special day differs.", field="special")

    def days(self) -> Iterator[date]:
        """Each of its days."""
        return (self.first + timedelta(days=n) for n in range((self.last - self.first).days + 1))


@dataclass(frozen=True)
class Office:
    """One office; `key` stays the same for life, tickets name it. Without `country` no holiday is kept.

    Raises InvalidInput, with the field's name, for a zone, place or hours that do not exist.
    """

    key: str
    name: str
    zone: str
    week: tuple[DayHours, ...]
    country: str = ""
    subdivision: str = ""
    special: tuple[SpecialDays, ...] = ()

    def check(self) -> None:
        """Raises InvalidInput for what cannot be a calendar; asks the tables of holidays."""
        if not self.name:
            raise InvalidInput("Give the office a name.", field="name")
        if self.zone not in available_timezones():
            raise InvalidInput("Choose a time zone of the list.", field="zone")
        if not any(self.week):
            raise InvalidInput("An office is open at some time of the week.", field="day0")
        if self.country:
            PublicHolidays(self.country, self.subdivision or None).check()

    @property
    def holidays(self) -> PublicHolidays | None:
        """The public holidays that it keeps."""
        return PublicHolidays(self.country, self.subdivision or None) if self.country else None

    def calendar(self) -> Calendar:
        """Its opening hours as moments. Of two special entries for one day the later one counts."""
        mon, tue, wed, thu, fri, sat, sun = self.week
        special = {day: each.hours for each in self.special for day in each.days()}
        names = {day: each.name for each in self.special for day in each.days()}
        closure = self.holidays or never_closed
        return Calendar(
            ZoneInfo(self.zone), WeekHours((mon, tue, wed, thu, fri, sat, sun)), closure, special, names
        )

    def as_data(self) -> dict[str, Any]:
        """Plain data for a database row."""
        return {
            "key": self.key,
            "name": self.name,
            "zone": self.zone,
            "week": [write_day(day) for day in self.week],
            "country": self.country,
            "subdivision": self.subdivision,
            "special": [
                [each.first.isoformat(), each.last.isoformat(), write_day(each.hours), each.name]
                for each in self.special
            ],
        }

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> Self:
        """The office whose as_data() this is."""
        special = tuple(
            SpecialDays(date.fromisoformat(first), date.fromisoformat(last), read_day(hours), name)
            for first, last, hours, name in data["special"]
        )
        week = tuple(read_day(day) for day in data["week"])
        return cls(
            data["key"], data["name"], data["zone"], week, data["country"], data["subdivision"], special
        )

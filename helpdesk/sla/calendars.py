"""The working calendar of the vendor: weekly hours, zone and public holidays put together."""

from datetime import time
from functools import cache
from zoneinfo import ZoneInfo

from helpdesk.core.business_hours import Calendar
from helpdesk.core.week_hours import Opening, WeekHours
from helpdesk.sla.holidays import PublicHolidays

ZURICH = ZoneInfo("Europe/Zurich")


@cache
def vendor_calendar(
    zone: ZoneInfo = ZURICH,
    country: str = "CH",
    subdivision: str | None = "ZH",
    opens: time = time(9),
    closes: time = time(17),
) -> Calendar:
    """Monday to Friday from `opens` to `closes`, closed on public holidays; one calendar for equal arguments.

    Raises InvalidInput for hours that make no sense; an unknown country only when the first day is asked for,
    so that starting a command loads no tables (PublicHolidays.check() asks at once).
    """
    day = (Opening(opens, closes),)
    return Calendar(zone, WeekHours((day, day, day, day, day, (), ())), PublicHolidays(country, subdivision))

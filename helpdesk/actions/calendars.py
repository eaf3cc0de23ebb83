"""Whose working days count: those of the mailbox that a customer wrote to, else the vendor's."""

from datetime import time
from zoneinfo import ZoneInfo

from helpdesk.actions.context import context
from helpdesk.core.business_hours import Calendar
from helpdesk.mail.queries import Box
from helpdesk.sla.calendars import vendor_calendar


def calendar_of(box: Box) -> Calendar:
    """The calendar of a mailbox: its zone and holidays where it has any, with the vendor's hours."""
    if not (box.zone or box.country):
        return context().calendar
    settings = context().settings
    return vendor_calendar(
        ZoneInfo(box.zone) if box.zone else settings.zone,
        box.country or settings.country,
        (box.subdivision or None) if box.country else settings.subdivision,
        time.fromisoformat(settings.open_from),
        time.fromisoformat(settings.open_until),
    )

"""Booking an appointment without an account: service, time, details, check; and changing it by a link."""

from helpdesk.web.booking import check, details, manage, offered, times
from helpdesk.web.booking.blueprint import blueprint

__all__ = ["blueprint", "check", "details", "manage", "offered", "times"]

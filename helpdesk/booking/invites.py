"""Invitations as calendars read them (RFC 5545, 5546): one UID for life, SEQUENCE, REQUEST, CANCEL. [pure]"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from icalendar import Calendar, Event, vCalAddress, vText

REQUEST, CANCEL = "REQUEST", "CANCEL"
_PRODUCT = "-//helpdesk//appointments//EN"


@dataclass(frozen=True, slots=True)
class Invite:
    """One appointment as one guest's calendar keeps it; times are aware, texts in the guest's language."""

    uid: str
    sequence: int
    starts_at: datetime
    ends_at: datetime
    summary: str
    description: str
    #: The sender of the mail and nobody else: calendars take a change from the organiser only.
    organiser: str
    organiser_name: str
    guest: str
    guest_name: str


def written(invite: Invite, method: str, now: datetime) -> bytes:
    """The calendar file, CRLF lines, times in UTC; `now` is when this message was made (DTSTAMP)."""
    event = Event()
    event.add("uid", invite.uid)
    event.add("dtstamp", now.astimezone(UTC))
    event.add("sequence", invite.sequence)
    event.add("dtstart", invite.starts_at.astimezone(UTC))
    event.add("dtend", invite.ends_at.astimezone(UTC))
    event.add("summary", invite.summary)
    event.add("description", invite.description)
    event.add("status", "CANCELLED" if method == CANCEL else "CONFIRMED")
    event.add("transp", "OPAQUE")
    event.add("organizer", _person(invite.organiser, invite.organiser_name))
    guest = _person(invite.guest, invite.guest_name)
    guest.params["role"] = vText("REQ-PARTICIPANT")
    guest.params["partstat"] = vText("NEEDS-ACTION")
    guest.params["rsvp"] = vText("TRUE")
    event.add("attendee", guest)
    calendar = Calendar()
    calendar.add("prodid", _PRODUCT)
    calendar.add("version", "2.0")
    # Stands here and not in the event: programs that look elsewhere ignore a cancellation.
    calendar.add("method", method)
    calendar.add_component(event)
    return bytes(calendar.to_ical())


def _person(address: str, name: str) -> vCalAddress:
    person = vCalAddress(f"mailto:{address}")
    if name:
        # A quotation mark cannot stand in a parameter, however it is written (RFC 5545 3.2).
        person.params["cn"] = vText(" ".join(name.replace('"', "'").split()))
    return person


@dataclass(frozen=True, slots=True)
class Entry:
    """One session as a specialist's own calendar shows it."""

    uid: str
    starts_at: datetime
    ends_at: datetime
    summary: str
    description: str


def feed(entries: Sequence[Entry], name: str, now: datetime) -> bytes:
    """A read-only calendar of sessions (METHOD:PUBLISH); its UIDs are not those of the invitations."""
    calendar = Calendar()
    calendar.add("prodid", _PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", name)
    for entry in entries:
        event = Event()
        event.add("uid", f"feed-{entry.uid}")
        event.add("dtstamp", now.astimezone(UTC))
        event.add("dtstart", entry.starts_at.astimezone(UTC))
        event.add("dtend", entry.ends_at.astimezone(UTC))
        event.add("summary", entry.summary)
        event.add("description", entry.description)
        event.add("status", "CONFIRMED")
        calendar.add_component(event)
    return bytes(calendar.to_ical())

"""Invitations: a whole thread (create, move, cancel) as an independent parser and a mail program read it."""

from datetime import UTC, datetime
from email import message_from_bytes
from email.policy import default

import pytest
from icalendar import Calendar

from helpdesk.actions import change_appointment
from helpdesk.actions.appointment_mail import manage_token
from helpdesk.booking.invites import CANCEL, REQUEST, Invite, written
from helpdesk.core import clock
from tests.booking.office import CARLA, an_office, moment
from tests.support.desk import SUPPORT, Desk


def lines(content: bytes) -> dict[str, str]:
    """The event's properties by name, unfolded by hand: not by the library that wrote them."""
    unfolded = content.decode().replace("\r\n ", "")
    assert "\n" not in unfolded.replace("\r\n", "")
    assert all(len(line.encode()) <= 75 for line in content.decode().split("\r\n"))
    return {
        line.partition(":")[0].partition(";")[0]: line.partition(":")[2] for line in unfolded.split("\r\n")
    }


def test_a_thread_of_request_move_and_cancel(desk: Desk) -> None:
    office = an_office(desk)
    row = office.book("2026-12-01 10:00")
    token = manage_token(row)
    change_appointment.move(token, moment("2026-12-03 15:00"), clock.now())
    change_appointment.cancel(token, clock.now())
    desk.work()
    seen = []
    for address, raw in desk.postman.sent:
        message = message_from_bytes(raw, policy=default)
        calendars = [part for part in message.walk() if part.get_content_type() == "text/calendar"]
        if not calendars:
            continue
        assert address == CARLA
        inner, attached = calendars
        # The one that calendars act on stands beside the text, the other is for saving.
        alternatives = [p.get_content_type() for p in message.walk() if p.get_content_maintype() == "text"]
        assert alternatives == ["text/plain", "text/html", "text/calendar", "text/calendar"]
        assert inner.get_param("method") in ("REQUEST", "CANCEL")
        assert inner.get_content_charset() == "utf-8"
        assert attached.get_filename() == "invite.ics"
        content = inner.get_payload(decode=True)
        assert isinstance(content, bytes)
        found = lines(content)
        assert found["METHOD"] == inner.get_param("method")
        assert found["ORGANIZER"] == f"mailto:{SUPPORT}" == f"mailto:{message['From'].addresses[0].addr_spec}"
        seen.append((found["METHOD"], found["SEQUENCE"], found["STATUS"], found["DTSTART"], found["UID"]))
        assert found["ATTENDEE"] == f"mailto:{CARLA}"
        event = Calendar.from_ical(content).walk("VEVENT")[0]
        assert event.decoded("dtend") - event.decoded("dtstart") == row.ends_at - row.starts_at
    assert [each[:4] for each in seen] == [
        ("REQUEST", "0", "CONFIRMED", "20261201T090000Z"),
        ("REQUEST", "1", "CONFIRMED", "20261203T140000Z"),
        ("CANCEL", "2", "CANCELLED", "20261203T140000Z"),
    ]
    assert len({each[4] for each in seen}) == 1


@pytest.mark.parametrize(
    "evil", ["A\r\nATTENDEE:mailto:x@y.example", 'A"; B\nEND:VEVENT', "Ä" * 200, "a,b;c\\n"]
)
def test_what_people_write_cannot_add_lines(evil: str) -> None:
    at = datetime(2027, 3, 9, 10, tzinfo=UTC)
    invite = Invite("u@h", 0, at, at, evil, evil, "us@h.example", evil, "you@h.example", evil)
    for method in (REQUEST, CANCEL):
        content = written(invite, method, at)
        [event] = Calendar.from_ical(content).walk("VEVENT")
        assert sorted(event.keys()) == sorted(
            {"UID", "DTSTAMP", "SEQUENCE", "DTSTART", "DTEND", "SUMMARY", "DESCRIPTION", "STATUS", "TRANSP",
             "ORGANIZER", "ATTENDEE"}
        )  # fmt: skip
        assert str(event["attendee"]) == "mailto:you@h.example"
        assert len(Calendar.from_ical(content).walk()) == 2

"""The agents' calendar and the pages on which booking is set up."""

import pytest
from icalendar import Calendar
from sqlalchemy import event

from helpdesk.actions import share_calendar
from helpdesk.booking import queries
from helpdesk.core import clock
from helpdesk.core.money import chf
from helpdesk.db import db
from tests.booking.office import Office, an_office
from tests.support.desk import Desk
from tests.web.conftest import Browser

pytestmark = pytest.mark.database("sqlite")


@pytest.fixture
def office(desk: Desk) -> Office:
    return an_office(desk)


def test_the_week_shows_sessions_and_what_becomes_of_them(office: Office, anna: Browser) -> None:
    row = office.book("2026-12-01 10:00")
    week = "/calendar?week=2026-12-01"
    page = anna.get(week).text
    assert "Muster SA" in page
    assert f"#{row.ticket_id}" in page
    assert "Cancel this appointment" in page
    assert "Nobody came: charge" not in page
    office.desk.clock.to("2026-12-01 10:20")
    page = anna.get(week).text
    assert "Nobody came: charge" in page
    assert anna.post(f"/appointments/{row.id}/no-show", form_on=week).status_code == 303
    assert office.desk.credit("Muster SA") == chf(410)
    assert "They were there after all" in anna.get(week).text
    anna.post(f"/appointments/{row.id}/no-show", {"then": "undo"}, form_on=week)
    assert office.desk.credit("Muster SA") == chf(500)
    for nonsense in ("?week=x", "?week=9999-12-31", "?agent=x", "?week=0001-01-01"):
        assert anna.get(f"/calendar{nonsense}").status_code == 200


def test_calling_off_from_the_calendar(office: Office, anna: Browser) -> None:
    row = office.book("2026-12-01 10:00")
    anna.post(f"/appointments/{row.id}/calling-off", {"reason": "Malade"}, form_on="/calendar")
    assert office.now(row).state == "cancelled_by_us"
    assert "Malade" in office.desk.mails_to(row.email)[-1].body_text


def test_hours_show_what_customers_see_and_name_what_lies_outside(office: Office, anna: Browser) -> None:
    row = office.book("2026-12-01 16:00")
    agent = row.agent_id
    path = f"/settings/hours/{office.desk.anna.id}"
    assert "14:30" in anna.get(path).text
    hours = {"zone": "Europe/Zurich", "language": "fr", **{f"day{n}": "09:00-12:00" for n in range(5)}}
    wrong = anna.post(path, hours | {"day0": "09:00-12:00 11:00-13:00"}, form_on=path)
    assert wrong.status_code == 422
    assert 'href="#day0"' in wrong.text
    assert anna.post(path, hours, form_on=path).status_code == 303
    page = anna.get(path).text
    assert "14:30" not in page
    assert (f"#{row.ticket_id}" in page) == (agent == office.desk.anna.id)
    assert office.now(row).state == "confirmed"
    anna.post(f"{path}/days", {"day": "2026-12-01", "hours": ""}, form_on=path)
    assert "1 Dec 2026" in anna.get(path).text


def test_agents_set_their_own_hours_and_leads_anybodys(office: Office, anna: Browser, lea: Browser) -> None:
    hours = {"zone": "Europe/Zurich", "day0": "10:00-11:00"}
    path = f"/settings/hours/{office.desk.lea.id}"
    assert anna.post(path, hours, form_on="/profile").status_code == 403
    assert anna.post(f"{path}/days", {"day": "2026-12-01"}, form_on="/profile").status_code == 403
    path = f"/settings/hours/{office.desk.anna.id}"
    assert lea.post(path, hours, form_on="/profile").status_code == 303


def test_services_and_terms_are_set_up_by_leads(office: Office, lea: Browser) -> None:
    form = {
        "name_en": "Training",
        "name_fr": "Formation",
        "minutes": "90",
        "step": "30",
        "buffer": "15",
        "notice": "480",
        "horizon_days": "30",
        "free_hours": "48",
        "activity": "training",
        "agent": str(office.desk.anna.id),
        "active": "yes",
    }
    new = "/settings/services/new"
    assert lea.post("/settings/services", form | {"step": "25"}, form_on=new).status_code == 422
    assert lea.post("/settings/services", form, form_on=new).status_code == 303
    made = next(each for each in queries.services() if each.names["en"] == "Training")
    assert queries.agents_of(made.id) == [office.desk.anna.id]
    lea.post(f"/settings/services/{made.id}", form | {"active": ""}, form_on=f"/settings/services/{made.id}")
    assert all(each.names["en"] != "Training" for each in queries.services())
    lea.post("/settings/terms", {"en": "New words.", "de": "Neue Worte."}, form_on="/settings/terms")
    assert queries.newest_terms("de").text == "Neue Worte."
    assert queries.newest_terms("sv").text == "New words."
    # What was published stays as it was accepted.
    assert db.session.get_one(type(office.terms), office.terms.id).text == "You pay for what you book."


def test_the_pages_ask_the_database_twelve_times_at_most(office: Office, anna: Browser, lea: Browser) -> None:
    for at in ("2026-12-01 09:00", "2026-12-01 10:00", "2026-12-02 11:00"):
        office.book(at)
        office.desk.clock.move(minutes=11)
    number = office.desk.tickets()[0].id
    asked: list[str] = []
    event.listen(db.engine, "before_cursor_execute", lambda *a: a[2] == "BEGIN" or asked.append(a[2]))
    for browser, path in (
        (anna, "/calendar?week=2026-12-01"),
        (anna, "/settings/booking"),
        (anna, f"/tickets/{number}/times"),
        (anna, f"/settings/hours/{office.desk.anna.id}"),
        (lea, f"/settings/services/{office.service.id}"),
        (lea, "/settings/terms"),
    ):
        asked.clear()
        assert browser.get(path).status_code == 200
        assert len(asked) <= 12, (path, len(asked), asked)


def test_a_private_feed_shows_ones_own_sessions_until_it_is_revoked(
    office: Office, anna: Browser, stranger: Browser
) -> None:
    row = office.book("2026-12-01 10:00")
    by = office.desk.actor(row.agent)
    address = share_calendar.make_address(by=by, now=clock.now())
    path = address[address.index("/calendar/") :]
    answer = stranger.get(path)
    assert answer.status_code == 200
    [event_] = Calendar.from_ical(answer.data).walk("VEVENT")
    assert event_.decoded("dtstart") == row.starts_at
    assert "Muster SA" in str(event_["summary"])
    assert b"METHOD:PUBLISH" in answer.data
    other = office.desk.lea if row.agent_id == office.desk.anna.id else office.desk.anna
    theirs = share_calendar.make_address(by=office.desk.actor(other), now=clock.now())
    assert b"VEVENT" not in stranger.get(theirs[theirs.index("/calendar/") :]).data
    # A new address makes the old one useless, revoking all of them.
    newer = share_calendar.make_address(by=by, now=clock.now())
    assert stranger.get(path).status_code == 404
    share_calendar.revoke(by=by)
    assert stranger.get(newer[newer.index("/calendar/") :]).status_code == 404
    assert anna.post("/calendar/address", {"then": "make"}, form_on="/calendar").status_code == 303
    assert "shown only once" in anna.get("/calendar").text

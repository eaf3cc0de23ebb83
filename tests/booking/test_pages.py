"""The four pages by a browser without JavaScript, and what attackers find behind them."""

import re

import pytest
from flask.testing import FlaskClient
from sqlalchemy import event
from werkzeug.test import TestResponse

from helpdesk.actions import offer_times
from helpdesk.actions.appointment_mail import manage_token
from helpdesk.billing.terms_models import BillingTerms
from helpdesk.booking.models import Appointment
from helpdesk.core import clock
from helpdesk.core.money import chf
from helpdesk.db import db, insert_row, transaction
from tests.booking.office import CARLA, Office, an_office, browse, moment
from tests.support.desk import Desk

pytestmark = pytest.mark.database("sqlite")


@pytest.fixture
def office(desk: Desk) -> Office:
    return an_office(desk)


def send(client: FlaskClient, page: str, path: str, **fields: str) -> TestResponse:
    """Sends a form as it stands on a page, with its token."""
    found = re.search(r'name="csrf_token" value="([^"]+)"', browse(client, page))
    assert found
    return client.post(path, data={"csrf_token": found[1], **fields})


def test_from_the_first_page_to_the_booked_appointment(client: FlaskClient, office: Office) -> None:
    first = browse(client, "/book?lang=fr")
    assert "Séance de support" in first
    assert "CHF\u00a045.00" in first  # the price stands there before anything is chosen
    times = f"/book/{office.service.id}?lang=fr&from=2026-12-01"
    assert "CHF\u00a045.00" in browse(client, times)
    start = moment("2026-12-01 10:00").astimezone().isoformat()
    went = send(client, times, f"/book/{office.service.id}/holds?lang=fr", start=start)
    details = went.location
    assert went.status_code == 303
    assert "CHF\u00a045.00" in browse(client, details)
    wrong = send(client, details, details, name="Carla Compta", email="no address", subject="Clôture")
    assert wrong.status_code == 422
    assert "Il y a un problème" in wrong.text
    assert 'value="Clôture"' in wrong.text  # nothing has to be typed twice
    went = send(client, details, details, name="Carla Compta", email=CARLA, subject="Clôture")
    assert CARLA in browse(client, went.location)
    path = f"/book/confirmation/{office.link(CARLA, '/book/confirmation/')}"
    check = browse(client, path)
    assert "Réserver (payant)" in check
    assert "CHF\u00a0194.58" in check  # with VAT
    assert "CHF\u00a0500.00" in check  # the credit
    assert 'name="terms" value="yes">' in check  # not ticked
    assert office.desk.credit("Muster SA") == chf(500)  # opening books nothing
    refused = send(client, path, path, terms_id=str(office.terms.id))
    assert refused.status_code == 422
    for _ in range(2):
        form = {"terms_id": str(office.terms.id), "terms": "yes"}
        booked = client.post(path, data={"csrf_token": token_on(check), **form})
        assert booked.status_code == 303
    assert "est réservé" in browse(client, path)
    assert office.desk.credit("Muster SA") == chf(320)
    assert len(office.desk.tickets()) == 1


def token_on(page: str) -> str:
    found = re.search(r'name="csrf_token" value="([^"]+)"', page)
    assert found
    return found[1]


def test_a_time_that_is_gone_shows_fresh_ones_and_keeps_what_was_written(
    client: FlaskClient, office: Office
) -> None:
    office.hold("2026-12-01 10:00", ip="192.0.2.1")
    office.hold("2026-12-01 10:00", ip="192.0.2.2")
    page = f"/book/{office.service.id}?from=2026-12-01"
    gone = send(client, page, page.replace("?", "/holds?"), start=moment("2026-12-01 10:00").isoformat())
    assert gone.status_code == 409
    assert 'role="alert"' in gone.text
    assert 'name="start"' in gone.text


def test_changing_and_cancelling_by_the_link(client: FlaskClient, office: Office) -> None:
    row = office.book("2026-12-01 10:00")
    path = f"/appointments/{manage_token(row)}"
    assert "Annuler gratuitement" in browse(client, path)
    assert client.head(path).status_code == 200
    assert office.now(row).state == "confirmed"
    assert b"METHOD:REQUEST" in client.get(f"{path}/invite.ics").data
    moved = send(client, path, f"{path}/time", start=moment("2026-12-02 10:00").isoformat())
    assert moved.status_code == 303
    assert send(client, path, f"{path}/cancellation").status_code == 303
    assert office.now(row).state == "cancelled_free"
    assert b"METHOD:CANCEL" in client.get(f"{path}/invite.ics").data


@pytest.mark.parametrize(
    "path",
    [
        "/book/draft/{}",
        "/book/draft/{}/sent",
        "/book/confirmation/{}",
        "/appointments/{}",
        "/appointments/{}/time",
        "/appointments/{}/invite.ics",
    ],
)
def test_links_cannot_be_guessed_nor_used_for_another_purpose(
    client: FlaskClient, office: Office, path: str
) -> None:
    draft = office.hold("2026-12-01 10:00")
    proof = office.describe(draft)
    manage = manage_token(office.confirm(proof))
    opens = {"/book/confirmation/{}": proof}.get(path, manage if "appointments" in path else "")
    for token in {draft, proof, manage, "x" * 43, "%00", "a" * 3000} - {opens}:
        answer = client.get(path.format(token))
        assert answer.status_code == 404, token
        assert CARLA not in answer.text


def test_known_and_unknown_addresses_are_answered_alike(client: FlaskClient, office: Office) -> None:
    pages = []
    for number, email in enumerate((CARLA, "nobody@fremd.example")):
        token = office.hold("2026-12-01 14:00", ip=f"192.0.2.{number}")
        path = f"/book/draft/{token}"
        went = send(client, path, path, name="Nina Neu", email=email, subject="Import")
        assert went.status_code == 303
        text = browse(client, went.location).replace(email, "EMAIL").replace(token, "TOKEN")
        pages.append(re.sub(r"\d+", "0", re.sub(r'value="[^"]+"', "", text)))
        assert office.desk.mails_to(email)[-1].body_text.count("Nina") == 0
    assert pages[0] == pages[1]


def test_nonsense_is_answered_and_not_crashed_on(client: FlaskClient, office: Office) -> None:
    page = f"/book/{office.service.id}"
    for query in (
        "?from=9999-12-31",
        "?from=0001-01-01",
        "?from=x",
        "?part=x",
        "?draft=x",
        "?from=2026-12-25",
    ):
        browse(client, page + query)
    for start in ("", "x", "2026-12-01", "9999-12-31T23:59:59+00:00", "2026-12-01T10:00:00+99:99"):
        assert send(client, page, f"{page}/holds", start=start).status_code in (409, 422), start
    assert db.session.query(Appointment).count() == 0
    assert client.get("/book/999").status_code == 404


def test_no_page_asks_the_database_more_than_twelve_times(client: FlaskClient, office: Office) -> None:
    proof = office.describe(office.hold("2026-12-01 10:00"))
    manage = manage_token(office.book("2026-12-02 10:00"))
    asked: list[str] = []
    event.listen(db.engine, "before_cursor_execute", lambda *a: asked.append(a[2]))
    for path in (
        "/book",
        f"/book/{office.service.id}",
        f"/book/confirmation/{proof}",
        f"/appointments/{manage}",
        f"/appointments/{manage}/time",
    ):
        asked.clear()
        browse(client, path)
        assert len(asked) <= 12, (path, asked)


def test_short_credit_offers_to_buy_some_and_keeps_the_time(client: FlaskClient, office: Office) -> None:
    with transaction():
        insert_row(
            BillingTerms,
            customer_id=office.desk.exempel.id,
            policy="ask",
            limit_minor=0,
            payment_days=30,
            business=True,
            round_to_five=False,
        )
    proof = office.describe(office.hold("2026-12-01 10:00"), "ekonomi@exempel.example")
    path = f"/book/confirmation/{proof}"
    short = send(client, path, path, terms_id=str(office.terms.id), terms="yes")
    assert short.status_code == 409
    found = re.search(r'href="[^"]*(/credit/[^"]+)"', short.text)
    assert found
    browse(client, found[1])
    assert office.desk.tickets() == []
    assert db.session.query(Appointment).one().state == "hold"


def test_an_agent_offers_three_times_and_the_customer_takes_one(client: FlaskClient, office: Office) -> None:
    desk = office.desk
    desk.mail_in("Bonjour, la clôture ne fonctionne pas.", sender=f"Carla Compta <{CARLA}>")
    number = desk.ticket().id
    offer_times.offer(number, office.service.id, by=desk.actor(desk.anna), now=clock.now())
    links = re.findall(r"/book/offered/\S+", desk.mails_to(CARLA)[-1].body_text)
    assert len(links) == 3
    assert "CHF\u00a0500.00" in browse(client, links[0])
    assert client.head(links[0]).status_code == 200
    assert db.session.query(Appointment).count() == 0  # opening holds nothing
    for forged in (
        links[0][:-1],
        links[0].replace(f"/{number}-", f"/{number + 1}-"),
        "/book/offered/1-1-1-1-1.",
    ):
        assert client.get(forged).status_code == 404
    first = send(client, links[0], links[0]).location
    page = send(client, links[1], links[1]).location
    assert client.get(first).status_code == 404  # given up for the second
    assert send(client, page, page, terms_id=str(office.terms.id), terms="yes").status_code == 303
    [row] = db.session.query(Appointment).all()
    assert (row.ticket_id, row.state, row.agent_id) == (number, "confirmed", desk.anna.id)
    assert desk.ticket().label == "support"
    assert desk.credit("Muster SA") == chf(320)

"""What proves an agreement can be read, saved and doubted."""

from io import BytesIO

import pytest
from pypdf import PdfReader

from helpdesk.actions import offer_work
from helpdesk.core import clock
from helpdesk.core.actors import Actor
from helpdesk.core.money import chf
from tests.web.factories import an_objection
from tests.web.stage import french_ticket, link_of_the_last_offer, the_offer

pytestmark = pytest.mark.database("sqlite")


@pytest.fixture
def accepted(desk, stranger) -> str:
    """The link of an urgency offer that Carla accepted on the page."""
    number = french_ticket(desk)
    offer_work.offer_urgent(number, by=Actor("agent", desk.anna.id, "Anna"), now=clock.now())
    link = link_of_the_last_offer()
    stranger.post(f"{link}/acceptance", {"name": "Carla <b>Compta</b>"}, form_on=link)
    return link


def pdf(answer) -> str:
    assert answer.headers["Content-Type"] == "application/pdf"
    assert answer.headers["Content-Disposition"].startswith("attachment")
    return "\n".join(page.extract_text() for page in PdfReader(BytesIO(answer.data)).pages)


def test_the_card_says_who_when_how_and_that_nothing_was_touched(desk, anna, accepted):
    offer = the_offer()
    page = anna.page(f"/tickets/{offer.ticket_id}/offers/{offer.id}/evidence")
    for said in ("The seal is unbroken", "Carla &lt;b&gt;Compta", "On the page", offer.sha256, "127.0.0.1"):
        assert said in page
    assert anna.get(f"/tickets/{offer.ticket_id + 1}/offers/{offer.id}/evidence").status_code == 404


def test_the_card_as_pdf_is_in_the_readers_language(desk, anna, lea, accepted):
    offer = the_offer()
    path = f"/tickets/{offer.ticket_id}/offers/{offer.id}/evidence.pdf"
    english, german = pdf(anna.get(path)), pdf(lea.get(path))
    assert f"Evidence for offer {offer.number}" in english
    assert "127.0.0.1" in english
    assert f"Nachweis zum Angebot {offer.number}" in german
    assert " ".join(offer.text.split()) in " ".join(german.split())


def test_customers_keep_a_copy_without_what_is_ours(desk, stranger, accepted):
    text = pdf(stranger.get(f"{accepted}/evidence.pdf"))
    assert "Carla <b>Compta</b>" in text
    assert "127.0.0.1" not in text
    assert "Keep a copy as PDF" in stranger.page(f"{accepted}?lang=en")


def test_there_is_no_copy_before_an_answer(desk, stranger):
    offer_work.offer_urgent(french_ticket(desk), by=Actor("agent", desk.anna.id, "Anna"), now=clock.now())
    assert stranger.get(f"{link_of_the_last_offer()}/evidence.pdf").status_code == 404


def test_an_objection_stands_on_the_ticket_until_it_is_decided(desk, anna, accepted):
    number, objection = the_offer().ticket_id, an_objection(the_offer().id)
    assert "Nothing can be charged until you decide." in anna.page(f"/tickets/{number}")
    path = f"/tickets/{number}/objections/{objection}/decision"
    assert anna.post(path, {"decision": "cancel", "reason": " "}).status_code == 422
    assert desk.credit("Muster SA") == chf(300)
    assert anna.post(f"/tickets/{number + 1}/objections/{objection}/decision").status_code == 404
    anna.post(path, {"decision": "cancel", "reason": "It was a trainee"})
    assert desk.credit("Muster SA") == chf(500)
    page = anna.page(f"/tickets/{number}")
    assert "Nothing can be charged until you decide." not in page
    assert "Acceptance cancelled" in page


def test_the_surcharge_is_waived_with_a_reason(desk, anna, accepted):
    number = the_offer().ticket_id
    assert "Held, charged when the case is closed" in anna.page(f"/tickets/{number}")
    assert anna.post(f"/tickets/{number}/surcharge/waiver", {"reason": ""}).status_code == 422
    anna.post(f"/tickets/{number}/surcharge/waiver", {"reason": "Our server was down"})
    assert desk.credit("Muster SA") == chf(500)
    page = anna.page(f"/tickets/{number}")
    assert "Surcharge waived, nothing is charged" in page
    assert "Our server was down" in page
    assert anna.post(f"/tickets/{number}/surcharge/waiver", {"reason": "Twice"}).status_code == 409

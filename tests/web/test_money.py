"""What costs something: seen before it is saved, charged once, and only with the customer's word."""

import re

import pytest

from helpdesk.actions import answer_offer, offer_work
from helpdesk.billing.queries import work_of
from helpdesk.core import clock
from helpdesk.core.actors import Actor
from helpdesk.core.money import chf
from tests.web.stage import french_ticket, german_ticket, link_of_the_last_offer, the_offer

pytestmark = pytest.mark.database("sqlite")


@pytest.fixture
def agreed(desk) -> int:
    """A support ticket of Muster SA, who accepted up to an hour; CHF 500.00 of credit."""
    number = french_ticket(desk, label="support")
    by = Actor("agent", desk.anna.id, "Anna")
    offer = offer_work.offer_support(number, 60, by=by, now=clock.now())
    answer_offer.by_phone(offer, True, name="Carla Compta", words="Oui", by=by, now=clock.now())
    return number


def work(minutes: str = "38", key: str = "form-1", **more: str) -> dict[str, str]:
    return {"minutes": minutes, "activity": "support", "text": "Analysis", "key": key, **more}


def test_the_preview_says_what_the_minutes_cost_and_what_is_left(desk, anna, agreed):
    line = anna.page(f"/tickets/{agreed}/work/preview?minutes=38&activity=support")
    assert line == "charged 38 → 45 min → CHF\u00a0135.00 from credit, left CHF\u00a0365.00"


def test_without_a_script_a_button_shows_the_same_and_saves_nothing(desk, anna, agreed):
    answer = anna.post(f"/tickets/{agreed}/work", work(then="preview"))
    assert answer.status_code == 200
    assert "38 → 45 min → CHF\u00a0135.00 from credit, left CHF\u00a0365.00" in answer.text
    assert 'value="38"' in answer.text
    assert work_of(agreed) == []


def test_saving_charges_exactly_what_the_preview_said_and_once(desk, anna, agreed):
    for _ in range(2):
        assert anna.post(f"/tickets/{agreed}/work", work()).status_code == 303
    assert [entry.net_minor for entry in work_of(agreed)] == [13500]
    assert desk.credit("Muster SA") == chf(365)


def test_without_an_agreement_nothing_is_charged_and_the_page_says_why(desk, anna):
    number = french_ticket(desk, label="support")
    answer = anna.post(f"/tickets/{number}/work", work())
    assert answer.status_code == 409
    assert "The customer has not agreed to paid support yet." in answer.text
    assert "38 → 45 min would cost CHF\u00a0135.00." in answer.text
    assert 'value="38"' in answer.text
    assert desk.credit("Muster SA") == chf(500)
    preview = anna.page(f"/tickets/{number}/work/preview?minutes=38&activity=support")
    assert preview.startswith("no Not chargeable yet: the customer has not agreed.")


def test_goodwill_needs_a_reason_and_costs_nothing(desk, anna, agreed):
    anna.post(f"/tickets/{agreed}/work", work(waived_because="Our own mistake"))
    assert [(entry.billing, entry.reason) for entry in work_of(agreed)] == [("waived", "Our own mistake")]
    assert desk.credit("Muster SA") == chf(500)


@pytest.mark.parametrize(
    "minutes", ["", "0", "-5", "1.5", "1e3", "NaN", "１５", "99999999999", "1441", "abc"]
)
def test_minutes_are_whole_and_within_a_day(desk, anna, agreed, minutes):
    answer = anna.post(f"/tickets/{agreed}/work", work(minutes))
    assert answer.status_code == 422
    assert 'aria-invalid="true"' in answer.text
    assert work_of(agreed) == []
    line = anna.get(f"/tickets/{agreed}/work/preview", query_string={"minutes": minutes})
    assert line.text.startswith("no Write a whole number")


def test_an_activity_without_a_price_is_refused(desk, anna, agreed):
    assert anna.post(f"/tickets/{agreed}/work", work(activity="gift")).status_code == 422


def test_the_offer_page_shows_the_price_before_anything_is_sent(desk, anna):
    number = french_ticket(desk)
    urgent = anna.page(f"/tickets/{number}/offers/new?kind=urgent")
    assert "Send the offer of CHF\u00a0200.00" in urgent
    assert "30 minutes · CHF\u00a090.00" in anna.page(f"/tickets/{number}/offers/new?kind=support")


def test_an_offer_nobody_may_accept_is_not_sent(desk, anna):
    number = german_ticket(desk)
    answer = anna.post(f"/tickets/{number}/offers/urgent")
    assert answer.status_code == 409
    assert "Nobody of this customer may order this amount." in answer.text


def test_a_yes_on_the_phone_names_who_said_it(desk, anna):
    number = french_ticket(desk)
    anna.post(f"/tickets/{number}/offers/urgent")
    offer = the_offer()
    path = f"/tickets/{number}/offers/{offer.id}/phone-answer"
    assert anna.post(path, {"answer": "yes", "name": " "}).status_code == 422
    assert the_offer().state == "open"
    anna.post(path, {"answer": "yes", "name": "Carla Compta", "words": "Oui, allez-y"})
    assert the_offer().state == "accepted"
    assert "Carla Compta" in anna.page(f"/tickets/{number}")


def test_only_a_lead_adds_credit_and_the_same_payment_counts_once(desk, anna, lea):
    path = f"/customers/{desk.muster.id}/top-ups"
    assert anna.post(path, {"amount": "100", "reference": "R-7"}).status_code == 403
    for _ in range(2):
        lea.post(path, {"amount": "1'000.50", "reference": "R-7"})
    assert desk.credit("Muster SA") == chf("1500.50")
    assert "R-7" in lea.page(f"/customers/{desk.muster.id}")


@pytest.mark.parametrize("amount", ["-1", "0", "1e308", "0.005", "NaN", "1.234", "", "100 EUR"])
def test_amounts_that_are_unclear_are_refused(desk, lea, amount):
    path = f"/customers/{desk.muster.id}/top-ups"
    assert lea.post(path, {"amount": amount, "reference": "R-8"}).status_code == 422
    assert desk.credit("Muster SA") == chf(500)


@pytest.fixture
def link(desk) -> str:
    """The page of an offer of urgent handling, as the customer's mail links to it."""
    number = french_ticket(desk)
    offer_work.offer_urgent(number, by=Actor("agent", desk.anna.id, "Anna"), now=clock.now())
    return link_of_the_last_offer()


def test_opening_the_link_changes_nothing(desk, stranger, link):
    for _ in range(3):
        assert stranger.client.get(link).status_code == 200
        assert stranger.client.head(link).status_code == 200
        assert stranger.client.options(link).status_code == 200
    assert the_offer().state == "open"
    assert desk.credit("Muster SA") == chf(500)


def test_the_page_speaks_the_customers_language_and_names_the_amount(desk, stranger, link):
    assert '<html lang="fr"' in stranger.page(link)
    english = stranger.page(link + "?lang=en")
    assert "Accept CHF\u00a0216.20" in english
    assert "CHF\u00a0200.00" in english
    assert "Flat surcharge excl. VAT" in english


def test_a_person_accepts_once(desk, stranger, link):
    answer = stranger.post(f"{link}/acceptance", {"name": "Carla Compta"}, form_on=link)
    assert answer.status_code == 200
    assert the_offer().state == "accepted"
    assert desk.credit("Muster SA") == chf(300)
    again = stranger.post(f"{link}/acceptance", {"name": "Somebody Else"}, form_on="/sign-in")
    assert "Carla Compta" in again.text
    assert "Somebody Else" not in again.text
    assert desk.credit("Muster SA") == chf(300)


def test_a_person_declines_and_nothing_is_charged(desk, stranger, link):
    stranger.post(f"{link}/refusal", {"name": "Carla Compta", "reason": "Trop cher"}, form_on=link)
    assert the_offer().state == "declined"
    assert desk.credit("Muster SA") == chf(500)
    assert "Carla Compta" in stranger.page(link)


@pytest.mark.parametrize(
    "filled",
    [
        {},  # a scanner that sends the form as it is
        {"name": ""},
        {"name": " 12 "},
        {"name": "test", "website": "test", "reason": "test"},  # one that fills in every field
    ],
)
@pytest.mark.parametrize("act", ["acceptance", "refusal"])
def test_a_machine_that_sends_the_form_changes_nothing(desk, stranger, link, filled, act):
    answer = stranger.post(f"{link}/{act}", filled, form_on=link)
    assert answer.status_code == 422
    assert the_offer().state == "open"
    assert desk.credit("Muster SA") == chf(500)


def test_a_form_without_its_token_or_from_another_site_changes_nothing(desk, stranger, link):
    assert stranger.client.post(f"{link}/acceptance", data={"name": "Carla Compta"}).status_code == 400
    answer = stranger.post(
        f"{link}/acceptance", {"name": "Carla Compta"}, form_on=link, headers={"Sec-Fetch-Site": "cross-site"}
    )
    assert answer.status_code == 403
    assert the_offer().state == "open"


def test_the_price_in_the_form_does_not_matter(desk, stranger, link):
    stranger.post(f"{link}/acceptance", {"name": "Carla Compta", "net": "1", "net_minor": "1"}, form_on=link)
    assert desk.credit("Muster SA") == chf(300)


def test_an_expired_offer_says_so_and_takes_no_answer(desk, stranger, link):
    desk.clock.move(days=31)
    page = stranger.page(link + "?lang=en")
    assert "This offer was valid until" in page
    assert "<button" not in page
    stranger.post(f"{link}/acceptance", {"name": "Carla Compta"}, form_on="/sign-in")
    assert the_offer().state != "accepted"
    assert desk.credit("Muster SA") == chf(500)


def test_a_withdrawn_offer_says_so(desk, stranger, anna, link):
    offer = the_offer()
    anna.post(f"/tickets/{offer.ticket_id}/offers/{offer.id}/withdrawal")
    assert "This offer was withdrawn." in stranger.page(link + "?lang=en")


def test_above_a_thousand_francs_the_page_asks_again(desk, stranger):
    number = french_ticket(desk, label="support")
    offer_work.offer_support(number, 330, by=Actor("agent", desk.anna.id, "Anna"), now=clock.now())
    link = link_of_the_last_offer()
    first = stranger.post(
        f"{link}/acceptance", {"name": "Carla Compta"}, form_on=link, query_string={"lang": "en"}
    )
    assert "Yes, accept CHF\u00a01,070.19" in first.text
    assert the_offer().state == "open"
    stranger.post(f"{link}/acceptance", {"name": "Carla Compta", "confirmed": "yes"}, form_on=link)
    assert the_offer().state == "accepted"


@pytest.mark.settings(SMTP_URL="smtp://mail.example")
def test_agents_can_neither_read_the_customers_link_nor_accept_with_it(desk, anna, link):
    token = link.rpartition("/")[2]
    number = the_offer().ticket_id
    for path in (f"/tickets/{number}", "/outbox/1", "/outbox/1/html"):
        page = anna.page(path)
        assert token not in page, path
    assert re.search(r"/offers/…", anna.page("/outbox/1"))
    assert anna.post(f"{link}/acceptance", {"name": "Carla Compta"}).status_code == 403
    assert the_offer().state == "open"


def test_without_a_mail_server_whoever_tries_it_out_reads_the_link(desk, anna, link):
    assert link in anna.page("/outbox/1")

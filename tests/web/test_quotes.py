"""Writing, reading and accepting quotes on pages; hostile amounts and other people's quotes get nowhere."""

from io import BytesIO

import pytest
from pypdf import PdfReader

from helpdesk.actions import quote_work
from helpdesk.billing.quotes import by_id
from helpdesk.core import clock
from helpdesk.core.money import chf
from tests.web.stage import a_quote, french_ticket, german_ticket, link_of_the_last_offer, the_offer

pytestmark = pytest.mark.database("sqlite")

FORM = {
    "title": "Reprise des données",
    "language": "fr",
    "basis": "effort",
    "valid_days": "30",
    "terms": "",
    "text": ["Analyse", "Import", ""],
    "minutes": ["", "90", ""],
    "price": ["1'250.50", "", ""],
}


def test_a_quote_is_written_previewed_sent_and_listed(desk, anna):
    number = french_ticket(desk)
    made = anna.post(f"/tickets/{number}/quotes", FORM)
    assert made.status_code == 303
    page = anna.page(made.location)
    # As the customer reads it, in their language: 1250.50 and an hour and a half at 200.00.
    for said in ("Q-2026-0001 v1", "Analyse", "Import (90 minutes)", "CHF\u00a01’550.50", "TVA"):
        assert said in page, said
    assert the_offer() is None
    anna.post(made.location, {**FORM, "text": ["Analyse"], "minutes": [""], "price": ["400"]})
    anna.post(f"{made.location}/sending")
    assert (the_offer().state, the_offer().net) == ("open", chf(400))
    listed = anna.page("/quotes?state=sent")
    for said in ("Q-2026-0001 v1", "Muster SA", "CHF\u00a0400.00"):
        assert said in listed
    assert "Q-2026-0001" not in anna.page("/quotes?state=billed")


@pytest.mark.parametrize(
    "price",
    [
        "-1",
        "0",
        "0.00",
        "NaN",
        "Infinity",
        "1e308",
        "0.005",
        "1.234",
        "200,000",
        "99999999999",
        "abc",
        "１００",
    ],
)
def test_an_unclear_or_impossible_price_makes_no_quote(desk, anna, price):
    number = french_ticket(desk)
    answer = anna.post(f"/tickets/{number}/quotes", {**FORM, "price": [price, "", ""]})
    assert answer.status_code == 422
    assert 'href="#lines"' in answer.text
    assert "Analyse" in answer.text
    assert "Q-2026" not in anna.page("/quotes")


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("title", " "),
        ("language", "xx"),
        ("basis", "free"),
        ("valid_days", "0"),
        ("valid_days", "1e9"),
        ("minutes", ["-5", "", ""]),
        ("text", ["", "", ""]),
        ("price", ["", "", ""]),
    ],
)
def test_what_no_quote_can_hold_is_refused(desk, anna, field, value):
    answer = anna.post(f"/tickets/{french_ticket(desk)}/quotes", {**FORM, field: value})
    assert answer.status_code == 422


def test_a_sent_quote_cannot_be_edited_and_says_so(desk, anna):
    quote = a_quote(desk, french_ticket(desk))
    anna.post(f"/quotes/{quote}/sending")
    answer = anna.post(f"/quotes/{quote}", FORM)
    assert answer.status_code == 409
    assert "Make a new version to change it." in answer.text
    assert anna.post(f"/quotes/{quote}/sending").status_code == 409
    assert anna.post(f"/quotes/{quote}/completion").status_code == 409
    assert anna.post(f"/quotes/{quote}/nonsense").status_code == 404


def test_nobody_who_may_order_is_said_on_the_page(desk, anna):
    quote = a_quote(desk, german_ticket(desk))
    answer = anna.post(f"/quotes/{quote}/sending")
    assert answer.status_code == 409
    assert "Nobody of this customer may order this amount." in answer.text


@pytest.fixture
def link(desk) -> str:
    """The customer's page of a quote over CHF 600.00."""
    quote = a_quote(desk, french_ticket(desk), chf(600), basis="fixed")
    quote_work.send(quote, by=desk.actor(desk.anna), now=clock.now())
    return link_of_the_last_offer()


def test_the_customer_sees_lines_sums_and_what_follows(desk, stranger, link):
    page = stranger.page(f"{link}?lang=en")
    for said in (
        "Import des données",
        "CHF\u00a0600.00",
        "CHF\u00a048.60",
        "CHF\u00a0648.60",
        "Fixed price, excl. VAT",
        "The fixed price is charged when the work is done.",
        "we do not start. Nothing is charged.",
        "Accept CHF\u00a0648.60",
    ):
        assert said in page, said
    answer = stranger.get(f"{link}/quote.pdf")
    assert "Devis Q-2026-0001 v1" in PdfReader(BytesIO(answer.data)).pages[0].extract_text()
    assert the_offer().state == "open"


def test_the_customer_accepts_a_quote_on_the_page(desk, stranger, anna, link):
    stranger.post(f"{link}/acceptance", {"name": "Carla Compta"}, form_on=link)
    assert the_offer().state == "accepted"
    page = anna.page("/quotes/1")
    assert "The work is done" in page
    assert "Evidence" in page


def test_an_old_version_says_that_it_was_replaced(desk, stranger, anna, link):
    anna.post("/quotes/1/revision")
    anna.post("/quotes/2/sending")
    page = stranger.page(f"{link}?lang=en")
    assert "This offer was replaced by a newer one" in page
    assert "<button" not in page
    stranger.post(f"{link}/acceptance", {"name": "Carla Compta"}, form_on="/sign-in")
    assert {by_id(1).offer.state, by_id(2).offer.state} == {"superseded", "open"}


def test_the_paper_of_a_draft_is_what_would_be_sent(desk, anna):
    quote = a_quote(desk, french_ticket(desk))
    text = PdfReader(BytesIO(anna.get(f"/quotes/{quote}/quote.pdf").data)).pages[0].extract_text()
    for said in ("Devis Q-2026-0001 v1", "Muster SA", "CHF 432.40", "Conditions"):
        assert said in " ".join(text.split()).replace("\u00a0", " "), said

"""Mail scanners open links and press buttons; none of that is anybody's consent (B5, reliability rule 6)."""

import pytest
from sqlalchemy import func, select

from helpdesk.actions import offer_work, quote_work
from helpdesk.billing.models import Offer, OfferAnswer, Transfer
from helpdesk.core import clock
from helpdesk.core.money import chf
from helpdesk.db import db
from tests.web.scanner import Scanner
from tests.web.stage import a_quote, french_ticket, link_of_the_last_offer

pytestmark = pytest.mark.database("sqlite")


def an_urgent_offer(desk) -> str:
    offer_work.offer_urgent(french_ticket(desk), by=desk.actor(desk.anna), now=clock.now())
    return link_of_the_last_offer()


def an_offer_above_a_thousand(desk) -> str:
    offer_work.offer_support(
        french_ticket(desk, label="support"), 300, by=desk.actor(desk.anna), now=clock.now()
    )
    return link_of_the_last_offer()


def a_sent_quote(desk) -> str:
    quote_work.send(a_quote(desk, french_ticket(desk)), by=desk.actor(desk.anna), now=clock.now())
    return link_of_the_last_offer()


OFFERS = [an_urgent_offer, an_offer_above_a_thousand, a_sent_quote]


def standing(desk) -> tuple[object, ...]:
    """What a consent would change."""
    count = [db.session.scalar(select(func.count()).select_from(model)) for model in (OfferAnswer, Transfer)]
    return (*db.session.scalars(select(Offer.state)), *count, desk.credit("Muster SA"), len(desk.outbox()))


@pytest.mark.parametrize("offer", OFFERS)
@pytest.mark.parametrize("fill", ["", "test", "scanner@security.example"])
def test_a_scanner_that_opens_and_presses_everything_changes_nothing(desk, stranger, offer, fill):
    link = offer(desk)
    before = standing(desk)
    scanner = Scanner(stranger, fill=fill)
    for each in (link, f"{link}?lang=en", f"{link}?lang=de"):
        scanner.scan(each)
    assert standing(desk) == before
    assert before[0] == "open"
    assert before[-2] == chf(500)
    # It really pressed: accept and decline, in each of the languages that the page links to.
    assert scanner.pressed >= 16


@pytest.mark.parametrize("offer", OFFERS)
@pytest.mark.parametrize("name", ["John Smith", "scanner@security.example", "Test Test"])
def test_a_scanner_that_fills_in_only_what_people_see_knows_nobody(desk, stranger, offer, name):
    link = offer(desk)
    before = standing(desk)
    scanner = Scanner(stranger, fill=name, sees=frozenset({"name", "reason", "code"}))
    scanner.scan(link)
    assert standing(desk) == before
    assert scanner.pressed >= 4


def test_a_deputy_whom_we_do_not_know_has_the_code_from_the_mail(desk, stranger):
    link = an_urgent_offer(desk)
    [mail] = [mail for mail in desk.outbox() if mail.key.startswith("offer:")]
    code = mail.body_text.split("/offers/")[0].split()[-2]
    answer = stranger.post(f"{link}/acceptance", {"name": "Denise Député"}, form_on=link)
    assert (answer.status_code, 'name="code"' in answer.text) == (422, True)
    wrong = {"name": "Denise Député", "code": "AAAA-AAAA"}
    assert stranger.post(f"{link}/acceptance", wrong, form_on=link).status_code == 422
    assert desk.credit("Muster SA") == chf(500)
    stranger.post(f"{link}/acceptance", {"name": "Denise Député", "code": code.lower()}, form_on=link)
    assert desk.credit("Muster SA") == chf(300)


def test_the_scanner_is_no_blunt_tool(desk, stranger):
    """The same machine with a person's name in the one field would accept: what it lacks is the person."""
    link = an_urgent_offer(desk)
    scanner = Scanner(stranger)
    page = stranger.page(link)
    assert 'name="name"' in page
    stranger.post(f"{link}/acceptance", {"name": "Carla Compta"}, form_on=link)
    assert desk.credit("Muster SA") == chf(300)
    before = standing(desk)
    scanner.scan(link)
    assert standing(desk) == before

"""A customer's own price, their plan's, and what they pay of the VAT are said wherever a price is said."""

from datetime import date

import pytest

from helpdesk.actions import manage_credit, manage_prices, offer_work, quote_work
from helpdesk.billing.estimate import estimate_support
from helpdesk.billing.models import Offer
from helpdesk.core.money import Money, chf
from helpdesk.customers.models import Customer
from helpdesk.db import db
from tests.support.desk import Desk
from tests.web.stage import french_ticket

TODAY = date(2026, 11, 25)


def price(desk: Desk, code: str, scope: str, amount: Money) -> None:
    manage_prices.add_price(code, scope, amount, TODAY, by=desk.actor(desk.lea), now=desk.clock.now)


def offered(desk: Desk, minutes: int | None, number: int) -> Offer:
    by = desk.actor(desk.anna)
    if minutes is None:
        made = offer_work.offer_urgent(number, by=by, now=desk.clock.now)
    else:
        made = offer_work.offer_support(number, minutes, by=by, now=desk.clock.now)
    return db.session.get_one(Offer, made)


def test_offers_estimates_and_quotes_use_the_plans_price_and_the_customers_before_it(desk: Desk) -> None:
    number = french_ticket(desk, label="support")
    price(desk, "support", "plan:business", chf(160))
    assert offered(desk, 30, number).net == chf(80)
    assert estimate_support(desk.muster.id, TODAY, plan="business").net == chf(80)
    for code, hourly in (("support", chf(120)), ("development", chf(100)), ("surcharge", chf(150))):
        price(desk, code, f"customer:{desk.muster.id}", hourly)
    assert offered(desk, 30, number).net == chf(60)
    assert estimate_support(desk.muster.id, TODAY, plan="business").net == chf(60)
    assert offered(desk, None, number).net == chf(150)
    assert quote_work.hourly(desk.muster.id, desk.clock.now).amount == chf(25)
    # Nobody else's price moved.
    assert estimate_support(desk.beispiel.id, TODAY).net == chf(90)


def test_the_first_answer_says_the_customers_own_price(desk: Desk) -> None:
    price(desk, "support", f"customer:{desk.muster.id}", chf(120))
    desk.mail_in("Bonjour,\n\nJ'obtiens une erreur lorsque j'importe le fichier ci-joint.")
    [answer] = desk.mails_to("compta@muster.example")
    assert "CHF\u00a060.00" in answer.body_text
    assert "90.00" not in answer.body_text


@pytest.mark.parametrize(("business", "vat_bp"), [(True, 0), (False, 810)])
def test_a_business_abroad_pays_no_swiss_vat_and_a_person_there_does(
    desk: Desk, business: bool, vat_bp: int
) -> None:
    terms = {"policy": "invoice", "limit": chf(500), "payment_days": "30", "round_to_five": False}
    manage_credit.set_terms(
        desk.exempel.id, business=business, by=desk.actor(desk.lea), now=desk.clock.now, **terms
    )  # type: ignore[arg-type]
    desk.mail_in("Hej! Importen av lönefilen kraschar.", sender="ekonomi@exempel.example")
    offer = offered(desk, 30, desk.ticket().id)
    assert offer.vat_bp == vat_bp
    assert ("0\u00a0%" in offer.text) is False
    if not vat_bp:
        assert "90,00\u00a0CHF exkl. moms (ingen schweizisk moms tillkommer)" in offer.text


def test_whoever_is_asked_in_switzerland_reads_both_figures(desk: Desk) -> None:
    assert db.session.get_one(Customer, desk.muster.id).country == "CH"
    text = offered(desk, 30, french_ticket(desk, label="support")).text
    assert "CHF\u00a090.00 hors TVA (CHF\u00a097.29 avec 8,1\u00a0% de TVA)" in text

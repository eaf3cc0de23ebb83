"""Product rule 4: CHF 200 more, only after a clear yes of somebody who may order; silence costs nothing."""

from datetime import timedelta

import pytest

from helpdesk.actions import answer_offer, manage_tickets, offer_work
from helpdesk.actions.expire_offers import expire_offers
from helpdesk.billing.models import Offer, OfferAnswer
from helpdesk.billing.queries import credit_of
from helpdesk.core.errors import Conflict, InvalidInput
from helpdesk.core.money import chf
from helpdesk.db import db
from helpdesk.i18n import amount, speaking
from helpdesk.mail.models import OutgoingMail
from tests.support.desk import Desk

URGENT_FR = (
    "Bonjour,\n\nC'est urgent : nous ne pouvons plus facturer, merci de vous en occuper immédiatement."
)
URGENT_SV = "Hej,\n\nDet är akut, vi kan inte fakturera. Kan ni hjälpa oss omedelbart?"
URGENT_DE = "Guten Tag\n\nEs ist dringend: Wir können keine Rechnungen mehr erstellen. Bitte sofort helfen."


def asked(desk: Desk, text: str = URGENT_FR, **parts: str) -> OutgoingMail:
    """A customer asks for urgent handling; the offer that follows."""
    desk.mail_in(text, subject=parts.pop("subject", "Facturation"), **parts)
    return next(mail for mail in desk.outbox() if mail.key.startswith("offer:"))


def token_of(offer: OutgoingMail) -> str:
    return offer.body_text.split("/offers/")[1].split()[0]


def code_of(desk: Desk, offer: OutgoingMail) -> str:
    [row] = db.session.scalars(db.select(Offer))
    return offer_work.code_for(row, offer.to_address)


def held(desk: Desk) -> object:
    standing = credit_of(desk.muster.id)
    assert standing is not None
    return standing.held


def test_an_urgent_request_costs_nothing_until_the_customer_says_yes(desk: Desk) -> None:
    offer = asked(desk)
    with speaking("fr"):
        assert amount(chf(200)) in offer.body_text
        assert amount(chf("216.20")) in offer.body_text
    assert desk.credit("Muster SA") == chf(500)
    assert desk.ticket().priority != 0
    desk.reply(offer, "D'accord, merci de commencer tout de suite.")
    ticket = desk.ticket()
    assert (ticket.priority, ticket.urgent_since) == (0, desk.clock.now)
    assert desk.credit("Muster SA") == chf(300)
    assert held(desk) == chf(200)
    assert ticket.due_at is not None
    assert ticket.due_at <= desk.clock.now + timedelta(hours=2)
    assert "offer_accepted" in desk.history()


@pytest.mark.parametrize(
    ("text", "sender", "language"),
    [
        (URGENT_FR, "Carla Compta <compta@muster.example>", "fr"),
        (URGENT_SV, "Erik Ekonomi <ekonomi@exempel.example>", "sv"),
    ],
)
def test_the_offer_is_in_the_customers_language(desk: Desk, text: str, sender: str, language: str) -> None:
    assert asked(desk, text, sender=sender).language == language


def test_nobody_who_may_order_means_no_offer_and_an_agent_sees_why(desk: Desk) -> None:
    desk.mail_in(URGENT_DE, sender="Ina Info <info@beispiel.example>")
    assert [mail.key for mail in desk.outbox() if mail.key.startswith("offer:")] == []
    assert "nobody_may_order" in desk.history()
    assert desk.ticket().urgent_asked


def test_silence_is_no_and_the_offer_ends_by_itself(desk: Desk) -> None:
    asked(desk)
    desk.clock.move(days=31)
    assert expire_offers(desk.clock.now) == 1
    assert expire_offers(desk.clock.now) == 0
    assert desk.ticket().offer_open is False
    assert desk.credit("Muster SA") == chf(500)


@pytest.mark.parametrize(
    "text",
    [
        "Oui, mais pas plus de CHF 100.",
        "Non merci, pas d'accord.",
        "Combien cela coûte-t-il ?",
        "Merci.",
        "Je ne suis pas d'accord avec ce supplément.",
        "> Oui, j'accepte",
    ],
)
def test_anything_but_a_clear_yes_charges_nothing(desk: Desk, text: str) -> None:
    offer = asked(desk)
    desk.reply(offer, text)
    assert desk.credit("Muster SA") == chf(500)
    assert desk.ticket().priority != 0


def test_a_yes_that_nobody_vouches_for_is_asked_for_once_more_and_the_code_settles_it(desk: Desk) -> None:
    offer = asked(desk)
    desk.reply(offer, "D'accord.", authenticated=False)
    assert desk.credit("Muster SA") == chf(500)
    desk.reply(offer, "Oui, d'accord.", authenticated=False)
    asked_again = [mail for mail in desk.outbox() if mail.key.startswith("offer-confirm:")]
    assert len(asked_again) == 1
    desk.reply(offer, f"Oui, j'accepte {code_of(desk, offer)}", authenticated=False)
    assert desk.credit("Muster SA") == chf(300)


def test_a_forged_header_below_ours_proves_nothing(desk: Desk) -> None:
    offer = asked(desk)
    desk.reply(
        offer,
        "D'accord.",
        authenticated=False,
        headers={"Authentication-Results": "mx.evil.example; dmarc=pass header.from=muster.example"},
    )
    assert desk.credit("Muster SA") == chf(500)


def test_our_offer_quoted_without_any_mark_is_not_the_customers_yes(desk: Desk) -> None:
    offer = asked(desk)
    desk.reply(offer, f"C'est quoi ?\n\n{offer.body_text}")
    assert desk.credit("Muster SA") == chf(500)


def test_the_same_yes_twice_is_one_surcharge(desk: Desk) -> None:
    offer = asked(desk)
    desk.reply(offer, "D'accord.")
    desk.reply(offer, "Oui, d'accord.")
    answer_offer.by_page(
        token_of(offer), True, name="Carla", ip="192.0.2.1", user_agent="test", now=desk.clock.now
    )
    assert desk.credit("Muster SA") == chf(300)
    assert len(list(db.session.scalars(db.select(OfferAnswer)))) == 1


def test_looking_at_the_page_accepts_nothing_and_the_button_does(desk: Desk) -> None:
    offer = asked(desk)
    for _ in range(3):
        assert answer_offer.see(token_of(offer), desk.clock.now).state == "open"
    assert desk.credit("Muster SA") == chf(500)
    with pytest.raises(InvalidInput):
        answer_offer.by_page(token_of(offer), True, name=" ", ip="", user_agent="", now=desk.clock.now)
    view = answer_offer.by_page(
        token_of(offer), True, name="Carla Compta", ip="192.0.2.1", user_agent="test", now=desk.clock.now
    )
    assert view.state == "accepted"
    assert desk.credit("Muster SA") == chf(300)


def test_after_the_deadline_a_yes_comes_too_late(desk: Desk) -> None:
    offer = asked(desk)
    desk.clock.move(days=31)
    with pytest.raises(Conflict):
        answer_offer.by_page(token_of(offer), True, name="Carla", ip="", user_agent="", now=desk.clock.now)
    assert desk.credit("Muster SA") == chf(500)


def test_declining_charges_nothing_and_is_on_record(desk: Desk) -> None:
    offer = asked(desk)
    answer_offer.by_page(token_of(offer), False, name="Carla", ip="", user_agent="", now=desk.clock.now)
    assert desk.credit("Muster SA") == chf(500)
    assert "offer_declined" in desk.history()
    assert desk.ticket().status == "open"


def test_everybody_who_may_order_hears_of_a_yes(desk: Desk) -> None:
    offer = asked(desk)
    desk.reply(offer, "D'accord.")
    [told] = [mail for mail in desk.outbox() if mail.key.startswith("offer-accepted:")]
    assert told.to_address == "compta@muster.example"
    with speaking("fr"):
        assert amount(chf("216.20")) in told.body_text


def test_the_held_surcharge_is_charged_once_when_the_case_is_done(desk: Desk) -> None:
    offer = asked(desk)
    desk.reply(offer, "D'accord.")
    number, by = desk.ticket().id, desk.actor(desk.anna)
    for _ in range(2):
        manage_tickets.close(number, by=by, now=desk.clock.now)
        manage_tickets.reopen(number, by=by, now=desk.clock.now)
    assert held(desk) == chf(0)
    assert desk.credit("Muster SA") == chf(300)

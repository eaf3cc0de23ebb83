"""Why a ticket is free or paid, said in full; an agent's word on it; and the free minutes."""

import pytest

from helpdesk.actions import publish_rules
from helpdesk.core import clock
from helpdesk.core.money import chf
from helpdesk.db import db
from helpdesk.triage.models import Correction, StoredVerdict

pytestmark = pytest.mark.database("sqlite")

FRENCH = "Bonjour,\n\nOù se trouve la liste des clients ?\n\nCordialement"
PAID = "Bonjour,\n\nJ'obtiens un message d'erreur lors de l'import du fichier joint.\n\nCordialement"


@pytest.fixture
def rules(desk):
    publish_rules.seed_rules(clock.now())


def corrections():
    db.session.rollback()
    return db.session.query(Correction).order_by(Correction.id).all()


def test_the_page_tells_what_led_to_the_class_and_what_follows(desk, rules, anna):
    desk.mail_in(PAID, subject="Import")

    page = anna.page(f"/tickets/{desk.ticket().id}/why")

    assert '<mark class="for-support">' in page
    assert "Judged by version 1 of the rules" in page
    assert "CHF\u00a090.00 excl. VAT; nothing is charged before the customer accepts" in page
    assert "a subscription is in force" in page
    assert "Answer promised:" in page
    assert '<p lang="fr">' in page
    assert desk.credit("Muster SA") == chf(500)


def test_one_click_says_right_and_is_kept_with_what_the_rules_said(desk, rules, anna):
    desk.mail_in(FRENCH, subject="Liste")
    number = desk.ticket().id

    anna.post(f"/tickets/{number}/correction", {"field": "label", "value": "hotline"})

    [word] = corrections()
    stored = db.session.query(StoredVerdict).one()
    assert (word.field, word.after, word.engine) == ("label", "hotline", "hotline")
    assert word.ruleset_version == stored.ruleset_version
    assert desk.ticket().label_source == "agent"


def test_an_agents_word_outranks_every_later_verdict(desk, rules, anna):
    desk.mail_in(FRENCH, subject="Liste")
    number = desk.ticket().id
    anna.post(f"/tickets/{number}/correction", {"field": "label", "value": "support", "reason": "Big"})
    [ack] = desk.mails_to("compta@muster.example")

    desk.reply(ack, "Merci, et où se trouve la liste des articles ?")

    assert (desk.ticket().label, desk.ticket().label_source) == ("support", "agent")
    assert len(db.session.query(StoredVerdict).all()) == 2


@pytest.mark.settings(BLIND_PERCENT="20")
def test_a_few_sure_ones_are_decided_by_a_person_who_sees_no_proposal(desk, rules, anna):
    for n in range(60):
        desk.mail_in(f"Où se trouve la liste {n} ?", subject=f"Liste {n}", headers={"X-Nr": str(n)})
    db.session.rollback()
    blind = [v for v in db.session.query(StoredVerdict).all() if v.blind]
    assert 0 < len(blind) < 40
    number = blind[0].ticket_id
    ticket = desk.ticket(number)

    page = anna.page(f"/tickets/{number}")

    assert ticket.label is None
    assert blind[0].label == "hotline"
    assert "you decide without seeing what they propose" in page
    assert "where_something_is" not in page
    assert "<mark" not in page
    assert anna.get(f"/tickets/{number}/why").status_code == 404
    anna.post(f"/tickets/{number}/correction", {"field": "label", "value": "hotline"})
    assert "where_something_is" in anna.page(f"/tickets/{number}/why")
    assert corrections()[-1].engine == "hotline"


def test_no_subscription_no_free_hotline_and_the_customer_reads_how_to_get_one(desk, rules, anna):
    db.session.execute(db.text("DELETE FROM subscription"))
    db.session.commit()

    desk.mail_in(FRENCH, subject="Liste")

    page = anna.page(f"/tickets/{desk.ticket().id}/why")
    assert "Without a subscription there is no free hotline" in page
    [ack] = desk.mails_to("compta@muster.example")
    assert "abonnement" in ack.body_text


def test_the_customer_is_asked_when_the_free_minutes_are_over(desk, rules, anna):
    desk.mail_in(FRENCH, subject="Liste")
    number = desk.ticket().id
    work = {"minutes": "10", "activity": "support", "key": "box", "text": "Aide"}
    anna.post(f"/tickets/{number}/work", work)

    page = anna.page(f"/tickets/{number}")
    assert "10 of 10 free minutes" in page
    assert "The free minutes of this case are used up" in page
    anna.post(f"/tickets/{number}/offers/support", {"minutes": "15"})

    assert desk.ticket().label == "hotline"
    offer = desk.mails_to("compta@muster.example")[-1]
    assert "Sont gratuites, par exemple" in offer.body_text
    assert desk.ticket().waiting_for == "acceptance"
    assert desk.credit("Muster SA") == chf(500)

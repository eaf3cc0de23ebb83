"""A customer's mail that an agent forwards is the customer's ticket, and nobody can have us write by forging it."""

import pytest

from helpdesk.db import db, transaction
from tests.support.desk import Desk
from tests.support.letters import passed

ANNA = "Anna Agent <anna@helpdesk.example>"
FORWARDS = {
    "WG: Export": (
        "Kannst du das nehmen?\n\n-----Ursprüngliche Nachricht-----\nVon: Ina Info <info@beispiel.example>\n"
        "Gesendet: Mittwoch, 25. November 2026 09:12\nAn: Anna Agent <anna@helpdesk.example>\n"
        "Betreff: Export\n\nGuten Tag, wo finde ich den Export der Belege?\n"
    ),
    "TR : Export": (
        "-----Message d'origine-----\nDe : Ina Info <info@beispiel.example>\n"
        "Envoyé : mercredi 25 novembre 2026 09:12\nÀ : Anna Agent\nObjet : Export\n\n"
        "Bonjour, où est l'export ?\n"
    ),
    "VB: Export": (
        "-----Ursprungligt meddelande-----\nFrån: Ina Info <info@beispiel.example>\n"
        "Skickat: den 25 november 2026 09:12\nTill: Anna Agent\nÄmne: Export\n\nHej, var finns exporten?\n"
    ),
    "Fwd: Export": (
        "---------- Forwarded message ---------\nFrom: Ina Info <info@beispiel.example>\n"
        "Date: Wed, Nov 25, 2026 at 9:12 AM\nSubject: Export\nTo: <anna@helpdesk.example>\n\n"
        "Hello, where is the export?\n"
    ),
}


@pytest.mark.parametrize("subject", FORWARDS)
def test_the_ticket_is_the_customers_with_a_note_who_passed_it_on(desk: Desk, subject: str) -> None:
    desk.mail_in(FORWARDS[subject], sender=ANNA, subject=subject, headers=passed(ANNA))
    ticket = desk.ticket()
    assert (ticket.customer_id, ticket.subject) == (desk.beispiel.id, "Export")
    [ours] = desk.mails_to("info@beispiel.example")
    assert f"#{ticket.id}" in ours.subject
    assert desk.mails_to("anna@helpdesk.example") == []
    message = desk.messages()[0]
    assert (message.threading["reason"], message.threading["by"]) == ("passed_on", "Anna Agent")
    assert message.from_address == "anna@helpdesk.example"
    desk.reply(ours, "Danke!")
    assert len(desk.tickets()) == 1


def test_who_only_claims_to_be_our_agent_makes_us_write_to_nobody(desk: Desk) -> None:
    desk.mail_in(FORWARDS["WG: Export"], sender=ANNA, subject="WG: Export")
    assert desk.outbox() == []
    assert desk.ticket().customer_id == desk.beispiel.id
    assert desk.messages()[0].threading["proven"] is False
    step = desk.raw_mails()[0].path[-2]
    assert (step["step"], step["why"]) == ("not_acknowledged", "forward_unproven")


def test_a_customer_who_forwards_something_asks_for_themselves(desk: Desk) -> None:
    desk.mail_in(FORWARDS["WG: Export"], subject="WG: Export")
    assert desk.ticket().customer_id == desk.muster.id


def test_an_agents_own_question_is_their_own(desk: Desk) -> None:
    desk.mail_in("Wer macht das?", sender=ANNA, subject="Frage", headers=passed(ANNA))
    assert desk.messages()[0].threading["reason"] == "no_thread"


def test_a_mail_between_our_own_people_is_nobody_elses(desk: Desk) -> None:
    text = FORWARDS["WG: Export"].replace("info@beispiel.example", "lea@helpdesk.example")
    desk.mail_in(text, sender=ANNA, subject="WG: Export", headers=passed(ANNA))
    assert desk.messages()[0].threading["reason"] == "no_thread"


def test_somebody_who_has_left_passes_nothing_on(desk: Desk) -> None:
    with transaction():
        db.session.merge(desk.anna).deactivated_at = desk.clock.now
    desk.mail_in(FORWARDS["WG: Export"], sender=ANNA, subject="WG: Export", headers=passed(ANNA))
    assert desk.messages()[0].threading["reason"] == "no_thread"

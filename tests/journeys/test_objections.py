"""A yes that was none comes to light at once, stops what costs, and a person decides (B5)."""

import pytest

from helpdesk.actions import manage_tickets, object_to_acceptance, waive_surcharge
from helpdesk.billing.evidence_models import Objection
from helpdesk.billing.ledger_check import check_ledger
from helpdesk.core.errors import Conflict, NotAllowedYet
from helpdesk.core.money import chf
from helpdesk.db import db
from helpdesk.mail.models import OutgoingMail
from tests.journeys.test_urgent import asked, held
from tests.support.builders import a_contact
from tests.support.desk import Desk


@pytest.fixture
def confirmed(desk: Desk) -> Desk:
    """Carla accepted urgent handling; her chief has the order right as well."""
    a_contact(desk.muster, "chef@muster.example", name="Claude Chef", limit=chf(5000))
    desk.reply(asked(desk), "D'accord, merci de commencer tout de suite.")
    return desk


def confirmation(desk: Desk, address: str) -> OutgoingMail:
    return next(mail for mail in desk.mails_to(address) if mail.key.startswith("offer-accepted:"))


def objection() -> int:
    return db.session.scalars(db.select(Objection.id)).one()


def test_everybody_with_the_order_right_is_told_with_the_seal(confirmed: Desk) -> None:
    for address in ("compta@muster.example", "chef@muster.example"):
        assert "Carla Compta" in confirmation(confirmed, address).body_text
        assert "Sceau" in confirmation(confirmed, address).body_text


@pytest.mark.parametrize("address", ["compta@muster.example", "chef@muster.example"])
def test_a_denial_freezes_the_acceptance_and_an_agent_cancels_it(confirmed: Desk, address: str) -> None:
    desk = confirmed
    desk.reply(confirmation(desk, address), "C'est une erreur, nous n'avons rien accepté.")
    assert "acceptance_objected" in desk.history()
    assert len(desk.tickets()) == 1
    assert held(desk) == chf(200)
    with pytest.raises(NotAllowedYet):
        manage_tickets.close(desk.ticket().id, by=desk.actor(desk.anna), now=desk.clock.now)
    [answer] = [mail for mail in desk.mails_to(address) if mail.key.startswith("objection-received:")]
    assert answer.language == "fr"
    by = desk.actor(desk.anna)
    object_to_acceptance.decide(objection(), stands=False, reason="Not theirs", by=by, now=desk.clock.now)
    assert desk.credit("Muster SA") == chf(500)
    ticket = desk.ticket()
    assert (ticket.priority, ticket.urgent_since) == (2, None)
    assert ticket.due_at.hour == 16  # the same day at closing time, as all others
    assert "acceptance_cancelled" in desk.history()
    assert [mail.key.split(":")[0] for mail in desk.mails_to("chef@muster.example")].count(
        "acceptance-cancelled"
    ) == 1
    manage_tickets.close(ticket.id, by=by, now=desk.clock.now)
    assert desk.credit("Muster SA") == chf(500)
    assert check_ledger() == []


def test_a_denial_that_turns_out_wrong_lets_everything_stand(confirmed: Desk) -> None:
    desk = confirmed
    desk.reply(confirmation(desk, "compta@muster.example"), "Faux")
    by = desk.actor(desk.anna)
    object_to_acceptance.decide(objection(), stands=True, reason="Called", by=by, now=desk.clock.now)
    assert desk.ticket().priority == 0
    manage_tickets.close(desk.ticket().id, by=by, now=desk.clock.now)
    assert (held(desk), desk.credit("Muster SA")) == (chf(0), chf(300))
    with pytest.raises(Conflict):
        object_to_acceptance.decide(objection(), stands=False, reason="Late", by=by, now=desk.clock.now)


def test_a_second_denial_changes_nothing_more(confirmed: Desk) -> None:
    desk = confirmed
    for _ in range(2):
        desk.reply(confirmation(desk, "compta@muster.example"), "C'est faux")
    assert desk.history().count("acceptance_objected") == 1


def test_a_denial_after_a_day_is_a_message_like_any_other(confirmed: Desk) -> None:
    confirmed.clock.move(hours=24)
    confirmed.reply(confirmation(confirmed, "compta@muster.example"), "Erreur")
    assert "acceptance_objected" not in confirmed.history()
    assert "customer_replied" in confirmed.history()


def test_thanks_for_the_confirmation_freeze_nothing(confirmed: Desk) -> None:
    confirmed.reply(confirmation(confirmed, "compta@muster.example"), "Merci beaucoup.")
    assert "acceptance_objected" not in confirmed.history()


def test_a_stranger_cannot_deny_for_others(confirmed: Desk) -> None:
    mail = confirmation(confirmed, "compta@muster.example")
    raw = confirmed.answer(mail, "C'est faux", sender="Max <max@elsewhere.example>")
    confirmed.mail_in(raw, envelope_to=[mail.reply_to])
    assert "acceptance_objected" not in confirmed.history()
    assert len(confirmed.tickets()) == 2


def test_the_team_is_told_of_accepted_urgency_or_the_one_who_has_the_case(desk: Desk) -> None:
    offer = asked(desk)
    desk.reply(offer, "D'accord.")
    told = [mail.to_address for mail in desk.outbox() if mail.key.startswith("agent-urgent:")]
    assert told == ["adam@helpdesk.example", "anna@helpdesk.example", "lea@helpdesk.example"]


def test_the_assigned_specialist_alone_is_told(desk: Desk) -> None:
    offer = asked(desk)
    number = desk.ticket().id
    manage_tickets.assign(number, desk.lea.id, by=desk.actor(desk.anna), now=desk.clock.now)
    desk.reply(offer, "D'accord.")
    [mail] = [mail for mail in desk.outbox() if mail.key.startswith("agent-urgent:")]
    assert (mail.to_address, mail.language) == ("lea@helpdesk.example", "de")
    assert f"/tickets/{number}" in mail.body_text
    assert all(message.outgoing_mail_id != mail.id for message in desk.messages(number))


def test_a_waiver_returns_the_money_tells_the_customer_and_leaves_the_case_urgent(confirmed: Desk) -> None:
    desk = confirmed
    number, by = desk.ticket().id, desk.actor(desk.anna)
    waive_surcharge.waive(number, reason="Our own fault", by=by, now=desk.clock.now)
    assert desk.credit("Muster SA") == chf(500)
    assert desk.ticket().priority == 0
    assert "surcharge_waived" in desk.history()
    assert [m.key for m in desk.outbox() if m.key.startswith("surcharge-waived:")]
    with pytest.raises(Conflict):
        waive_surcharge.waive(number, reason="Again", by=by, now=desk.clock.now)
    manage_tickets.close(number, by=by, now=desk.clock.now)
    assert desk.credit("Muster SA") == chf(500)


def test_a_charged_surcharge_is_booked_back(confirmed: Desk) -> None:
    desk = confirmed
    number, by = desk.ticket().id, desk.actor(desk.anna)
    manage_tickets.close(number, by=by, now=desk.clock.now)
    assert desk.credit("Muster SA") == chf(300)
    waive_surcharge.waive(number, reason="It was our server", by=by, now=desk.clock.now)
    assert desk.credit("Muster SA") == chf(500)
    assert check_ledger() == []


def test_who_declines_gets_it_in_writing(desk: Desk) -> None:
    desk.reply(asked(desk), "Non merci")
    [mail] = [mail for mail in desk.outbox() if mail.key.startswith("offer-declined:")]
    assert (mail.to_address, mail.language) == ("compta@muster.example", "fr")

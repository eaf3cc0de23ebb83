"""Paid work: agreed first, shown before it is saved, charged once, to the Rappen (B3, B4)."""

from datetime import date

import pytest

from helpdesk.actions import answer_offer, charge_work, offer_work, triage_ticket
from helpdesk.billing.models import StandingAuthorisation, WorkEntry
from helpdesk.core.errors import NotAllowedYet
from helpdesk.core.money import chf
from helpdesk.db import db, transaction
from tests.support.desk import Desk

ERROR_FR = "Bonjour,\n\nJ'obtiens une erreur lorsque j'importe le fichier ci-joint."


def log(desk: Desk, minutes: int, key: str = "form-1") -> int:
    return charge_work.log_work(
        desk.ticket().id,
        minutes,
        "support",
        text="Import vérifié",
        key=key,
        by=desk.actor(desk.anna),
        now=desk.clock.now,
    )


def authorise(desk: Desk) -> None:
    with transaction():
        db.session.add(
            StandingAuthorisation(
                customer_id=desk.muster.id,
                amount_minor=20_000,
                currency="CHF",
                valid_from=date(2026, 1, 1),
                reference="Contract 7, page 2",
                granted_by="Carla Compta",
                created_at=desk.clock.now,
            )
        )


def test_thirty_eight_minutes_are_forty_five_and_cost_135(desk: Desk) -> None:
    desk.mail_in(ERROR_FR)
    authorise(desk)
    seen = charge_work.preview(desk.ticket().id, 38, "support", now=desk.clock.now)
    assert (seen.billed_minutes, seen.net, seen.pays, seen.left) == (45, chf(135), "credit", chf(365))
    assert desk.credit("Muster SA") == chf(500)  # a preview charges nothing
    log(desk, 38)
    assert desk.credit("Muster SA") == chf(365)
    log(desk, 38)  # the same form, sent twice
    assert desk.credit("Muster SA") == chf(365)
    assert len(list(db.session.scalars(db.select(WorkEntry)))) == 1


def test_nothing_is_charged_before_the_customer_agreed(desk: Desk) -> None:
    desk.mail_in(ERROR_FR)
    with pytest.raises(NotAllowedYet):
        log(desk, 38)
    assert desk.credit("Muster SA") == chf(500)


def test_an_accepted_offer_is_the_ceiling(desk: Desk) -> None:
    desk.mail_in(ERROR_FR)
    number = desk.ticket().id
    offer = offer_work.offer_support(number, 30, by=desk.actor(desk.anna), now=desk.clock.now)
    assert desk.ticket().waiting_for == "acceptance"
    answer_offer.by_phone(
        offer, True, name="Carla", words="oui", by=desk.actor(desk.anna), now=desk.clock.now
    )
    assert desk.ticket().status == "open"
    with pytest.raises(NotAllowedYet):
        log(desk, 45)
    log(desk, 25)
    assert desk.credit("Muster SA") == chf(410)


def test_waiting_for_a_yes_stops_the_clock(desk: Desk) -> None:
    desk.mail_in(ERROR_FR)
    number = desk.ticket().id
    due = desk.ticket().due_at
    offer = offer_work.offer_support(number, 30, by=desk.actor(desk.anna), now=desk.clock.now)
    desk.clock.move(hours=2)
    answer_offer.by_phone(
        offer, True, name="Carla", words="oui", by=desk.actor(desk.anna), now=desk.clock.now
    )
    moved = desk.ticket().due_at
    assert due is not None
    assert moved is not None
    assert (moved - due).total_seconds() > 2 * 3600  # over night: closing time, then two hours of tomorrow
    assert desk.ticket().due_reason["data"]["paused_minutes"] == 120


def test_an_agents_word_outranks_the_rules_for_good(desk: Desk) -> None:
    desk.mail_in(ERROR_FR)
    number = desk.ticket().id
    triage_ticket.correct(
        number, "label", "hotline", reason="known", by=desk.actor(desk.anna), now=desk.clock.now
    )
    [ours] = desk.mails_to("compta@muster.example")
    desk.reply(ours, "J'obtiens toujours une erreur inexplicable avec le fichier .xls ci-joint.")
    ticket = desk.ticket()
    assert (ticket.label, ticket.label_source) == ("hotline", "agent")
    log(desk, 8)
    assert desk.credit("Muster SA") == chf(500)  # within the hotline's time box


def test_a_defect_of_the_product_is_waived_with_a_reason(desk: Desk) -> None:
    desk.mail_in(ERROR_FR)
    charge_work.log_work(
        desk.ticket().id, 50, "support", text="", waived_because="product defect", key="k",
        by=desk.actor(desk.anna), now=desk.clock.now,
    )  # fmt: skip
    assert desk.credit("Muster SA") == chf(500)
    [entry] = db.session.scalars(db.select(WorkEntry))
    assert (entry.billing, entry.reason) == ("waived", "product defect")

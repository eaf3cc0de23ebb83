"""An agent overrules, the clock counts, a lead accepts or rejects: on both databases, through the real doors."""

import pytest
from sqlalchemy import select

from helpdesk.actions import charge_work, learn_rules, publish_rules, triage_ticket
from helpdesk.core import clock
from helpdesk.core.actors import SYSTEM
from helpdesk.core.errors import Conflict, Forbidden
from helpdesk.db import db
from helpdesk.triage.learning_queries import decided_suggestions, open_suggestions, report
from helpdesk.triage.models import Correction
from helpdesk.triage.rule_queries import content, live_version, unpublished
from tests.support.desk import Desk

SENDERS = ("compta@muster.example", "info@beispiel.example", "ekonomi@exempel.example")


@pytest.fixture
def lead(desk):
    publish_rules.seed_rules(clock.now())
    return desk.actor(desk.lea)


def overruled(desk: Desk) -> None:
    """Six German mails of three customers with a word that no rule knows, each corrected by an agent."""
    anna = desk.actor(desk.anna)
    for n in range(6):
        text = f"Guten Tag, wo finde ich den Zwirbelkasten für die Liste {n}?"
        desk.mail_in(text, sender=f"Kunde <{SENDERS[n % 3]}>", subject=f"Liste {n}")
        number = desk.tickets()[-1].id
        triage_ticket.correct(number, "label", "support", reason="x", by=anna, now=clock.now())
        triage_ticket.correct(number, "kind", "training", by=anna, now=clock.now())
    desk.mail_in("Guten Tag, wo finde ich die Kundenliste?", sender=f"Ina <{SENDERS[1]}>", subject="Kunden")


def suggested():
    return {row.data["term"]: row for row in open_suggestions()}


def test_what_agents_overruled_is_suggested_and_only_the_lead_puts_it_into_the_draft(desk, lead):
    overruled(desk)
    learn_rules.learn(clock.now())

    row = suggested()["zwirbelkasten"]
    assert len(row.data["speak_for"]) == 6
    assert row.data["speak_against"] == []
    assert unpublished("draft") is None
    place = report().data["rules"]["where_something_is"]
    assert (place["hits"], place["known"], place["right"]) == (7, 6, 0)
    with pytest.raises(Forbidden):
        learn_rules.accept(row.id, by=SYSTEM, now=clock.now())

    wanted = learn_rules.accept(row.id, by=lead, now=clock.now())

    column = content(unpublished("draft").id).concepts[wanted.concept]["de"]
    assert column.endswith("; zwirbelkasten")
    assert "zwirbelkasten" not in content(live_version().id).concepts[wanted.concept]["de"]
    with pytest.raises(Conflict):
        learn_rules.accept(row.id, by=lead, now=clock.now())


def test_what_was_rejected_is_not_suggested_again(desk, lead):
    overruled(desk)
    learn_rules.learn(clock.now())
    learn_rules.reject(suggested()["zwirbelkasten"].id, by=lead, now=clock.now())

    learn_rules.learn(clock.now())

    assert "zwirbelkasten" not in suggested()
    assert [row.state for row in decided_suggestions()] == ["rejected"]


def test_counting_twice_is_counting_once(desk, lead):
    overruled(desk)

    first = learn_rules.learn(clock.now())
    figures = report().data

    assert learn_rules.learn(clock.now()) == first == len(open_suggestions())
    assert report().data == figures


def test_a_correction_keeps_what_the_case_came_to_at_billing(desk, lead):
    anna = desk.actor(desk.anna)
    desk.mail_in("Où se trouve la liste des clients ?", subject="Liste")
    number = desk.ticket().id
    triage_ticket.correct(number, "label", "support", by=anna, now=clock.now())
    triage_ticket.correct(number, "label", "hotline", by=anna, now=clock.now())
    assert billed() == [None, None]

    charge_work.log_work(number, 5, "support", text="", key="one", by=anna, now=clock.now())
    triage_ticket.correct(number, "label", "hotline", reason="It is.", by=anna, now=clock.now())

    assert billed() == ["hotline"] * 3
    assert learn_rules.learn(clock.now()) == 0
    assert report().data["billed"] == {"known": 3, "upheld": 2}


def billed():
    return list(db.session.scalars(select(Correction.billed).order_by(Correction.id)))

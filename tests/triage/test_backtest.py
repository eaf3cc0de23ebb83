"""A draft is replayed over past questions before it judges: nothing is published unseen (T5)."""

from datetime import timedelta

import pytest
from sqlalchemy import text

from helpdesk.actions import backtest_rules, edit_rules, publish_rules, triage_ticket
from helpdesk.core import clock
from helpdesk.core.errors import NotAllowedYet
from helpdesk.db import db, transaction
from helpdesk.triage.backtest import Outcome, added, compare, languages_that_lose
from helpdesk.triage.backtest_models import Backtest
from helpdesk.triage.backtest_queries import backtest, changes_of
from helpdesk.triage.content import Item
from helpdesk.triage.models import StoredVerdict
from helpdesk.triage.rule_queries import content, live_version, unpublished
from helpdesk.triage.verdict import Verdict

FRENCH = "Où se trouve la liste des clients ?"
GERMAN = "Wo finde ich die Kundenliste?"


@pytest.fixture
def lead(desk):
    publish_rules.seed_rules(clock.now())
    return desk.actor(desk.lea)


def places_cost(lead, points=9):
    """A draft in which asking for the place of something is paid."""
    live = content(live_version().id)
    rule = {**live.get("rule", "where_something_is"), "then": {"support": points, "kind": "training"}}
    rule = {key: value for key, value in rule.items() if key not in ("matches", "misses")}
    was = Item("rule", "where_something_is", live.get("rule", "where_something_is")).sha256
    edit_rules.save("rule", "where_something_is", rule, was=was, by=lead, now=clock.now())


def replayed(lead, questions=200):
    made = backtest_rules.ask_backtest(questions, by=lead, now=clock.now())
    while backtest_rules.replay_some(clock.now()):
        pass
    db.session.expire_all()
    return backtest(made)


def test_a_draft_says_what_it_would_have_changed_and_moves_nothing(desk, lead):
    desk.mail_in(FRENCH, subject="Liste")
    desk.mail_in("Danke, es geht wieder.", sender="Ina <info@beispiel.example>", subject="Danke")
    places_cost(lead)

    run = replayed(lead)

    [change] = changes_of(run.id, 0, 10)
    assert (change.language, change.before, change.after, change.truth) == ("fr", "hotline", "support", None)
    assert "where_something_is" in change.rules
    assert change.moved_minor == 9000
    assert run.state == "done"
    assert (run.done, run.total) == (2, 2)
    assert desk.ticket(change.ticket_id).label == "hotline"
    assert desk.credit("Muster SA").minor == 50_000


def test_nothing_is_published_before_it_was_replayed_as_it_is(desk, lead):
    desk.mail_in(FRENCH, subject="Liste")
    places_cost(lead)
    with pytest.raises(NotAllowedYet):
        publish_rules.publish(by=lead, now=clock.now())
    replayed(lead)
    places_cost_again = content(unpublished("draft").id).get("rule", "where_something_is")
    was = Item("rule", "where_something_is", places_cost_again).sha256
    edit_rules.save(
        "rule", "where_something_is", {**places_cost_again, "priority": 3}, was=was, by=lead, now=clock.now()
    )

    with pytest.raises(NotAllowedYet):
        publish_rules.publish(by=lead, now=clock.now())

    replayed(lead)
    assert publish_rules.publish(by=lead, now=clock.now()) == 2


def test_a_language_that_gets_worse_is_published_only_on_purpose(desk, lead):
    desk.mail_in(FRENCH, subject="Liste")
    agent = desk.actor(desk.anna)
    triage_ticket.correct(desk.ticket().id, "label", "support", by=agent, now=clock.now())
    triage_ticket.correct(desk.ticket().id, "label", "hotline", by=agent, now=clock.now())
    places_cost(lead)

    run = replayed(lead)

    assert languages_that_lose(run.figures) == ["fr"]
    with pytest.raises(NotAllowedYet) as refused:
        publish_rules.publish(by=lead, now=clock.now())
    assert refused.value.data["code"] == "worse"
    assert publish_rules.publish(by=lead, despite=True, now=clock.now()) == 2


def test_facts_are_those_of_then(desk, lead):
    """The subscription ended after the question: the replay still sees it in force."""
    desk.mail_in(GERMAN, sender="Ina <info@beispiel.example>", subject="Liste")
    with transaction():
        db.session.execute(text("DELETE FROM subscription"))
    live = content(live_version().id)
    rule = {"name": "none_in_force", "all": ["customer:no_subscription"], "scope": "mail"}
    rule |= {"then": {"support": 9}, "reason": "x"}
    assert live.get("rule", "none_in_force") is None
    edit_rules.save("rule", "none_in_force", rule, was=None, by=lead, now=clock.now())

    assert list(changes_of(replayed(lead).id, 0, 10)) == []


def test_two_clocks_and_a_crash_count_each_question_once(desk, lead):
    for n in range(3):
        desk.mail_in(FRENCH, subject=f"Liste {n}")
    places_cost(lead)
    made = backtest_rules.ask_backtest(200, by=lead, now=clock.now())
    first = backtest(made)
    before = first.cursor
    asked = backtest_rules.questions_after(first.cursor, first.last_id, 2)
    found = backtest_rules._compared(first, asked, clock.now())
    backtest_rules._write(first, asked, found, clock.now())
    behind = Backtest(id=made, cursor=before, done=0, figures={})  # another clock, with the same piece
    backtest_rules._write(behind, asked, found, clock.now())

    while backtest_rules.replay_some(clock.now()):
        pass
    db.session.expire_all()
    run = backtest(made)
    assert (run.done, run.figures["languages"]["fr"]["questions"]) == (3, 3)
    assert len(changes_of(made, 0, 10)) == 3


def test_a_shadow_runs_beside_the_live_rules_for_its_days_and_decides_nothing(desk, lead):
    desk.mail_in(FRENCH, subject="Vor dem Schatten")
    places_cost(lead)
    shadow = backtest_rules.start_shadow(by=lead, now=clock.now())
    desk.mail_in(FRENCH, subject="Liste")

    backtest_rules.replay_some(clock.now())
    backtest_rules.replay_some(clock.now())
    db.session.expire_all()

    assert (backtest(shadow).state, backtest(shadow).done) == ("running", 1)
    assert [t.label for t in desk.tickets()] == ["hotline", "hotline"]
    backtest_rules.replay_some(clock.now() + timedelta(days=8))
    db.session.expire_all()
    assert backtest(shadow).state == "done"
    assert len(changes_of(shadow, 0, 10)) == 1


def test_every_decision_keeps_the_question_it_answers(desk, lead):
    desk.mail_in(FRENCH, subject="Liste", attachments=[("log.txt", "text/plain", b"x")])

    [stored] = db.session.query(StoredVerdict).all()

    assert stored.facts["attachments"] == ["log.txt"]
    assert stored.facts["customer"]["subscription_active"] is True
    assert stored.facts["received_at"].startswith("2")


def verdict(label, confidence=0.95, language="fr"):
    return Verdict(label, False, "error", False, confidence, language)


@pytest.mark.parametrize(
    ("before", "after", "outcome", "moved"),
    [
        (("hotline",), ("support",), Outcome("support", 0, 9000), 9000),
        (("support",), ("hotline",), Outcome("support", 4500, 9000), -4500),
        (("support",), (None,), Outcome(None, 0, 9000), -9000),
        (("support", 0.5), ("support",), Outcome(None, 0, 9000), 9000),
        (("hotline",), ("hotline", 0.5), Outcome(None, 0, 9000), 0),
    ],
)
def test_what_would_have_moved(before, after, outcome, moved):
    assert compare(verdict(*before), verdict(*after), outcome).moved_minor == moved


def test_figures_are_the_same_in_one_piece_and_in_many():
    every = [
        compare(verdict("hotline", 0.9, code), verdict(after), Outcome(truth, 0, 9000))
        for code in ("fr", "sv")
        for after in ("hotline", "support", None)
        for truth in ("hotline", "support", None)
    ]
    figures = {}
    for each in every:
        figures = added(figures, [each])

    assert figures == added({}, every)
    assert (
        figures["languages"]["fr"]["questions"]
        + figures["languages"].get("sv", {"questions": 0})["questions"]
        == 18
    )

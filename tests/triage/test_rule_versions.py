"""Versions of the rules in the database: seeded, edited, published, brought back, and never changed."""

import pytest
from sqlalchemy import event, text
from sqlalchemy.exc import DatabaseError

from helpdesk.actions import backtest_rules, edit_rules, publish_rules
from helpdesk.actions.live_rules import live_rules
from helpdesk.actions.rule_rows import number_it, store
from helpdesk.core import clock
from helpdesk.core.actors import SYSTEM
from helpdesk.core.errors import Conflict, Forbidden, InvalidInput
from helpdesk.db import db, transaction
from helpdesk.triage.content import Item, changes, starter_content
from helpdesk.triage.models import StoredVerdict
from helpdesk.triage.rule_queries import content, live_version, published, unpublished
from helpdesk.triage.rules import starter_rules

RULE = {
    "name": "ours",
    "priority": 60,
    "scope": "sentence",
    "all": ["where_is"],
    "then": {"support": 9.0, "kind": "training"},
    "reason": "Our own rule.",
    "reason_sv": "Vår egen regel.",
}


@pytest.fixture
def lead(desk):
    publish_rules.seed_rules(clock.now())
    return desk.actor(desk.lea)


def save(lead, data=RULE, was=None):
    edit_rules.save("rule", str(data["name"]), data, was=was, by=lead, now=clock.now())


def test_set_up_publishes_the_starter_set_once(desk):
    assert publish_rules.seed_rules(clock.now()) == "published"
    assert publish_rules.seed_rules(clock.now()) == "same"

    [first] = published()
    assert (first.number, first.origin, first.fingerprint) == (1, "starter", starter_rules().version)
    assert changes(content(first.id), starter_content()) == []


def test_a_published_edit_judges_the_next_mail_and_the_draft_does_not(desk, lead):
    save(lead)
    desk.mail_in("Où se trouve la liste des clients ?", subject="Liste")
    assert desk.ticket().label == "hotline"

    backtest_rules.ask_backtest(200, by=lead, now=clock.now())
    while backtest_rules.replay_some(clock.now()):
        pass
    publish_rules.publish(by=lead, note="Training sells", now=clock.now())
    desk.mail_in("Où se trouve la liste des articles ?", subject="Articles")

    second = desk.tickets()[-1]
    assert second.kind == "training"
    stored = db.session.query(StoredVerdict).order_by(StoredVerdict.id).all()
    live = live_version()
    assert [v.ruleset_version for v in stored] == [starter_rules().version, live.fingerprint]
    own = [r for r in stored[1].data["reasons"] if r["rule"] == "ours"]
    assert own[0]["texts"] == {"sv": "Vår egen regel."}


def test_a_mail_costs_one_question_for_the_rules(desk, lead):
    live_rules()
    asked = []
    event.listen(db.engine, "before_cursor_execute", lambda *a: asked.append(a[2]))

    live_rules()

    assert len(asked) == 1


def test_one_click_brings_an_earlier_version_back(desk, lead):
    first = live_version()
    save(lead)
    publish_rules.publish(by=lead, now=clock.now())

    assert publish_rules.restore(first.id, by=lead, now=clock.now()) == 3

    assert live_version().fingerprint == first.fingerprint
    assert [v.origin for v in published()] == ["restored", "edited", "starter"]
    with pytest.raises(Conflict):
        publish_rules.restore(first.id, by=lead, now=clock.now())


def test_a_failing_example_stops_publishing(desk, lead):
    save(lead, RULE | {"misses": ["Wo finde ich die Liste?"]})

    with pytest.raises(InvalidInput, match="must not match"):
        publish_rules.publish(by=lead, now=clock.now())

    assert live_version().number == 1


def test_two_people_who_edit_one_rule_notice(desk, lead):
    save(lead)
    first = Item("rule", "ours", RULE).sha256
    save(lead, RULE | {"priority": 61}, was=first)

    with pytest.raises(Conflict):
        save(lead, RULE | {"priority": 62}, was=first)
    with pytest.raises(InvalidInput):
        save(lead)


def test_nobody_without_a_name_edits(desk, lead):
    with pytest.raises(Forbidden):
        edit_rules.save("rule", "ours", RULE, was=None, by=SYSTEM, now=clock.now())


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE rule_version SET fingerprint = 'x'",
        "DELETE FROM rule_version",
        "UPDATE rule_item SET name = 'x'",
        "DELETE FROM rule_place",
        "UPDATE rule_place SET position = 0",
        "INSERT INTO rule_place SELECT version_id, kind, 'x', item_id, 0 FROM rule_place LIMIT 1",
    ],
)
def test_the_database_refuses_to_change_what_was_published(desk, lead, sql):
    with pytest.raises(DatabaseError, match="rules_published"), transaction():
        db.session.execute(text(sql))


def test_an_edited_desk_is_offered_a_newer_starter_set(desk):
    lead, now = desk.actor(desk.lea), clock.now()
    [gone, *_] = starter_content().rules
    older = starter_content().put("rule", str(gone["name"]), None)
    with transaction():
        first = store(older, "aside", "starter", None, older.compiled().version, now, SYSTEM)
        number_it(first, SYSTEM, now)
    save(lead)
    publish_rules.publish(by=lead, now=now)

    assert publish_rules.seed_rules(now) == "offered"
    assert publish_rules.seed_rules(now) == "same"
    publish_rules.take_starter(by=lead, now=now)

    draft = content(unpublished("draft").id)
    assert draft.get("rule", str(gone["name"])) == gone
    assert draft.get("rule", "ours") == RULE
    assert unpublished("offered") is None
    assert publish_rules.seed_rules(now) == "same"


def test_a_desk_that_edited_nothing_gets_a_newer_starter_set_by_itself(desk):
    now = clock.now()
    older = starter_content().put("rule", "plain_question", None)
    with transaction():
        first = store(older, "aside", "starter", None, older.compiled().version, now, SYSTEM)
        number_it(first, SYSTEM, now)

    assert publish_rules.seed_rules(now) == "published"
    assert live_version().fingerprint == starter_rules().version


BROKEN = [
    {"name": "no_condition", "then": {"support": 1}, "reason": "x"},
    {"name": "odd", "all": {"where_is": 1}, "then": {"support": 1}},
    {"name": "text_points", "all": ["where_is"], "then": {"support": "many"}},
    {"name": "no_then", "all": ["where_is"], "then": 4},
    {"name": "deep", "all": [{"any": [{"all": [{"none": ["x"]}]}]}], "then": {"support": 1}},
    {"name": "day", "all": ["where_is"], "then": {"support": 1}, "valid_from": "soon"},
    {"name": "priority", "priority": "high", "all": ["where_is"], "then": {"support": 1}},
]


@pytest.mark.parametrize("rule", BROKEN, ids=lambda r: r["name"])
def test_a_broken_rule_is_no_rule_and_no_mail_is_lost(desk, lead, rule):
    save(lead, rule)
    draft = unpublished("draft")
    with transaction():  # as if a faulty version of ours had published it
        draft.state, draft.number, draft.published_at = "published", 2, clock.now()

    desk.mail_in("Où se trouve la liste des clients ?", subject="Liste")

    assert desk.ticket().label == "hotline"
    assert any(rule["name"] in what for what in live_rules().broken)
    assert [mail.state for mail in desk.raw_mails()] == ["done"]


def test_a_broken_concept_is_no_concept_and_no_mail_is_lost(desk, lead):
    edit_rules.save(
        "concept", "odd", {"de": "((((", "guards": 7, "where": 3}, was=None, by=lead, now=clock.now()
    )
    draft = unpublished("draft")
    with transaction():
        draft.state, draft.number, draft.published_at = "published", 2, clock.now()

    desk.mail_in("Où se trouve la liste des clients ?", subject="Liste")

    assert desk.ticket().label == "hotline"

"""A rule is edited, replayed, published; a new mail is judged by it; an agent overrules it; a suggestion appears."""

import pytest

from helpdesk.actions import backtest_rules, learn_rules, publish_rules
from helpdesk.core import clock
from helpdesk.db import db
from helpdesk.triage.learning_queries import open_suggestions, report
from helpdesk.triage.rule_queries import live_version
from tests.web.conftest import signed_in
from tests.web.test_rules import fields

pytestmark = pytest.mark.database("sqlite")
SENDERS = ("compta@muster.example", "info@beispiel.example", "ekonomi@exempel.example")
RULE = "/rules/where_something_is"


def ask(desk, n):
    """A German question with a word that no rule knows, from one of three customers."""
    text = f"Guten Tag, wo finde ich den Zwirbelkasten Nummer {n}?"
    desk.mail_in(text, sender=f"Kunde <{SENDERS[n % 3]}>", subject=f"Nummer {n}")
    return desk.tickets()[-1]


def test_from_an_edit_to_a_suggestion(app, desk):
    publish_rules.seed_rules(clock.now())
    lead, anna = signed_in(app, desk.lea), signed_in(app, desk.anna)
    assert ask(desk, 0).label == "hotline"

    edited = fields(lead.page(RULE)) | {
        "then-hotline": "",
        "then-support": "9",
        "matches": "",
        "then": "save",
    }
    assert lead.post(RULE, edited, form_on=RULE).status_code == 303
    assert lead.post("/rules/publication", {"note": "Orte"}, form_on="/rules/draft").status_code == 409
    run = lead.post("/rules/backtests", {"questions": "200"}, form_on="/rules/draft")
    while backtest_rules.replay_some(clock.now()):
        pass
    db.session.expire_all()
    assert "90.00</td>" in lead.page(run.location)
    assert lead.post("/rules/publication", {"note": "Orte"}, form_on="/rules/draft").status_code == 303
    assert live_version().number == 2

    judged = [ask(desk, n) for n in range(1, 7)]
    assert {ticket.label for ticket in judged} == {"support"}
    for ticket in judged:
        path = f"/tickets/{ticket.id}"
        assert 'data-key="x"' in anna.page(path)
        anna.post(f"{path}/correction", {"field": "label", "value": "hotline"}, form_on=path)
    learn_rules.learn(clock.now())

    assert (report().data["rules"]["where_something_is"]["right"]) == 0
    [row] = [each for each in open_suggestions() if each.data["term"] == "zwirbelkasten"]
    assert (row.data["label"], len(row.data["speak_for"])) == ("hotline", 6)
    assert "zwirbelkasten" in lead.page("/rules/learning")
    assert (
        lead.post(f"/rules/suggestions/{row.id}/acceptance", {}, form_on="/rules/learning").status_code == 303
    )
    assert "zwirbelkasten" in lead.page("/rules/draft")
    assert live_version().number == 2

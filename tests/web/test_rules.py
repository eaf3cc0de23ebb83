"""The editor of the rules: forms that read like sentences, for leads only, and nothing judges before publishing."""

import re

import pytest

from helpdesk.actions import learn_rules, publish_rules, triage_ticket
from helpdesk.core import clock
from helpdesk.triage.content import Content, changes, starter_content
from helpdesk.triage.learning_queries import open_suggestions
from helpdesk.triage.rule_queries import content, live_version, published, unpublished
from tests.web.conftest import signed_in

pytestmark = pytest.mark.database("sqlite")


@pytest.fixture
def lead(app, desk):
    publish_rules.seed_rules(clock.now())
    return signed_in(app, desk.lea)


def fields(html: str) -> dict[str, str]:
    """What a browser would send for the rule's form as it is."""
    form = re.search(r'<form method="post" class="fields".*?</form>', html, re.S)[0]
    found = {}
    for name, rest in re.findall(r'<input [^>]*?name="([^"]+)"([^>]*)>', form):
        value = re.search(r'value="([^"]*)"', rest)
        if 'type="checkbox"' in re.search(rf'<input [^>]*?name="{re.escape(name)}"[^>]*>', form)[0]:
            if "checked" in rest:
                found[name] = "y"
        else:
            found[name] = _text(value[1]) if value else ""
    for name, options in re.findall(r'<select [^>]*?name="([^"]+)"[^>]*>(.*?)</select>', form, re.S):
        chosen = re.search(r'value="([^"]*)" selected', options) or re.search(r'value="([^"]*)"', options)
        found[name] = _text(chosen[1])
    for name, value in re.findall(r'<textarea [^>]*?name="([^"]+)"[^>]*>(.*?)</textarea>', form, re.S):
        found[name] = _text(value)
    return found


def _text(value: str) -> str:
    for code, letter in (("&lt;", "<"), ("&gt;", ">"), ("&#34;", '"'), ("&#39;", "'"), ("&amp;", "&")):
        value = value.replace(code, letter)
    return value


def drafted() -> Content:
    draft = unpublished("draft")
    return content(draft.id) if draft else content(live_version().id)


@pytest.mark.parametrize("rule", starter_content().rules, ids=lambda rule: rule["name"])
def test_a_form_that_is_saved_as_it_is_changes_nothing(lead, rule):
    path = f"/rules/{rule['name']}"

    answer = lead.post(path, fields(lead.page(path)) | {"then": "save"}, form_on=path)

    assert answer.status_code == 303, re.findall(r'class="problem".*', answer.text)
    assert changes(starter_content(), drafted()) == []


@pytest.mark.database("sqlite", "postgres")
def test_a_new_rule_waits_in_the_draft_until_it_is_published(desk, lead):
    form = {
        "name": "courses_cost", "priority": "60", "on": "y", "scope": "sentence",
        "all-0-fact": "where_is", "any-0-fact": "words >=", "any-0-value": "3",
        "none-in0-how": "all", "none-in0-0-fact": "thanks", "none-in0-0-anywhere": "y",
        "then-support": "4,5", "kind": "training", "reason": "Places cost.", "reason_de": "Orte kosten.",
        "matches": "Wo finde ich die Liste?\nOù se trouve la liste ?", "misses": "Danke.",
    }  # fmt: skip

    assert lead.post("/rules/new", form, form_on="/rules/new").status_code == 303

    assert drafted().get("rule", "courses_cost") == {
        "name": "courses_cost",
        "priority": 60,
        "scope": "sentence",
        "all": ["where_is"],
        "any": ["words >= 3"],
        "none": [{"all": ["mail:thanks"]}],
        "then": {"support": 4.5, "kind": "training"},
        "reason": "Places cost.",
        "reason_de": "Orte kosten.",
        "matches": ["Wo finde ich die Liste?", "Où se trouve la liste ?"],
        "misses": ["Danke."],
    }
    assert "Orte kosten." in lead.page("/rules/draft")
    assert live_version().number == 1
    assert lead.post("/rules/publication", {"note": "Orte"}).status_code == 303
    assert live_version().number == 2
    assert "Orte" in lead.page("/rules/versions")


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"name": "Große Regel"}, "name"),
        ({"priority": "high"}, "priority"),
        ({"all-0-fact": ""}, "all-0-fact"),
        ({"all-0-fact": "words >=", "all-0-value": "many"}, "all-0-fact"),
        ({"then-support": "99"}, "then-support"),
        ({"then-support": ""}, "then-support"),
        ({"reason": ""}, "reason"),
        ({"valid_from": "2027-02-31"}, "valid_from"),
        ({"valid_from": "2027-02-02", "valid_until": "2027-01-01"}, "valid_until"),
        ({"matches": "Danke."}, "matches"),
        ({"misses": "Wo finde ich die Liste?"}, "misses"),
    ],
)
def test_what_is_wrong_is_said_at_its_field_and_nothing_is_kept(lead, change, field):
    form = {"name": "ours", "on": "y", "all-0-fact": "where_is", "then-support": "2", "reason": "x"}

    answer = lead.post("/rules/new", form | change, form_on="/rules/new")

    assert answer.status_code == 422
    assert f'id="{field}-problem"' in answer.text
    assert unpublished("draft") is None


def test_a_concept_names_the_entry_that_cannot_be_read_and_where(lead):
    form = fields(lead.page("/concepts/where_is"))

    answer = lead.post(
        "/concepts/where_is", form | {"sv": "var finns; *a; hitta"}, form_on="/concepts/where_is"
    )

    assert answer.status_code == 422
    assert "Zeichen 12, «*a»" in answer.text
    assert unpublished("draft") is None


def test_an_empty_column_warns(lead):
    form = fields(lead.page("/concepts/where_is")) | {"sv": " ; "}

    assert lead.post("/concepts/where_is", form, form_on="/concepts/where_is").status_code == 303

    assert "keine Wörter: Svenska" in lead.page("/concepts")


def test_a_concept_that_is_saved_as_it_is_changes_nothing(lead):
    for name in ("where_is", "error_word", "greeting_line", "simple_verb", "negation_near"):
        path = f"/concepts/{name}"
        assert lead.post(path, fields(lead.page(path)), form_on=path).status_code == 303
    assert changes(starter_content(), drafted()) == []


def test_switching_off_and_bringing_back(desk, lead):
    lead.post("/rules/where_something_is/switch")
    assert drafted().get("rule", "where_something_is")["on"] is False
    lead.post("/rules/publication")
    first = published()[-1]

    assert lead.post(f"/rules/versions/{first.id}/restoration", form_on="/rules/versions").status_code == 303

    assert live_version().number == 3
    assert live_version().fingerprint == first.fingerprint


def test_a_text_is_tried_with_the_draft_beside_the_live_rules(lead):
    lead.post("/rules/where_something_is/switch")

    answer = lead.post("/rules/trial", {"text": "Wo finde ich die Liste?"}, form_on="/rules/trial")

    live, draft = answer.text.split("<h2>Entwurf</h2>")
    assert "where_something_is" in live
    assert "where_something_is" not in draft


def test_an_agent_sees_none_of_it(desk, lead, anna):
    for path in (
        "/rules",
        "/rules/where_something_is",
        "/concepts",
        "/rules/draft",
        "/rules/trial",
        "/rules/versions",
    ):
        assert anna.get(path).status_code == 403
    assert anna.post("/rules/where_something_is/switch").status_code == 403
    assert unpublished("draft") is None


def test_the_lead_reads_what_was_learned_and_decides_with_one_click(desk, lead):
    for n in range(6):
        sender = ("compta@muster.example", "info@beispiel.example", "ekonomi@exempel.example")[n % 3]
        desk.mail_in(
            f"Guten Tag, wo finde ich den Zwirbelkasten {n}?", sender=f"Kunde <{sender}>", subject=f"Nr {n}"
        )
        number = desk.tickets()[-1].id
        triage_ticket.correct(number, "label", "support", by=desk.actor(desk.anna), now=clock.now())
    assert "Noch ist nichts gezählt" in lead.page("/rules/learning")
    learn_rules.learn(clock.now())

    html = lead.page("/rules/learning")

    assert "„zwirbelkasten“" in html or "«zwirbelkasten»" in html
    [row] = [each for each in open_suggestions() if each.data["term"] == "zwirbelkasten"]
    assert f"#{row.data['speak_for'][0]}" in lead.page(f"/rules/suggestions/{row.id}")
    assert lead.post(f"/rules/suggestions/{row.id}/acceptance", {}).status_code == 303
    assert "de: zwirbelkasten" in lead.page("/rules/draft")
    assert lead.post(f"/rules/suggestions/{row.id}/rejection", {}).status_code == 409
    assert ">6<br>" in lead.page("/rules")

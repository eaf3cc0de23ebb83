"""`helpdesk rules` and `helpdesk triage replay`: out, edited, checked, in, published, asked again."""

import json
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result

from helpdesk.actions import publish_rules
from helpdesk.cli.rules import rules
from helpdesk.cli.triage_replay import replay
from helpdesk.core import clock
from helpdesk.core.errors import HelpdeskError
from helpdesk.db import db
from helpdesk.triage.rule_queries import live_version, unpublished
from tests.support.desk import Desk

pytestmark = pytest.mark.database("sqlite")

RULE = """

[[rule]]
name = "places_are_training"
priority = 60
scope = "sentence"
all = ["where_is"]
then = { support = 9, kind = "training" }
reason = "Places are shown in a training."
matches = ["Wo finde ich die Liste?"]
"""


@pytest.fixture
def typed(desk: Desk):
    publish_rules.seed_rules(clock.now())

    def type_(command: click.Command, *words: str) -> Result:
        """Types a command in this application, and waits for the end."""
        db.session.rollback()  # what was read so far must not hide what the command writes
        return CliRunner().invoke(command, words, obj=lambda: desk.app)

    return type_


def test_rules_go_out_as_files_come_back_edited_and_judge(desk, typed, tmp_path: Path) -> None:
    desk.mail_in("Wo finde ich die Kundenliste?", sender="Ina <info@beispiel.example>", subject="Kundenliste")
    number = str(desk.ticket().id)
    folder, lead = tmp_path / "rules", desk.lea.email
    assert typed(rules, "export", str(folder)).exit_code == 0
    assert "nothing is wrong" in typed(rules, "check", str(folder)).output
    file = folder / "rules.toml"
    untouched = file.read_text("utf-8")

    file.write_text(untouched + RULE.replace('"where_is"', '"where_was"'), "utf-8")
    refused = typed(rules, "check", str(folder))
    assert isinstance(refused.exception, (HelpdeskError, SystemExit))
    assert "nothing is called where_was" in f"{refused.output}{refused.exception}"
    assert typed(rules, "import", str(folder), "--by", lead).exit_code == 1
    assert unpublished("draft") is None

    file.write_text(untouched + RULE, "utf-8")
    taken = typed(rules, "import", str(folder), "--by", lead, "--publish", "--note", "Ours")
    assert taken.exit_code == 0, taken.output
    assert "differs from the rules that judge in 1 " in taken.output
    assert "de: 1 of 1 questions answered otherwise" in taken.output
    db.session.rollback()
    assert live_version().number == 2
    assert typed(rules, "export", str(tmp_path / "first"), "--version", "1").exit_code == 0
    assert "places_are_training" not in (tmp_path / "first" / "rules.toml").read_text("utf-8")

    assert "The verdict is the same." in typed(replay, number).output
    again = json.loads(typed(replay, number, "--live", "--json").output)
    assert (again["same"], again["then"]["label"], again["now"]["label"]) == (False, "hotline", "support")
    assert typed(replay, "9999").exit_code == 1


def test_only_a_lead_brings_rules_in_and_only_from_a_folder_with_rules(desk, typed, tmp_path: Path) -> None:
    assert typed(rules, "export", str(tmp_path)).exit_code == 0

    assert typed(rules, "import", str(tmp_path), "--by", desk.anna.email).exit_code == 1
    assert typed(rules, "import", str(tmp_path), "--by", "nobody@helpdesk.example").exit_code == 1
    assert typed(rules, "check", str(tmp_path / "nowhere")).exit_code == 1
    assert typed(rules, "export", str(tmp_path / "draft"), "--draft").exit_code == 1

"""`mail inspect` and `triage explain`: plain questions to pure code, answered at once, without any settings."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Place
from tests.house.code import ROOT
from tests.support.letters import letter

# Whoever loads these is slow to start, or needs settings.
HEAVY = {"flask", "sqlalchemy", "alembic", "rq", "redis", "helpdesk.settings", "helpdesk.app", "helpdesk.db"}


@pytest.fixture
def anywhere(tmp_path: Path) -> Place:
    """A machine on which nothing was set up, with a setting that is broken."""
    return Place(tmp_path / "nothing", {"WEB_THREADS": "many"})


def lines(output: bytes) -> list[dict[str, Any]]:
    """JSON lines."""
    return [json.loads(line) for line in output.splitlines()]


def test_messages_are_shown_in_the_order_of_the_files(anywhere: Place, tmp_path: Path) -> None:
    for name, text in (("1", "Eins"), ("2", "Zwei")):
        (tmp_path / name).write_bytes(letter(text, subject=text))

    done = anywhere.type(
        "mail",
        "inspect",
        "--jsonl",
        str(tmp_path / "2"),
        "-",
        str(tmp_path / "1"),
        stdin=letter("Drei", subject="Drei"),
    )

    assert done.returncode == 0
    assert [each["subject"] for each in lines(done.stdout)] == ["Zwei", "Drei", "Eins"]


def test_for_people_the_json_is_indented(anywhere: Place) -> None:
    done = anywhere.type("mail", "inspect", "-", stdin=letter("Où ?", subject="Où ?"))
    assert json.loads(done.stdout)["new_text"].strip() == "Où ?"
    assert '\n  "subject": "Où ?"' in done.stdout.decode()


def test_one_unreadable_file_does_not_hide_the_others(anywhere: Place, tmp_path: Path) -> None:
    (tmp_path / "1").write_bytes(letter("Eins"))
    done = anywhere.type("mail", "inspect", "--jsonl", str(tmp_path / "gone"), str(tmp_path / "1"))
    assert done.returncode == 1
    assert len(lines(done.stdout)) == 1
    assert "gone cannot be read: No such file or directory." in done.stderr.decode()


def test_a_message_that_is_no_message_is_shown_all_the_same(anywhere: Place) -> None:
    done = anywhere.type("mail", "inspect", "--jsonl", "-", stdin=b"\xff\x00\xfe" * 50)
    assert done.returncode == 0
    assert len(lines(done.stdout)) == 1


def test_each_line_gets_a_verdict_in_the_same_order(anywhere: Place) -> None:
    asked = [
        {"subject": "", "body": "Wo finde ich die Liste der offenen Posten?", "attachments": []},
        {"subject": "Grazie", "body": ""},
        {"subject": "Urgent", "body": "Le programme affiche une erreur 4711, aidez-nous tout de suite."},
    ]
    done = anywhere.type(
        "triage", "explain", "--jsonl", stdin=b"\n".join(json.dumps(a).encode() for a in asked)
    )
    verdicts = lines(done.stdout)
    assert done.returncode == 0
    assert len(verdicts) == 3
    assert verdicts[0]["label"] == "hotline"
    assert verdicts[2]["label"] == "support"
    assert all(verdict["reasons"] for verdict in (verdicts[0], verdicts[2]))


@pytest.mark.parametrize(
    "broken", [b"{", b"[]", b"null", b'"text"', b"\xff\xfe", b'{"subject": 7, "body": null}', b"[" * 100_000]
)
def test_a_broken_line_costs_its_own_answer_only(anywhere: Place, broken: bytes) -> None:
    good = json.dumps({"subject": "", "body": "Wo finde ich die Liste?"}).encode()

    done = anywhere.type("triage", "explain", "--jsonl", stdin=b"\n".join([good, broken, good]))

    first, odd, last = lines(done.stdout)
    assert done.returncode == 0
    assert first == last
    assert odd["label"] is None or "error" not in odd


def test_one_object_may_be_asked_without_jsonl(anywhere: Place) -> None:
    done = anywhere.type("triage", "explain", stdin=b'{\n"subject": "Merci",\n"body": "Merci beaucoup !"\n}')
    assert json.loads(done.stdout)["kind"] == "thanks_only"
    assert anywhere.type("triage", "explain", stdin=b"no json").returncode == 1


@pytest.mark.parametrize(
    "words", [("mail", "inspect", "-"), ("triage", "explain"), ("--help",), ("mail", "--help")]
)
def test_neither_web_nor_database_is_loaded_for_it(words: tuple[str, ...]) -> None:
    code = (
        "import sys\n"
        "from helpdesk.__main__ import main\n"
        "try:\n    main()\nexcept SystemExit:\n    pass\n"
        "print(*sys.modules, file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, *words],
        cwd=ROOT,
        input=b"{}",
        capture_output=True,
        check=True,
        timeout=60,
    )
    assert set(done.stderr.decode().split()) & HEAVY == set()

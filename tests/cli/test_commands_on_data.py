"""Commands that look into the database or change it, as an operator types them."""

import json
import sqlite3

from tests.cli.conftest import Place
from tests.support.letters import letter

PASSWORD = b"correct horse battery\n"


def test_people_come_and_go(place: Place) -> None:
    new = ("anna@helpdesk.example", "--name", "Anna Agent", "--role", "lead", "--language", "de")
    assert place.type("agent", "create", *new, "--password-stdin", stdin=PASSWORD).returncode == 0
    again = place.type("agent", "create", *new, "--password-stdin", stdin=PASSWORD)
    assert (again.returncode, again.stderr) == (
        1,
        b"helpdesk: Somebody with this e-mail address works here already.\n",
    )
    short = place.type("agent", "password", "Anna@helpdesk.example", "--password-stdin", stdin=b"short\n")
    assert b"at least 10 characters" in short.stderr
    renewed = place.type("agent", "password", "Anna@helpdesk.example", "--password-stdin", stdin=PASSWORD)
    assert renewed.returncode == 0
    assert place.type("agent", "deactivate", "anna@helpdesk.example").returncode == 0
    listed = place.type("agent", "list").stdout.decode().splitlines()
    assert listed[1].split() == ["anna@helpdesk.example", "Anna", "Agent", "lead", "de", "deactivated"]
    assert place.type("agent", "deactivate", "nobody@helpdesk.example").returncode == 1


def test_a_broken_book_is_found_and_named(place: Place) -> None:
    assert place.type("setup", "--demo").returncode == 0
    assert place.type("ledger", "check").stdout == b"The books are right.\n"
    with sqlite3.connect(place.data_dir / "helpdesk.sqlite3") as connection:
        for (trigger,) in connection.execute(
            "SELECT name FROM sqlite_master WHERE type = 'trigger'"
        ).fetchall():
            connection.execute(f"DROP TRIGGER {trigger}")
        connection.execute("UPDATE account SET credits_posted = credits_posted + 1 WHERE id = 2")
    connection.close()

    done = place.type("ledger", "check")

    assert done.returncode == 1
    assert b"account_sum: 2" in done.stdout


def test_a_message_is_followed_and_one_in_quarantine_is_tried_again(place: Place) -> None:
    for text in ("One", "Two"):
        assert (
            place.type("mail", "deliver", "--to", "support@helpdesk.example", stdin=letter(text)).returncode
            == 0
        )
    with sqlite3.connect(place.data_dir / "helpdesk.sqlite3") as connection:
        connection.execute("UPDATE raw_mail SET state = 'quarantine', error = 'ValueError: no' WHERE id = 2")
    connection.close()

    [waiting] = place.type("mail", "quarantine", "--jsonl").stdout.splitlines()
    assert json.loads(waiting)["id"] == 2
    assert b"ValueError: no" in place.type("mail", "quarantine").stdout
    assert place.type("mail", "retry", "1").returncode == 1
    told = place.type("mail", "replay", "--failed").stdout
    assert b"Message 2 would end as done" in told
    assert b"triaged" in told
    rehearsed = json.loads(place.type("mail", "replay", "2", "--jsonl").stdout)
    assert (rehearsed["id"], rehearsed["state"], rehearsed["error"]) == (2, "done", None)
    assert place.type("mail", "replay").returncode == 2
    assert json.loads(place.type("mail", "trace", "2", "--jsonl").stdout)["state"] == "quarantine"
    assert place.type("mail", "retry", "2").returncode == 0
    followed = json.loads(place.type("mail", "trace", "2", "--jsonl").stdout)
    assert followed["state"] == "due"
    assert followed["source"].startswith("pipe ")
    assert [step["step"] for step in followed["path"]] == ["retried"]
    assert place.type("mail", "replay", "2", "--for-real").stdout == b"Message 2 is now: done.\n"
    assert place.type("mail", "replay", "2", "--for-real").returncode == 1
    followed = place.type("mail", "trace", "2").stdout
    for said in (b"delivered    2 by pipe", b" opened ", b" triaged ", b"caused       mail 1 to"):
        assert said in followed
    assert place.type("mail", "trace", "99").returncode == 1


def test_upgrading_a_database_that_is_up_to_date_changes_nothing(place: Place) -> None:
    assert place.type("db", "upgrade").stdout == b"The database is up to date.\n"

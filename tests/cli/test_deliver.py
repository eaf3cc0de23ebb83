"""`helpdesk mail deliver` answers a mail server: 0 is "durably stored", 75 is "keep it", nothing else."""

import sqlite3
from typing import Any

import pytest

from tests.cli.conftest import Place
from tests.support.letters import letter

SUPPORT = "support@helpdesk.example"


def rows(place: Place) -> list[Any]:
    """What was stored."""
    connection = sqlite3.connect(place.data_dir / "helpdesk.sqlite3")
    try:
        query = "SELECT raw, envelope_from, envelope_to, source, state FROM raw_mail ORDER BY id"
        return connection.execute(query).fetchall()
    finally:
        connection.close()


def test_a_message_is_stored_byte_for_byte_with_its_envelope(place: Place) -> None:
    raw = letter("Grüezi") + b"\r\n\xff\x00 strange bytes"

    done = place.type(
        "mail", "deliver", "--from", "a@muster.example", "--to", SUPPORT, "--to", "b@x.example", stdin=raw
    )

    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")
    assert rows(place) == [(raw, "a@muster.example", f'["{SUPPORT}", "b@x.example"]', "pipe", "due")]


def test_each_delivery_is_kept_even_of_the_same_bytes(place: Place) -> None:
    raw = letter("Once or twice?")
    for _ in range(2):
        assert place.type("mail", "deliver", "--to", SUPPORT, stdin=raw).returncode == 0
    assert len(rows(place)) == 2


@pytest.mark.parametrize(
    ("words", "settings", "stdin"),
    [
        pytest.param((), {}, b"", id="no message"),
        pytest.param(("--too", SUPPORT), {}, b"From: a\n\nb", id="a wrong option"),
        pytest.param(("--to",), {}, b"From: a\n\nb", id="an option without its value"),
        pytest.param((), {"WEB_THREADS": "many"}, b"From: a\n\nb", id="a broken setting"),
        pytest.param((), {"MAX_MESSAGE_BYTES": "100000"}, b"x" * 100_001, id="too large"),
        pytest.param(
            (), {"DATABASE_URL": "sqlite:////nowhere/at/all.sqlite3"}, b"From: a\n\nb", id="no database"
        ),
        pytest.param((), {"HELPDESK_DATA_DIR": "/nowhere"}, b"From: a\n\nb", id="no key"),
    ],
)
def test_whatever_is_wrong_the_server_keeps_the_message(
    place: Place, words: tuple[str, ...], settings: dict[str, str], stdin: bytes
) -> None:
    done = place.type("mail", "deliver", *words, stdin=stdin, settings=settings)

    assert done.returncode == 75
    assert b"Traceback" not in done.stderr
    assert rows(place) == []


def test_a_database_that_cannot_be_reached_is_no_yes(place: Place) -> None:
    place.settings["DATABASE_URL"] = f"postgresql:///nothing?host={place.data_dir}"
    done = place.type("mail", "deliver", "--to", SUPPORT, stdin=letter("Keep me"))
    assert done.returncode == 75
    assert b"cannot be opened" in done.stderr


def test_an_older_database_is_no_yes(place: Place) -> None:
    with sqlite3.connect(place.data_dir / "helpdesk.sqlite3") as connection:
        connection.execute("DELETE FROM alembic_version")
    connection.close()
    assert place.type("mail", "deliver", "--to", SUPPORT, stdin=letter("Keep me")).returncode == 75

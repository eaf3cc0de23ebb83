"""What cannot start says so in one sentence, with exit code 1 and without a traceback."""

import socket
import sqlite3
from pathlib import Path

import pytest

from tests.cli.conftest import Place

PARTS = ("run", "web", "fetch", "worker", "clock")


def sentence(place: Place, *words: str) -> str:
    """What a command that must fail says."""
    done = place.type(*words)
    assert done.returncode == 1, done.stdout.decode() + done.stderr.decode()
    said = done.stderr.decode()
    assert said.count("\n") == 1, said
    assert said.startswith("helpdesk: "), said
    return said


@pytest.mark.parametrize("setting", ["WEB_LISTEN", "SMTP_LISTEN"])
def test_a_port_in_use_is_named_with_the_setting_that_moves_it(place: Place, setting: str) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        place.settings[setting] = taken = f"127.0.0.1:{other.getsockname()[1]}"

        said = sentence(place, "run")

    assert taken in said
    assert setting in said


def test_the_web_alone_says_so_too(place: Place) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        place.settings["WEB_LISTEN"] = f"127.0.0.1:{other.getsockname()[1]}"
        assert "WEB_LISTEN" in sentence(place, "web")


def test_an_address_that_is_not_ours_cannot_be_listened_on(place: Place) -> None:
    place.settings["WEB_LISTEN"] = "192.0.2.1:8000"
    assert "Change WEB_LISTEN" in sentence(place, "run")


@pytest.mark.parametrize("part", [*PARTS, "setup"])
def test_a_broken_setting_is_named(place: Place, part: str) -> None:
    place.settings["WEB_THREADS"] = "many"
    assert (
        sentence(place, part) == "helpdesk: The setting WEB_THREADS must be a whole number from 1 to 512.\n"
    )


def test_a_password_in_a_broken_setting_is_not_repeated(place: Place) -> None:
    place.settings["SMTP_URL"] = "http://user:hunter2@mail.example"
    assert "hunter2" not in sentence(place, "run")


@pytest.mark.parametrize("part", [*PARTS, "setup"])
def test_a_database_from_a_newer_version_is_left_alone(place: Place, part: str) -> None:
    with sqlite3.connect(place.data_dir / "helpdesk.sqlite3") as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    connection.close()

    done = place.type(part)

    assert done.returncode == 1
    assert "made by a newer version" in done.stderr.decode()
    assert "Traceback" not in done.stderr.decode()


def test_without_a_set_up_people_are_told_to_do_it(tmp_path: Path) -> None:
    assert "Run `helpdesk setup`" in sentence(Place(tmp_path / "nothing"), "run")


def test_a_key_alone_is_no_set_up(tmp_path: Path) -> None:
    key = {"SECRET_KEY": "a key for tests, long enough to be taken"}
    assert "Run `helpdesk setup` first" in sentence(Place(tmp_path / "nothing", key), "run")


@pytest.mark.parametrize("part", ["run", "worker"])
def test_a_database_that_is_away_is_named_without_its_password(place: Place, part: str) -> None:
    place.settings["DATABASE_URL"] = f"postgresql://me:hunter2@/nothing?host={place.data_dir}"
    said = sentence(place, part)
    assert "cannot be opened" in said
    assert "hunter2" not in said


def test_a_data_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    assert "cannot be created" in sentence(Place(tmp_path / "file" / "data"), "setup")

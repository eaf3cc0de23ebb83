"""`helpdesk setup`: from nothing to a system that can start; a second time it changes nothing."""

import sqlite3
import stat
from pathlib import Path

from tests.cli.conftest import Place


def mode(path: Path) -> int:
    """The permission bits."""
    return stat.S_IMODE(path.stat().st_mode)


def test_key_and_data_belong_to_their_owner_only(tmp_path: Path) -> None:
    place = Place(tmp_path / "deep" / "data")

    done = place.type("setup")

    assert done.returncode == 0, done.stderr
    assert mode(place.data_dir) == 0o700
    assert mode(place.data_dir / "secret_key") == 0o600
    assert len((place.data_dir / "secret_key").read_text().strip()) >= 32
    assert "Created the data folder" in done.stdout.decode()


def test_a_second_time_nothing_changes_and_nothing_is_said(place: Place) -> None:
    key = (place.data_dir / "secret_key").read_bytes()

    done = place.type("setup")

    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")
    assert (place.data_dir / "secret_key").read_bytes() == key


def test_a_key_in_the_settings_is_not_doubled_by_a_file(tmp_path: Path) -> None:
    place = Place(tmp_path / "data", {"SECRET_KEY": "a key for tests, long enough to be taken"})
    assert place.type("setup").returncode == 0
    assert not (place.data_dir / "secret_key").exists()


def test_the_mailbox_and_the_prices_are_there(place: Place) -> None:
    connection = sqlite3.connect(place.data_dir / "helpdesk.sqlite3")
    boxes = connection.execute("SELECT address FROM mailbox").fetchall()
    [prices] = connection.execute("SELECT count(*) FROM price").fetchone()
    connection.close()
    assert boxes == [("support@helpdesk.example",)]
    assert prices >= 8


def test_the_demo_comes_once_and_its_passwords_are_kept_for_the_owner(place: Place) -> None:
    assert b"Adding demo customers" in place.type("setup", "--demo").stdout
    sign_ins = place.data_dir / "demo-sign-ins.txt"
    before = sign_ins.read_text()
    assert mode(sign_ins) == 0o600
    assert place.type("setup", "--demo").stdout == b""
    assert sign_ins.read_text() == before
    assert place.type("ledger", "check").returncode == 0


def test_the_demo_mails_nobody(place: Place) -> None:
    done = place.type("setup", "--demo", settings={"SMTP_URL": "smtp://127.0.0.1:9"})
    assert b"No demo data: SMTP_URL is set" in done.stdout
    assert not (place.data_dir / "demo-sign-ins.txt").exists()

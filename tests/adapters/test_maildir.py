"""Fetching from a Maildir: stored first, moved afterwards, and one bad file stops nobody."""

import threading
import time
from pathlib import Path

import pytest

from helpdesk.core.errors import Unavailable
from helpdesk.mail.maildir import Maildir


@pytest.fixture
def kept() -> dict[str, bytes]:
    return {}


@pytest.fixture
def maildir(tmp_path: Path, kept: dict[str, bytes]) -> Path:
    for part in ("tmp", "new", "cur"):
        (tmp_path / part).mkdir()
    return tmp_path


def test_new_mail_is_stored_and_becomes_seen(maildir: Path, kept: dict[str, bytes]) -> None:
    (maildir / "new" / "1.a.host").write_bytes(b"one")
    (maildir / "new" / "2.b.host:2,").write_bytes(b"two")
    (maildir / "tmp" / "3.c.host").write_bytes(b"half wri")
    (maildir / "new" / ".hidden").write_bytes(b"no mail")
    assert Maildir(maildir, kept.__setitem__).take_all()
    assert kept == {"1.a.host": b"one", "2.b.host": b"two"}
    assert {file.name for file in (maildir / "cur").iterdir()} == {"1.a.host:2,S", "2.b.host:2,S"}
    assert (maildir / "tmp" / "3.c.host").exists()


def test_what_cannot_be_stored_stays_and_the_next_gets_its_turn(
    maildir: Path, kept: dict[str, bytes]
) -> None:
    def store(key: str, raw: bytes) -> None:
        if raw == b"bad":
            raise Unavailable("The disk is full.")
        kept[key] = raw

    (maildir / "new" / "1.a.host").write_bytes(b"bad")
    (maildir / "new" / "2.b.host").write_bytes(b"good")
    (maildir / "new" / "3.c.host").mkdir()
    assert not Maildir(maildir, store).take_all()
    assert kept == {"2.b.host": b"good"}
    assert {file.name for file in (maildir / "new").iterdir()} == {"1.a.host", "3.c.host"}


def test_after_a_crash_before_the_move_the_key_is_the_same(maildir: Path) -> None:
    keys: list[str] = []

    def crash(key: str, raw: bytes) -> None:
        keys.append(key)
        if len(keys) == 1:
            raise SystemExit

    (maildir / "new" / "1.a.host").write_bytes(b"one")
    with pytest.raises(SystemExit):
        Maildir(maildir, crash).take_all()
    assert Maildir(maildir, crash).take_all()
    assert keys == ["1.a.host", "1.a.host"]


def test_it_watches_until_it_is_stopped(tmp_path: Path, kept: dict[str, bytes]) -> None:
    folder, stop = tmp_path / "not" / "there" / "yet", threading.Event()
    thread = threading.Thread(target=Maildir(folder, kept.__setitem__).run, args=(stop,))
    thread.start()
    deadline = time.monotonic() + 5
    while not (folder / "cur").exists():
        assert time.monotonic() < deadline
        time.sleep(0.01)
    (folder / "tmp" / "x").write_bytes(b"mail")
    (folder / "tmp" / "x").rename(folder / "new" / "x")
    while not kept:
        assert time.monotonic() < deadline
        time.sleep(0.01)
    stop.set()
    thread.join(1)
    assert not thread.is_alive()
    assert kept == {"x": b"mail"}

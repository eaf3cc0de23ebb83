"""F10 to F17 of the fault plan: mail servers that cut, hang, forget and refuse, and others at our mailbox."""

import imaplib
import signal
import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from urllib.parse import quote

import pytest
import structlog
from flask import Flask

from helpdesk.core import clock
from helpdesk.db import db
from helpdesk.jobs.fetch import Intake
from helpdesk.jobs.schedule import SCHEDULE
from helpdesk.jobs.worker import Worker
from helpdesk.mail import imap_connection
from helpdesk.mail.queries import mail_sources
from helpdesk.settings import read_settings
from tests.adapters.dovecot import PASSWORD, USER, Dovecot
from tests.faults.cutting_proxy import CuttingProxy
from tests.faults.mailroom import Mailroom
from tests.jobs.running import running, until
from tests.support import require
from tests.support.desk import Desk
from tests.support.letters import letter

pytestmark = [pytest.mark.faults, pytest.mark.dovecot, pytest.mark.database("sqlite")]

# More than the fetcher moves at once.
MANY = 30


@pytest.fixture(scope="module")
def dovecot(loopback: None) -> Iterator[Dovecot]:
    server = Dovecot(require.check("dovecot"))
    yield server
    server.remove()


@pytest.fixture(scope="module")
def plain_dovecot(loopback: None) -> Iterator[Dovecot]:
    """One that cannot move: copy, mark, expunge."""
    server = Dovecot(require.check("dovecot"), capability="IMAP4rev1 UIDPLUS")
    yield server
    server.remove()


@pytest.fixture
def room(desk: Desk, dovecot: Dovecot) -> Mailroom:
    return Mailroom(desk, dovecot)


def test_f10_cut_after_the_server_has_moved(room: Mailroom) -> None:
    room.deliver(MANY)
    with CuttingProxy(room.dovecot.imap) as line:
        line.after_server_did(rb"UID MOVE", rb" OK ")
        assert room.fetch(line.port) is not None
        assert line.cuts == 1
    assert len(room.dovecot.messages("Processed")) == 25
    assert room.fetch() is None
    room.holds()


@pytest.mark.parametrize("command", ["COPY", "STORE", "EXPUNGE"])
def test_f10_cut_in_the_middle_of_a_move_by_hand(desk: Desk, plain_dovecot: Dovecot, command: str) -> None:
    room = Mailroom(desk, plain_dovecot)
    room.deliver(3)
    with CuttingProxy(plain_dovecot.imap) as line:
        line.after_server_did(f"UID {command}".encode(), rb" OK ")
        assert room.fetch(line.port) is not None
        assert line.cuts == 1
    assert room.fetch() is None
    desk.work()
    room.each_is_one_message()
    assert set(plain_dovecot.messages("Processed")) == set(room.delivered)


def test_f11_cut_in_the_middle_of_a_message(room: Mailroom) -> None:
    room.deliver(2)
    long = letter("Sehr lang. " * 9_000, sender="lang@customer.example")
    room.dovecot.put(long)
    room.delivered.append(long)
    with CuttingProxy(room.dovecot.imap) as line:
        line.after_bytes(50_000)
        assert room.fetch(line.port) is not None
        assert line.cuts == 1
    assert set(room.raw()) < set(room.delivered)  # whole ones only, and not yet the long one
    assert long not in room.raw()
    assert room.fetch() is None
    room.holds()


def test_f12_a_server_that_hangs_is_told_and_left_and_others_go_on(
    app: Flask, desk: Desk, dovecot: Dovecot, environment: dict[str, str], tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setattr(imap_connection, "ANSWER_SECONDS", 1)
    room, folder = Mailroom(desk, dovecot), tmp_path / "Maildir"
    with running(_intake(app, environment, dovecot, tmp_path, MAILDIRS=str(folder))):
        room.deliver(1)
        until(lambda: _errors() == [""])
        dovecot.signal_sessions(signal.SIGSTOP)
        try:
            room.deliver(1)
            other = letter("Aus dem anderen Postfach", sender="anders@customer.example")
            until((folder / "new").exists)
            (folder / "tmp" / "1.a").write_bytes(other)
            (folder / "tmp" / "1.a").rename(folder / "new" / "1.a")
            until(lambda: other in room.raw())
            # Nobody has looked into the mailbox for a quarter of an hour: that is an alarm.
            assert _alarms(clock.now() + timedelta(minutes=16)) == ["mailbox_not_well"]
        finally:
            dovecot.signal_sessions(signal.SIGKILL)
        until(lambda: not dovecot.messages())
    desk.work()
    room.delivered.append(other)
    room.each_is_one_message()


def test_f13_a_server_that_is_down_at_the_start_and_comes(
    app: Flask, desk: Desk, dovecot: Dovecot, environment: dict[str, str], tmp_path: Path
) -> None:
    room = Mailroom(desk, dovecot)
    room.deliver(2)
    dovecot.kill()
    with running(_intake(app, environment, dovecot, tmp_path)):
        until(lambda: _errors() != [""])
        dovecot.start()
        until(lambda: not dovecot.messages())
        until(lambda: _errors() == [""])
    room.holds()


def test_f14_a_new_uidvalidity_brings_nothing_back(room: Mailroom) -> None:
    room.deliver(5)
    assert room.fetch() is None
    room.desk.work()
    old = [letter(f"Längst erledigt {n}", subject=f"Alt {n}") for n in range(495)]
    for raw in old:
        room.dovecot.put(raw, "Processed")
    room.deliver(20)
    with CuttingProxy(room.dovecot.imap) as line:
        # All are stored under their old numbers, none is moved yet.
        line.after_server_did(rb"UID MOVE", rb" OK ")
        before = room.dovecot.messages("INBOX")
        room.fetch(line.port)
    for raw in before[:10]:
        room.dovecot.put(raw)  # half of them come to lie there again
    room.dovecot.forget_uids()
    assert room.fetch() is None
    room.desk.work()
    assert len(room.raw()) == 5 + 20 + 10
    room.each_is_one_message()
    assert len(room.desk.tickets()) == 25


def test_f15_another_client_reads_moves_and_deletes_meanwhile(room: Mailroom) -> None:
    room.deliver(24)
    begin = threading.Event()

    def rummage() -> None:
        with imaplib.IMAP4("127.0.0.1", room.dovecot.imap) as other:
            other.login(USER, PASSWORD)
            other.create("Elsewhere")
            other.select("INBOX")
            uids = other.uid("SEARCH", "ALL")[1][0].split()
            begin.set()
            for n, uid in enumerate(uids):
                other.uid("STORE", uid, "+FLAGS", r"(\Seen)")
                if n % 3 == 1:
                    other.uid("MOVE", uid, "Elsewhere")
                elif n % 3 == 2:
                    other.uid("STORE", uid, "+FLAGS", r"(\Deleted)")
                    other.expunge()

    thread = threading.Thread(target=rummage)
    thread.start()
    begin.wait(10)
    troubles = [room.fetch() for _ in range(2)]
    thread.join(20)
    troubles.append(room.fetch())
    assert troubles == [None] * 3  # what vanished is no error
    room.desk.work()
    kept = set(room.raw())
    # Gone is only what the other one took away before we had it; what was merely read is ours.
    lost = set(room.delivered) - kept
    assert lost.isdisjoint(room.delivered[::3])
    assert room.dovecot.messages("INBOX") == []
    room.delivered = [raw for raw in room.delivered if raw in kept]
    room.each_is_one_message()


def test_f16_a_folder_that_is_deleted_or_forbidden_doubles_nothing(room: Mailroom) -> None:
    processed = room.dovecot.folder / "mail" / USER / ".Processed"
    room.deliver(2)
    assert room.fetch() is None
    first = room.dovecot.messages("Processed")
    with imaplib.IMAP4("127.0.0.1", room.dovecot.imap) as other:
        other.login(USER, PASSWORD)
        other.delete("Processed")
    room.deliver(2)
    assert room.fetch() is None  # made anew
    assert sorted(first + room.dovecot.messages("Processed")) == sorted(room.delivered)
    room.deliver(2)
    aside = processed.with_name("aside")
    processed.rename(aside)
    processed.write_text("a file where the folder should be")
    for _ in range(3):
        assert "Processed" in (room.fetch() or "")
    processed.unlink()
    aside.rename(processed)
    assert len(room.dovecot.messages("INBOX")) == 2
    assert room.fetch() is None
    room.desk.work()
    room.each_is_one_message()


def test_f17_everything_twice_takes_each_mail_once(
    app: Flask, desk: Desk, dovecot: Dovecot, environment: dict[str, str], tmp_path: Path
) -> None:
    room = Mailroom(desk, dovecot)
    room.deliver(16)
    settings = read_settings(environment, tmp_path)
    db.session.remove()
    with running(
        _intake(app, environment, dovecot, tmp_path),
        _intake(app, environment, dovecot, tmp_path),
        Worker(settings, app.app_context),
        Worker(settings, app.app_context),
    ):
        until(lambda: len(list(settings.outbox_dir.glob("*.eml"))) == 16, 40)
        until(lambda: not dovecot.messages())
        assert dovecot.connections() == 1
    desk.postman.sent += [("", file.read_bytes()) for file in settings.outbox_dir.glob("*.eml")]
    room.holds()


def _intake(app: Flask, environment: dict[str, str], dovecot: Dovecot, folder: Path, **more: str) -> Intake:
    account = f"{quote(USER, safe='')}:{quote(PASSWORD, safe='')}@127.0.0.1:{dovecot.imap}"
    settings = read_settings(environment | {"IMAP_URLS": f"imap://{account}", **more}, folder)
    return Intake(settings, app.app_context)


def _errors() -> list[str]:
    db.session.rollback()
    return [source.error for source in mail_sources()]


def _alarms(at: object) -> list[str]:
    db.session.rollback()
    [watch] = [job for job in SCHEDULE if job.name == "watch_mail"]
    with structlog.testing.capture_logs() as said:
        watch.run(at)  # type: ignore[arg-type]
    return [line["event"] for line in said if line["log_level"] == "error" and "mailbox" in line["event"]]

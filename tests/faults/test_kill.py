"""Whoever dies in the middle of a mail, at whichever step: the mail is one message and is answered once."""

import hashlib
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from sqlalchemy import Connection, create_engine, text

from helpdesk.app import create_app
from helpdesk.db import db
from helpdesk.settings import read_settings
from tests.adapters.dovecot import PASSWORD, USER, Dovecot
from tests.faults.mail_sink import MailSink
from tests.faults.nursery import Nursery
from tests.support import require
from tests.support.databases import Databases
from tests.support.desk import Desk
from tests.support.letters import letter

pytestmark = [pytest.mark.faults, pytest.mark.dovecot, pytest.mark.timeout(400)]

NOW = datetime(2026, 11, 25, 9, 0, tzinfo=UTC)
# After the longest lease, and once more for mail of which nobody knows whether it left.
LATER = [NOW + timedelta(hours=1), NOW + timedelta(hours=2)]
FILE = b"%PDF-1.4 " + bytes(range(256)) * 40


@pytest.fixture(scope="module")
def nursery() -> Iterator[Nursery]:
    made = Nursery()
    yield made
    made.close()


@pytest.fixture(scope="module")
def dovecot(loopback: None) -> Iterator[Dovecot]:
    server = Dovecot(require.check("dovecot"))
    yield server
    server.remove()


@pytest.fixture
def sink(loopback: None) -> Iterator[MailSink]:
    server = MailSink()
    yield server
    server.close()


class Scene:
    """One database after another, all with the same office in it, and one mailbox."""

    def __init__(
        self, databases: Databases, folder: Path, nursery: Nursery, dovecot: Dovecot, sink: MailSink
    ) -> None:
        self._databases, self._folder, self._nursery = databases, folder, nursery
        self.dovecot, self.sink = dovecot, sink
        self._furnished = databases.new()
        self._lives = 0
        app = create_app(read_settings(self._environment(self._furnished), folder))
        with app.app_context():
            with Desk(app):
                pass
            db.session.remove()
            db.engine.dispose()

    def warm_up(self, mail: bytes) -> None:
        """One shift without a crash, in the parent of all others."""
        self.begin()
        self.dovecot.put(mail)
        self._nursery.warm_up(self._job([NOW], 0))
        self.end()

    def begin(self) -> None:
        """A fresh database and empty mailboxes."""
        self._lives += 1
        self.url = self._databases.new(self._furnished)
        self.files = self._folder / f"life-{self._lives}"
        self.files.mkdir()
        self.sink.taken.clear()
        for file in (self.dovecot.folder / "mail").rglob("*"):
            if file.parent.name in ("new", "cur"):
                file.unlink()

    def end(self) -> None:
        """Gives the database back."""
        self._databases.drop(self.url)

    def shift(self, times: list[datetime], crash_at: int = 0) -> str | None:
        """Lets a process work; returns the step at which it was killed, None if it lived."""
        code = self._nursery.run(self._job(times, crash_at))
        if code == -9:
            return self._trace.read_text()
        assert code == 0, f"the process ended with {code}"
        return None

    @property
    def _trace(self) -> Path:
        return self.files / "trace"

    def _job(self, times: list[datetime], crash_at: int) -> dict[str, Any]:
        return {
            "environment": self._environment(self.url),
            "times": [time.isoformat() for time in times],
            "crash_at": crash_at,
            "trace": str(self._trace),
        }

    def look(self) -> Connection:
        """Opens the database that was left behind."""
        return create_engine(self.url.replace("postgresql://", "postgresql+psycopg://")).connect()

    def _environment(self, url: str) -> dict[str, str]:
        return {
            "HELPDESK_DATA_DIR": str(getattr(self, "files", self._folder)),
            "DATABASE_URL": url,
            "SECRET_KEY": "a key for tests, long enough to be taken",
            "SMTP_LISTEN": "off",
            "SMTP_URL": self.sink.url,
            "IMAP_URLS": f"imap://{quote(USER, safe='')}:{quote(PASSWORD, safe='')}@127.0.0.1:{self.dovecot.imap}/INBOX",
        }


@pytest.fixture
def scene(databases: Databases, tmp_path: Path, nursery: Nursery, dovecot: Dovecot, sink: MailSink) -> Scene:
    return Scene(databases, tmp_path, nursery, dovecot, sink)


def test_a_process_killed_at_any_step_loses_and_doubles_nothing(scene: Scene) -> None:
    mail = letter(
        "C'est urgent : notre serveur est en panne, aidez-nous tout de suite s'il vous plaît.",
        subject="URGENT: panne",
        attachments=[("journal.pdf", "application/pdf", FILE)],
    )
    scene.warm_up(mail)
    step, steps = 0, []
    while True:
        step += 1
        scene.begin()
        scene.dovecot.put(mail)
        killed_at = scene.shift([NOW], crash_at=step)
        if killed_at is None:
            break
        steps.append(killed_at)
        assert scene.shift(LATER) is None
        with scene.look() as database:
            _check(scene, database, mail, f"after a kill at step {step} ({killed_at})", killed_at)
        database.engine.dispose()
        scene.end()
    scene.end()
    assert {"after FETCH", "before MOVE", "after MOVE", "before DATA", "after DATA, mail in doubt"} <= set(
        steps
    )
    assert step > 20, steps


def _check(scene: Scene, database: Connection, mail: bytes, when: str, killed_at: str) -> None:
    def all_of(query: str) -> list[Any]:
        return [tuple(row) for row in database.execute(text(query))]

    assert scene.dovecot.messages("INBOX") == [], when
    assert scene.dovecot.messages("Processed") == [mail], when
    [(raw, state)] = all_of("SELECT raw, state FROM raw_mail")
    assert (bytes(raw), state) == (mail, "done"), when
    [(ticket,)] = all_of("SELECT id FROM ticket")
    assert all_of("SELECT ticket_id FROM ticket_message WHERE kind = 'incoming'") == [(ticket,)], when
    [(sha256,)] = all_of("SELECT sha256 FROM attachment")
    assert sha256 == hashlib.sha256(FILE).hexdigest(), when
    assert FILE in [file.read_bytes() for file in scene.files.rglob(sha256)], when
    outbox = all_of("SELECT message_id, key, state FROM outgoing_mail ORDER BY id")
    assert [state for _id, _key, state in outbox] == ["sent"] * len(outbox), when
    assert sum(key.startswith("ack:") for _id, key, _state in outbox) == 1, when
    taken = scene.sink.by_message_id()
    assert taken.keys() == {message_id for message_id, _key, _state in outbox}, when
    doubled = [copies for copies in taken.values() if len(copies) > 1]
    if killed_at.endswith("mail in doubt"):
        # Nobody can know whether the server had it: it comes once more, as the very same mail.
        assert [(len(copies), len(set(map(_without_boundaries, copies)))) for copies in doubled] == [
            (2, 1)
        ], when
    else:
        assert doubled == [], when


def _without_boundaries(raw: bytes) -> bytes:
    """The message without the random marks between its parts."""
    return re.sub(rb"=====+\d+==", b"", raw)

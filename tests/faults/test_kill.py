"""Whoever dies in the middle of a mail, at whichever step: the mail is one message and is answered once."""

import hashlib
import re
import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from itertools import count
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from sqlalchemy import Connection, create_engine, text

from helpdesk.actions import answer_ticket
from helpdesk.actions.answer_ticket import Upload
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
# After the ten seconds in which an answer can be taken back.
SOON = NOW + timedelta(minutes=1)
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
        self._lives = 0
        self.mails_before = self.mails_before_answer = 0

    def furnish(self, tell: Callable[[Desk], bytes]) -> bytes:
        """Lets a story happen first; returns the mail that it ends with, which every life begins with."""
        self._furnished = self._databases.new()
        app = create_app(read_settings(self._environment(self._furnished), self._folder))
        with app.app_context():
            with Desk(app) as desk:
                self.mail = tell(desk)
                self.mails_before = len(desk.outbox())
            db.session.remove()
            db.engine.dispose()
        self._warm_up()
        return self.mail

    def lives(self) -> Iterator[tuple[str, Connection]]:
        """Life after life, each killed one step later than the one before, until one survives.

        Yields the step that was the last, and what another process has made of it since.
        """
        for step in count(1):
            self.begin()
            killed_at = self.shift([SOON], crash_at=step)
            if killed_at is None:
                break
            assert self.shift(LATER) is None
            engine = create_engine(self.url.replace("postgresql://", "postgresql+psycopg://"))
            with engine.connect() as database:
                yield killed_at, database
            engine.dispose()
            self.end()
        self.end()

    def _warm_up(self) -> None:
        """One shift without a crash, in the parent of all others."""
        self.begin()
        self._nursery.warm_up(self._job([SOON], 0))
        self.end()

    def begin(self) -> None:
        """A database as the story left it, and one mail in the mailbox."""
        self._lives += 1
        self.url = self._databases.new(self._furnished)
        self.files = self._folder / f"life-{self._lives}"
        self.files.mkdir()
        # What the story stored; a life of its own may not write into it.
        if (self._folder / "files").exists():
            shutil.copytree(self._folder / "files", self.files / "files")
        self.sink.taken.clear()
        for file in (self.dovecot.folder / "mail").rglob("*"):
            if file.parent.name in ("new", "cur"):
                file.unlink()
        self.dovecot.put(self.mail)

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
            # Each life costs about a second. One database is killed before each statement; the other where
            # something has just become durable or was said to a mail server, or is about to.
            "every_statement": self.url.startswith("sqlite"),
        }

    def check_steps(self, steps: list[str]) -> None:
        """The loop ended because a process lived, and had killed one at every kind of step before."""
        assert set(steps) >= TALKS
        assert len(steps) > (20 if self.url.startswith("sqlite") else 10)

    def _environment(self, url: str) -> dict[str, str]:
        return {
            "HELPDESK_DATA_DIR": str(getattr(self, "files", self._folder)),
            "DATABASE_URL": url,
            "SECRET_KEY": "a key for tests, long enough to be taken",
            "SMTP_LISTEN": "off",
            "AUTHSERV_ID": "mx.helpdesk.example",
            "SMTP_URL": self.sink.url,
            "IMAP_URLS": f"imap://{quote(USER, safe='')}:{quote(PASSWORD, safe='')}@127.0.0.1:{self.dovecot.imap}/INBOX",
        }


@pytest.fixture
def scene(databases: Databases, tmp_path: Path, nursery: Nursery, dovecot: Dovecot, sink: MailSink) -> Scene:
    return Scene(databases, tmp_path, nursery, dovecot, sink)


TALKS = {"after FETCH", "before MOVE", "after MOVE", "before DATA", "after DATA, mail in doubt"}


def test_a_process_killed_at_any_step_of_a_new_mail_loses_and_doubles_nothing(scene: Scene) -> None:
    def story(_desk: Desk) -> bytes:
        return letter(
            "C'est urgent : notre serveur est en panne, aidez-nous tout de suite s'il vous plaît.",
            subject="URGENT: panne",
            attachments=[("journal.pdf", "application/pdf", FILE)],
        )

    mail = scene.furnish(story)
    steps = []
    for killed_at, database in scene.lives():
        steps.append(killed_at)
        when = f"killed at step {len(steps)}, {killed_at}"
        _check_mailbox(scene, when)
        [(raw, state)] = _all_of(database, "SELECT raw, state FROM raw_mail")
        assert (bytes(raw), state) == (mail, "done"), when
        [(ticket,)] = _all_of(database, "SELECT id FROM ticket")
        incoming = "SELECT ticket_id FROM ticket_message WHERE kind = 'incoming'"
        assert _all_of(database, incoming) == [(ticket,)], when
        [(sha256,)] = _all_of(database, "SELECT sha256 FROM attachment")
        assert sha256 == hashlib.sha256(FILE).hexdigest(), when
        assert FILE in [file.read_bytes() for file in scene.files.rglob(sha256)], when
        written = [key.partition(":")[0] for (key,) in _all_of(database, "SELECT key FROM outgoing_mail")]
        assert sorted(written) == ["ack", "offer"], when
        _check_outbox(scene, database, killed_at, when)
    scene.check_steps(steps)


def test_a_process_killed_at_any_step_of_an_acceptance_holds_the_money_once(scene: Scene) -> None:
    def story(desk: Desk) -> bytes:
        desk.mail_in("C'est urgent : notre serveur est en panne.", subject="URGENT: panne")
        [offer] = [mail for mail in desk.mails_to("compta@muster.example") if mail.key.startswith("offer:")]
        return desk.answer(offer, "Oui, d'accord, merci de commencer tout de suite.")

    scene.furnish(story)
    steps = []
    for killed_at, database in scene.lives():
        steps.append(killed_at)
        when = f"killed at step {len(steps)}, {killed_at}"
        _check_mailbox(scene, when)
        holds = "SELECT kind, amount_minor FROM transfer WHERE cause = 'surcharge'"
        assert _all_of(database, holds) == [("pending", 200_00)], when
        credit = "SELECT credits_posted, debits_posted, debits_pending FROM account WHERE kind = 'credit'"
        assert (500_00, 0, 200_00) in _all_of(database, credit), when
        assert _all_of(database, "SELECT accepted FROM offer_answer") in ([(True,)], [(1,)]), when
        assert _all_of(database, "SELECT status, priority FROM ticket") == [("open", 0)], when
        _check_outbox(scene, database, killed_at, when)
    scene.check_steps(steps)


def test_a_process_killed_at_any_step_of_an_answer_sends_it_once_and_charges_once(scene: Scene) -> None:
    def story(desk: Desk) -> bytes:
        desk.mail_in("C'est urgent : notre serveur est en panne.", subject="URGENT: panne")
        [offer] = [mail for mail in desk.mails_to("compta@muster.example") if mail.key.startswith("offer:")]
        desk.reply(offer, "Oui, d'accord, merci de commencer tout de suite.")
        file = Upload("rapport.pdf", "application/pdf", FILE)
        by, number = desk.actor(desk.anna), desk.ticket().id
        answer_ticket.reply(number, "C'est réparé.", by=by, now=NOW, close=True, attachments=[file])
        scene.mails_before_answer = len(desk.outbox()) - 1
        return letter("Hej, var hittar jag momsrapporten?", sender="Erik Ekonomi <ekonomi@exempel.example>")

    scene.furnish(story)
    scene.mails_before = scene.mails_before_answer
    steps = []
    for killed_at, database in scene.lives():
        steps.append(killed_at)
        when = f"killed at step {len(steps)}, {killed_at}"
        _check_mailbox(scene, when)
        posted = "SELECT count(*) FROM transfer WHERE cause = 'surcharge' AND kind = 'post'"
        assert _all_of(database, posted) == [(1,)], when
        _check_outbox(scene, database, killed_at, when)
        [answer] = [raw for raw in scene.sink.taken if b"rapport.pdf" in raw][:1]
        [file] = [part for part in message_from_bytes(answer).walk() if part.get_filename()]
        assert file.get_payload(decode=True) == FILE, when
    scene.check_steps(steps)


def _all_of(database: Connection, query: str) -> list[Any]:
    return [tuple(row) for row in database.execute(text(query))]


def _check_mailbox(scene: Scene, when: str) -> None:
    """The mail was taken from the mailbox once, and kept."""
    assert scene.dovecot.messages("INBOX") == [], when
    assert scene.dovecot.messages("Processed") == [scene.mail], when


def _check_outbox(scene: Scene, database: Connection, killed_at: str, when: str) -> None:
    """Everything that this life wrote was sent, and nothing twice but what nobody can know about."""
    outbox = _all_of(database, f"SELECT message_id, state FROM outgoing_mail WHERE id > {scene.mails_before}")
    assert [state for _id, state in outbox] == ["sent"] * len(outbox), when
    taken = scene.sink.by_message_id()
    assert taken.keys() == {message_id for message_id, _state in outbox}, when
    doubled = [copies for copies in taken.values() if len(copies) > 1]
    if killed_at.endswith("mail in doubt"):
        # Nobody can know whether the server had it: it comes once more, as the very same mail.
        assert [(len(each), len(set(map(_without_boundaries, each)))) for each in doubled] == [(2, 1)], when
    else:
        assert doubled == [], when


def _without_boundaries(raw: bytes) -> bytes:
    """The message without the random marks between its parts."""
    return re.sub(rb"=====+\d+==", b"", raw)

"""Messages a second in one process, raw stored durably first, the whole work inside, fidelity checked.

python -m bench.intake --database sqlite --tickets 0 --messages 2000
"""

import gc
import hashlib
import json
import re
import time
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import click
from sqlalchemy import event, func, select

from bench.corpus import Corpus, Parent, people
from bench.growth import grow
from bench.stage import MAILBOX, stage
from helpdesk.actions.context import context
from helpdesk.actions.handle_mail import handle_due
from helpdesk.actions.receive_mail import receive
from helpdesk.db import db
from helpdesk.mail.models import OutgoingMail, RawMail
from helpdesk.tickets.models import Attachment, Ticket, TicketMessage

BATCH = 50
BASE = 1000
# So much office time between two messages that nobody's acknowledgements are held back.
APART = timedelta(seconds=20)


@dataclass(frozen=True, slots=True)
class Result:
    """What one run gave. `statements` are SQL statements a message; `peak_mb` is the process's memory."""

    database: str
    tickets_before: int
    messages: int
    a_second: float
    milliseconds: float
    cpu_milliseconds: float
    statements: float
    peak_mb: float


@dataclass(frozen=True, slots=True)
class Envelope:
    """From whom and to whom."""

    sender: str
    to: str


@dataclass(frozen=True, slots=True)
class Expected:
    """What must have become of a message, kept small: the memory measured is the worker's, not ours."""

    raw: str
    words: str
    file: str | None
    ticket: int | None


class Office:
    """Feeds messages and keeps the books of what must have become of them."""

    def __init__(self, folder: Path, seed: int, now: datetime) -> None:
        self._folder = folder
        self._corpus = Corpus(seed, MAILBOX)
        self._senders = {person.address: person for person in people()}
        self._seen_mail = 0
        self._seed = seed
        self._number = 0
        self.now = now
        self.cpu_seconds = 0.0
        self.fed: list[tuple[int, Expected]] = []

    def feed(self, count: int) -> float:
        """Takes `count` messages from the disk into tickets; returns the seconds that took."""
        spent = 0.0
        for _ in range(-(-count // BATCH)):
            files = self._write(min(BATCH, count))
            count -= len(files)
            began, cpu = time.perf_counter(), time.process_time()
            for path, envelope, expected in files:
                self.now += APART
                self._number += 1
                raw_id = receive(
                    path.read_bytes(),
                    source="bench",
                    source_key=f"{self._seed}:{self._number}",
                    envelope_from=envelope.sender,
                    envelope_to=[envelope.to],
                    now=self.now,
                )
                assert raw_id is not None
                self.fed.append((raw_id, expected))
            while handle_due(self.now):
                pass
            spent += time.perf_counter() - began
            self.cpu_seconds += time.process_time() - cpu
            self._read_answers()
        return spent

    def _write(self, count: int) -> list[tuple[Path, Envelope, Expected]]:
        files = []
        for number, sample in enumerate(self._corpus.take(count, self.now)):
            path = self._folder / f"{number}.eml"
            path.write_bytes(sample.raw)
            expected = Expected(
                _hash(sample.raw),
                _hash_words(sample.text),
                _hash(sample.attachment) if sample.attachment else None,
                sample.ticket,
            )
            files.append((path, Envelope(sample.person.address, sample.to), expected))
        return files

    def _read_answers(self) -> None:
        """Lets the customers have our answers, so that some of them reply."""
        query = select(OutgoingMail).where(OutgoingMail.id > self._seen_mail).order_by(OutgoingMail.id)
        for mail in db.session.scalars(query):
            self._seen_mail = mail.id
            if mail.ticket_number is not None and mail.to_address in self._senders:
                self._corpus.answerable.append(
                    Parent(
                        self._senders[mail.to_address],
                        mail.ticket_number,
                        mail.message_id,
                        mail.reply_to,
                        mail.subject,
                    )
                )
        db.session.remove()

    def forget_copies(self) -> None:
        """Nobody answers a copied mail: its reply address still names the ticket that it was copied from."""
        self._seen_mail = db.session.scalar(select(func.max(OutgoingMail.id))) or 0


def verify(office: Office) -> None:
    """Every message once, replies on their tickets, text, files and raw unchanged: or no figure counts."""
    for raw_id, expected in office.fed:
        raw = db.session.get_one(RawMail, raw_id)
        assert raw.state == "done", f"message {raw_id} is {raw.state}: {raw.error}"
        assert _hash(raw.raw) == expected.raw, f"message {raw_id} was not kept as it came"
        message = db.session.scalars(select(TicketMessage).where(TicketMessage.raw_mail_id == raw_id)).one()
        assert _hash_words(message.body) == expected.words, f"message {raw_id} has other text"
        if expected.ticket is not None:
            assert message.ticket_id == expected.ticket, f"message {raw_id} is on the wrong ticket"
        else:
            acknowledged = select(func.count()).where(OutgoingMail.key == f"ack:{raw_id}")
            assert db.session.scalar(acknowledged) == 1, f"message {raw_id} has no answer"
        files = db.session.scalars(select(Attachment).where(Attachment.message_id == message.id)).all()
        hashes = [_hash(context().files.get(file.sha256)) for file in files]
        assert hashes == ([expected.file] if expected.file else []), f"message {raw_id} lost a file"
        db.session.expunge_all()
    assert any(expected.ticket is not None for _id, expected in office.fed), "no reply was among the messages"


def _hash(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _hash_words(text: str) -> str:
    """White space apart: line ends are rightly made the same."""
    return _hash(" ".join(text.split()).encode())


def run(database: str, tickets: int, messages: int) -> Result:
    """One measurement on a new database with `tickets` in it already."""
    with stage(database), TemporaryDirectory(prefix="helpdesk-bench-mail-") as folder:
        office = Office(Path(folder), 1, datetime(2026, 11, 25, 8, 0, tzinfo=UTC))
        office.feed(BASE if tickets else 100)  # also warms up what is loaded once
        if tickets:
            grow(tickets)
            office.forget_copies()
        before = db.session.scalar(select(func.count()).select_from(Ticket)) or 0
        db.session.remove()
        office.fed.clear()
        office.cpu_seconds = 0.0
        _forget_peak()
        seconds = office.feed(messages)
        cpu = office.cpu_seconds
        peak = _peak_mb()
        verify(office)
        statements = _statements(office)
    return Result(
        database,
        before if tickets else 0,
        messages,
        round(messages / seconds, 1),
        round(1000 * seconds / messages, 2),
        round(1000 * cpu / messages, 2),
        statements,
        round(peak, 1),
    )


def _forget_peak() -> None:
    """Lets the kernel count anew: preparing took memory that a worker never needs."""
    gc.collect()
    Path("/proc/self/clear_refs").write_text("5")


def _peak_mb() -> float:
    """The most memory this process had since then (VmHWM)."""
    found = re.search(r"VmHWM:\s+(\d+) kB", Path("/proc/self/status").read_text())
    assert found
    return int(found[1]) / 1024


def _statements(office: Office) -> float:
    """SQL statements a message, counted apart from the clock."""
    said = 0

    def count(*_arguments: object) -> None:
        nonlocal said
        said += 1

    event.listen(db.engine, "before_cursor_execute", count)
    office.feed(2 * BATCH)
    event.remove(db.engine, "before_cursor_execute", count)
    return round(said / (2 * BATCH), 1)


@click.command()
@click.option("--database", type=click.Choice(["sqlite", "postgres"]), default="sqlite")
@click.option("--tickets", default=0, help="Tickets in the database before the measurement.")
@click.option("--messages", default=2000, help="Messages to take in.")
def main(database: str, tickets: int, messages: int) -> None:
    """Measures once and prints the result as JSON."""
    click.echo(json.dumps(asdict(run(database, tickets, messages))))


if __name__ == "__main__":
    main()

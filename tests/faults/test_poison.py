"""F26 and F27 of the fault plan: mail that is made to break its reader, and readers without memory.

`make faults` sends every kind in full; each round of `make test` some of them, small ones.
"""

import os
import resource
import signal
import subprocess
import sys
from collections import Counter
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select

from helpdesk.actions.receive_mail import receive
from helpdesk.core import clock
from helpdesk.db import db, transaction
from helpdesk.mail.models import RawMail
from tests.jobs.running import until
from tests.mail.test_limits import ORDINARY_BUT_NASTY, SUSPICIOUS
from tests.support.builders import a_mailbox, a_price_list
from tests.support.letters import letter

# PostgreSQL: SQLite takes a whole message into memory to count an attempt.
pytestmark = [pytest.mark.faults, pytest.mark.database("postgres")]

ROOT = Path(__file__).resolve().parents[2]
IN_FULL = bool(os.environ.get("HELPDESK_FAULTS_IN_FULL"))
KINDS = [*SUSPICIOUS.values(), *ORDINARY_BUT_NASTY.values()]
POISON = KINDS if IN_FULL else [raw for raw in KINDS if len(raw) < 70_000]
NORMAL = 200 if IN_FULL else 10
#: Bytes: the most memory that a worker may ever have taken, whatever it read.
MEMORY = 340 * 1024 * 1024


@pytest.fixture
def worker(app: Flask, environment: dict[str, str], tmp_path: Path):  # type: ignore[no-untyped-def]
    a_price_list()
    a_mailbox()
    db.session.remove()
    with (tmp_path / "said").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "helpdesk", "worker"],
            cwd=ROOT,
            env={**os.environ, **environment},
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
        )
    until(lambda: b"_started" in (tmp_path / "said").read_bytes(), 30)
    yield process

    process.send_signal(signal.SIGKILL)
    process.wait()


def _receive(raw: bytes, key: str) -> None:
    receive(raw, source="test", source_key=key, envelope_to=["support@helpdesk.example"], now=clock.now())


def _normal(n: int) -> bytes:
    return letter(f"Wie drucke ich Beleg {n}?", sender=f"person{n}@customer.example", subject=f"Frage {n}")


def _states(*conditions: object) -> Counter[str]:
    db.session.rollback()
    query = select(RawMail.state, func.count()).where(*conditions).group_by(RawMail.state)  # type: ignore[arg-type]
    return Counter(dict(map(tuple, db.session.execute(query))))


def test_f26_poison_in_front_holds_up_nobody(app: Flask, worker: "subprocess.Popen[bytes]") -> None:
    assert len(POISON) >= (50 if IN_FULL else 8)
    for n, raw in enumerate(POISON):
        _receive(raw, f"poison {n}")
    for n in range(NORMAL):
        _receive(_normal(n), f"normal {n}")
    normal = RawMail.source_key.startswith("normal")
    until(lambda: _states(normal) == {"done": NORMAL}, 60)
    until(lambda: "due" not in _states(), 60)
    assert _states()["done"] + _states()["discarded"] == NORMAL + len(POISON)
    assert _peak(worker.pid) < MEMORY


@pytest.mark.skipif(not IN_FULL, reason="takes half a minute: make faults")
def test_f27_a_mail_that_memory_does_not_suffice_for(app: Flask, worker: "subprocess.Popen[bytes]") -> None:
    """It waits in quarantine after three tries; all others are handled, before and after."""
    limit = _memory(worker.pid) + 60 * 1024 * 1024
    resource.prlimit(worker.pid, resource.RLIMIT_AS, (limit, limit))
    _receive(letter("x" * 37_000_000, sender="gross@customer.example"), "big")
    for n in range(5):
        _receive(_normal(n), f"meanwhile {n}")
    until(lambda: _states(RawMail.source_key.startswith("meanwhile")) == {"done": 5}, 30)
    for attempt in (1, 2, 3):
        until(lambda attempt=attempt: _tried() >= attempt, 30)  # type: ignore[misc]
        _end_pauses()
    until(lambda: _states(RawMail.source_key == "big") == {"quarantine": 1}, 30)
    assert worker.poll() is None
    _receive(_normal(6), "afterwards")
    until(lambda: _states(RawMail.source_key == "afterwards") == {"done": 1}, 30)


def _tried() -> int:
    db.session.rollback()
    return db.session.scalar(select(RawMail.attempts).where(RawMail.source_key == "big")) or 0


def _end_pauses() -> None:
    """As if its lease had ended, or the pause after which it is tried again."""
    with transaction():
        [big] = db.session.scalars(select(RawMail).where(RawMail.source_key == "big"))
        big.due_at = clock.now() - timedelta(seconds=1)


def _memory(pid: int) -> int:
    """Bytes of address space."""
    return int(Path(f"/proc/{pid}/statm").read_text().split()[0]) * resource.getpagesize()


def _peak(pid: int) -> int:
    """The most bytes of memory that the process had."""
    lines = dict(line.split(":", 1) for line in Path(f"/proc/{pid}/status").read_text().splitlines())
    return int(lines["VmHWM"].split()[0]) * 1024

"""The processes as an operator starts them: TERM ends each with 0, and kill -9 loses nothing."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select

from helpdesk.actions.receive_mail import receive
from helpdesk.core import clock
from helpdesk.db import db, transaction
from helpdesk.mail.models import RawMail
from helpdesk.tickets.models import TicketMessage
from tests.jobs.running import until
from tests.support.builders import a_mailbox, a_price_list
from tests.support.letters import letter

ROOT = Path(__file__).resolve().parents[2]


def _start(name: str, environment: dict[str, str], said: Path) -> "subprocess.Popen[bytes]":
    with said.open("wb") as log:
        return subprocess.Popen(
            [sys.executable, "-m", "helpdesk", name],
            cwd=ROOT,
            env={**os.environ, **environment},
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
        )


def _begun(said: Path) -> bool:
    return b"_started" in said.read_bytes()


def _handled() -> int:
    db.session.rollback()
    query = select(func.count()).select_from(TicketMessage).where(TicketMessage.kind == "incoming")
    return db.session.scalar(query) or 0


@pytest.mark.parametrize("name", ["fetch", "worker", "clock"])
@pytest.mark.database("sqlite")
def test_term_ends_a_process_with_0(
    name: str, app: Flask, environment: dict[str, str], tmp_path: Path
) -> None:
    said = tmp_path / "said"
    with _start(name, environment, said) as process:
        until(lambda: _begun(said), 30)
        begun = time.monotonic()
        process.terminate()
        assert process.wait(10) == 0
    assert time.monotonic() - begun < 12
    assert b"Traceback" not in said.read_bytes()


def test_killed_workers_lose_and_double_nothing(
    app: Flask, environment: dict[str, str], tmp_path: Path
) -> None:
    a_price_list()
    a_mailbox()
    for n in range(200):
        raw = letter(f"Wie drucke ich Beleg {n}?", subject=f"Frage {n}", sender=f"person{n}@customer.example")
        receive(
            raw, source="test", source_key=str(n), envelope_to=["support@helpdesk.example"], now=clock.now()
        )
    said = tmp_path / "said"
    for at_least in (5, 60):
        with _start("worker", environment, said) as victim:
            until(lambda at_least=at_least: _handled() >= at_least, 60)
            victim.send_signal(signal.SIGKILL)
            victim.wait()
    assert _handled() < 200, "the workers were killed too late to show anything"
    _end_leases()
    with _start("worker", environment, said) as one, _start("worker", environment, said) as other:
        until(lambda: _handled() == 200, 60)
        one.terminate()
        other.terminate()
        assert (one.wait(10), other.wait(10)) == (0, 0)
    assert _handled() == 200
    states = db.session.execute(select(RawMail.state, func.count()).group_by(RawMail.state)).all()
    assert [tuple(state) for state in states] == [("done", 200)]


def _end_leases() -> None:
    """As if the time had passed after which others take up what a dead worker had."""
    with transaction():
        for mail in db.session.scalars(select(RawMail).where(RawMail.state == "due")):
            mail.due_at = clock.now()

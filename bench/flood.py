"""Ten thousand mails at once: how fast they become tickets, whether one is lost, and what agents feel of it.

    python -m bench.flood --database postgres --messages 10000

All are stored before the first is handled. Then workers take them, as `helpdesk run` starts them, while an
agent opens the queue again and again; in the end each message must be one ticket message, done once.
"""

import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime

import click
from flask import Flask
from sqlalchemy import func, select

from bench.corpus import Corpus
from bench.pages import signed_in
from bench.stage import MAILBOX, stage
from helpdesk.actions.receive_mail import receive
from helpdesk.core import clock
from helpdesk.db import db
from helpdesk.mail.models import RawMail
from helpdesk.settings import Settings
from helpdesk.tickets.models import TicketMessage
from tests.support.ports import free_port

# An agent who does nothing but reload the queue.
PAUSE_SECONDS = 0.3


@dataclass(frozen=True, slots=True)
class Flood:
    """What one flood gave; rates a second, times of the queue page in milliseconds."""

    database: str
    messages: int
    workers: int
    stored_a_second: float
    handled_a_second: float
    lost: int
    doubled: int
    queue_median: float
    queue_95: float
    queue_slowest: float


def run(database: str, messages: int, workers: int) -> Flood:
    """One flood on a new database."""
    with stage(database) as app:
        client = signed_in(app)
        stored = _store(messages)
        times: list[float] = []
        began = time.perf_counter()
        with _working(app, workers):
            while _waiting():
                asked = time.perf_counter()
                answer = client.get("/queue")
                times.append(1000 * (time.perf_counter() - asked))
                assert answer.status_code == 200, answer.status
                time.sleep(PAUSE_SECONDS)
            handled = time.perf_counter() - began
        db.session.rollback()
        lost, doubled = _check(messages)
    times.sort()
    return Flood(
        database,
        messages,
        workers,
        round(messages / stored, 1),
        round(messages / handled, 1),
        lost,
        doubled,
        round(statistics.median(times), 1),
        round(times[int(0.95 * (len(times) - 1))], 1),
        round(times[-1], 1),
    )


def _store(messages: int) -> float:
    """Takes all in; returns the seconds that took."""
    now, spent = clock.now(), 0.0
    for number, sample in enumerate(Corpus(1, MAILBOX).take(messages, datetime.now(UTC))):
        began = time.perf_counter()
        receive(
            sample.raw,
            source="flood",
            source_key=str(number),
            envelope_from=sample.person.address,
            envelope_to=[sample.to],
            now=now,
        )
        spent += time.perf_counter() - began
    return spent


@contextmanager
def _working(app: Flask, workers: int) -> Iterator[None]:
    settings: Settings = app.extensions["helpdesk"]
    environment = {
        **os.environ,
        "HELPDESK_DATA_DIR": str(settings.data_dir),
        "DATABASE_URL": settings.database_url,
        "SECRET_KEY": "a key for measuring, long enough to be taken",
        "SMTP_LISTEN": f"127.0.0.1:{free_port()}",
    }
    with (settings.data_dir / "workers").open("wb") as log:
        running = [
            subprocess.Popen(
                [sys.executable, "-m", "helpdesk", "worker"], env=environment, stdout=log, stderr=log
            )
            for _ in range(workers)
        ]
    try:
        yield
    finally:
        for process in running:
            process.terminate()
        for process in running:
            process.wait(30)


def _waiting() -> bool:
    db.session.rollback()
    return db.session.scalar(select(RawMail.id).where(RawMail.state == "due").limit(1)) is not None


def _check(messages: int) -> tuple[int, int]:
    """How many messages did not become a ticket message, and how many became two."""
    raw = TicketMessage.raw_mail_id
    there = db.session.scalar(select(func.count(func.distinct(raw)))) or 0
    rows = db.session.scalar(select(func.count(raw))) or 0
    return messages - there, rows - there


@click.command()
@click.option("--database", type=click.Choice(["sqlite", "postgres"]), default="sqlite")
@click.option("--messages", default=10_000, help="Messages that come at once.")
@click.option("--workers", default=1, help="Worker processes.")
def main(database: str, messages: int, workers: int) -> None:
    """Measures once and prints the result as JSON."""
    click.echo(json.dumps(asdict(run(database, messages, workers))))


if __name__ == "__main__":
    main()

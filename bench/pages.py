"""How long an agent waits for a page, and how many questions it asks the database.

    python -m bench.pages --database sqlite --tickets 100000

In this process, from the request's beginning to the last byte, without the network; a tenth of the tickets
are not closed, half of those are open.
"""

import json
import re
import statistics
import tempfile
import time
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

import click
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event, func, select

from bench.growth import grow
from bench.intake import Office
from bench.stage import stage
from helpdesk.accounts.passwords import hash_password
from helpdesk.db import db
from helpdesk.tickets.models import Ticket, TicketMessage
from tests.support.builders import an_agent

PASSWORD = "a password for measuring"
ROUNDS = 30
WARM_UP = 5
_CSRF = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')


@dataclass(frozen=True, slots=True)
class Page:
    """One page's figures; times in milliseconds."""

    database: str
    tickets: int
    page: str
    median: float
    slowest: float
    queries: int
    kilobytes: float


def run(database: str, tickets: int) -> list[Page]:
    """Measures the pages that agents look at all day."""
    with stage(database) as app, tempfile.TemporaryDirectory() as folder:
        Office(Path(folder), 1, datetime(2026, 11, 25, 8, 0, tzinfo=UTC)).feed(min(1000, tickets))
        grow(tickets)
        have = db.session.scalar(select(func.count()).select_from(Ticket)) or 0
        longest = db.session.scalar(
            select(TicketMessage.ticket_id)
            .join(Ticket)
            .where(Ticket.status == "open")
            .group_by(TicketMessage.ticket_id)
            .order_by(func.count().desc())
            .limit(1)
        )
        db.session.remove()
        client = signed_in(app)
        with app.test_request_context():
            queue = app.url_for("agent.queue")
        pages = {"queue": queue, "closed": f"{queue}?view=closed", "ticket": f"/tickets/{longest}"}
        return [_measure(client, database, have, name, path) for name, path in pages.items()]


def signed_in(app: Flask) -> FlaskClient:
    """A browser of a lead."""
    agent = an_agent("Bea Bench", role="lead", password_hash=hash_password(PASSWORD))
    client = app.test_client()
    form = client.get("/sign-in").get_data(as_text=True)
    token = _CSRF.search(form)
    assert token, "the sign-in form has no CSRF token"
    answer = client.post(
        "/sign-in", data={"email": agent.email, "password": PASSWORD, "csrf_token": token[1]}
    )
    assert answer.status_code == 303, answer.status
    return client


def _measure(client: FlaskClient, database: str, tickets: int, name: str, path: str) -> Page:
    asked = 0

    def count(*_arguments: object) -> None:
        nonlocal asked
        asked += 1

    times, size = [], 0
    for turn in range(WARM_UP + ROUNDS):
        if turn == 0:
            event.listen(db.engine, "before_cursor_execute", count)
        began = time.perf_counter()
        answer = client.get(path)
        took = 1000 * (time.perf_counter() - began)
        if turn == 0:
            event.remove(db.engine, "before_cursor_execute", count)
        assert answer.status_code == 200, f"{path}: {answer.status}"
        size = len(answer.data)
        if turn >= WARM_UP:
            times.append(took)
    return Page(
        database,
        tickets,
        name,
        round(statistics.median(times), 1),
        round(max(times), 1),
        asked,
        round(size / 1024, 1),
    )


@click.command()
@click.option("--database", type=click.Choice(["sqlite", "postgres"]), default="sqlite")
@click.option("--tickets", default=1000, help="Tickets in the database.")
def main(database: str, tickets: int) -> None:
    """Measures once and prints the result as JSON, one line a page."""
    for page in run(database, tickets):
        click.echo(json.dumps(asdict(page)))


if __name__ == "__main__":
    main()

"""What charging a work entry costs with many transfers in the books, and a statement of 10,000 lines.

Usage: python -m bench.charge --database sqlite|postgres --transfers 1000000
Each charge is a transaction of its own: agreement, price, lots, transfer, work entry, commit. All transfers
are booked through the triggers, and the books are proven at the end.
"""

import json
import statistics
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from zoneinfo import ZoneInfo

import click
from sqlalchemy import insert

from helpdesk.billing import ledger
from helpdesk.billing.ledger_check import check_ledger
from helpdesk.billing.models import Transfer
from helpdesk.billing.tables import as_csv
from helpdesk.core.money import Money, chf
from helpdesk.customers.models import Customer
from helpdesk.db import db, insert_row, transaction
from helpdesk.reports.statement import statement_of
from helpdesk.reports.statement_paper import as_pdf, as_rows
from tests.billing.world import NOW, TODAY, World, opened
from tests.support import require
from tests.support.databases import migrate_url
from tests.support.postgres import Cluster

_CUSTOMERS = 1_000
_BATCH = 20_000
_LINES = 10_000


@click.command()
@click.option("--database", type=click.Choice(("sqlite", "postgres")), default="sqlite")
@click.option("--transfers", default=1_000_000)
@click.option("--charges", default=200)
def main(database: str, transfers: int, charges: int) -> None:
    """Fills the books, charges, and prints one line of figures as JSON."""
    with _database(database) as url, opened(url) as world:
        _fill(world, transfers)
        times, work = _charge(world, charges)
        result = {
            "database": database,
            "transfers": transfers,
            "charge_ms_median": round(statistics.median(times) * 1000, 2),
            "charge_cpu_ms_median": round(statistics.median(work) * 1000, 2),
            "charge_ms_p95": round(sorted(times)[int(len(times) * 0.95)] * 1000, 2),
            **_statement(world),
            "findings": len(check_ledger()),
        }
    click.echo(json.dumps(result))


@contextmanager
def _database(kind: str) -> Iterator[str]:
    if kind == "sqlite":
        with TemporaryDirectory() as folder:
            url = f"sqlite:///{Path(folder) / 'books.sqlite3'}"
            migrate_url(url)
            yield url
        return
    cluster = Cluster(require.check("postgres"), durable=True)
    try:
        url = cluster.url(cluster.create()).replace("postgresql://", "postgresql+psycopg://")
        migrate_url(url)
        yield url
    finally:
        cluster.remove()


def _fill(world: World, transfers: int) -> None:
    """Credit of many customers, each bought once and then used in small parts."""
    with transaction():
        accounts = []
        for number in range(_CUSTOMERS):
            customer = insert_row(
                Customer, number=f"B{number}", name=f"Kunde {number}", language="de", created_at=NOW
            )
            accounts.append(ledger.open_account("credit", "CHF", customer_id=customer, now=NOW))
    began = datetime(2026, 1, 1, tzinfo=UTC)
    for start in range(0, transfers, _BATCH):
        rows = [_row(world, accounts, n, began) for n in range(start, min(transfers, start + _BATCH))]
        with transaction():
            db.session.connection().execute(insert(Transfer), rows)


def _row(world: World, accounts: list[int], n: int, began: datetime) -> dict[str, object]:
    account = accounts[n % _CUSTOMERS]
    buys = n < _CUSTOMERS
    return {
        "key": f"bench:{n}",
        "kind": "single",
        "debit_account_id": world.cash if buys else account,
        "credit_account_id": account if buys else world.revenue,
        "amount_minor": 10_000_000 if buys else 4500,
        "currency": "CHF",
        "cause": "top_up" if buys else "licence",
        "cause_ref": "",
        "actor_kind": "system",
        "reason": "",
        "created_at": began + timedelta(seconds=n),
    }


def _charge(world: World, charges: int) -> tuple[list[float], list[float]]:
    """Seconds by the clock and seconds of this process's work, of each charge."""
    with transaction():
        world.top_up(chf(900_000))
        world.standing(chf(900_000))
    times, work = [], []
    for number in range(charges):
        started, busy = time.perf_counter(), time.process_time()
        with transaction():
            world.log(15, key=f"bench-{number}", local_day=TODAY + timedelta(days=number))
        times.append(time.perf_counter() - started)
        work.append(time.process_time() - busy)
    return times, work


def _statement(world: World) -> dict[str, float]:
    for start in range(0, _LINES, 1000):
        with transaction():
            for number in range(start, start + 1000):
                world.charge(f"line:{number}", Money(100))
    customer = db.session.get(Customer, world.customer)
    assert customer is not None
    started = time.process_time()
    found = statement_of(customer, TODAY.replace(day=1), TODAY, ZoneInfo("Europe/Zurich"))
    read = time.process_time()
    assert len(found.lines) >= _LINES
    as_csv(as_rows(found, "de"))
    table = time.process_time()
    as_pdf(found, "de", vendor="Muster", made_at=NOW)
    paper = time.process_time()
    return {
        "statement_lines": len(found.lines),
        "statement_read_s": round(read - started, 2),
        "statement_csv_s": round(table - read, 2),
        "statement_pdf_s": round(paper - table, 2),
    }


if __name__ == "__main__":
    main()

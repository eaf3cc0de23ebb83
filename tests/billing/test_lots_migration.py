"""Books from before there were lots: each payment becomes one, and every charge so far is told its lots."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from alembic import command
from sqlalchemy import Connection, text

from helpdesk.billing import ledger, queries
from helpdesk.billing.ledger_check import check_ledger
from helpdesk.core.actors import SYSTEM
from helpdesk.core.money import chf
from helpdesk.db import db, migrate, transaction
from tests.billing.world import NOW, make_app


@pytest.fixture
def old_books(databases, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[str]:
    """The address of a database as the first migration left it."""
    if request.node.callspec.params["databases"] == "sqlite":
        yield f"sqlite:///{tmp_path}/old.sqlite3"
        return
    cluster = request.getfixturevalue("postgres_cluster")
    name = cluster.create()
    yield cluster.url(name).replace("postgresql://", "postgresql+psycopg://")
    cluster.drop(name)


def test_credit_from_before_lots_is_given_to_lots(old_books: str) -> None:
    with opened_app(old_books):
        with db.engine.connect() as connection, connection.begin():
            command.upgrade(migrate.config(connection), "0001")
            _a_customer(connection)
            # All in one moment, as a demo or an import books it.
            _book(connection, "paid", "top_up", 2, 1, 500)
            _book(connection, "bonus", "bonus", 2, 1, 200)
            _book(connection, "a", "licence", 1, 3, 350)
            _book(connection, "h", "licence", 1, 3, 300, kind="pending")
            _book(connection, "h:done", "licence", 1, 3, 100, kind="post", pending_key="h")
            _book(connection, "a:back", "reversal", 3, 1, 350, kind="reverse", reverses_key="a")
            _book(connection, "b", "licence", 1, 3, 600)
        migrate.upgrade(db.engine)
        assert check_ledger() == []
        assert ledger.balance(1).posted.minor == 0
        assert {lot.key: lot.rest.minor for lot in queries.lots_of(1, all_of_them=True)} == {
            "paid": 0,
            "bonus": 0,
        }
        with transaction():
            ledger.reverse("b:back", "b", by=SYSTEM, now=NOW, reason="wrong")
            ledger.transfer("c", debit=1, credit=3, amount=chf(6), cause="licence", by=SYSTEM, now=NOW)
        assert check_ledger() == []


@contextmanager
def opened_app(url: str) -> Iterator[None]:
    """An app context on the database at `url`, closed whatever happens."""
    with make_app(url).app_context():
        try:
            yield
        finally:
            db.session.remove()
            db.engine.dispose()


def _a_customer(connection: Connection) -> None:
    at = NOW.strftime("%Y-%m-%d %H:%M:%S.%f")
    connection.execute(
        text(
            "INSERT INTO customer (id, number, name, segment, language, street, house_number, postcode, town,"
            " country, phone, vat_id, created_at)"
            " VALUES (1, 'K-1', 'Muster', 'other', 'de', '', '', '', '', 'CH', '', '', :at)"
        ),
        {"at": at},
    )
    for number, kind, owner, limit in (
        (1, "credit", 1, 0),
        (2, "cash", None, None),
        (3, "revenue_other", None, None),
    ):
        connection.execute(
            text(
                "INSERT INTO account (id, kind, customer_id, currency, limit_minor, created_at)"
                " VALUES (:id, :kind, :owner, 'CHF', :limit, :at)"
            ),
            {"id": number, "kind": kind, "owner": owner, "limit": limit, "at": at},
        )


def _book(
    connection: Connection, key: str, cause: str, debit: int, credit: int, minor: int, **more: str
) -> None:
    row = {
        "key": key,
        "kind": "single",
        "debit_account_id": debit,
        "credit_account_id": credit,
        "amount_minor": minor,
        "currency": "CHF",
        "cause": cause,
        "cause_ref": "",
        "actor_kind": "system",
        "reason": "",
        "created_at": NOW.strftime("%Y-%m-%d %H:%M:%S.%f"),
    } | more
    names = ", ".join(row)
    connection.execute(
        text(f"INSERT INTO transfer ({names}) VALUES ({', '.join(':' + n for n in row)})"), row
    )

"""The rules that the database itself enforces by triggers: arithmetic, order of steps, no change of books.

Python may be wrong, two processes may race, somebody may open a SQL prompt: the books stay right. Each
refusal is a code (`ledger_above_hold`), which `ledger.py` and `offers.py` turn into a sentence for people.

The same rules twice, because SQLite and PostgreSQL speak differently; the same tests run against both.
BEFORE triggers check, AFTER triggers count. Under PostgreSQL's READ COMMITTED the UPDATE of the account's
(and the offer's) row makes concurrent writers wait for each other, and the CHECK on the new sum decides.
"""

from typing import Any

from sqlalchemy import Connection, Table, event

from helpdesk.billing import book_rules, invoice_rules, lot_rules
from helpdesk.billing.triggers_postgresql import Postgresql
from helpdesk.billing.triggers_sqlite import Sqlite

_TABLES = (
    "account",
    "price",
    "standing_authorisation",
    "offer",
    "offer_answer",
    "transfer",
    "credit_lot",
    "lot_use",
    "work_entry",
    "answer_seal",
    "objection",
    "invoice_series",
    "invoice",
    "invoice_item",
)
_FROZEN_TABLES = (
    "transfer",
    "offer_answer",
    "price",
    "lot_use",
    "work_entry",
    "answer_seal",
    "invoice_item",
)
_SPEAKERS: dict[str, Sqlite | Postgresql] = {"sqlite": Sqlite(), "postgresql": Postgresql()}


def statements(dialect: str) -> list[str]:
    """All triggers in the words of `sqlite` or `postgresql`, for a migration; may be run again.

    On SQLite a migration that rebuilds one of these tables drops its triggers: run these after it.
    """
    return [s for table in _TABLES for s in table_statements(table, dialect)]


def table_statements(table: str, dialect: str) -> list[str]:
    """The triggers of one table."""
    speak = _SPEAKERS[dialect]
    made: list[str] = []
    if table in _FROZEN_TABLES:
        made += speak.frozen(table)
    if table == "transfer":
        made += speak.checks(table, "INSERT", (*book_rules.TRANSFER_RULES, *lot_rules.TRANSFER_RULES))
        made += speak.counts()
        made += speak.lots()
    if table == "credit_lot":
        made += speak.checks(table, "INSERT", lot_rules.NEW_LOT_RULES)
        made += speak.checks(table, "UPDATE", lot_rules.LOT_RULES)
        made += speak.kept(table)
    if table == "lot_use":
        made += speak.checks(table, "INSERT", lot_rules.USE_RULES)
        made += speak.uses()
    if table == "account":
        made += speak.checks(
            table, "UPDATE", (book_rules.unchanged("ledger_unchangeable", book_rules.FROZEN_ACCOUNT),)
        )
        made += speak.kept(table)
    if table == "offer":
        made += speak.checks(table, "INSERT", book_rules.NEW_OFFER_RULES)
        made += speak.checks(
            table,
            "UPDATE",
            (*book_rules.OFFER_RULES, book_rules.unchanged("offer_frozen", book_rules.FROZEN_OFFER)),
        )
        made += speak.kept(table)
    if table == "offer_answer":
        made += speak.checks(table, "INSERT", book_rules.ANSWER_RULES)
        made += speak.answers()
    if table == "objection":
        made += speak.checks(table, "INSERT", book_rules.NEW_OBJECTION_RULES)
        made += speak.checks(table, "UPDATE", book_rules.OBJECTION_RULES)
        made += speak.kept(table)
        made += speak.checks("transfer", "INSERT", book_rules.OBJECTED_RULES, name="objections")
    if table == "invoice":
        made += speak.checks(table, "INSERT", invoice_rules.NEW_INVOICE_RULES)
        made += speak.checks(table, "UPDATE", invoice_rules.INVOICE_RULES)
        made += speak.kept(table)
    if table == "invoice_series":
        made += speak.checks(table, "UPDATE", invoice_rules.SERIES_RULES)
        made += speak.kept(table)
    if table == "work_entry":
        made += speak.checks(table, "INSERT", book_rules.NEW_WORK_RULES)
    if table == "standing_authorisation":
        made += speak.kept(table)
    return made


def attach(*tables: Table) -> None:
    """Lets each of these tables be created together with its triggers."""
    for table in tables:
        event.listen(table, "after_create", _install)


def _install(table: Table, connection: Connection, **_: Any) -> None:
    for statement in table_statements(table.name, connection.dialect.name):
        connection.exec_driver_sql(statement)

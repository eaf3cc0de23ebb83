"""Many tickets in little time: what really came in is copied, with its own numbers and dates."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Column, Connection, Table, bindparam, func, insert, select, text, update

from helpdesk.db import Base, db
from helpdesk.tickets.models import Ticket

# In the order of their references.
_TABLES = (
    "raw_mail",
    "outgoing_mail",
    "ticket",
    "ticket_message",
    "attachment",
    "participant",
    "event",
    "verdict",
    "pause",
)
# What differs from row to row, because it is a key or because an index would be unlike a real one.
_HASHES = {"sha256", "fingerprint"}
_NAMES = {"source_key", "message_id", "key", "in_reply_to"}
# The copies keep the beginning of their raw mail: otherwise 100,000 of them take a gigabyte.
_RAW_KEPT = 1000


def grow(tickets: int) -> None:
    """Copies what is in the database until there are `tickets`, then closes 90 % and lets 5 % wait."""
    with db.engine.connect() as connection, connection.begin():
        if connection.dialect.name == "postgresql":
            connection.execute(text("SET LOCAL session_replication_role = replica"))
        originals = {name: _rows(connection, name) for name in _TABLES}
        have = len(originals["ticket"])
        steps = {name: max((row["id"] for row in rows), default=0) for name, rows in originals.items()}
        for turn in range(1, -(-tickets // have)):
            left = tickets - turn * have
            for name in _TABLES:
                rows = originals[name] if name != "ticket" or left >= have else originals[name][:left]
                # The last turn may lack tickets; nothing may speak of those.
                kept = {row["id"] for row in originals["ticket"][:left]}
                copies = [
                    _copy(Base.metadata.tables[name], row, turn, steps)
                    for row in rows
                    if _speaks_of(name, row, originals, kept)
                ]
                if copies:
                    connection.execute(insert(Base.metadata.tables[name]), copies)
        _settle(connection)
        if connection.dialect.name == "postgresql":
            _renumber(connection)
    if db.engine.dialect.name == "postgresql":
        with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("ANALYZE"))  # what autovacuum does within a minute


def _rows(connection: Connection, name: str) -> list[dict[str, Any]]:
    table = Base.metadata.tables[name]
    return [dict(row) for row in connection.execute(select(table).order_by(table.c.id)).mappings()]


def _speaks_of(name: str, row: dict[str, Any], originals: dict[str, Any], kept: set[int]) -> bool:
    if name == "outgoing_mail":
        return row["ticket_number"] in kept
    if name == "attachment":
        return row["message_id"] in {m["id"] for m in originals["ticket_message"] if m["ticket_id"] in kept}
    return "ticket_id" not in row or row["ticket_id"] in kept


def _copy(table: Table, row: dict[str, Any], turn: int, steps: dict[str, int]) -> dict[str, Any]:
    copied = {column.name: _value(column, row[column.name], turn, steps) for column in table.columns}
    if table.name == "outgoing_mail":
        # Not of today: nobody gets so many automatic mails a day that the next one is held back.
        copied["created_at"] -= timedelta(days=2)
    return copied


def _value(column: Column[Any], value: Any, turn: int, steps: dict[str, int]) -> Any:
    if value is None:
        return None
    reference = next(iter(column.foreign_keys), None)
    if column.primary_key:
        return value + turn * steps[column.table.name]
    if column.name == "ticket_number":
        return value + turn * steps["ticket"]
    if reference is not None:
        return value + turn * steps.get(reference.column.table.name, 0)
    if isinstance(value, datetime):
        return value - timedelta(hours=7 * turn)
    if isinstance(value, bytes):
        return value[:_RAW_KEPT]
    if column.name in _HASHES and column.table.name != "attachment":
        return f"{turn:06x}{value[6:]}"
    if column.name in _NAMES:
        # Varied at its beginning, so that an index has to look at it as it would at a real one.
        return f"<{turn}.{value[1:]}" if value.startswith("<") else f"{turn}.{value}"
    return value


def _settle(connection: Connection) -> None:
    """Of twenty tickets eighteen are closed, one waits for its customer, one is open."""
    closed = {"status": "closed", "closed_at": Ticket.updated_at, "due_at": None, "promised_from": None}
    waiting = {"status": "waiting", "waiting_for": "answer"}
    unanswered = Ticket.status == "open"
    connection.execute(update(Ticket).where(unanswered, Ticket.id % 20 > 1).values(closed))
    connection.execute(update(Ticket).where(unanswered, Ticket.id % 20 == 1).values(waiting))


def _renumber(connection: Connection) -> None:
    """New rows go on after the copies."""
    for table in _numbered():
        highest = connection.scalar(select(func.max(table.c.id)))
        sequence = func.pg_get_serial_sequence(table.name, "id")
        connection.execute(select(func.setval(sequence, bindparam("n", highest or 1))))


def _numbered() -> Iterator[Table]:
    for name in _TABLES:
        yield Base.metadata.tables[name]

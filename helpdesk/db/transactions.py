"""transaction(): one action, one transaction; nested ones join; hooks run after the commit."""

import hashlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from typing import Any

from sqlalchemy import Connection, Row, Select, Table, event, text
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.engine import Engine

from helpdesk.core.errors import Unavailable
from helpdesk.db import liveness
from helpdesk.db.base import Base, db
from helpdesk.db.inserts import add_row

_OPEN = "helpdesk_open_transaction"


class Transaction:
    """What an open transaction offers: work to be done once it is durable."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self._hooks: list[Callable[[], object]] = []

    def after_commit(self, hook: Callable[[], object]) -> None:
        """Runs `hook` after the outermost commit, never after a rollback (a wake-up, for instance)."""
        self._hooks.append(hook)

    def run_hooks(self) -> None:
        for hook in self._hooks:
            hook()


@contextmanager
def transaction() -> Iterator[Transaction]:
    """Opens the write transaction of an action, or joins the one that is open.

    The outermost one commits. On SQLite it begins IMMEDIATE, so that a read followed by a write cannot
    lose another writer's update; on PostgreSQL rows are locked where they are read (`with_for_update`).
    Whatever was read before in this session is not trusted: read rows again inside.
    """
    session = db.session()
    joined: Transaction | None = session.info.get(_OPEN)
    if joined is not None:
        yield joined
        return
    _end_reading(session)
    try:
        mine = Transaction(session.connection(execution_options={"begin_immediate": True}))
        session.info[_OPEN] = mine
        yield mine
        session.commit()
    except BaseException:
        session.rollback()
        raise
    finally:
        session.info.pop(_OPEN, None)
    mine.run_hooks()


def _end_reading(session: Any) -> None:
    """Closes a read snapshot: SQLite cannot turn an old one into a write transaction."""
    if not session.in_transaction():
        return
    if session.new or session.dirty or session.deleted:
        raise RuntimeError("rows were changed outside of transaction()")
    session.rollback()


def connection() -> Connection:
    """Where this session's statements go, for those over bare tables: the intake's fast path.

    Nothing is flushed before: what was changed on objects in this transaction is not seen.
    """
    session = db.session()
    joined: Transaction | None = session.info.get(_OPEN)
    if joined is None or session.in_nested_transaction():
        return session.connection()  # which sets the savepoint, if nothing was said since it was asked for
    return joined.connection


def insert_row(model: type[Base], **values: Any) -> int:
    """Adds one row by Core and returns its id; the intake's fast path (no identity map, no flush)."""
    return add_row(connection(), table_of(model), values)


def table_of(model: type[Base]) -> Table:
    """The table behind a model, for statements that go round the identity map."""
    table = model.__table__
    assert isinstance(table, Table)
    return table


def insert_new(model: type[Base], **values: Any) -> bool:
    """Adds a row unless a unique key says it is there already; returns whether it was added."""
    here = connection()
    return here.execute(_insert_unless_there(model, here.dialect.name), values).first() is not None


@cache
def _insert_unless_there(model: type[Base], dialect_name: str) -> Any:
    """Asks for what came back: PostgreSQL's driver tells no row count for such an insert."""
    table = table_of(model)
    adding = postgresql_insert(table) if dialect_name == "postgresql" else sqlite_insert(table)
    return adding.on_conflict_do_nothing().returning(*table.primary_key.columns)


def take_next(query: Select[*tuple[Any, ...]]) -> Sequence[Row[*tuple[Any, ...]]]:
    """Reads due rows for a worker, skipping those that another worker holds.

    Call inside transaction(): SQLite is exclusive from BEGIN IMMEDIATE on, PostgreSQL locks the rows.
    """
    return db.session.execute(query.with_for_update(skip_locked=True)).all()


def alone_with(name: str) -> None:
    """Waits until no other transaction works on this name, and keeps others waiting until the commit.

    For what no row stands for yet. SQLite's write transactions are alone anyway.
    """
    if dialect() == "postgresql":
        key = int.from_bytes(hashlib.sha256(name.encode("utf-8", "replace")).digest()[:8], "big", signed=True)
        connection().execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": key})


def prepare_engine(engine: Engine) -> None:
    """Installs what each connection needs; called once for each engine by the application factory."""
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _sqlite_connect)
        event.listen(engine, "begin", _sqlite_begin)
    else:
        liveness.watch(engine)


def _sqlite_connect(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # we say BEGIN ourselves: the driver's own begins too late
    cursor = connection.cursor()
    for pragma in ("foreign_keys=ON", "journal_mode=WAL", "synchronous=FULL", "busy_timeout=15000"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _sqlite_begin(connection: Connection) -> None:
    immediate = connection.get_execution_options().get("begin_immediate")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if immediate else "BEGIN")


def dialect() -> str:
    """The name of the database in use: `sqlite` or `postgresql`."""
    bind = db.session.get_bind()
    if bind is None:
        raise Unavailable("The database is not configured.")
    return str(bind.dialect.name)

"""One row into a table by the shortest way: the statement is compiled once, later only its values are.

A mail is eight such rows. What SQLAlchemy does for an insert each time (the key of its cache, defaults, the
result's key) cost twice what the database needs; errors and events are SQLAlchemy's still.
"""

from collections.abc import Callable
from typing import Any, NamedTuple

from sqlalchemy import Column, Connection, Dialect, Table, insert


class Adding(NamedTuple):
    """How a row with these columns is added."""

    sql: str
    #: The values' names where the driver takes them by place; empty where it takes them by name.
    order: tuple[str, ...]
    #: What columns hold that the caller does not name.
    defaults: dict[str, Any]
    made: dict[str, Callable[[Any], Any]]
    #: What turns a value into what the driver takes.
    turned: dict[str, Callable[[Any], Any]]


_known: dict[tuple[str, str, tuple[str, ...]], Adding] = {}


def add_row(connection: Connection, table: Table, values: dict[str, Any]) -> int:
    """Adds the row and returns its id, the table's integer key."""
    dialect = connection.dialect
    asked = (table.name, dialect.name, tuple(values))
    adding = _known.get(asked)
    if adding is None:
        adding = _known[asked] = _compiled(table, dialect, tuple(values))
    row = adding.defaults | values
    for name, make in adding.made.items():
        row[name] = make(None)
    for name, turn in adding.turned.items():
        row[name] = turn(row[name])
    if adding.order:
        added = connection.exec_driver_sql(adding.sql, tuple([row[name] for name in adding.order]))
        return int(added.lastrowid)
    return int(connection.exec_driver_sql(adding.sql, row).scalar_one())


def _compiled(table: Table, dialect: Dialect, given: tuple[str, ...]) -> Adding:
    unnamed: dict[str, Any] = {
        each.name: each.default
        for each in table.columns
        if each.name not in given and each.default is not None
    }
    defaults = {name: default.arg for name, default in unnamed.items() if default.is_scalar}
    made = {name: default.arg for name, default in unnamed.items() if default.is_callable}
    if len(defaults) + len(made) < len(unnamed):
        raise TypeError(f"{table.name} has a default that only SQLAlchemy's own insert works out")
    names = [*given, *defaults, *made]
    statement = insert(table)
    if dialect.name == "postgresql":
        statement = statement.returning(*table.primary_key.columns)
    compiled: Any = statement.compile(dialect=dialect, column_keys=names)
    columns = {name: table.columns[name] for name in names}
    turned = {name: turn for name, column in columns.items() if (turn := _turning(column, dialect))}
    return Adding(compiled.string, tuple(compiled.positiontup or ()), defaults, made, turned)


def _turning(column: Column[Any], dialect: Dialect) -> Callable[[Any], Any] | None:
    turning: Callable[[Any], Any] | None = column.type.dialect_impl(dialect).bind_processor(dialect)
    return turning

"""The word indexes, kept by the database itself: whoever writes a text cannot forget them.

SQLite: an FTS5 table beside each table, which reads its texts from there, and triggers. PostgreSQL: an
index on what `search_words` makes of the text. Both know folded tokens only; stems are up to the question.
"""

import unicodedata
from typing import Any

from sqlalchemy import Connection, MetaData, Table, event

from helpdesk.customers.models import Contact, Customer
from helpdesk.db import Base, table_of
from helpdesk.tickets.models import Attachment, Ticket, TicketMessage

#: Which columns of which table can be searched.
TEXTS: dict[type[Base], tuple[str, ...]] = {
    Ticket: ("subject",),
    TicketMessage: ("from_name", "from_address", "body"),
    Attachment: ("filename",),
    Customer: ("name", "number"),
    Contact: ("name", "email"),
}
#: Letters of a text that PostgreSQL indexes: a tsvector has room for a megabyte and refuses more.
_INDEXED = 100_000


def name_of(table: str) -> str:
    """The index of a table."""
    return f"{table}_words"


def expression(table: str, columns: tuple[str, ...]) -> str:
    """What PostgreSQL's index is made of; a query must say the very same."""
    texts = " || ' ' || ".join(f"{table}.{column}" for column in columns)
    return f"search_words({texts})"


def statements(table: str, columns: tuple[str, ...], dialect: str) -> list[str]:
    """What makes the index of a table, for a table with rows as well."""
    if dialect == "postgresql":
        bare = expression(table, columns).replace(f"{table}.", "")
        return [f"CREATE INDEX {name_of(table)} ON {table} USING gin ({bare})"]
    words, names = name_of(table), ", ".join(columns)
    new, old = (", ".join(f"{row}.{column}" for column in columns) for row in ("new", "old"))
    # ruff: noqa: S608  names of ours; nothing from outside is put into them
    add = f"INSERT INTO {words} (rowid, {names}) VALUES (new.id, {new});"
    drop = f"INSERT INTO {words} ({words}, rowid, {names}) VALUES ('delete', old.id, {old});"
    return [
        f"CREATE VIRTUAL TABLE {words} USING fts5({names}, content='{table}', content_rowid='id', "
        "tokenize='unicode61 remove_diacritics 2')",
        f"CREATE TRIGGER {words}_added AFTER INSERT ON {table} BEGIN {add} END",
        f"CREATE TRIGGER {words}_gone AFTER DELETE ON {table} BEGIN {drop} END",
        f"CREATE TRIGGER {words}_changed AFTER UPDATE OF {names} ON {table} BEGIN {drop} {add} END",
        f"INSERT INTO {words} ({words}) VALUES ('rebuild')",
    ]


def rebuilding(table: str, dialect: str) -> str:
    """What makes the index anew from the texts."""
    if dialect == "postgresql":
        return f"REINDEX INDEX {name_of(table)}"
    return f"INSERT INTO {name_of(table)} ({name_of(table)}) VALUES ('rebuild')"


def postgresql_function() -> str:
    """Text to folded tokens, whatever the database's locale: punctuation separates, accents go, ß stays.

    Small letters come first in the list, because each letter of a text is looked for from its beginning.
    """
    lower = " etanirsoludcmgphvbfzkwjqyx0123456789"
    pairs = {letter: letter for letter in lower} | {chr(n): chr(n + 32) for n in range(65, 91)}
    pairs |= {chr(n): " " for n in range(1, 0xC0) if not chr(n).isalnum()}
    pairs |= {chr(n): " " for n in [*range(0x2000, 0x2070), 0xD7, 0xF7]}
    for n in range(0xC0, 0x250):
        base = unicodedata.normalize("NFKD", chr(n))[0].lower()
        if "a" <= base <= "z":
            pairs[chr(n)] = base
    gone = "".join(chr(n) for n in range(0x300, 0x370))
    source, target = ("".join(each).replace("'", "''") for each in (pairs.keys(), pairs.values()))
    return f"""CREATE OR REPLACE FUNCTION search_words(words text) RETURNS tsvector
        LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $words$
        SELECT to_tsvector('pg_catalog.simple'::regconfig,
            lower(translate(left(words, {_INDEXED}), '{source}{gone}', '{target}'))) $words$"""


def _function(_metadata: MetaData, connection: Connection, **_: Any) -> None:
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(postgresql_function().replace("%", "%%"))


def _indexes(table: Table, connection: Connection, **_: Any) -> None:
    columns = next(columns for model, columns in TEXTS.items() if table_of(model) is table)
    for statement in statements(table.name, columns, connection.dialect.name):
        connection.exec_driver_sql(statement)


event.listen(Base.metadata, "before_create", _function)
for _model in TEXTS:
    event.listen(table_of(_model), "after_create", _indexes)

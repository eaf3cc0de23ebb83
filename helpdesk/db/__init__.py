"""The database: models' base, column types, and transaction(), the only place that commits."""

from helpdesk.db.base import Base, db
from helpdesk.db.transactions import (
    Transaction,
    alone_with,
    connection,
    insert_new,
    insert_row,
    table_of,
    take_next,
    transaction,
)
from helpdesk.db.types import Code, Json, UtcDateTime

__all__ = [
    "Base",
    "Code",
    "Json",
    "Transaction",
    "UtcDateTime",
    "alone_with",
    "connection",
    "db",
    "insert_new",
    "insert_row",
    "table_of",
    "take_next",
    "transaction",
]

"""Reads of the book of promises."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from sqlalchemy import Row, select

from helpdesk.accounts.models import Agent
from helpdesk.db import connection, db, table_of
from helpdesk.sla.models import PromiseBook

_BOOK = table_of(PromiseBook).c
# Built once: the intake asks it for each message.
#: For a statement that asks more.
NEWEST_FINGERPRINT = select(_BOOK.fingerprint).order_by(_BOOK.number.desc()).limit(1).scalar_subquery()
_NEWEST = select(_BOOK.id, _BOOK.number, _BOOK.fingerprint).order_by(_BOOK.number.desc()).limit(1)


class Newest(NamedTuple):
    """The version that holds."""

    id: int
    number: int
    fingerprint: str


def newest_book() -> Newest | None:
    """The version that holds now; None before the first one was saved."""
    row = connection().execute(_NEWEST).one_or_none()
    return Newest(*row) if row else None


def book_content(book_id: int) -> dict[str, Any]:
    """What stands in a version."""
    content = connection().execute(select(_BOOK.content).where(_BOOK.id == book_id)).scalar_one()
    return dict(content)


def saved_books(limit: int = 20) -> Sequence[Row[*tuple[Any, ...]]]:
    """The versions with who saved them, the newest first."""
    query = select(
        PromiseBook.number, PromiseBook.what, PromiseBook.name, PromiseBook.saved_at, Agent.name.label("by")
    ).join(Agent, Agent.id == PromiseBook.saved_by_id)
    return db.session.execute(query.order_by(PromiseBook.number.desc()).limit(limit)).all()

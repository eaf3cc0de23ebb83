"""The book of promises that holds now: one query says which version; each is compiled once a process."""

from datetime import datetime, timedelta
from threading import Lock

from helpdesk.actions.context import context
from helpdesk.db import db
from helpdesk.sla.book import Book
from helpdesk.sla.queries import book_content, newest_book

#: The one that holds and the one before, for a moment.
_KEPT = 4
SHOWN_FOR = timedelta(seconds=5)
_compiled: dict[str, Book] = {}
_shown: dict[str, tuple[datetime, Book]] = {}
_lock = Lock()


def shown_book(now: datetime) -> Book:
    """The same for pages, at most SHOWN_FOR old: looking at a ticket costs no query for it.

    What is promised and saved asks live_book(). Whoever saves in this process makes the next page ask.
    """
    url = str(db.engine.url)
    seen = _shown.get(url)
    if seen is not None and timedelta() <= now - seen[0] < SHOWN_FOR:
        return seen[1]
    book = live_book()
    _shown[url] = (now, book)
    return book


def forget_shown() -> None:
    """A new version was saved: the next page reads it."""
    _shown.clear()


def book_of(fingerprint: str | None) -> Book:
    """The version that this transaction read as the newest; None: before any was saved."""
    if fingerprint is None:
        return context().book
    # Not compiled yet: live_book() asks anew and may find one that is newer still.
    return _compiled.get(fingerprint) or live_book()


def live_book() -> Book:
    """The newest saved version, or what the environment's settings say before any was saved.

    The same object as long as the version is the same, with the calendars' days that were worked out.
    """
    newest = newest_book()
    if newest is None:
        return context().book
    known = _compiled.get(newest.fingerprint)
    if known is not None:
        return known
    with _lock:
        if newest.fingerprint not in _compiled:
            made = Book.from_data(newest.number, book_content(newest.id))
            while len(_compiled) >= _KEPT:
                del _compiled[next(iter(_compiled))]
            _compiled[newest.fingerprint] = made
        return _compiled[newest.fingerprint]

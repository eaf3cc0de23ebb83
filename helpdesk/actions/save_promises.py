"""A new version of the book of promises: seen first, saved then, followed by every open ticket."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from helpdesk.actions.live_promises import forget_shown, live_book
from helpdesk.actions.track_sla import foreseen, pauses_since, whose_are
from helpdesk.core.actors import Actor
from helpdesk.core.errors import Conflict
from helpdesk.db import db, insert_row, transaction
from helpdesk.sla.book import Book
from helpdesk.sla.models import PromiseBook
from helpdesk.tickets.models import Ticket

#: A preview looks at this many, those that are due first: it has to answer while somebody waits.
LOOKED_AT = 2000
_SOMEBODY_ELSE = "Somebody else changed this meanwhile. Look at their version first."


@dataclass(frozen=True, slots=True)
class Move:
    """An open ticket whose promise a new version would move."""

    number: int
    subject: str
    before: datetime | None
    after: datetime | None


@dataclass(frozen=True, slots=True)
class Foresight:
    """What a version would change: the tickets that move, of how many, and if there are more."""

    moves: Sequence[Move]
    looked_at: int
    more: bool


def foresee(book: Book) -> Foresight:
    """Which open promises this version would move; changes nothing. Raises InvalidInput for a broken one."""
    book.check()
    owed = select(Ticket).where(Ticket.status == "open", Ticket.promised_from.is_not(None))
    tickets = db.session.scalars(owed.order_by(Ticket.due_at, Ticket.id).limit(LOOKED_AT + 1)).all()
    looked_at = tickets[:LOOKED_AT]
    began = {
        ticket.id: min(filter(None, (ticket.promised_from, ticket.resolve_from))) for ticket in looked_at
    }
    pauses = pauses_since(began)
    whose = whose_are(looked_at, book)
    moves = []
    for ticket in looked_at:
        told = foreseen(ticket, book, whose=whose[ticket.id], pauses=pauses.get(ticket.id, ()))
        answer = told.answer
        after = answer.due_at if answer else None
        if after != ticket.due_at:
            moves.append(Move(ticket.id, ticket.subject, ticket.due_at, after))
    return Foresight(moves, len(looked_at), len(tickets) > LOOKED_AT)


def save_book(book: Book, *, base: int, what: str, name: str, by: Actor, now: datetime) -> int:
    """Saves the next version after `base` and returns its number; open tickets follow within a minute.

    `what` and `name` say in the list of versions what was changed. Raises InvalidInput for a broken book and
    Conflict when `base` is no longer the newest: two leads never overwrite each other unseen.
    """
    book.check()
    made = replace(book, number=base + 1)
    try:
        with transaction() as then:
            if live_book().number != base:
                raise Conflict(_SOMEBODY_ELSE)
            insert_row(
                PromiseBook,
                number=made.number,
                fingerprint=made.fingerprint,
                content=made.as_data(),
                what=what,
                name=name[:120],
                saved_at=now,
                saved_by_id=by.id,
            )
            then.after_commit(forget_shown)
    except IntegrityError:
        raise Conflict(_SOMEBODY_ELSE) from None
    return made.number

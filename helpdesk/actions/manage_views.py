"""Views of the queue that agents make for themselves or share."""

from datetime import datetime

from sqlalchemy import func, select

from helpdesk.accounts.permissions import Permission, may
from helpdesk.accounts.queries import agent_by_id
from helpdesk.core.actors import Actor
from helpdesk.core.errors import Forbidden, InvalidInput
from helpdesk.db import db, insert_row, transaction
from helpdesk.tickets.question import LONGEST, read
from helpdesk.tickets.view_models import SavedView
from helpdesk.tickets.view_queries import SHOWN, saved_view


def keep(name: str, question: str, *, shared: bool, by: Actor, now: datetime) -> int:
    """Keeps a question as a view; returns its id.

    Raises InvalidInput for a missing name, a broken question, and for more views than a rail can show.
    """
    name, question = " ".join(name.replace("\x00", "").split())[:60], " ".join(question.split())[:LONGEST]
    if not name:
        raise InvalidInput("Write a name.", field="name")
    asked = read(question)
    if not (asked.terms or asked.filters):
        raise InvalidInput("Write words, a number or filters in the field above.", field="find")
    assert by.id is not None
    with transaction():
        own = select(func.count()).select_from(SavedView).where(SavedView.agent_id == by.id)
        if (db.session.scalar(own) or 0) >= SHOWN:
            raise InvalidInput("You have %(n)s views already. Remove one first.", n=SHOWN)
        return insert_row(
            SavedView, agent_id=by.id, name=name, question=question, shared=shared, created_at=now
        )


def remove(view_id: int, *, by: Actor) -> None:
    """Removes a view: one's own, or as a lead a shared one. Raises NotFound, Forbidden."""
    assert by.id is not None
    with transaction():
        view = saved_view(view_id, by.id)
        if view.agent_id != by.id and not may(agent_by_id(by.id), Permission.EDIT_SHARED_VIEWS):
            raise Forbidden("Your role does not include this. Ask a lead or an administrator.")
        db.session.delete(view)

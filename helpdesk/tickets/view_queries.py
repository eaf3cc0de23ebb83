"""Reads of the views that agents made."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import JSON, ScalarSelect, func, or_, select, text

from helpdesk.core.errors import InvalidInput, NotFound
from helpdesk.db import db
from helpdesk.db.transactions import dialect
from helpdesk.tickets.question import WORDS, Question, read
from helpdesk.tickets.search_queries import conditions
from helpdesk.tickets.view_models import SavedView
from helpdesk.tickets.views import Asker

#: Shown in one rail; more is a list to search in, not a rail.
SHOWN = 20


@dataclass(frozen=True, slots=True, order=True)
class Kept:
    """A view as the rail needs it."""

    name: str
    id: int
    question: str
    shared: bool


def kept_value(agent_id: int) -> ScalarSelect[Any]:
    """The agent's own views and the shared ones as one value, for a statement that is asked anyway."""
    seen = or_(SavedView.agent_id == agent_id, SavedView.shared.is_(True))
    rows = select(SavedView).where(seen).order_by(SavedView.name, SavedView.id).limit(SHOWN).subquery()
    listed = (rows.c.name, rows.c.id, rows.c.question, rows.c.shared)
    if dialect() == "postgresql":
        value = func.json_agg(func.json_build_array(*listed), type_=JSON)
    else:
        value = func.json_group_array(func.json_array(*listed), type_=JSON)
    return select(value).select_from(rows).scalar_subquery()


def read_kept(value: Sequence[Sequence[Any]] | None) -> list[Kept]:
    """The views in such a value, by name."""
    return sorted(
        Kept(name, number, question, bool(shared)) for name, number, question, shared in value or ()
    )


def saved_view(view_id: int, agent_id: int) -> SavedView:
    """One that this agent may see; raises NotFound for somebody else's."""
    found = db.session.get(SavedView, view_id)
    if found is None or not (found.shared or found.agent_id == agent_id):
        raise NotFound("There is no such view.")
    return found


def wanted(question: Question, asker: Asker) -> list[Any]:
    """What a ticket of the view must meet: without a word about the status, closed ones are left out."""
    rest = [] if question.asks("status") else [text("ticket.status <> 'closed'")]
    return [*rest, *conditions(question, asker)]


def countable(view: Kept) -> Question | None:
    """The question, if counting its tickets is cheap: only filters, and nothing about closed ones."""
    try:
        question = read(view.question)
    except InvalidInput:  # a filter that a later version no longer knows; the view itself says so
        return None
    closed = any(
        each.name == "status" and (each.negated or each.value == "closed") for each in question.filters
    )
    return None if question.terms or question.asks(*WORDS) or closed else question

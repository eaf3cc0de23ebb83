"""Reads about learning: the last figures, suggestions, and the judged questions they come from."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import case, func, select

from helpdesk.core.errors import NotFound
from helpdesk.db import db
from helpdesk.tickets.models import Ticket, TicketMessage
from helpdesk.triage.facts import Question
from helpdesk.triage.learning_models import LearningReport, RuleSuggestion
from helpdesk.triage.models import Correction, StoredVerdict
from helpdesk.triage.snapshot import question_from


class Given(NamedTuple):
    """A verdict as it was given, with what is known of its ticket today."""

    id: int
    ticket_id: int
    message_id: int
    data: dict[str, Any]
    blind: bool
    created_at: datetime
    customer_id: int | None
    kind: str


def report() -> LearningReport | None:
    """The figures that were counted last."""
    return db.session.get(LearningReport, 1)


def rule_hits() -> dict[str, dict[str, Any]]:
    """For each rule its hits and its last hit, as they were counted last."""
    found = report()
    return dict(found.data.get("rules", {})) if found else {}


def open_suggestions() -> Sequence[RuleSuggestion]:
    """What waits for a lead, in the order in which it was found."""
    waiting = select(RuleSuggestion).where(RuleSuggestion.state == "open").order_by(RuleSuggestion.id)
    return db.session.scalars(waiting.limit(50)).all()


def decided_suggestions(limit: int = 10) -> Sequence[RuleSuggestion]:
    """What leads decided last."""
    done = select(RuleSuggestion).where(RuleSuggestion.state != "open")
    return db.session.scalars(done.order_by(RuleSuggestion.decided_at.desc()).limit(limit)).all()


def suggestion(suggestion_id: int) -> RuleSuggestion:
    """One suggestion; raises NotFound."""
    found = db.session.get(RuleSuggestion, suggestion_id)
    if found is None:
        raise NotFound("There is nothing here.")
    return found


def given_after(cursor: int, since: datetime, limit: int) -> list[Given]:
    """The next verdicts since a moment, in the order they were given."""
    rows = db.session.execute(
        select(
            StoredVerdict.id,
            StoredVerdict.ticket_id,
            StoredVerdict.message_id,
            StoredVerdict.data,
            StoredVerdict.blind,
            StoredVerdict.created_at,
            Ticket.customer_id,
            Ticket.kind,
        )
        .join(Ticket, Ticket.id == StoredVerdict.ticket_id)
        .where(StoredVerdict.id > cursor, StoredVerdict.created_at >= since)
        .order_by(StoredVerdict.id)
        .limit(limit)
    )
    return [Given(*row) for row in rows]


def billed_corrections(since: datetime) -> dict[str, int]:
    """Of agents' words on the class that the books bear on: how many, and how many they bear out."""
    known, upheld = db.session.execute(
        select(
            func.count(Correction.id),
            func.coalesce(func.sum(case((Correction.billed == Correction.after, 1), else_=0)), 0),
        ).where(
            Correction.field == "label",
            Correction.at >= since,
            Correction.billed.in_(("hotline", "support")),
        )
    ).one()
    return {"known": int(known), "upheld": int(upheld)}


def texts_of(message_ids: Sequence[int]) -> dict[int, Question]:
    """The text of each of these messages as a question without any other fact."""
    rows = db.session.execute(
        select(TicketMessage.id, TicketMessage.subject, TicketMessage.body).where(
            TicketMessage.id.in_(message_ids)
        )
    )
    return {message: question_from(subject, body, {}) for message, subject, body in rows}


def subjects_of(ticket_ids: Sequence[int]) -> dict[int, str]:
    """The subject of each of these tickets."""
    rows = db.session.execute(select(Ticket.id, Ticket.subject).where(Ticket.id.in_(ticket_ids)))
    return {row.id: row.subject for row in rows}

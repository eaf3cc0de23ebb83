"""Reads about verdicts: the questions behind them, as they were asked."""

from sqlalchemy import select

from helpdesk.core.errors import NotFound
from helpdesk.db import db
from helpdesk.tickets.models import TicketMessage
from helpdesk.triage.facts import Question
from helpdesk.triage.models import StoredVerdict
from helpdesk.triage.snapshot import question_from


def verdicts_of(ticket_id: int) -> list[tuple[StoredVerdict, Question]]:
    """The verdicts of a ticket, oldest first, each with its question; raises NotFound without any."""
    rows = db.session.execute(
        select(StoredVerdict, TicketMessage.subject, TicketMessage.body)
        .join(TicketMessage, TicketMessage.id == StoredVerdict.message_id)
        .where(StoredVerdict.ticket_id == ticket_id)
        .order_by(StoredVerdict.id)
    ).all()
    if not rows:
        raise NotFound("No rule has judged this ticket.")
    return [(verdict, question_from(subject, body, verdict.facts)) for verdict, subject, body in rows]

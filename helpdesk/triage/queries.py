"""Reads about verdicts: the questions behind them, as they were asked."""

from collections.abc import Sequence

from sqlalchemy import select

from helpdesk.core.errors import NotFound
from helpdesk.db import db
from helpdesk.tickets.models import Ticket, TicketMessage
from helpdesk.triage.facts import Question
from helpdesk.triage.models import StoredVerdict
from helpdesk.triage.snapshot import question_from


def first_verdict(number: int) -> StoredVerdict | None:
    """What the rules said about the mail that opened the ticket."""
    return db.session.scalar(
        select(StoredVerdict).where(StoredVerdict.ticket_id == number).order_by(StoredVerdict.id).limit(1)
    )


def earlier_of(ticket: Ticket) -> Sequence[Ticket]:
    """The three nearest earlier cases: of the same kind, of the same customer first, newest first."""
    same_customer = (Ticket.customer_id == ticket.customer_id).is_(True)
    return db.session.scalars(
        select(Ticket)
        .where(Ticket.id < ticket.id, Ticket.kind == ticket.kind, Ticket.label.is_not(None))
        .order_by(same_customer.desc(), Ticket.id.desc())
        .limit(3)
    ).all()


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

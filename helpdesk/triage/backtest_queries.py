"""Reads about replays: which run, what they found, and the questions they replay."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import func, select

from helpdesk.core.errors import NotFound
from helpdesk.db import db
from helpdesk.tickets.models import TicketMessage
from helpdesk.triage.backtest_models import Backtest, BacktestChange
from helpdesk.triage.facts import Question
from helpdesk.triage.models import Correction, StoredVerdict
from helpdesk.triage.snapshot import question_from


class Asked(NamedTuple):
    """A verdict as it was given, with its question."""

    stored: StoredVerdict
    question: Question


def backtest(backtest_id: int) -> Backtest:
    """One replay; raises NotFound."""
    found = db.session.get(Backtest, backtest_id)
    if found is None:
        raise NotFound("There is no such replay.")
    return found


def running() -> Sequence[int]:
    """Replays with something left to do, oldest first; a look without a lock."""
    return db.session.scalars(
        select(Backtest.id).where(Backtest.state == "running").order_by(Backtest.id)
    ).all()


def latest(limit: int = 20) -> Sequence[Backtest]:
    """The newest replays."""
    return db.session.scalars(select(Backtest).order_by(Backtest.id.desc()).limit(limit)).all()


def finished_for(fingerprint: str) -> Backtest | None:
    """The newest finished replay of rules with this content."""
    same = select(Backtest).where(
        Backtest.fingerprint == fingerprint, Backtest.state == "done", Backtest.last_id.is_not(None)
    )
    return db.session.scalars(same.order_by(Backtest.id.desc()).limit(1)).first()


def has_history() -> bool:
    """Whether there is any question to replay."""
    return db.session.scalar(select(StoredVerdict.id).limit(1)) is not None


def span(questions: int) -> tuple[int, int, int]:
    """The last `questions` verdicts: the id before the first, the last id, and how many there are."""
    newest = select(StoredVerdict.id).order_by(StoredVerdict.id.desc()).limit(questions).subquery()
    low, high, n = db.session.execute(
        select(func.min(newest.c.id), func.max(newest.c.id), func.count(newest.c.id))
    ).one()
    return (low - 1, high, n) if n else (0, 0, 0)


def questions_after(cursor: int, last_id: int | None, limit: int) -> list[Asked]:
    """The next questions in the order they came."""
    query = (
        select(StoredVerdict, TicketMessage.subject, TicketMessage.body)
        .join(TicketMessage, TicketMessage.id == StoredVerdict.message_id)
        .where(StoredVerdict.id > cursor)
        .order_by(StoredVerdict.id)
        .limit(limit)
    )
    rows = db.session.execute(query if last_id is None else query.where(StoredVerdict.id <= last_id))
    return [Asked(stored, question_from(subject, body, stored.facts)) for stored, subject, body in rows]


def question_of(verdict_id: int) -> Asked:
    """One verdict with its question; raises NotFound."""
    found = questions_after(verdict_id - 1, verdict_id, 1)
    if not found:
        raise NotFound("There is nothing here.")
    return found[0]


def labels_by_agents(ticket_ids: Sequence[int]) -> dict[int, str]:
    """The last word of an agent on the class of each ticket."""
    rows = db.session.execute(
        select(Correction.ticket_id, Correction.after)
        .where(Correction.ticket_id.in_(ticket_ids), Correction.field == "label")
        .order_by(Correction.id)
    )
    return {ticket: after for ticket, after in rows if after}


def changes_of(backtest_id: int, after: int, limit: int) -> Sequence[BacktestChange]:
    """What a replay found, in the order of the questions."""
    return db.session.scalars(
        select(BacktestChange)
        .where(BacktestChange.backtest_id == backtest_id, BacktestChange.verdict_id > after)
        .order_by(BacktestChange.verdict_id)
        .limit(limit)
    ).all()


def over(each: Backtest, now: datetime) -> bool:
    """Whether a shadow's days are over."""
    return each.ends_at is not None and now >= each.ends_at

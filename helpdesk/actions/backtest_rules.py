"""Replaying a draft over past questions before it judges: asked for by a lead, done in pieces by the clock.

The pieces judge outside of any transaction and then write what they found, unless somebody else has written
that piece meanwhile. So mail never waits for a replay, and a machine that dies costs one piece.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

import structlog
from sqlalchemy import insert, update

from helpdesk.actions.context import context
from helpdesk.actions.live_rules import compiled
from helpdesk.actions.rule_rows import agent_id, copied
from helpdesk.billing.case_queries import Booked, booked, support_price
from helpdesk.core.actors import Actor
from helpdesk.core.errors import Conflict, InvalidInput
from helpdesk.db import db, table_of, transaction
from helpdesk.triage.backtest import Compared, Outcome, added, compare
from helpdesk.triage.backtest_models import Backtest, BacktestChange
from helpdesk.triage.backtest_queries import (
    Asked,
    backtest,
    labels_by_agents,
    over,
    questions_after,
    running,
    span,
)
from helpdesk.triage.engine import judge
from helpdesk.triage.rule_queries import live_version, unpublished, version
from helpdesk.triage.verdict import Verdict

log = structlog.get_logger()

SIZES = (200, 1_000, 10_000)
SHADOW = timedelta(days=7)
_PIECE = 200


def ask_backtest(questions: int, *, by: Actor, now: datetime) -> int:
    """Asks for a replay of the draft over the last `questions`; returns its id. The clock does it."""
    if questions not in SIZES:
        raise InvalidInput("Choose how many questions.", field="questions")
    with transaction():
        made = _asked(by, now)
        made.cursor, made.last_id, made.total = span(questions)
        if not made.total:
            made.state, made.finished_at = "done", now
        db.session.add(made)
        db.session.flush()
        return made.id


def start_shadow(*, by: Actor, now: datetime) -> int:
    """Lets the draft run beside the live rules for seven days; returns the replay's id."""
    with transaction():
        made = _asked(by, now)
        made.cursor = span(1)[1]
        made.ends_at = now + SHADOW
        db.session.add(made)
        db.session.flush()
        return made.id


def stop_backtest(backtest_id: int, *, by: Actor, now: datetime) -> None:
    """Ends a replay early; what it found stays."""
    agent_id(by)
    with transaction():
        db.session.execute(
            update(Backtest)
            .where(Backtest.id == backtest_id, Backtest.state == "running")
            .values(state="failed", error="stopped", finished_at=now)
        )


def _asked(by: Actor, now: datetime) -> Backtest:
    lead, draft, live = agent_id(by), unpublished("draft"), live_version()
    if draft is None or live is None:
        raise Conflict("There is no draft to publish.")
    snapshot = copied(draft, "edited", now, by)
    return Backtest(
        version_id=snapshot.id,
        live_id=live.id,
        fingerprint=draft.fingerprint,
        state="running",
        asked_by_id=lead,
        created_at=now,
    )


def replay_some(now: datetime) -> int:
    """Does one piece of each running replay; returns how many questions it asked. Harmless when repeated."""
    return sum(_replay_piece(each, now) for each in running())


def _replay_piece(backtest_id: int, now: datetime) -> int:
    run = backtest(backtest_id)
    try:
        asked = questions_after(run.cursor, run.last_id, _PIECE)
        found = _compared(run, asked, now)
    except Exception as error:
        log.exception("backtest_failed", backtest=backtest_id)
        _finish(run, "failed", f"{type(error).__name__}: {error}"[:300], now)
        return 0
    if asked:
        _write(run, asked, found, now)
    elif run.ends_at is None or over(run, now):
        _finish(run, "done", "", now)
    return len(asked)


def _compared(run: Backtest, asked: Sequence[Asked], now: datetime) -> list[Compared]:
    new = compiled(run.version_id, version(run.version_id).fingerprint)
    old = compiled(run.live_id, version(run.live_id).fingerprint)
    outcomes = outcomes_of([each.stored.ticket_id for each in asked], now)
    found = []
    for each in asked:
        same = each.stored.ruleset_version == old.version
        before = Verdict.from_data(each.stored.data) if same else judge(each.question, old)
        found.append(compare(before, judge(each.question, new), outcomes[each.stored.ticket_id]))
    return found


def outcomes_of(ticket_ids: Sequence[int], now: datetime) -> dict[int, Outcome]:
    """What is known of these cases: the books first, then an agent's word."""
    said, books = labels_by_agents(ticket_ids), booked(ticket_ids)
    price = support_price(now.astimezone(context().settings.zone).date())
    nothing = Booked(0, 0, 0)
    return {
        ticket: Outcome(
            books.get(ticket, nothing).label or said.get(ticket),
            books.get(ticket, nothing).charged_minor,
            price(books.get(ticket, nothing).minutes),
        )
        for ticket in ticket_ids
    }


def _write(run: Backtest, asked: Sequence[Asked], found: Sequence[Compared], now: datetime) -> None:
    figures, rows = added(run.figures, found), []
    for each, result in zip(asked, found, strict=True):
        if result.changed:
            rows.append(
                {
                    "backtest_id": run.id,
                    "verdict_id": each.stored.id,
                    "ticket_id": each.stored.ticket_id,
                    "language": result.language or "en",
                    "before": result.before,
                    "after": result.after,
                    "truth": result.truth,
                    "rules": list(result.rules),
                    "moved_minor": result.moved_minor,
                }
            )
    run_id, cursor, done = run.id, run.cursor, run.done + len(asked)
    with transaction():
        mine = db.session.execute(
            update(Backtest)
            .where(Backtest.id == run_id, Backtest.cursor == cursor, Backtest.state == "running")
            .values(cursor=asked[-1].stored.id, done=done, figures=figures),
            execution_options={"synchronize_session": False},
        )
        if mine.rowcount and rows:  # type: ignore[attr-defined]
            db.session.connection().execute(insert(table_of(BacktestChange)), rows)
    db.session.expire_all()


def _finish(run: Backtest, state: str, error: str, now: datetime) -> None:
    run_id = run.id
    with transaction():
        db.session.execute(
            update(Backtest)
            .where(Backtest.id == run_id, Backtest.state == "running")
            .values(state=state, error=error, finished_at=now),
            execution_options={"synchronize_session": False},
        )
    db.session.expire_all()

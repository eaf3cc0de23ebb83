"""Learning in the open: counting what corrections say, and putting what a lead accepts into the draft.

The clock counts, in pieces and outside of any transaction, so that mail never waits for it. Nothing is
applied by itself: an accepted suggestion stands in the draft, which is replayed before it judges (T5).
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, replace
from datetime import datetime, timedelta
from itertools import pairwise

import structlog
from sqlalchemy import delete, select

from helpdesk.actions import edit_rules
from helpdesk.actions.backtest_rules import outcomes_of
from helpdesk.actions.context import context
from helpdesk.actions.live_rules import live_rules
from helpdesk.actions.rule_rows import agent_id
from helpdesk.core.actors import Actor
from helpdesk.core.errors import Conflict
from helpdesk.db import db, transaction
from helpdesk.triage.backtest import decision
from helpdesk.triage.backtest_queries import span
from helpdesk.triage.content import Content, Item
from helpdesk.triage.drift import RECENT, alarms
from helpdesk.triage.facts import NOISE, said_words
from helpdesk.triage.learning import DAYS, Lesson, figures
from helpdesk.triage.learning_models import LearningReport, RuleSuggestion
from helpdesk.triage.learning_queries import (
    Given,
    billed_corrections,
    given_after,
    report,
    suggestion,
    texts_of,
)
from helpdesk.triage.rule_queries import content, live_version, unpublished
from helpdesk.triage.suggesting import Suggestion, small_rule, suggestions, with_word
from helpdesk.triage.verdict import Verdict

log = structlog.get_logger()

_PIECE = 500
#: Under this name the learned wording stands among the reasons.
WORDING = "wording"
#: Questions that are counted, and questions whose words are read: the newest of those whose truth is known.
QUESTIONS_AT_MOST = 20_000
_TEXTS_AT_MOST = 4_000
_TERM_AT_LEAST = 4


def learn(now: datetime) -> int:
    """Counts the last twelve weeks anew and renews the open suggestions; returns how many wait for a lead."""
    live = live_version()
    if live is None:
        return 0
    zone = context().settings.zone
    today = now.astimezone(zone).date()
    pairs = list(_lessons(now))
    lessons = [lesson for _message, lesson in pairs]
    rules = content(live.id)
    counted = figures(lessons, today)
    recent = [each for each in lessons if (today - each.day).days < 7 * RECENT]
    counted["billed"] = billed_corrections(now - timedelta(days=DAYS))
    counted["alarms"] = [each._asdict() for each in alarms(counted, lessons, recent)]
    found = suggestions(_with_terms(pairs), rules)
    with transaction():
        row = report()
        if row is None:
            db.session.add(LearningReport(id=1, made_at=now, data=counted))
        else:
            row.made_at, row.data = now, counted
        _renew(found, now)
    log.info("learned", questions=len(lessons), suggestions=len(found), alarms=len(counted["alarms"]))
    return len(found)


def _lessons(now: datetime) -> Iterator[tuple[int, Lesson]]:
    """Each ticket's first verdict of the last weeks with its message, oldest first."""
    cursor, seen = span(QUESTIONS_AT_MOST)[0], set[int]()
    since = now - timedelta(days=DAYS)
    while given := given_after(cursor, since, _PIECE):
        cursor = given[-1].id
        first = [each for each in given if each.ticket_id not in seen]
        first = list({each.ticket_id: each for each in reversed(first)}.values())[::-1]
        seen |= {each.ticket_id for each in first}
        truths = outcomes_of([each.ticket_id for each in first], now) if first else {}
        for each in first:
            lesson = _lesson(each, truths[each.ticket_id].truth)
            if lesson is not None:
                yield each.message_id, lesson


def _lesson(given: Given, truth: str | None) -> Lesson | None:
    verdict = Verdict.from_data(given.data)
    if verdict.kind in NOISE and truth is None:
        return None
    sides: dict[str, str] = {}
    for reason in verdict.reasons:
        if reason.rule == WORDING:  # the learned wording is no rule that somebody could mend
            continue
        side = reason.effect if reason.effect in ("hotline", "support") else ""
        sides[reason.rule] = side or sides.get(reason.rule, "")
    return Lesson(
        given.ticket_id,
        given.customer_id,
        given.created_at.astimezone(context().settings.zone).date(),
        verdict.language or "en",
        decision(verdict),
        verdict.label,
        truth,
        given.kind,
        sides,
        frozenset(reason.concept for reason in verdict.reasons if reason.concept),
        given.blind,
    )


def _with_terms(pairs: Sequence[tuple[int, Lesson]]) -> list[Lesson]:
    """The newest lessons whose truth is known, with the words and pairs of words that were newly said."""
    known = [pair for pair in pairs if pair[1].truth is not None][-_TEXTS_AT_MOST:]
    reader, made = live_rules().reader, []
    for start in range(0, len(known), _PIECE):
        piece = known[start : start + _PIECE]
        texts = texts_of([message for message, _lesson in piece])
        for message, lesson in piece:
            if message in texts:
                words, _asks = said_words(texts[message], reader)
                made.append(replace(lesson, terms=_terms([word.folded for word in words])))
    return made


def _terms(words: Sequence[str]) -> frozenset[str]:
    plain = [word if word.isalpha() else "" for word in words]
    single = (word for word in plain if len(word) >= _TERM_AT_LEAST)
    double = (f"{one} {two}" for one, two in pairwise(plain) if one and two)
    return frozenset((*single, *double))


def _renew(found: Iterable[Suggestion], now: datetime) -> None:
    """Open suggestions become what was found now; what a lead decided is not asked again."""
    rows = {row.key: row for row in db.session.scalars(select(RuleSuggestion))}
    new = {each.key: each for each in found}
    for key, each in new.items():
        if key not in rows:
            db.session.add(RuleSuggestion(key=key, state="open", data=asdict(each), made_at=now))
        elif rows[key].state == "open":
            rows[key].data = asdict(each)
    gone = [row.id for key, row in rows.items() if row.state == "open" and key not in new]
    if gone:
        db.session.execute(delete(RuleSuggestion).where(RuleSuggestion.id.in_(gone)))


def accept(suggestion_id: int, *, by: Actor, now: datetime) -> Suggestion:
    """Puts a suggestion into the draft. Raises Conflict when it was decided or no longer fits the rules."""
    lead = agent_id(by)
    with transaction():
        row = _open(suggestion_id)
        wanted = Suggestion.from_data(row.data)
        rules = _edited()
        if wanted.what == "word":
            before = rules.get("concept", wanted.concept)
            if before is None:
                raise Conflict("This suggestion no longer fits the rules.")
            new = with_word(before, wanted.language, wanted.term)
            was = Item("concept", wanted.concept, before).sha256
            edit_rules.save("concept", wanted.concept, new, was=was, by=by, now=now)
        else:
            rule = small_rule(wanted)
            if any(rules.get("concept", name) is None for name in wanted.concepts):
                raise Conflict("This suggestion no longer fits the rules.")
            edit_rules.save("rule", rule["name"], rule, was=None, by=by, now=now)
        _decide(row, "accepted", lead, now)
        return wanted


def reject(suggestion_id: int, *, by: Actor, now: datetime) -> None:
    """Puts a suggestion away for good."""
    lead = agent_id(by)
    with transaction():
        _decide(_open(suggestion_id), "rejected", lead, now)


def _open(suggestion_id: int) -> RuleSuggestion:
    row = suggestion(suggestion_id)
    db.session.refresh(row, with_for_update=True)
    if row.state != "open":
        raise Conflict("This was decided already.")
    return row


def _decide(row: RuleSuggestion, state: str, lead: int, now: datetime) -> None:
    row.state, row.decided_by_id, row.decided_at = state, lead, now


def _edited() -> Content:
    draft, live = unpublished("draft"), live_version()
    if live is None:
        raise Conflict("There are no rules yet. Run `helpdesk setup` first.")
    return content(draft.id if draft else live.id)

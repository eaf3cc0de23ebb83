"""Versions of the rules: seeded from the starter set, published, brought back; none ever changes."""

from datetime import datetime

from helpdesk.actions.rule_rows import agent_id, copied, number_it, remove, store
from helpdesk.core.actors import SYSTEM, Actor
from helpdesk.core.errors import Conflict, InvalidInput, NotAllowedYet
from helpdesk.db import db, transaction
from helpdesk.triage.backtest import languages_that_lose
from helpdesk.triage.backtest_queries import finished_for, has_history
from helpdesk.triage.content import Content, merged, starter_content
from helpdesk.triage.engine import failing_examples
from helpdesk.triage.rule_queries import (
    content,
    live_version,
    nobody_edited,
    starter_set,
    unpublished,
    version,
)
from helpdesk.triage.rules import check_ruleset


def seed_rules(now: datetime) -> str:
    """Publishes the starter set where there are no rules, and after an update where nobody edited any.

    Where somebody did, the newer starter set is offered: a lead takes it into the draft or leaves it.
    Returns what happened: `published`, `offered` or `same`.
    """
    starter = starter_content()
    fingerprint = starter.compiled().version
    with transaction():
        live, offered = live_version(), unpublished("offered")
        if live is not None and starter_set(fingerprint) is not None:
            return "same"
        if offered is not None:
            offered.state = "aside"
            db.session.flush()
        if live is None or (nobody_edited() and unpublished("draft") is None):
            number_it(store(starter, "aside", "starter", live, fingerprint, now, SYSTEM), SYSTEM, now)
            return "published"
        store(starter, "offered", "starter", live, fingerprint, now, SYSTEM)
        return "offered"


def take_starter(*, by: Actor, now: datetime) -> list[str]:
    """Puts what changed in the offered starter set into the draft; returns the names of what stayed ours."""
    agent_id(by)
    with transaction():
        offered, live = unpublished("offered"), live_version()
        if offered is None or live is None:
            raise Conflict("There is no newer starter set.")
        draft = unpublished("draft")
        ours = content(draft.id if draft else live.id)
        base = starter_set(draft.starter if draft else version(live.id).starter)
        result, kept = merged(content(base.id) if base else Content(()), ours, content(offered.id))
        offered.state = "aside"
        if draft is not None:
            remove(draft)
        store(result, "draft", "edited", live, offered.fingerprint, now, by)
        return kept


def leave_starter(*, by: Actor) -> None:
    """Leaves the offered starter set aside; only a newer one is offered again."""
    agent_id(by)
    with transaction():
        offered = unpublished("offered")
        if offered is not None:
            offered.state = "aside"


def publish(*, by: Actor, note: str = "", despite: bool = False, now: datetime) -> int:
    """Makes the draft the version that judges; returns its number.

    Raises InvalidInput while something in it is wrong or an example of a rule fails, NotAllowedYet before the
    draft as it is was replayed over past questions (T5), and where a language answers fewer of them right,
    unless the lead publishes `despite` that.
    """
    agent_id(by)
    with transaction():
        draft, live = unpublished("draft"), live_version()
        if draft is None:
            raise Conflict("There is no draft to publish.")
        if live is not None and live.fingerprint == draft.fingerprint:
            raise Conflict("These are the rules that judge now.")
        rules = content(draft.id).compiled()
        wrong = [*check_ruleset(rules), *failing_examples(rules)]
        if wrong:
            raise InvalidInput(
                "The rules cannot be published: %(what)s", what="; ".join(wrong[:5]), wrong=wrong[:5]
            )
        _replayed(draft.fingerprint, despite)
        draft.note = note.strip()[:500]
        return number_it(draft, by, now)


def _replayed(fingerprint: str, despite: bool) -> None:
    done = finished_for(fingerprint)
    if done is None:
        if has_history():
            raise NotAllowedYet("Replay the draft over past questions first.", code="no_backtest")
        return
    if languages_that_lose(done.figures) and not despite:
        raise NotAllowedYet("A language would get worse. Publish all the same?", code="worse")


def restore(version_id: int, *, by: Actor, now: datetime) -> int:
    """Brings an earlier version back under a new number; a draft that is being edited stays."""
    agent_id(by)
    with transaction():
        old, live = version(version_id), live_version()
        if old.number is None:
            raise Conflict("Only a published version can be brought back.")
        if live is not None and live.fingerprint == old.fingerprint:
            raise Conflict("These are the rules that judge now.")
        return number_it(copied(old, "restored", now, by), by, now)

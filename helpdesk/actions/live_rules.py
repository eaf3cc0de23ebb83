"""The rules that judge now: one query a mail says which version; each is compiled once a process."""

from threading import Lock

import structlog
from sqlalchemy.exc import OperationalError

from helpdesk.actions.context import context
from helpdesk.core.errors import NotFound
from helpdesk.triage.rule_queries import by_fingerprint, content, live_version
from helpdesk.triage.rules import RuleSet

log = structlog.get_logger()

#: Live, shadow and draft, and the one before: more are not in use at once.
_KEPT = 6
_compiled: dict[str, RuleSet] = {}
_lock = Lock()


def live_rules() -> RuleSet:
    """The published version, or the starter set before anything was published.

    Whatever is wrong with a published version is an alarm in the log and never stops a mail: a rule that
    cannot be read is no rule, and a version that cannot be read at all gives way to the starter set (M3).
    """
    live = live_version()
    if live is None:
        return context().rules
    try:
        return compiled(live.id, live.fingerprint)
    except OperationalError:
        raise  # the database is away: the mail waits, and is not judged by other rules meanwhile
    except Exception:
        log.exception("rules_unreadable", version=live.number)
        return context().rules


def rules_judging(fingerprint: str | None) -> RuleSet:
    """The version that this transaction read as the published one; None: the starter set."""
    if fingerprint is None:
        return context().rules
    # Not compiled, or not readable: live_rules() asks anew and says so.
    return _compiled.get(fingerprint) or live_rules()


def rules_of(fingerprint: str | None) -> RuleSet:
    """The rules with this fingerprint, or those that judge now; raises NotFound."""
    if fingerprint is None:
        return live_rules()
    found = by_fingerprint(fingerprint)
    if found is not None:
        return compiled(found.id, found.fingerprint)
    if context().rules.version == fingerprint:
        return context().rules
    raise NotFound("These rules were never published here.")


def compiled(version_id: int, fingerprint: str) -> RuleSet:
    """A version ready to judge. Remembered by its fingerprint, which stands for the whole content."""
    known = _compiled.get(fingerprint)
    if known is not None:
        return known
    with _lock:
        if fingerprint not in _compiled:
            made = content(version_id).compiled()
            for what in made.broken:
                log.error("rule_broken", version=version_id, what=what)
            _ = made.reader, made.by_scope  # the first mail must not pay for it
            while len(_compiled) >= _KEPT:
                del _compiled[next(iter(_compiled))]
            _compiled[fingerprint] = made
        return _compiled[fingerprint]

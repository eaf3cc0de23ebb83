"""Free or paid, urgent or not, and why: asking the rules, keeping their answer, letting agents correct it."""

from dataclasses import dataclass
from datetime import datetime

import structlog
from sqlalchemy import update

from helpdesk.actions.context import context
from helpdesk.billing.case_queries import booked
from helpdesk.contracts.entitlements import Coverage
from helpdesk.core.actors import Actor
from helpdesk.core.errors import Forbidden, InvalidInput
from helpdesk.db import db, insert_row, transaction
from helpdesk.mail.parsed import ParsedMail
from helpdesk.tickets.models import LABELS, Ticket, locked, record
from helpdesk.triage.engine import judge
from helpdesk.triage.facts import KINDS, NOISE, CustomerFacts, Question
from helpdesk.triage.models import Correction, StoredVerdict
from helpdesk.triage.queries import first_verdict
from helpdesk.triage.rules import RuleSet
from helpdesk.triage.snapshot import snapshot
from helpdesk.triage.verdict import Verdict

log = structlog.get_logger()


def judge_mail(
    parsed: ParsedMail, coverage: Coverage, rules: RuleSet, *, known: bool, received_at: datetime
) -> "Judged":
    """What the rules say about a message; the same facts give the same verdict (T1).

    Rules that fail are an alarm in the log and a question to a person, never a lost mail (M3, T4).
    """
    local = received_at.astimezone(context().settings.zone)
    customer = None
    if known:
        customer = CustomerFacts(coverage.active, coverage.plan, coverage.deployment, read_at=local)
    question = Question(
        subject=parsed.subject,
        body=parsed.text,
        attachments=tuple(attachment.filename for attachment in parsed.attachments),
        customer=customer,
        automatic=parsed.is_auto,
        received_at=local,
    )
    return Judged(question, asked(question, rules))


@dataclass(frozen=True, slots=True)
class Judged:
    """A question and what the rules say about it."""

    question: Question
    verdict: Verdict


def asked(question: Question, rules: RuleSet) -> Verdict:
    """The verdict, or "ask a person" when the rules fail."""
    try:
        return judge(question, rules)
    except Exception:
        log.exception("rules_failed", version=rules.version)
        return Verdict(None, False, "other", False, 0.0, "", ruleset_version=rules.version)


def keep(judged: Judged, ticket_id: int, message_id: int, now: datetime, *, blind: bool = False) -> None:
    """Stores the verdict with its reasons, and the facts it rests on, so that it can be replayed (T1, T5)."""
    verdict = judged.verdict
    insert_row(
        StoredVerdict,
        ticket_id=ticket_id,
        message_id=message_id,
        ruleset_version=verdict.ruleset_version,
        label=verdict.label,
        confidence=verdict.confidence,
        data=verdict.as_data(),
        facts=snapshot(judged.question),
        blind=blind,
        created_at=now,
    )


def decided_blind(verdict: Verdict, mail_id: int) -> bool:
    """Whether a person decides this sure one without seeing the proposal, so that accuracy stays known.

    A few per cent by chance that nobody can foresee; never an urgent one or one without need of an answer.
    """
    if not verdict.sure or verdict.urgent or verdict.kind in NOISE:
        return False
    return context().signer.chance(f"blind:{mail_id}") < context().settings.blind_percent / 100


def correct(number: int, field: str, value: str, *, reason: str = "", by: Actor, now: datetime) -> None:
    """An agent's word: it outranks every rule, now and later (T2). `field` is label, urgent or kind.

    The same value as the rules' is a word too: it says that they were right. Raises InvalidInput for a value
    that does not exist, Forbidden for anybody but an agent.
    """
    if by.kind != "agent" or by.id is None:
        raise Forbidden("Only an agent can correct a verdict.")
    reason = reason.strip()[:500]
    with transaction():
        ticket = locked(number)
        decided = ticket.label_source == "agent" or field != "label"
        before = _set(ticket, field, value)
        if before == value and decided and not reason:
            return
        said = first_verdict(number)
        insert_row(
            Correction,
            ticket_id=number,
            agent_id=by.id,
            field=field,
            before=before,
            after=value,
            reason=reason,
            engine=_said(said, field),
            ruleset_version=said.ruleset_version if said else "",
            billed=billed_as(number),
            at=now,
        )
        ticket.updated_at = now
        record(number, "corrected", by, now, field=field, before=before, after=value, reason=reason)


def billed_as(number: int) -> str | None:
    """What the books say of a case so far: hotline, support, or None."""
    books = booked([number]).get(number)
    return books.label if books else None


def note_billing(number: int, came_to: str | None) -> None:
    """Writes beside an agent's corrections what the case came to; inside transaction()."""
    if came_to is not None:
        db.session.execute(update(Correction).where(Correction.ticket_id == number).values(billed=came_to))


def _said(stored: StoredVerdict | None, field: str) -> str | None:
    """What the rules had said about the field."""
    if stored is None:
        return None
    if field == "urgent":
        return "yes" if stored.data.get("urgent") else "no"
    return stored.label if field == "label" else str(stored.data.get("kind", ""))


def _set(ticket: Ticket, field: str, value: str) -> str | None:
    """Changes the field and returns what it was."""
    if field == "label" and value in LABELS:
        before, ticket.label, ticket.label_source = ticket.label, value, "agent"
        return before
    if field == "kind" and value in KINDS:
        before, ticket.kind = ticket.kind, value
        return before
    if field == "urgent" and value in ("yes", "no"):
        before = "yes" if ticket.urgent_asked else "no"
        ticket.urgent_asked = value == "yes"
        return before
    raise InvalidInput("This value cannot be chosen here.", field=field)


def rejudged(ticket: Ticket, verdict: Verdict) -> None:
    """A later message may make an undecided ticket clear, which is locked; an agent's word stays (T2)."""
    if verdict.sure and ticket.label is None and ticket.label_source == "rule":
        ticket.label, ticket.kind, ticket.quote_needed = verdict.label, verdict.kind, verdict.quote_needed

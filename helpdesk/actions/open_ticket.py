"""A message that belongs to no ticket opens one: who, what, free or paid, until when, and the answer."""

from dataclasses import dataclass
from datetime import datetime

from helpdesk.actions import acknowledge, offer_work, track_sla, triage_ticket
from helpdesk.actions.add_message import add_received
from helpdesk.actions.context import context
from helpdesk.actions.place_mail import Placement
from helpdesk.contracts.entitlements import NO_COVERAGE, Coverage
from helpdesk.contracts.queries import coverage
from helpdesk.core.actors import Actor
from helpdesk.customers.models import Contact, ensure_contact, mark_reachable
from helpdesk.db import insert_row
from helpdesk.mail.parsed import ParsedMail
from helpdesk.mail.path import Path
from helpdesk.mail.queries import Box
from helpdesk.sla.deadlines import Deadline
from helpdesk.sla.policy import Priority
from helpdesk.tickets.models import Participant, Ticket, record
from helpdesk.triage.verdict import Verdict

# Below this a detected language is a guess, and the mailbox's own language a better one.
SURE_OF_LANGUAGE = 0.5


@dataclass(frozen=True, slots=True)
class Opened:
    """A ticket that was just opened, with what led to it."""

    ticket_id: int
    subject: str
    contact: Contact
    coverage: Coverage
    language: str
    verdict: Verdict
    deadline: Deadline
    message_id: str | None


def open_from_mail(
    mail_id: int, parsed: ParsedMail, placement: Placement, box: Box, path: Path, *, now: datetime
) -> int:
    """Opens the ticket with everything that follows from it; returns its number. Inside transaction()."""
    contact = ensure_contact(
        parsed.from_address or f"unknown-sender-{mail_id}@invalid",
        parsed.from_name,
        parsed.language or box.language,
        now,
    )
    if not parsed.is_auto:
        mark_reachable(contact)
    path.note("sender", contact=contact.id, customer=contact.customer_id)
    today = now.astimezone(context().settings.zone).date()
    covered = coverage(contact.customer_id, today) if contact.customer_id else NO_COVERAGE
    judged = triage_ticket.judge_mail(parsed, covered, known=contact.customer_id is not None, received_at=now)
    verdict = judged.verdict
    deadline = track_sla.first_promise(now, on_premise=covered.on_premise)
    language = contact.language
    ticket_id = _insert(parsed, placement, box, contact, covered, verdict, deadline, language, now)
    insert_row(Participant, ticket_id=ticket_id, address=contact.email, added_at=now)
    message_id = add_received(
        ticket_id,
        mail_id,
        parsed,
        kind="automatic" if parsed.is_auto else "incoming",
        contact_id=contact.id,
        threading=placement.as_data(),
        now=now,
    )
    triage_ticket.keep(judged, ticket_id, message_id, now)
    record(
        ticket_id,
        "opened",
        Actor("contact", contact.id, contact.name or contact.email),
        now,
        label=verdict.label,
        linked_to=placement.linked_to,
    )
    path.note("opened", ticket=ticket_id)
    path.note(
        "triaged",
        label=verdict.label,
        kind=verdict.kind,
        urgent=verdict.urgent,
        confidence=round(verdict.confidence, 3),
        rules=[reason.rule for reason in verdict.reasons],
        version=verdict.ruleset_version,
    )
    path.note("promised", due=deadline.due_at.isoformat(), reason=deadline.reason)
    opened = Opened(
        ticket_id, parsed.subject, contact, covered, language, verdict, deadline, parsed.message_id or None
    )
    acknowledge.acknowledge(opened, mail_id, parsed, box, path, now)
    if verdict.urgent and not parsed.is_auto:
        offer_work.offer_urgent_for(opened, box, path, now)
    return ticket_id


def _insert(
    parsed: ParsedMail,
    placement: Placement,
    box: Box,
    contact: Contact,
    covered: Coverage,
    verdict: Verdict,
    deadline: Deadline,
    language: str,
    now: datetime,
) -> int:
    return insert_row(
        Ticket,
        subject=parsed.subject[:500],
        status="open",
        priority=Priority.ON_PREMISE if covered.on_premise else Priority.NORMAL,
        mailbox_id=box.id,
        customer_id=contact.customer_id,
        contact_id=contact.id,
        assignee_id=covered.assigned_agent_id,
        language=language,
        linked_to_id=placement.linked_to,
        # Not sure enough to stand alone: a person decides (T4).
        label=verdict.label if verdict.sure else None,
        label_source="rule",
        kind=verdict.kind,
        urgent_asked=verdict.urgent,
        quote_needed=verdict.quote_needed,
        promised_from=now,
        due_at=deadline.due_at,
        due_reason=deadline.as_data(),
        created_at=now,
        updated_at=now,
    )

"""A message that belongs to no ticket opens one: who, what, free or paid, until when, and the answer."""

from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import delete

from helpdesk.accounts.queries import present
from helpdesk.actions import acknowledge, offer_work, rehome, track_sla, triage_ticket
from helpdesk.actions.add_message import add_received
from helpdesk.actions.context import context
from helpdesk.actions.forwarded_mail import PassedOn
from helpdesk.actions.known_sender import Sender, known_sender
from helpdesk.actions.place_mail import Placement, kept
from helpdesk.actions.track_sla import Promised, team_at_first
from helpdesk.contracts.entitlements import Coverage
from helpdesk.core.actors import Actor
from helpdesk.customers.models import Contact, mark_reachable
from helpdesk.db import db, insert_row
from helpdesk.mail.contact_forms import named_writer
from helpdesk.mail.parsed import ParsedMail
from helpdesk.mail.path import Path
from helpdesk.mail.queries import Box, was_written
from helpdesk.mail.subjects import topic
from helpdesk.sla.book import Book
from helpdesk.sla.deadlines import Deadline
from helpdesk.sla.policy import Priority
from helpdesk.sla.terms import Place, Whose
from helpdesk.tickets.models import Participant, Ticket, TicketMessage, locked, record
from helpdesk.triage.models import StoredVerdict
from helpdesk.triage.verdict import Verdict, undecided


@dataclass(frozen=True, slots=True)
class Opened:
    """A ticket that was just opened, with what led to it."""

    ticket_id: int
    subject: str
    contact: Contact
    coverage: Coverage
    language: str
    verdict: Verdict
    promised: Promised
    message_id: str | None

    @property
    def deadline(self) -> Deadline:
        """Until when the first answer is promised: that one is promised always."""
        assert self.promised.answer is not None
        return self.promised.answer


def open_from_mail(
    mail_id: int,
    parsed: ParsedMail,
    placement: Placement,
    box: Box,
    path: Path,
    *,
    now: datetime,
    passed_on: PassedOn | None = None,
    moved: TicketMessage | None = None,
    by: Actor | None = None,
    unread: str | None = None,
) -> int:
    """Opens the ticket with everything that follows from it; returns its number. Inside transaction().

    `passed_on`: an agent forwarded the mail, the ticket is of the customer who wrote it. `moved`: the message
    lies on another ticket and comes from there, on the word of `by`; the promise counts from when it came.
    `unread`: nobody has read its content, so no rule decides and nothing is acknowledged as if it were known.
    """
    sender = _sender(mail_id, parsed, box, passed_on, now)
    contact, covered, book = sender.contact, sender.coverage, sender.book
    path.note("sender", contact=contact.id, customer=contact.customer_id, address=contact.email, by="address")
    if (writer := named_writer(parsed.new_text, parsed.from_address)) is not None:
        path.note("form", name=writer[0], address=writer[1])
    judged = triage_ticket.judge_mail(parsed, covered, sender.rules, known=sender.known, received_at=now)
    if unread is not None:
        judged = replace(judged, verdict=replace(judged.verdict, label=None, urgent=False))
    blind = triage_ticket.decided_blind(judged.verdict, mail_id)
    verdict = undecided(judged.verdict) if blind else judged.verdict
    covered = _with_stand_in(covered, now.astimezone(context().settings.zone).date())
    whose = _whose(contact, covered, box, book)
    since = _since(moved, whose, book, covered, now)
    promised = track_sla.first_promise(since, whose, book, on_premise=covered.on_premise)
    subject = topic(parsed.subject) if passed_on else parsed.subject
    opened = Opened(
        _insert(subject, placement, box, contact, covered, verdict, promised, since, now),
        subject,
        contact,
        covered,
        contact.language,
        verdict,
        promised,
        _answered_id(parsed, passed_on),
    )
    insert_row(Participant, ticket_id=opened.ticket_id, address=contact.email, added_at=now)
    message_id = _put(mail_id, parsed, kept(placement, path, unread), opened, moved, passed_on, by, now)
    triage_ticket.keep(judged, opened.ticket_id, message_id, now, blind=blind)
    _record(opened, placement, passed_on, by, now)
    _note(opened, path)
    if unread != "too_large":
        _answer(opened, mail_id, parsed, box, path, passed_on, moved is not None, now)
    return opened.ticket_id


def _sender(mail_id: int, parsed: ParsedMail, box: Box, passed_on: PassedOn | None, now: datetime) -> Sender:
    if passed_on is not None:
        return known_sender(passed_on.address, "", parsed.language or box.language, now)
    sender = known_sender(
        parsed.from_address or f"unknown-sender-{mail_id}@invalid",
        parsed.from_name,
        parsed.language or box.language,
        now,
    )
    if not parsed.is_auto:
        mark_reachable(sender.contact)
    return sender


def _with_stand_in(covered: Coverage, day: date) -> Coverage:
    """The named contact person, or who stands in for them while they are away."""
    if covered.assigned_agent_id is None:
        return covered
    return replace(covered, assigned_agent_id=present(covered.assigned_agent_id, day))


def _whose(contact: Contact, covered: Coverage, box: Box, book: Book) -> Whose:
    """What decides the terms of the promise."""
    place = Place(box.zone, box.country, box.subdivision)
    team = team_at_first(covered.assigned_agent_id, box.id, book)
    return Whose(contact.customer_id, covered.plan, team, box.id, place)


def _since(
    moved: TicketMessage | None, whose: Whose, book: Book, covered: Coverage, now: datetime
) -> datetime:
    """From when the promise counts: when the mail came, unless that promise were broken before it is made."""
    if moved is None:
        return now
    answer = track_sla.first_promise(moved.created_at, whose, book, on_premise=covered.on_premise).answer
    return moved.created_at if answer is not None and answer.due_at > now else now


def _answered_id(parsed: ParsedMail, passed_on: PassedOn | None) -> str | None:
    """The id of the mail that the requester wrote: of a forwarded one only its references know it."""
    if passed_on is None:
        return parsed.message_id or None
    return next(iter([*parsed.in_reply_to, *reversed(parsed.references)]), None)


def _put(
    mail_id: int,
    parsed: ParsedMail,
    threading: dict[str, Any],
    opened: Opened,
    moved: TicketMessage | None,
    passed_on: PassedOn | None,
    by: Actor | None,
    now: datetime,
) -> int:
    """The message on its new ticket: stored, or brought over from where it lay."""
    if moved is not None:
        rehome.carry(moved, locked(opened.ticket_id), "split", by or Actor("system"), now)
        # It is judged as the first mail of a ticket of its own; what was said of it as a reply is replaced.
        db.session.execute(delete(StoredVerdict).where(StoredVerdict.message_id == moved.id))
        db.session.flush()
        return moved.id
    if passed_on is not None:
        threading |= {"reason": "passed_on", "by": passed_on.agent.name, "proven": passed_on.proven}
    return add_received(
        opened.ticket_id,
        mail_id,
        parsed,
        kind="automatic" if parsed.is_auto else "incoming",
        contact_id=opened.contact.id,
        threading=threading,
        now=now,
    )


def _record(
    opened: Opened, placement: Placement, passed_on: PassedOn | None, by: Actor | None, now: datetime
) -> None:
    author = Actor("contact", opened.contact.id, opened.contact.name or opened.contact.email)
    if passed_on is not None:
        author = Actor("agent", passed_on.agent.id, passed_on.agent.name)
    record(
        opened.ticket_id,
        "opened",
        by or author,
        now,
        label=opened.verdict.label,
        linked_to=placement.linked_to,
        why=placement.reason,
        passed_on_for=passed_on.address if passed_on else None,
    )


def _note(opened: Opened, path: Path) -> None:
    verdict = opened.verdict
    path.note("opened", ticket=opened.ticket_id)
    path.note(
        "triaged",
        label=verdict.label,
        kind=verdict.kind,
        urgent=verdict.urgent,
        confidence=round(verdict.confidence, 3),
        rules=[reason.rule for reason in verdict.reasons],
        missed=list(verdict.misses),
        version=verdict.ruleset_version,
    )
    path.note("promised", due=opened.deadline.due_at.isoformat(), reason=opened.deadline.reason)


def _answer(
    opened: Opened,
    mail_id: int,
    parsed: ParsedMail,
    box: Box,
    path: Path,
    passed_on: PassedOn | None,
    moved: bool,
    now: datetime,
) -> None:
    """The acknowledgement, and the offer of urgent handling where it was asked for."""
    if moved and was_written(f"ack:{mail_id}"):
        path.note("not_acknowledged", why="already")
    elif passed_on is not None and not passed_on.proven:
        path.note("not_acknowledged", why="forward_unproven")
        return
    else:
        acknowledge.acknowledge(opened, mail_id, parsed, box, path, now)
    if opened.verdict.urgent and not parsed.is_auto:
        offer_work.offer_urgent_for(opened, box, path, now)


def _insert(
    subject: str,
    placement: Placement,
    box: Box,
    contact: Contact,
    covered: Coverage,
    verdict: Verdict,
    promised: Promised,
    since: datetime,
    now: datetime,
) -> int:
    return insert_row(
        Ticket,
        subject=subject[:500],
        status="open",
        priority=Priority.ON_PREMISE if covered.on_premise else Priority.NORMAL,
        mailbox_id=box.id,
        customer_id=contact.customer_id,
        contact_id=contact.id,
        assignee_id=covered.assigned_agent_id,
        language=contact.language,
        linked_to_id=placement.linked_to,
        # Not sure enough to stand alone: a person decides (T4).
        label=verdict.label if verdict.sure else None,
        label_source="rule",
        kind=verdict.kind,
        urgent_asked=verdict.urgent,
        quote_needed=verdict.quote_needed,
        promised_from=since,
        resolve_from=since,
        **promised.columns(),
        created_at=now,
        updated_at=now,
    )

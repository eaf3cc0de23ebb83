"""Mail that could not be handled: try again, make it a ticket, or put it away; never lost (M3)."""

from datetime import datetime

from sqlalchemy import select

from helpdesk import queue
from helpdesk.actions import track_sla
from helpdesk.actions.context import context
from helpdesk.contracts.entitlements import NO_COVERAGE
from helpdesk.contracts.queries import coverage
from helpdesk.core.actors import Actor
from helpdesk.core.errors import Conflict, InvalidInput, NotFound
from helpdesk.customers.models import ensure_contact
from helpdesk.db import db, insert_row, transaction
from helpdesk.mail.models import RawMail
from helpdesk.mail.parse import parse_header_only
from helpdesk.mail.queries import mailboxes
from helpdesk.mail.recipients import addressed_mailbox
from helpdesk.sla.policy import Priority
from helpdesk.tickets.models import Attachment, Participant, Ticket, TicketMessage, locked, record


def retry(raw_id: int, *, by: Actor, now: datetime) -> None:
    """Hands the message to the workers again, with three fresh attempts."""
    with transaction() as then:
        mail = _waiting(raw_id, "quarantine")
        mail.state, mail.attempts, mail.due_at = "due", 0, now
        mail.path = [*mail.path, _step("retried", by, now)]
        then.after_commit(lambda: queue.wake(queue.Wake.HANDLE_MAIL))


def discard(raw_id: int, reason: str, *, by: Actor, now: datetime) -> None:
    """Puts the message away; it stays readable with the reason and the name, and can be taken back."""
    if not reason.strip():
        raise InvalidInput("Say why this message is put away.", field="reason")
    with transaction():
        mail = _waiting(raw_id, "quarantine")
        mail.state, mail.handled_at = "discarded", now
        mail.path = [*mail.path, {**_step("discarded", by, now), "reason": reason.strip()[:500]}]


def take_back(raw_id: int, *, by: Actor, now: datetime) -> None:
    """What was put away waits in quarantine again, for another try or for a ticket."""
    with transaction():
        mail = _waiting(raw_id, "discarded")
        mail.state, mail.handled_at, mail.due_at = "quarantine", None, now
        mail.path = [*mail.path, _step("taken_back", by, now)]


def to_ticket(raw_id: int, *, by: Actor, now: datetime) -> int:
    """Opens a ticket that holds the message as a file, for a person to read; returns its number.

    Only the header is read, which never fails. No rule decides, nothing is answered by itself; the sender
    belongs to the ticket, so that their answers to ours arrive.
    """
    raw = _bytes_of(raw_id)
    head = parse_header_only(raw, "not handled")
    filename, sha256 = f"mail-{raw_id}.eml", context().files.put(raw)
    with transaction():
        mail = _waiting(raw_id, "quarantine")
        box = addressed_mailbox(mail.envelope_to, head, mailboxes())
        address = head.from_address or f"unknown-sender-{raw_id}@invalid"
        contact = ensure_contact(address, head.from_name, box.language, now)
        today = now.astimezone(context().settings.zone).date()
        covered = coverage(contact.customer_id, today) if contact.customer_id else NO_COVERAGE
        number = insert_row(
            Ticket,
            subject=head.subject[:500],
            status="open",
            priority=Priority.ON_PREMISE if covered.on_premise else Priority.NORMAL,
            mailbox_id=box.id,
            customer_id=contact.customer_id,
            contact_id=contact.id,
            assignee_id=covered.assigned_agent_id,
            language=contact.language,
            created_at=now,
            updated_at=now,
        )
        insert_row(Participant, ticket_id=number, address=contact.email, added_at=now)
        message_id = insert_row(
            TicketMessage,
            ticket_id=number,
            kind="incoming",
            contact_id=contact.id,
            raw_mail_id=raw_id,
            from_name=head.from_name[:160],
            from_address=head.from_address[:254],
            subject=head.subject[:500],
            body="",
            new_text="",
            threading={"reason": "from_quarantine", "by": by.name, "unread": "not_read"},
            created_at=now,
        )
        insert_row(
            Attachment,
            message_id=message_id,
            filename=filename,
            content_type="message/rfc822",
            size=len(raw),
            sha256=sha256,
        )
        track_sla.owe(locked(number), now)
        record(number, "opened", by, now, why="from_quarantine")
        mail.state, mail.handled_at = "done", now
        mail.path = [*mail.path, {**_step("made_a_ticket", by, now), "ticket": number}]
    return number


def _bytes_of(raw_id: int) -> bytes:
    found = db.session.scalar(select(RawMail.raw).where(RawMail.id == raw_id))
    if found is None:
        raise NotFound("There is no such message.")
    return found


def _waiting(raw_id: int, state: str) -> RawMail:
    mail = db.session.scalar(
        select(RawMail)
        .where(RawMail.id == raw_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if mail is None:
        raise NotFound("There is no such message.")
    if mail.state != state and state == "quarantine":
        raise Conflict("This message is no longer in quarantine.")
    if mail.state != state:
        raise Conflict("This message was not put away.")
    return mail


def _step(step: str, by: Actor, now: datetime) -> dict[str, object]:
    return {"step": step, "at": now.isoformat(), "by": by.name}

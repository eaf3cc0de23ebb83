"""What agents do with a mail that has not arrived: take it back, try again, say that it arrived."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select, update

from helpdesk import queue
from helpdesk.actions import track_sla
from helpdesk.core.actors import Actor
from helpdesk.core.errors import Conflict, NotFound
from helpdesk.db import db, transaction
from helpdesk.mail.models import OutgoingMail
from helpdesk.tickets.models import Attachment, Pause, Ticket, TicketMessage, locked, record, resume


def take_back(mail_id: int, *, by: Actor, now: datetime) -> int:
    """Takes an answer back before it left; returns the ticket's number.

    Text and files wait in the composer as they were, and the ticket stands as it stood before, unless
    somebody changed it since. Raises Conflict when the mail has left or is leaving.
    """
    with transaction():
        # The ticket first, as everybody locks them.
        seen = db.session.get(OutgoingMail, mail_id)
        ticket = locked(seen.ticket_number) if seen and seen.ticket_number else None
        mail = _locked(mail_id)
        if mail.state != "queued" or mail.undo is None or ticket is None:
            raise Conflict("This answer has left already and cannot be taken back.")
        mail.state, mail.error = "withdrawn", None
        message = select(TicketMessage.id).where(TicketMessage.outgoing_mail_id == mail_id)
        db.session.execute(delete(Attachment).where(Attachment.message_id.in_(message)))
        db.session.execute(delete(TicketMessage).where(TicketMessage.outgoing_mail_id == mail_id))
        _as_before(ticket, mail.undo, mail.created_at, now)
        ticket.updated_at = now
        record(ticket.id, "taken_back", by, now)
        return ticket.id


def _as_before(ticket: Ticket, before: Mapping[str, Any], answered: datetime, now: datetime) -> None:
    """Undoes what the answer did to the ticket; what came since stays."""
    if ticket.assignee_id == before["assigned"]:
        ticket.assignee_id = None
    if ticket.status != before["then"] or ticket.promised_from is not None:
        return
    if before["status"] == "open" and ticket.status != "open":
        resume(ticket, now)
    elif before["status"] == "waiting":
        ticket.status, ticket.closed_at = "waiting", None
        ticket.waiting_for = before["waiting_for"]
        reopened = update(Pause).where(Pause.ticket_id == ticket.id, Pause.until == answered)
        db.session.execute(reopened.values(until=None))
    # A pause of some seconds that never was one: no deadline shall move by it.
    pause = delete(Pause).where(Pause.ticket_id == ticket.id, Pause.since == answered)
    db.session.execute(pause)
    ticket.promised_from, ticket.due_at = _time(before["promised_from"]), _time(before["due_at"])
    ticket.answered_at = _time(before["answered_at"])
    ticket.resolve_from = _time(before.get("resolve_from"))
    track_sla.update(ticket)


def try_again(mail_id: int, *, by: Actor, now: datetime) -> None:
    """Sends a mail once more that failed or of which nobody knows; the Message-ID stays the same.

    Raises Conflict when it is not one of those.
    """
    with transaction() as then:
        mail = _stuck(mail_id)
        mail.state, mail.due_at, mail.retried_at = "queued", now, now
        mail.attempts = mail.doubts = 0
        _note(mail, "mail_tried_again", by, now)
        then.after_commit(lambda: queue.wake(queue.Wake.DELIVER_MAIL))


def arrived(mail_id: int, *, by: Actor, now: datetime) -> None:
    """A person found out that a mail in doubt did arrive. Raises Conflict for any other mail."""
    with transaction():
        mail = _stuck(mail_id)
        if mail.state != "unknown":
            raise Conflict("The state of this mail has changed meanwhile.")
        mail.state, mail.sent_at, mail.error = "sent", mail.sent_at or now, None
        _note(mail, "mail_arrived", by, now)


def drop_draft(mail_id: int, *, by: Actor) -> int | None:
    """Forgets an answer that was taken back; returns its ticket's number. Only its writer may."""
    with transaction():
        mail = _locked(mail_id)
        if mail.agent_id != by.id or mail.state != "withdrawn":
            raise NotFound("There is no such message.")
        mail.undo = None
        return mail.ticket_number


def replaced(mail_id: int, ticket_id: int, *, by: Actor, now: datetime) -> list[dict[str, Any]]:
    """The files of the answer that a new one takes the place of; the old one is settled by that.

    That is one that was taken back, or one that failed and was edited. Raises NotFound for another ticket's,
    and Conflict when it left meanwhile after all. Call inside transaction().
    """
    mail = _locked(mail_id)
    if mail.ticket_number != ticket_id or mail.agent_id is None:
        raise NotFound("There is no such message.")
    if mail.state in ("failed", "unknown"):
        mail.state = "withdrawn"
        _note(mail, "mail_replaced", by, now)
    elif mail.state != "withdrawn":
        raise Conflict("The state of this mail has changed meanwhile.")
    mail.undo = None
    return list(mail.attachments)


def _note(mail: OutgoingMail, code: str, by: Actor, now: datetime) -> None:
    if mail.ticket_number is not None:
        record(mail.ticket_number, code, by, now, mail=mail.id, to=mail.to_address)


def _stuck(mail_id: int) -> OutgoingMail:
    mail = _locked(mail_id)
    if mail.state not in ("failed", "unknown"):
        raise Conflict("The state of this mail has changed meanwhile.")
    return mail


def _locked(mail_id: int) -> OutgoingMail:
    mail = db.session.scalar(
        select(OutgoingMail)
        .where(OutgoingMail.id == mail_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if mail is None:
        raise NotFound("There is no such message.")
    return mail


def _time(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None

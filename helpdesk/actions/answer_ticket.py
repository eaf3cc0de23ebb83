"""Agents answer, and note what is not for the customer's eyes."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from helpdesk.accounts.models import Agent
from helpdesk.accounts.queries import signatures_of
from helpdesk.actions import manage_tickets, track_sla
from helpdesk.actions.context import context
from helpdesk.actions.manage_outbox import replaced
from helpdesk.actions.send_mail import put_in_outbox
from helpdesk.core.actors import Actor
from helpdesk.core.errors import InvalidInput
from helpdesk.db import db, insert_row, transaction
from helpdesk.mail.queries import Box, box
from helpdesk.mail.render import render
from helpdesk.tickets.models import Attachment, Ticket, TicketMessage, locked, record, wait_for

# Time to think again: until then the mail can be taken back.
UNDO = timedelta(seconds=10)
MAX_TEXT = 200_000


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that an agent attaches."""

    filename: str
    content_type: str
    content: bytes


def reply(
    number: int,
    text: str,
    *,
    by: Actor,
    now: datetime,
    close: bool = False,
    attachments: Sequence[Upload] = (),
    key: str | None = None,
    instead_of: int | None = None,
    kept: Collection[str] = (),
) -> int:
    """Sends the agent's text to the requester in the right thread; returns the ticket message's id.

    The promise is met and the ticket waits for the customer, or is closed. `key` makes a second click on
    "send" harmless: the same key sends once. `instead_of` is an answer that was taken back or failed and
    whose place this one takes, with those of its files whose hashes are in `kept`. Raises InvalidInput for
    an empty text.
    """
    words = _checked(text)
    with transaction():
        ticket = locked(number)
        before = _standing(ticket, by, close)
        agent = db.session.get(Agent, by.id) if by.id else None
        mailbox = box(ticket.mailbox_id)
        stored = [
            {
                "filename": upload.filename[:255],
                "content_type": upload.content_type[:120] or "application/octet-stream",
                "size": len(upload.content),
                "sha256": context().files.put(upload.content),
            }
            for upload in attachments
        ]
        if instead_of is not None:
            old = replaced(instead_of, number, by=by, now=now)
            stored = [file for file in old if file["sha256"] in kept] + stored
        rendered = render(
            "reply",
            ticket.language,
            number=number,
            subject=ticket.subject,
            text=words,
            signature=_signature(agent, ticket.language, mailbox),
        )
        _mail, message_id = put_in_outbox(
            rendered,
            key=f"reply:{key or uuid4().hex}",
            ticket_id=number,
            mailbox=mailbox,
            to_address=ticket.contact.email,
            to_name=ticket.contact.name,
            language=ticket.language,
            now=now,
            agent_id=by.id,
            written=words,
            undo=before,
            attachments=stored,
            due_at=now + UNDO,
        )
        for file in stored:
            insert_row(Attachment, message_id=message_id, **file)
        if ticket.assignee_id is None:
            ticket.assignee_id = by.id
        track_sla.met(ticket, now)
        if close:
            manage_tickets.close(number, by=by, now=now, settled=False)
        else:
            wait_for(ticket, "answer", now)
            ticket.updated_at = now
            record(number, "replied", by, now)
    return message_id


def note(number: int, text: str, *, by: Actor, now: datetime) -> int:
    """Keeps a text for colleagues only; nothing is sent. Returns the ticket message's id."""
    words = _checked(text)
    with transaction():
        ticket = locked(number)
        ticket.updated_at = now
        message_id = insert_row(
            TicketMessage,
            ticket_id=number,
            kind="note",
            agent_id=by.id,
            from_name=by.name,
            body=words,
            new_text=words,
            created_at=now,
        )
        record(number, "noted", by, now)
    return message_id


def _signature(agent: Agent | None, language: str, mailbox: Box) -> str:
    """The agent's lines in the receiver's language, and below them those of the mailbox."""
    own = (signatures_of(agent.id).get(language) or agent.signature) if agent else ""
    return "\n\n".join(filter(None, (own, mailbox.signature)))


def _standing(ticket: Ticket, by: Actor, close: bool) -> dict[str, Any]:
    """How the ticket stands before the answer and how after, for taking it back."""
    return {
        "status": ticket.status,
        "waiting_for": ticket.waiting_for,
        "promised_from": _text(ticket.promised_from),
        "due_at": _text(ticket.due_at),
        "resolve_from": _text(ticket.resolve_from),
        "answered_at": _text(ticket.answered_at),
        "assigned": by.id if ticket.assignee_id is None else None,
        "then": "closed" if close else "waiting",
    }


def _text(at: datetime | None) -> str | None:
    return at.isoformat() if at else None


def _checked(text: str) -> str:
    words = text.replace("\x00", "").replace("\r\n", "\n").strip()
    if not words:
        raise InvalidInput("Write something first.", field="text")
    if len(words) > MAX_TEXT:
        raise InvalidInput("This text is too long to be sent.", field="text")
    return words

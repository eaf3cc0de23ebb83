"""Writing to a ticket's requester: one row in the outbox, in the transaction that causes it (M6)."""

import secrets
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, select

from helpdesk import queue
from helpdesk.actions.context import context
from helpdesk.core.addresses import domain, with_tag
from helpdesk.db import db, insert_row, transaction
from helpdesk.mail.models import OutgoingMail, RawMail
from helpdesk.mail.queries import Box
from helpdesk.mail.render import Rendered
from helpdesk.tickets.models import TicketMessage

# Long threads keep their beginning and their end (RFC 5322 3.6.4 leaves the middle out first).
_REFERENCES_KEPT = 12


def put_in_outbox(
    words: Rendered,
    *,
    key: str,
    ticket_id: int,
    mailbox: Box,
    to_address: str,
    to_name: str,
    language: str,
    now: datetime,
    automatic: bool = False,
    agent_id: int | None = None,
    written: str | None = None,
    undo: dict[str, Any] | None = None,
    answers: Sequence[str] = (),
    attachments: Sequence[dict[str, Any]] = (),
    due_at: datetime | None = None,
) -> tuple[int, int]:
    """Queues one mail and shows it on the ticket; returns (outgoing mail id, ticket message id).

    `key` names the cause: a second mail for the same cause is refused by the database. `answers` are the
    Message-IDs of the thread, oldest first; the last one is what this mail replies to. Give none to have
    them looked up. Call inside transaction().
    """
    thread = list(answers) or message_ids(ticket_id)
    settings = context().settings
    with transaction() as then:
        outgoing_id = _outgoing(
            words,
            key=key,
            ticket_id=ticket_id,
            mailbox=mailbox,
            reply_to=with_tag(mailbox.address, context().signer.reply_tag(ticket_id, to_address)),
            to_name=to_name[:160],
            to_address=to_address,
            language=language,
            automatic=automatic,
            in_reply_to=thread[-1] if thread else None,
            reference_ids=_shortened(thread),
            attachments=list(attachments),
            agent_id=agent_id,
            written=written,
            undo=undo,
            created_at=now,
            due_at=due_at or now,
        )
        message_id = insert_row(
            TicketMessage,
            ticket_id=ticket_id,
            kind="outgoing",
            agent_id=agent_id,
            outgoing_mail_id=outgoing_id,
            from_name=settings.vendor_name,
            from_address=mailbox.address,
            subject=words.subject[:500],
            body=words.text,
            new_text=words.text,
            language=language,
            created_at=now,
        )
        then.after_commit(lambda: queue.wake(queue.Wake.DELIVER_MAIL))
    return outgoing_id, message_id


def put_beside_ticket(
    words: Rendered,
    *,
    key: str,
    ticket_id: int,
    mailbox: Box,
    to_address: str,
    to_name: str,
    language: str,
    now: datetime,
) -> None:
    """Queues an automatic mail to a colleague: about a ticket, and no part of its conversation."""
    with transaction() as then:
        _outgoing(
            words,
            key=key,
            ticket_id=ticket_id,
            mailbox=mailbox,
            reply_to=mailbox.address,
            to_name=to_name[:160],
            to_address=to_address,
            language=language,
            automatic=True,
            reference_ids=[],
            attachments=[],
            created_at=now,
            due_at=now,
        )
        then.after_commit(lambda: queue.wake(queue.Wake.DELIVER_MAIL))


def _outgoing(words: Rendered, *, ticket_id: int, mailbox: Box, **values: Any) -> int:
    return insert_row(
        OutgoingMail,
        message_id=f"{secrets.token_hex(12)}.{ticket_id}@{domain(mailbox.address)}",
        from_name=context().settings.vendor_name,
        from_address=mailbox.address,
        subject=words.subject[:500],
        body_text=words.text,
        body_html=words.html,
        ticket_number=ticket_id,
        **values,
    )


def message_ids(ticket_id: int) -> list[str]:
    """The Message-IDs of a ticket's mails in order; the last one is a mail that came in, if there is any."""
    rows = db.session.execute(_THREAD, {"ticket": ticket_id}).all()
    incoming = [raw for raw, _out in rows if raw]
    everything = [raw or out for raw, out in reversed(rows) if raw or out]
    return [*(each for each in everything if each not in incoming[:1]), *incoming[:1]]


# Built once: each mail that we write without knowing what it answers asks it.
_THREAD = (
    select(RawMail.message_id, OutgoingMail.message_id)
    .select_from(TicketMessage)
    .outerjoin(RawMail, RawMail.id == TicketMessage.raw_mail_id)
    .outerjoin(OutgoingMail, OutgoingMail.id == TicketMessage.outgoing_mail_id)
    .where(TicketMessage.ticket_id == bindparam("ticket"), TicketMessage.kind.in_(("incoming", "outgoing")))
    .order_by(TicketMessage.id.desc())
    .limit(_REFERENCES_KEPT)
)


def _shortened(thread: list[str]) -> list[str]:
    return thread if len(thread) <= _REFERENCES_KEPT else [thread[0], *thread[1 - _REFERENCES_KEPT :]]

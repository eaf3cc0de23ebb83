"""Tickets, messages and mail as rows, for pages that need something to show; plain builders, no mail involved."""

from datetime import datetime, timedelta
from itertools import count
from typing import Any

from sqlalchemy import insert, select

from helpdesk.billing.evidence_models import Objection
from helpdesk.billing.models import OfferAnswer
from helpdesk.core import clock
from helpdesk.customers.models import Contact
from helpdesk.db import db, insert_row, table_of, transaction
from helpdesk.mail.models import Mailbox, OutgoingMail, RawMail
from helpdesk.tickets.models import Attachment, Event, Macro, Pause, Ticket, TicketMessage

_numbers = count(1)


def a_ticket(
    mailbox: Mailbox,
    contact: Contact,
    subject: str = "Where is the VAT report?",
    *,
    due_in: timedelta | None = timedelta(hours=4),
    age: timedelta = timedelta(hours=1),
    text: str = "Hello, where do I find the VAT report of last quarter?",
    **values: Any,
) -> int:
    """An open hotline ticket with one message; `values` are columns. Returns its number."""
    now = clock.now()
    row: dict[str, Any] = {
        "subject": subject,
        "mailbox_id": mailbox.id,
        "contact_id": contact.id,
        "customer_id": contact.customer_id,
        "language": contact.language,
        "label": "hotline",
        "kind": "usage_question",
        "promised_from": now - age if due_in is not None else None,
        "due_at": now + due_in if due_in is not None else None,
        "created_at": now - age,
        "updated_at": now - age,
        **values,
    }
    with transaction():
        number = insert_row(Ticket, **row)
        a_message(number, contact, text, at=now - age)
        if row.get("status") == "waiting":
            insert_row(Pause, ticket_id=number, since=now, cause=row["waiting_for"])
        an_event(number, "opened", contact.name or contact.email, "contact", now - age, label=row["label"])
    return number


def a_message(
    number: int, contact: Contact | None, text: str, *, at: datetime | None = None, **values: Any
) -> int:
    """A mail that came in, unless `values` say something else; with the raw mail behind it."""
    now = at or clock.now()
    with transaction():
        if values.get("kind", "incoming") == "incoming":
            values.setdefault("raw_mail_id", a_raw_mail(text, at=now))
        return insert_row(
            TicketMessage,
            **{
                "ticket_id": number,
                "kind": "incoming",
                "contact_id": contact.id if contact else None,
                "from_name": contact.name if contact else "",
                "from_address": contact.email if contact else "",
                "body": text,
                "new_text": text,
                "language": contact.language if contact else None,
                "created_at": now,
                **values,
            },
        )


def a_raw_mail(text: str = "Hello", *, at: datetime | None = None, **values: Any) -> int:
    """A stored message; `done` unless `values` say something else."""
    n, now = next(_numbers), at or clock.now()
    raw = f"From: someone@example.com\r\nSubject: Test\r\nMessage-ID: <m{n}@example.com>\r\n\r\n{text}\r\n"
    with transaction():
        return insert_row(
            RawMail,
            **{
                "source": "test",
                "source_key": f"web-{n}",
                "envelope_from": "someone@example.com",
                "envelope_to": ["support@helpdesk.example"],
                "sha256": f"{n:064x}",
                "size": len(raw),
                "raw": raw.encode(),
                "received_at": now,
                "due_at": now,
                "state": "done",
                "path": [],
                **values,
            },
        )


def an_outgoing_mail(number: int | None, to: str, text: str = "Good day", **values: Any) -> int:
    """A mail of ours; sent unless `values` say something else."""
    n, now = next(_numbers), clock.now()
    with transaction():
        return insert_row(
            OutgoingMail,
            **{
                "key": f"web-{n}",
                "message_id": f"<out{n}@helpdesk.example>",
                "from_name": "Muster Software AG",
                "from_address": "support@helpdesk.example",
                "reply_to": "support+tag@helpdesk.example",
                "to_address": to,
                "subject": "Re: your question",
                "body_text": text,
                "language": "en",
                "reference_ids": [],
                "attachments": [],
                "ticket_number": number,
                "created_at": now,
                "due_at": now,
                "state": "sent",
                "sent_at": now,
                **values,
            },
        )


def an_attachment(
    message_id: int, filename: str, sha256: str, *, content_type: str = "text/plain", **values: Any
) -> int:
    """A file of a message, whose bytes are in the store already."""
    with transaction():
        return insert_row(
            Attachment,
            **{
                "message_id": message_id,
                "filename": filename,
                "content_type": content_type,
                "size": 4,
                "sha256": sha256,
                **values,
            },
        )


def an_event(number: int, code: str, who: str, kind: str, at: datetime, **data: Any) -> None:
    """A line of history."""
    with transaction():
        insert_row(
            Event,
            ticket_id=number,
            at=at,
            actor_kind=kind,
            actor_id=None,
            actor_name=who,
            code=code,
            data=data,
        )


def many_tickets(mailbox: Mailbox, contact: Contact, n: int) -> None:
    """`n` open tickets at once, each with a message: for pages whose effort must not grow."""
    now = clock.now()
    ticket = {
        "status": "open",
        "mailbox_id": mailbox.id,
        "contact_id": contact.id,
        "customer_id": contact.customer_id,
        "language": contact.language,
        "label_source": "rule",
        "kind": "other",
        "urgent_asked": False,
        "quote_needed": False,
        "offer_open": False,
        "promised_from": now,
        "due_reason": {},
        "created_at": now,
        "updated_at": now,
    }
    message = {
        "kind": "incoming",
        "contact_id": contact.id,
        "from_name": "",
        "from_address": contact.email,
        "subject": "",
        "body": "Hello",
        "new_text": "Hello",
        "threading": {},
        "created_at": now,
    }
    rows = [
        {"subject": f"Question {i}", "priority": 2 if i % 7 else 1, "due_at": now + timedelta(minutes=i // 3)}
        for i in range(n)
    ]
    with transaction():
        made = db.session.connection().execute(
            insert(table_of(Ticket)).returning(table_of(Ticket).c.id), [ticket | row for row in rows]
        )
        messages = [message | {"ticket_id": number} for (number,) in made]
        db.session.connection().execute(insert(table_of(TicketMessage)), messages)


def an_objection(offer_id: int) -> int:
    """Somebody says that the acceptance of this offer is wrong."""
    answer = db.session.scalars(select(OfferAnswer).where(OfferAnswer.offer_id == offer_id)).one()
    contact = db.session.scalars(select(Contact).where(Contact.email == "compta@muster.example")).one()
    with transaction():
        return insert_row(
            Objection,
            answer_id=answer.id,
            at=clock.now(),
            contact_id=contact.id,
            raw_mail_id=a_raw_mail("C'est une erreur"),
            raw_sha256="0" * 64,
            words="C'est une erreur",
        )


def a_macro(name: str = "", **texts: str) -> int:
    """A text to insert; `texts` by language."""
    with transaction():
        return insert_row(
            Macro, name=name or f"macro {next(_numbers)}", texts=texts or {"de": "Guten Tag {name}"}
        )

"""Putting a received mail on a ticket, attachments first: a committed row never names a missing file."""

from datetime import datetime

from sqlalchemy import insert

from helpdesk.actions.context import context
from helpdesk.db import db, insert_row, table_of
from helpdesk.mail.html_clean import clean_html
from helpdesk.mail.parsed import ParsedMail
from helpdesk.tickets.models import Attachment, TicketMessage


def add_received(
    ticket_id: int,
    raw_mail_id: int,
    parsed: ParsedMail,
    *,
    kind: str,
    contact_id: int | None,
    threading: dict[str, object],
    now: datetime,
) -> int:
    """Adds the message with its files; returns its id. One raw mail, one message (M2: unique key)."""
    message_id = insert_row(
        TicketMessage,
        ticket_id=ticket_id,
        kind=kind,
        contact_id=contact_id,
        raw_mail_id=raw_mail_id,
        from_name=parsed.from_name[:160],
        from_address=parsed.from_address[:254],
        subject=parsed.subject[:500],
        body=parsed.text,
        new_text=parsed.new_text,
        html=clean_html(parsed.html_source).html if parsed.html_source else None,
        language=parsed.language or None,
        threading=threading,
        created_at=now,
    )
    if parsed.attachments:
        files = context().files
        db.session.connection().execute(
            insert(table_of(Attachment)),
            [
                {
                    "message_id": message_id,
                    "filename": attachment.filename[:255],
                    "content_type": attachment.content_type[:120],
                    "size": attachment.size,
                    "sha256": files.put(attachment.content),
                    "content_id": attachment.content_id[:250] or None,
                    "inline": attachment.inline,
                }
                for attachment in parsed.attachments
            ],
        )
    return message_id

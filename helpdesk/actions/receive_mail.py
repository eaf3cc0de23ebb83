"""Taking a message in: raw and durable before its source is told (M1); parsing comes later."""

import hashlib
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.exc import IntegrityError

from helpdesk import queue
from helpdesk.db import insert_row, transaction
from helpdesk.mail.models import RawMail
from helpdesk.mail.raw_headers import message_id_of


def receive(
    raw: bytes,
    *,
    source: str,
    source_key: str,
    envelope_from: str = "",
    envelope_to: Sequence[str] = (),
    through_border: bool = False,
    silent: bool = False,
    now: datetime,
) -> int | None:
    """Stores one delivery and returns its id, or None when this very delivery was stored before.

    `source` and `source_key` name the delivery (`imap:user@host/INBOX`, `1700000000:42`). `silent` is for
    mail from before a mailbox was connected: it becomes history. Returns only after the commit: whoever gets
    an answer may forget the message. Any exception means: not stored.
    """
    try:
        with transaction() as then:
            stored = insert_row(
                RawMail,
                source=source[:300],
                source_key=source_key[:300],
                envelope_from=_clean(envelope_from)[:320],
                envelope_to=[_clean(address)[:320] for address in envelope_to],
                through_border=through_border,
                sha256=hashlib.sha256(raw).hexdigest(),
                silent=silent,
                size=len(raw),
                raw=raw,
                received_at=now,
                due_at=now,
                message_id=message_id_of(raw),
            )
            then.after_commit(lambda: queue.wake(queue.Wake.HANDLE_MAIL))
    except IntegrityError:
        return None
    return stored


def _clean(text: str) -> str:
    """Envelope addresses are a stranger's text too: no NUL, no half surrogate reaches the database."""
    return text.replace("\x00", "").encode("utf-8", "replace").decode("utf-8")

"""Sending what is in the outbox: leased, sent, recorded; unknown is a state of its own (M6)."""

from datetime import datetime, timedelta
from typing import Protocol

import structlog
from sqlalchemy import select, update

from helpdesk.actions.context import context
from helpdesk.core.actors import SYSTEM
from helpdesk.db import db, take_next, transaction
from helpdesk.mail.compose import OutgoingFile, compose
from helpdesk.mail.models import OutgoingMail
from helpdesk.mail.outcome import Outcome
from helpdesk.tickets.models import record

log = structlog.get_logger()

# The server may think for ten minutes about the final dot (RFC 5321 4.5.3.2.6).
LEASE = timedelta(minutes=15)
UNKNOWN_PAUSE = timedelta(minutes=10)
BACKOFF = (1, 5, 15, 60, 240)  # minutes; the last one repeats
GIVE_UP = timedelta(days=5)


class Sender(Protocol):
    """What carries a message away: SMTP, or a folder of .eml files."""

    def send(self, mail: OutgoingMail, message: bytes) -> Outcome:
        """Tries once; never raises for what a mail server says."""
        ...


def deliver_due(sender: Sender, now: datetime, limit: int = 20) -> int:
    """Sends up to `limit` waiting mails; returns how many were tried."""
    mails = _lease(now, limit)
    for mail in mails:
        with structlog.contextvars.bound_contextvars(outgoing=mail.id):
            _record(mail, _try(sender, mail, now), now)
    return len(mails)


def _lease(now: datetime, limit: int) -> list[OutgoingMail]:
    """Takes due mails; whatever was left in `sending` by a dead worker may have left: it is unknown."""
    due = (
        select(OutgoingMail.id, OutgoingMail.state)
        .where(OutgoingMail.state.in_(("queued", "sending", "unknown")), OutgoingMail.due_at <= now)
        .order_by(OutgoingMail.due_at, OutgoingMail.id)
        .limit(limit)
    )
    with transaction():
        rows = take_next(due)
        broken = [row.id for row in rows if row.state == "sending"]
        ready = [row.id for row in rows if row.state != "sending"]
        if broken:
            _set(broken, state="unknown", due_at=now + UNKNOWN_PAUSE, error="The sending process died.")
        if ready:
            _set(ready, state="sending", due_at=now + LEASE, attempts=OutgoingMail.attempts + 1)
    if not ready:
        return []
    query = select(OutgoingMail).where(OutgoingMail.id.in_(ready)).order_by(OutgoingMail.id)
    return list(db.session.scalars(query.execution_options(populate_existing=True)))


def _try(sender: Sender, mail: OutgoingMail, now: datetime) -> Outcome:
    try:
        files = [
            OutgoingFile(file["filename"], file["content_type"], context().files.get(file["sha256"]))
            for file in mail.attachments
        ]
        message = compose(mail, mail.created_at, files)
    except Exception as error:  # whatever it is, the agent must see it on the ticket
        log.exception("mail_not_composed")
        return Outcome("refused", f"{type(error).__name__}: {error}")
    return sender.send(mail, message)


def _record(mail: OutgoingMail, outcome: Outcome, now: datetime) -> None:
    changes = _after(mail, outcome, now)
    with transaction():
        _set([mail.id], **changes)
        if changes["state"] == "failed" and mail.ticket_number is not None:
            record(mail.ticket_number, "mail_failed", SYSTEM, now, mail=mail.id, error=outcome.detail[:500])
    log.info("mail_tried", state=changes["state"], attempt=mail.attempts)


def _after(mail: OutgoingMail, outcome: Outcome, now: datetime) -> dict[str, object]:
    """What becomes of the mail; attempts are counted already."""
    detail = outcome.detail[:2000]
    if outcome.state == "accepted":
        return {"state": "sent", "sent_at": now, "error": None}
    if outcome.state == "refused":
        return {"state": "failed", "error": detail}
    if outcome.state == "unknown":
        # Once more with the same Message-ID, which receivers recognise; then a person decides.
        if mail.attempts >= 2:
            return {"state": "failed", "error": "It is not known whether this mail arrived. " + detail}
        return {"state": "unknown", "due_at": now + UNKNOWN_PAUSE, "error": detail}
    if now - mail.created_at > GIVE_UP:
        return {"state": "failed", "error": "Given up after five days. " + detail}
    pause = timedelta(minutes=BACKOFF[min(mail.attempts, len(BACKOFF)) - 1])
    return {"state": "queued", "due_at": now + pause, "error": detail}


def _set(ids: list[int], **changes: object) -> None:
    db.session.execute(
        update(OutgoingMail).where(OutgoingMail.id.in_(ids)).values(**changes),
        execution_options={"synchronize_session": False},
    )

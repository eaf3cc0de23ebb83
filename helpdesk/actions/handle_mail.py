"""Turning stored mail into tickets: each message in one transaction, from customer to outbox.

A message is claimed first and its attempt counted in a commit of its own, so that one that kills the worker
counts too; after three attempts it waits in quarantine and never stops the next one (M3).
"""

from datetime import datetime, timedelta

import structlog
from sqlalchemy import select, update

from helpdesk.actions import join_ticket, machine_mail, open_ticket
from helpdesk.actions.place_mail import place
from helpdesk.core.errors import Unavailable
from helpdesk.db import db, take_next, transaction
from helpdesk.mail.contain import parse_contained
from helpdesk.mail.fingerprint import fingerprint
from helpdesk.mail.models import Mailbox, RawMail
from helpdesk.mail.parsed import ParsedMail
from helpdesk.mail.path import Path
from helpdesk.mail.queries import elders, mailboxes
from helpdesk.mail.recipients import addressed_mailbox

log = structlog.get_logger()

MAX_ATTEMPTS = 3
# Longer than the longest containment of one message: a second worker must not start it meanwhile.
LEASE = timedelta(seconds=90)
RETRY_AFTER = (timedelta(seconds=0), timedelta(seconds=10), timedelta(seconds=60))
ELDER_PAUSE = timedelta(milliseconds=300)


class Elder(Exception):
    """An earlier delivery of the same message is still being handled: wait for it."""


def handle_due(now: datetime, limit: int = 50) -> int:
    """Handles up to `limit` waiting messages; returns how many were looked at."""
    claimed = _claim(now, limit)
    for mail in claimed:
        with structlog.contextvars.bound_contextvars(mail=mail.id):
            _handle_or_keep(mail, now)
    return len(claimed)


def _claim(now: datetime, limit: int) -> list[RawMail]:
    """Takes due messages. Those that failed before come alone: they may take their neighbours along."""
    due = select(RawMail.id, RawMail.attempts).where(RawMail.state == "due", RawMail.due_at <= now)
    with transaction():
        rows = take_next(due.order_by(RawMail.due_at, RawMail.id).limit(limit))
        tried = [row.id for row in rows if row.attempts]
        ids = tried[:1] or [row.id for row in rows]
        if ids:
            db.session.execute(
                update(RawMail)
                .where(RawMail.id.in_(ids))
                .values(attempts=RawMail.attempts + 1, due_at=now + LEASE),
                execution_options={"synchronize_session": False},
            )
    if not ids:
        return []
    query = select(RawMail).where(RawMail.id.in_(ids)).order_by(RawMail.id)
    return list(db.session.scalars(query.execution_options(populate_existing=True)))


def _handle_or_keep(mail: RawMail, now: datetime) -> None:
    mail_id, attempts = mail.id, mail.attempts
    try:
        handle(mail, now)
    except Elder:
        _postpone(mail_id, attempts - 1, now + ELDER_PAUSE, None)
    except Unavailable as error:
        # Not the message's fault (a full disk): it waits without an attempt against it.
        log.warning("mail_postponed", error=str(error))
        _postpone(mail_id, attempts - 1, now + RETRY_AFTER[2], str(error))
    except Exception as error:
        log.exception("mail_failed", attempt=attempts)
        reason = f"{type(error).__name__}: {error}"[:2000]
        if attempts >= MAX_ATTEMPTS:
            _quarantine(mail_id, reason)
        else:
            _postpone(mail_id, attempts, now + RETRY_AFTER[attempts], reason)


def handle(mail: RawMail, now: datetime) -> None:
    """Handles one claimed message; raises whatever went wrong, with nothing half done."""
    raw = mail.raw
    mail_id, sha256, received_at = mail.id, mail.sha256, mail.received_at
    envelope_to, through_border, stored_id = list(mail.envelope_to), mail.through_border, mail.message_id
    parsed = parse_contained(raw)
    path = Path(now)
    path.note("stored", source=mail.source, received=received_at.isoformat(), size=mail.size)
    mark = fingerprint(parsed)
    with transaction():
        values: dict[str, object] = {"state": "done", "fingerprint": mark}
        original = _original(mail_id, sha256, mark, stored_id)
        if original is not None:
            path.note("copy", of=original)
            values["copy_of_id"] = original
        else:
            boxes = mailboxes()
            box = addressed_mailbox(envelope_to, parsed, boxes)
            values["state"] = _settle(mail_id, parsed, box, boxes, envelope_to, through_border, path, now)
        values.update(path=path.steps, handled_at=now, error=None)
        db.session.execute(
            update(RawMail).where(RawMail.id == mail_id).values(values),
            execution_options={"synchronize_session": False},
        )


def _settle(
    mail_id: int,
    parsed: ParsedMail,
    box: Mailbox,
    boxes: dict[str, Mailbox],
    envelope_to: list[str],
    through_border: bool,
    path: Path,
    now: datetime,
) -> str:
    """Decides what the message is and lets that happen; returns the state it ends in."""
    path.note("mailbox", address=box.address)
    if parsed.from_address in boxes:
        # Our own mail came back: a ticket or an answer here would be the first turn of a loop (M4).
        path.note("own_mail")
        return "discarded"
    if parsed.is_bounce:
        return machine_mail.bounce(mail_id, parsed, box, path, now)
    placement = place(parsed, envelope_to, boxes, now)
    path.note("placed", **placement.as_data())
    if placement.ticket_id is not None:
        join_ticket.join(mail_id, parsed, placement, path, through_border=through_border, now=now)
    else:
        open_ticket.open_from_mail(mail_id, parsed, placement, box, path, now=now)
    return "done"


def _original(mail_id: int, sha256: str, mark: str, message_id: str | None) -> int | None:
    """The elder delivery that this one is a copy of (M2), or None.

    Same bytes: a copy. Same Message-ID: only if sender, date and text agree as well, because the
    Message-ID is the sender's to choose and must not hide another mail. Raises Elder while that cannot
    be known yet.
    """
    for elder in elders(mail_id, sha256, message_id):
        if elder.sha256 == sha256:
            return elder.id
        if elder.fingerprint is None and elder.state == "due":
            raise Elder
        if elder.fingerprint == mark:
            return elder.id
    return None


def _postpone(mail_id: int, attempts: int, due_at: datetime, error: str | None) -> None:
    with transaction():
        db.session.execute(
            update(RawMail).where(RawMail.id == mail_id).values(attempts=attempts, due_at=due_at, error=error)
        )


def _quarantine(mail_id: int, reason: str) -> None:
    with transaction():
        db.session.execute(
            update(RawMail).where(RawMail.id == mail_id).values(state="quarantine", error=reason)
        )
    log.error("mail_quarantined", reason=reason)

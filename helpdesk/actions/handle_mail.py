"""Turning stored mail into tickets: each message in one transaction, from customer to outbox.

A message is claimed first and its attempt counted in a commit of its own, so that one that kills the worker
counts too; after three attempts it waits in quarantine and never stops the next one (M3).
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import accumulate
from typing import Any, NamedTuple

import structlog
from sqlalchemy import Row, bindparam, select, update

from helpdesk.actions import join_ticket, machine_mail, open_ticket
from helpdesk.actions.forwarded_mail import passed_on
from helpdesk.actions.import_mail import import_quietly
from helpdesk.actions.place_mail import place
from helpdesk.core.errors import Unavailable
from helpdesk.db import db, table_of, take_next, transaction
from helpdesk.mail.contain import parse_contained
from helpdesk.mail.fingerprint import fingerprint
from helpdesk.mail.models import RawMail
from helpdesk.mail.parsed import ParsedMail
from helpdesk.mail.path import Path
from helpdesk.mail.queries import Box, elders, mailboxes
from helpdesk.mail.recipients import addressed_mailbox

log = structlog.get_logger()

MAX_ATTEMPTS = 3
# Longer than the longest containment of one message: a second worker must not start it meanwhile.
LEASE = timedelta(seconds=90)
RETRY_AFTER = (timedelta(seconds=0), timedelta(seconds=10), timedelta(seconds=60))
BATCH_BYTES = 8_000_000
ELDER_PAUSE = timedelta(milliseconds=300)


class Elder(Exception):
    """An earlier delivery of the same message is still being handled: wait for it."""


def handle_due(now: datetime, limit: int = 50) -> int:
    """Handles up to `limit` waiting messages; returns how many were looked at."""
    claimed = _claim(now, limit)
    boxes = mailboxes() if claimed else {}
    for mail in claimed:
        with structlog.contextvars.bound_contextvars(mail=mail.id):
            _handle_or_keep(mail, boxes, now)
    return len(claimed)


_RAW = table_of(RawMail)
_SETTLE = update(_RAW).where(_RAW.c.id == bindparam("mail_id"))


class Claimed(NamedTuple):
    """A raw mail as it was claimed, a plain value."""

    id: int
    source: str
    envelope_to: list[str]
    through_border: bool
    sha256: str
    size: int
    raw: bytes
    received_at: datetime
    attempts: int
    message_id: str | None
    silent: bool


def _claim(now: datetime, limit: int) -> list[Claimed]:
    """Takes due messages and counts the attempt."""
    due = select(RawMail.id, RawMail.attempts, RawMail.size).where(
        RawMail.state == "due", RawMail.due_at <= now
    )
    with transaction():
        ids = _batch(take_next(due.order_by(RawMail.due_at, RawMail.id).limit(limit)))
        if not ids:
            return []
        db.session.execute(
            update(RawMail)
            .where(RawMail.id.in_(ids))
            .values(attempts=RawMail.attempts + 1, due_at=now + LEASE),
            execution_options={"synchronize_session": False},
        )
        columns = [getattr(RawMail, name) for name in Claimed._fields]
        rows = db.session.execute(select(*columns).where(RawMail.id.in_(ids)).order_by(RawMail.id))
        return [Claimed(*row) for row in rows]


def _batch(rows: Sequence[Row[*tuple[Any, ...]]]) -> list[int]:
    """Which of the due ones to take together.

    One that failed before comes alone: it may take its neighbours along. Together they are no larger
    than what one may be, so that memory stays bounded.
    """
    tried = [row.id for row in rows if row.attempts]
    if tried:
        return tried[:1]
    sizes = accumulate(row.size for row in rows)
    return [row.id for row, sum_ in zip(rows, sizes, strict=True) if row is rows[0] or sum_ <= BATCH_BYTES]


def _handle_or_keep(mail: Claimed, boxes: dict[str, Box], now: datetime) -> None:
    try:
        handle(mail, boxes, now)
    except Elder:
        _postpone(mail.id, mail.attempts - 1, now + ELDER_PAUSE, None)
    except Unavailable as error:
        # Not the message's fault (a full disk): it waits without an attempt against it.
        log.warning("mail_postponed", error=str(error))
        _postpone(mail.id, mail.attempts - 1, now + RETRY_AFTER[2], str(error))
    except Exception as error:
        log.exception("mail_failed", attempt=mail.attempts)
        reason = f"{type(error).__name__}: {error}"[:2000]
        if mail.attempts >= MAX_ATTEMPTS:
            _quarantine(mail.id, reason)
        else:
            _postpone(mail.id, mail.attempts, now + RETRY_AFTER[mail.attempts], reason)


def handle(mail: Claimed, boxes: dict[str, Box], now: datetime) -> None:
    """Handles one claimed message; raises whatever went wrong, with nothing half done."""
    parsed = parse_contained(mail.raw)
    path = Path(now)
    path.note("stored", source=mail.source, received=mail.received_at.isoformat(), size=mail.size)
    mark = fingerprint(parsed)
    with transaction():
        values: dict[str, object] = {"state": "done", "fingerprint": mark, "copy_of_id": None}
        original = _original(mail, mark)
        if original is not None:
            path.note("copy", of=original)
            values["copy_of_id"] = original
        else:
            values["state"] = _settle(mail, parsed, boxes, path, now)
        values.update(path=path.steps, handled_at=now, error=None)
        db.session.connection().execute(_SETTLE, {"mail_id": mail.id, **values})
    log.info("mail_handled", state=values["state"])


def _settle(mail: Claimed, parsed: ParsedMail, boxes: dict[str, Box], path: Path, now: datetime) -> str:
    """Decides what the message is and lets that happen; returns the state it ends in."""
    box = addressed_mailbox(mail.envelope_to, parsed, boxes)
    path.note("mailbox", address=box.address)
    if parsed.from_address in boxes:
        # Our own mail came back: a ticket or an answer here would be the first turn of a loop (M4).
        path.note("own_mail")
        return "discarded"
    if mail.silent:
        import_quietly(mail.id, parsed, place(parsed, mail.envelope_to, boxes, now), box, path, now)
        return "done"
    if parsed.is_bounce:
        return machine_mail.bounce(mail.id, parsed, box, path, now, envelope_to=mail.envelope_to, boxes=boxes)
    for_customer = passed_on(parsed, boxes, through_border=mail.through_border)
    placement = place(parsed, mail.envelope_to, boxes, now)
    path.note("placed", **placement.as_data())
    if for_customer is not None:
        path.note("passed_on", by=for_customer.agent.name, proven=for_customer.proven)
    if placement.ticket_id is not None and for_customer is None:
        join_ticket.join(mail.id, parsed, placement, path, through_border=mail.through_border, now=now)
    else:
        placement = replace(placement, ticket_id=None, linked_to=placement.linked_to or placement.ticket_id)
        open_ticket.open_from_mail(mail.id, parsed, placement, box, path, now=now, passed_on=for_customer)
    return "done"


def _original(mail: Claimed, mark: str) -> int | None:
    """The elder delivery that this one is a copy of (M2), or None.

    Same bytes: a copy. Same Message-ID: only if sender, date and text agree as well, because the
    Message-ID is the sender's to choose and must not hide another mail. Raises Elder while that cannot
    be known yet.
    """
    for elder in elders(mail.id, mail.sha256, mail.message_id):
        if elder.sha256 == mail.sha256:
            return int(elder.id)
        if elder.fingerprint is None and elder.state == "due":
            raise Elder
        if elder.fingerprint == mark:
            return int(elder.id)
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

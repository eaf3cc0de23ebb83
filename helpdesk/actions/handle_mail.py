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
from sqlalchemy import Row, Update, bindparam, select, update

from helpdesk.actions import join_ticket, machine_mail, open_ticket
from helpdesk.actions.context import context
from helpdesk.actions.forwarded_mail import passed_on
from helpdesk.actions.import_mail import import_quietly
from helpdesk.actions.place_mail import place
from helpdesk.actions.tell_too_large import tell_too_large
from helpdesk.core.errors import NotFound, Unavailable
from helpdesk.db import alone_with, connection, db, table_of, take_next, transaction
from helpdesk.mail.contain import parse_contained
from helpdesk.mail.fingerprint import fingerprint
from helpdesk.mail.limits import MESSAGE_CAP
from helpdesk.mail.models import RawMail
from helpdesk.mail.parsed import ParsedMail
from helpdesk.mail.path import Path
from helpdesk.mail.queries import Box, kin, mailboxes
from helpdesk.mail.recipients import addressed_mailbox

log = structlog.get_logger()

MAX_ATTEMPTS = 3
#: The reason of a message during which the process died each time.
DIED = "died"
# Longer than the longest containment of one message: a second worker must not start it meanwhile.
LEASE = timedelta(seconds=90)
RETRY_AFTER = (timedelta(seconds=0), timedelta(seconds=10), timedelta(seconds=60))
BATCH_BYTES = 8_000_000
ELDER_PAUSE = timedelta(milliseconds=300)
# Bytes: a smaller message without text is one that somebody left empty, whatever is odd about its header.
_WORTH_READING = 4_000


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
    source_key: str
    envelope_to: list[str]
    through_border: bool
    sha256: str
    size: int
    raw: bytes
    received_at: datetime
    attempts: int
    message_id: str | None
    silent: bool
    path: list[Any]


def handle_one(mail_id: int, now: datetime) -> bool:
    """Handles this message now, if it is due or was set aside; returns whether it was there to be taken."""
    with transaction():
        found = [
            row.id
            for row in take_next(select(RawMail.id).where(RawMail.id == mail_id, RawMail.state == "due"))
        ]
        _count(found, now)
    claimed = _values(found) if found else []
    boxes = mailboxes()
    for mail in claimed:
        with structlog.contextvars.bound_contextvars(mail=mail.id):
            _handle_or_keep(mail, boxes, now)
    return bool(claimed)


def claimed_as_it_is(mail_id: int) -> Claimed:
    """The message as a plain value, without claiming it; raises NotFound."""
    found = _values([mail_id])
    if not found:
        raise NotFound("There is no such message.")
    return found[0]


def _claim(now: datetime, limit: int) -> list[Claimed]:
    """Takes due messages and counts the attempt."""
    due = select(RawMail.id, RawMail.attempts, RawMail.size).where(
        RawMail.state == "due", RawMail.due_at <= now
    )
    with transaction():
        rows = take_next(due.order_by(RawMail.due_at, RawMail.id).limit(limit))
        for row in rows:
            if row.attempts >= MAX_ATTEMPTS:
                _give_up(row.id, now)
        ids = _batch([row for row in rows if row.attempts < MAX_ATTEMPTS])
        if ids:
            _count(ids, now)
    # Read only after the commit: an attempt counts also when memory does not suffice to read the message.
    return _values(ids) if ids else []


def _count(ids: list[int], now: datetime) -> None:
    db.session.execute(
        update(RawMail).where(RawMail.id.in_(ids)).values(attempts=RawMail.attempts + 1, due_at=now + LEASE),
        execution_options={"synchronize_session": False},
    )


def _give_up(mail_id: int, now: datetime) -> None:
    """Sets a message aside whose attempts ended without a word: the system killed the process each time."""
    path = db.session.scalar(select(RawMail.path).where(RawMail.id == mail_id)) or []
    step = {"step": "failed", "at": now.isoformat(), "attempt": MAX_ATTEMPTS, "error": DIED}
    db.session.execute(
        update(RawMail)
        .where(RawMail.id == mail_id)
        .values(state="quarantine", error=DIED, due_at=now, path=[*path, step])
    )
    log.error("mail_quarantined", mail=mail_id, reason=DIED)


def _values(ids: list[int]) -> list[Claimed]:
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
        return
    except Elder:
        _postpone(mail, mail.attempts - 1, now + ELDER_PAUSE, None)
        return
    except Unavailable as error:
        # Not the message's fault (a full disk): it waits without an attempt against it.
        log.warning("mail_postponed", error=str(error))
        _postpone(mail, mail.attempts - 1, now + RETRY_AFTER[2], str(error))
        return
    except Exception as error:
        log.exception("mail_failed", attempt=mail.attempts)
        reason = f"{type(error).__name__}: {error}".replace("\x00", "\ufffd")[:2000]
    # Written down only here: what the attempt held in memory is free by now.
    _failed(mail, reason, now)


def _failed(mail: Claimed, reason: str, now: datetime) -> None:
    step: dict[str, object] = {
        "step": "failed",
        "at": now.isoformat(),
        "attempt": mail.attempts,
        "error": reason[:300],
    }
    if mail.attempts >= MAX_ATTEMPTS:
        _quarantine(mail, reason, now, step)
    else:
        _postpone(mail, mail.attempts, now + RETRY_AFTER[mail.attempts], reason, step)


def handle(mail: Claimed, boxes: dict[str, Box], now: datetime) -> None:
    """Handles one claimed message; raises whatever went wrong, with nothing half done."""
    parsed, path = read(mail, now)
    with transaction():
        settle(mail, parsed, boxes, path, now)


def read(mail: Claimed, now: datetime) -> tuple[ParsedMail, Path]:
    """Takes the message apart, before any row is locked, and begins the record of its path (M7)."""
    path = Path(now, context().stopwatch())
    path.note(
        "stored",
        source=mail.source,
        key=mail.source_key,
        received=mail.received_at.isoformat(),
        size=mail.size,
        attempt=mail.attempts,
    )
    parsed = parse_contained(mail.raw)
    path.note("read", defects=list(parsed.defects[:10]), language=parsed.language or None)
    return parsed, path


def settle(mail: Claimed, parsed: ParsedMail, boxes: dict[str, Box], path: Path, now: datetime) -> str:
    """Lets follow what follows from the message, stores its path, returns its state. Inside transaction()."""
    mark = fingerprint(parsed)
    values: dict[str, object] = {"state": "done", "fingerprint": mark, "copy_of_id": None}
    original = _original(mail, mark, path)
    if original is not None:
        path.note("copy", of=original)
        values["copy_of_id"] = original
    else:
        values["state"] = _follow(mail, parsed, boxes, path, now)
    path.note("handled", state=values["state"])
    values.update(path=[*mail.path, *path.steps], handled_at=now, error=None)
    connection().execute(_SETTLE, {"mail_id": mail.id, **values})
    log.info("mail_handled", state=values["state"])
    return str(values["state"])


def _follow(mail: Claimed, parsed: ParsedMail, boxes: dict[str, Box], path: Path, now: datetime) -> str:
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
    if parsed.is_auto:
        path.note("automatic", why=list(parsed.automatic.why))
    for_customer = passed_on(parsed, boxes, through_border=mail.through_border)
    placement = place(parsed, mail.envelope_to, boxes, now)
    path.note("placed", **placement.as_data())
    if for_customer is not None:
        path.note("passed_on", by=for_customer.agent.name, proven=for_customer.proven)
    unread = _unread(mail, parsed)
    if unread is not None:
        path.note("unread", why=unread, size=mail.size)
    if placement.ticket_id is not None and for_customer is None:
        number = join_ticket.join(
            mail.id,
            parsed,
            placement,
            path,
            through_border=mail.through_border,
            now=now,
            unread=unread,
        )
    else:
        placement = replace(placement, ticket_id=None, linked_to=placement.linked_to or placement.ticket_id)
        number = open_ticket.open_from_mail(
            mail.id, parsed, placement, box, path, now=now, passed_on=for_customer, unread=unread
        )
    if unread == "too_large":
        tell_too_large(mail.id, mail.size, number, parsed, box, path, now)
    return "done"


def _unread(mail: Claimed, parsed: ParsedMail) -> str | None:
    """Why nobody has read the message's content, which then is only in the original; None for nearly all."""
    if mail.size > MESSAGE_CAP:
        return "too_large"
    empty = not (parsed.text.strip() or parsed.attachments or parsed.html_source)
    return "not_read" if empty and parsed.defects and mail.size > _WORTH_READING else None


def _original(mail: Claimed, mark: str, path: Path) -> int | None:
    """The delivery that this one is a copy of (M2), or None.

    Same bytes: a copy. Same Message-ID: only if sender, date and text agree as well, because the
    Message-ID is the sender's to choose and must not hide another mail. Raises Elder while that cannot
    be known yet.
    """
    if not kin(mail.id, mail.sha256, mail.message_id, mark):
        return None
    # Two that are handled at once must not both find that the other one is not done yet.
    alone_with(f"mail {mail.message_id or mail.sha256}")
    others = kin(mail.id, mail.sha256, mail.message_id, mark)
    for other in others:
        if other.same and (other.id < mail.id or other.state == "done"):
            return other.id
        if other.id < mail.id and other.state == "due" and not other.decided:
            raise Elder
    if mail.message_id and others:
        # Another mail under an id that was used before: kept, and marked for whoever reads it.
        path.note("reused_id", of=others[0].id)
    return None


def _postpone(
    mail: Claimed, attempts: int, due_at: datetime, error: str | None, step: dict[str, object] | None = None
) -> None:
    values = {"attempts": attempts, "due_at": due_at, "error": error}
    with transaction():
        db.session.execute(_undone(mail).values(**values, **({"path": [*mail.path, step]} if step else {})))


def _quarantine(mail: Claimed, reason: str, now: datetime, step: dict[str, object]) -> None:
    """`due_at` says from now on since when it waits for a person."""
    with transaction():
        db.session.execute(
            _undone(mail).values(state="quarantine", error=reason, due_at=now, path=[*mail.path, step])
        )
    log.error("mail_quarantined", reason=reason)


def _undone(mail: Claimed) -> Update:
    """Changes the message unless it is done after all: only the answer to its commit may have been lost."""
    return update(RawMail).where(RawMail.id == mail.id, RawMail.state == "due")

"""Sending what is in the outbox: leased, sent, recorded; unknown is a state of its own (M6)."""

from datetime import datetime, timedelta
from typing import Any, Protocol

import structlog
from sqlalchemy import Select, and_, exists, or_, select, text, update
from sqlalchemy.orm import aliased

from helpdesk.actions import brake, manage_tickets
from helpdesk.actions.context import context
from helpdesk.actions.undelivered import undelivered
from helpdesk.core.actors import SYSTEM
from helpdesk.core.errors import Unavailable
from helpdesk.customers.models import mark_unreachable
from helpdesk.db import db, take_next, transaction
from helpdesk.mail.compose import OutgoingFile, compose
from helpdesk.mail.models import OutgoingMail
from helpdesk.mail.outcome import Outcome

log = structlog.get_logger()

# Longer than a server may take in all: mail/smtp's time before the dot and the ten minutes after it.
LEASE = timedelta(minutes=20)
UNKNOWN_PAUSE = timedelta(minutes=10)
BACKOFF = (1, 5, 15, 60, 240)  # minutes; the last one repeats
GIVE_UP = timedelta(days=5)
# While the server is away one mail asks again that often, for all.
AWAY_PAUSE = timedelta(seconds=30)
# The connection broke after the dot: once more with the same Message-ID, which receivers recognise.
DOUBTS = 2

# As text: the partial index is used only where the planner sees the very condition.
_LEAVING = text("outgoing_mail.state IN ('queued', 'sending', 'unknown')")


class Sender(Protocol):
    """What carries a message away: SMTP, or a folder of .eml files."""

    def send(self, mail: OutgoingMail, message: bytes) -> Outcome:
        """Tries once; never raises for what a mail server says."""
        ...


def deliver_due(sender: Sender, now: datetime, limit: int = 20) -> int:
    """Sends up to `limit` waiting mails; returns how many were tried."""
    mails = _lease(now, limit)
    for tried, mail in enumerate(mails, start=1):
        with structlog.contextvars.bound_contextvars(outgoing=mail.id):
            outcome = _try(sender, mail)
            _record(mail, outcome, now)
        if outcome.away:
            _postpone([other.id for other in mails[tried:]], now)
            return tried
    return len(mails)


def _lease(now: datetime, limit: int) -> list[OutgoingMail]:
    """Takes due mails; whatever was left in `sending` by a dead worker may have left: it is unknown."""
    with transaction():
        rows = take_next(_due(now).limit(limit))
        broken = [row.id for row in rows if row.state == "sending"]
        ready = [row for row in rows if row.state != "sending"]
        for mail_id in broken:
            _doubt(mail_id, "The sending process died.", now)
        machines = [row.id for row in ready if row.automatic]
        if machines and brake.pulled(now, len(machines)):
            _set(machines, due_at=now + brake.WINDOW)
            ready = [row for row in ready if not row.automatic]
        ids = [row.id for row in ready]
        if ids:
            _set(ids, state="sending", due_at=now + LEASE, attempts=OutgoingMail.attempts + 1)
        for number in {row.ticket_number for row in ready if row.agent_id and row.attempts == 0}:
            manage_tickets.settle(number, now=now)
    if not ids:
        return []
    query = select(OutgoingMail).where(OutgoingMail.id.in_(ids)).order_by(OutgoingMail.id)
    return list(db.session.scalars(query.execution_options(populate_existing=True)))


def _due(now: datetime) -> Select[*tuple[Any, ...]]:
    """Due mails in order. What one person gets about one ticket leaves in the order it was written."""
    mail, before = OutgoingMail, aliased(OutgoingMail)
    earlier = exists().where(
        before.ticket_number == mail.ticket_number,
        before.to_address == mail.to_address,
        before.id < mail.id,
        before.state.in_(("queued", "sending")),
    )
    # An automatic mail that the brake holds must not hold the agents' answers.
    free = or_(and_(mail.automatic.is_(False), ~earlier.where(before.automatic.is_(False))), ~earlier)
    return (
        select(mail.id, mail.state, mail.automatic, mail.ticket_number, mail.agent_id, mail.attempts)
        .where(_LEAVING, mail.due_at <= now, or_(mail.state != "unknown", mail.doubts < DOUBTS), free)
        .order_by(mail.due_at, mail.id)
    )


def _try(sender: Sender, mail: OutgoingMail) -> Outcome:
    try:
        files = [
            OutgoingFile(
                file["filename"],
                file["content_type"],
                context().files.get(file["sha256"]),
                file.get("method", ""),
            )
            for file in mail.attachments
        ]
        message = compose(mail, mail.created_at, files)
    except Unavailable as error:
        # The file store does not answer; the mail itself is as it should be.
        return Outcome("retry", str(error))
    except Exception as error:  # whatever it is, the agent must see it on the ticket
        log.exception("mail_not_composed")
        return Outcome("refused", f"{type(error).__name__}: {error}")
    return sender.send(mail, message)


def _record(mail: OutgoingMail, outcome: Outcome, now: datetime) -> None:
    """Writes down what became of the try, unless the lease ran out and the mail is another's by now."""
    with transaction():
        if outcome.state == "accepted":
            # A fact, whoever holds the mail by now.
            _set([mail.id], state="sent", sent_at=now, error=None, undo=None)
        elif not _still_ours(mail):
            log.warning("mail_lease_lost", attempt=mail.attempts)
            return
        elif outcome.state == "unknown":
            _doubt(mail.id, outcome.detail[:2000], now)
        elif outcome.state == "refused":
            _fail(mail, outcome, now)
        else:
            _later(mail, outcome, now)
    log.info("mail_tried", outcome=outcome.state, away=outcome.away, attempt=mail.attempts)


def _still_ours(mail: OutgoingMail) -> bool:
    return bool(
        db.session.scalar(
            select(
                exists().where(
                    OutgoingMail.id == mail.id,
                    OutgoingMail.state == "sending",
                    OutgoingMail.attempts == mail.attempts,
                )
            )
        )
    )


def _later(mail: OutgoingMail, outcome: Outcome, now: datetime) -> None:
    detail = outcome.detail[:2000]
    if now - (mail.retried_at or mail.created_at) > GIVE_UP:
        _fail(mail, Outcome("refused", "Given up after five days. " + detail), now)
    elif outcome.away:
        # Says nothing about this mail: the next pause is as long as if it had not been tried.
        _set([mail.id], state="queued", due_at=now + AWAY_PAUSE, error=detail, attempts=mail.attempts - 1)
    else:
        pause = timedelta(minutes=BACKOFF[min(mail.attempts, len(BACKOFF)) - 1])
        _set([mail.id], state="queued", due_at=now + pause, error=detail)


def _fail(mail: OutgoingMail, outcome: Outcome, now: datetime) -> None:
    undelivered(mail, "mail_failed", SYSTEM, now, mail=mail.id, error=outcome.detail[:500])
    _set([mail.id], state="failed", error=outcome.detail[:2000], undo=None)
    if outcome.recipient:
        mark_unreachable(mail.to_address, outcome.detail, now)


def _doubt(mail_id: int, detail: str, now: datetime) -> None:
    """It may have arrived or not; after the second time a person is asked."""
    _set(
        [mail_id],
        state="unknown",
        due_at=now + UNKNOWN_PAUSE,
        doubts=OutgoingMail.doubts + 1,
        error=detail,
        undo=None,
    )
    mail = db.session.get_one(OutgoingMail, mail_id, populate_existing=True)
    if mail.doubts >= DOUBTS:
        undelivered(mail, "mail_in_doubt", SYSTEM, now, mail=mail_id, error=detail[:500])


def _postpone(in_hand: list[int], now: datetime) -> None:
    """The server is away: the others, in hand or due, need not find that out one by one."""
    with transaction():
        if in_hand:
            _set(in_hand, state="queued", due_at=now + AWAY_PAUSE, attempts=OutgoingMail.attempts - 1)
        db.session.execute(
            update(OutgoingMail)
            .where(OutgoingMail.state == "queued", OutgoingMail.due_at <= now)
            .values(due_at=now + AWAY_PAUSE),
            execution_options={"synchronize_session": False},
        )


def _set(ids: list[int], **changes: object) -> None:
    db.session.execute(
        update(OutgoingMail).where(OutgoingMail.id.in_(ids)).values(**changes),
        execution_options={"synchronize_session": False},
    )

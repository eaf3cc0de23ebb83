"""Reads about mail: mailboxes, elder copies, whose Message-ID this is, what waits."""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import Row, exists, func, or_, select

from helpdesk.core.errors import NotFound
from helpdesk.db import db
from helpdesk.mail.models import Mailbox, OutgoingMail, RawMail


def mailboxes() -> dict[str, Mailbox]:
    """The addresses that we answer for."""
    rows = db.session.scalars(select(Mailbox).where(Mailbox.active).order_by(Mailbox.id))
    return {mailbox.address: mailbox for mailbox in rows}


def raw_mail(raw_id: int) -> RawMail:
    """The stored message; raises NotFound."""
    found = db.session.get(RawMail, raw_id)
    if found is None:
        raise NotFound("There is no such message.")
    return found


def elders(raw_id: int, sha256: str, message_id: str | None) -> Sequence[Row[int, str, str, str | None]]:
    """Deliveries stored before this one with the same bytes or the same Message-ID, oldest first."""
    same = RawMail.sha256 == sha256
    if message_id:
        same = or_(same, RawMail.message_id == message_id)
    query = (
        select(RawMail.id, RawMail.sha256, RawMail.state, RawMail.fingerprint)
        .where(same, RawMail.id < raw_id, RawMail.copy_of_id.is_(None))
        .order_by(RawMail.id)
        .limit(20)
    )
    return db.session.execute(query).all()


def answered_ticket(message_ids: Collection[str]) -> int | None:
    """The ticket that one of our own Message-IDs speaks of; the latest where there are several."""
    if not message_ids:
        return None
    return db.session.scalar(
        select(OutgoingMail.ticket_number)
        .where(OutgoingMail.message_id.in_(list(message_ids)[-50:]), OutgoingMail.ticket_number.is_not(None))
        .order_by(OutgoingMail.id.desc())
        .limit(1)
    )


def outgoing_by_message_id(message_ids: Collection[str]) -> OutgoingMail | None:
    """The mail of ours that a bounce or a read receipt speaks of."""
    if not message_ids:
        return None
    return db.session.scalar(
        select(OutgoingMail)
        .where(OutgoingMail.message_id.in_(list(message_ids)[-50:]))
        .order_by(OutgoingMail.id.desc())
        .limit(1)
    )


def automatic_since(address: str, since: datetime) -> int:
    """How many automatic mails this address was sent since then (M4)."""
    return (
        db.session.scalar(
            select(func.count())
            .select_from(OutgoingMail)
            .where(
                OutgoingMail.to_address == address,
                OutgoingMail.automatic,
                OutgoingMail.created_at > since,
            )
        )
        or 0
    )


def has_due_mail(now: datetime) -> bool:
    """Whether any raw mail waits to be handled; cheap enough to ask several times a second."""
    return bool(db.session.scalar(select(exists().where(RawMail.state == "due", RawMail.due_at <= now))))


def was_written(key: str) -> bool:
    """Whether a mail for this cause is in the outbox already."""
    return bool(db.session.scalar(select(exists().where(OutgoingMail.key == key))))

"""Reads about mail: mailboxes, elder copies, whose Message-ID this is, what waits."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Row, bindparam, exists, func, literal_column, or_, select, text
from sqlalchemy.orm import joinedload

from helpdesk.core.errors import NotFound
from helpdesk.db import UtcDateTime, db, table_of
from helpdesk.mail.models import MailAccount, Mailbox, MailBrake, MailSource, OutgoingMail, RawMail


class Box(NamedTuple):
    """A mailbox as a plain value: it outlives the session that read it."""

    id: int
    address: str
    language: str
    zone: str = ""
    country: str = ""
    subdivision: str = ""
    signature: str = ""


_BOX = (
    Mailbox.id,
    Mailbox.address,
    Mailbox.language,
    Mailbox.zone,
    Mailbox.country,
    Mailbox.subdivision,
    Mailbox.signature,
)


def mailboxes() -> dict[str, Box]:
    """The addresses that we answer for, the oldest first."""
    rows = db.session.execute(select(*_BOX).where(Mailbox.active).order_by(Mailbox.id))
    return {row.address: Box(*row) for row in rows}


def box(mailbox_id: int) -> Box:
    """The mailbox of a ticket, active or not."""
    return Box(*db.session.execute(select(*_BOX).where(Mailbox.id == mailbox_id)).one())


class BoxPlace(NamedTuple):
    """Where a mailbox is: its zone and holidays (empty: the office's), and the team that it belongs to."""

    zone: str
    country: str
    subdivision: str
    team: str


def mailbox_places(ids: Collection[int]) -> dict[int, BoxPlace]:
    """The places of mailboxes, active or not."""
    columns = (Mailbox.id, Mailbox.zone, Mailbox.country, Mailbox.subdivision, Mailbox.team)
    rows = db.session.execute(select(*columns).where(Mailbox.id.in_(ids)))
    return {row.id: BoxPlace(*row[1:]) for row in rows}


def raw_mail(raw_id: int) -> RawMail:
    """The stored message; raises NotFound."""
    found = db.session.get(RawMail, raw_id)
    if found is None:
        raise NotFound("There is no such message.")
    return found


class Kin(NamedTuple):
    """Another delivery with the same bytes or the same Message-ID; `same`: and the same content."""

    id: int
    state: str
    decided: bool
    same: bool


def kin(raw_id: int, sha256: str, message_id: str | None, mark: str) -> list[Kin]:
    """What else came with these bytes or this Message-ID, the same content (by `mark`) first."""
    known = {"raw_id": raw_id, "sha256": sha256, "message_id": message_id, "mark": mark}
    return [Kin(*row) for row in db.session.connection().execute(_KIN, known)]


# Built once, over the bare table: the intake asks these for each message.
_RAW = table_of(RawMail).c
_SAME = or_(_RAW.sha256 == bindparam("sha256"), func.coalesce(_RAW.fingerprint, "") == bindparam("mark"))
_KIN = (
    select(_RAW.id, _RAW.state, _RAW.fingerprint.is_not(None).label("decided"), _SAME.label("same"))
    .where(
        or_(_RAW.sha256 == bindparam("sha256"), _RAW.message_id == bindparam("message_id")),
        _RAW.id != bindparam("raw_id"),
        _RAW.copy_of_id.is_(None),
    )
    # Those that decide something come first, so that a machine that never changes its Message-ID hides none.
    .order_by(_SAME.desc(), (_RAW.state == literal_column("'due'")).desc(), _RAW.id)
    .limit(20)
)
_OUT = table_of(OutgoingMail).c
_AUTOMATIC = (
    select(func.count())
    .select_from(table_of(OutgoingMail))
    .where(
        _OUT.to_address == bindparam("address"),
        _OUT.automatic == literal_column("true"),
        _OUT.created_at > bindparam("since", type_=UtcDateTime),
    )
)


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


def latest_to(ticket_number: int, address: str) -> OutgoingMail | None:
    """The newest mail about this ticket to this address that has left."""
    return db.session.scalar(
        select(OutgoingMail)
        .where(
            OutgoingMail.ticket_number == ticket_number,
            OutgoingMail.to_address == address,
            OutgoingMail.state.in_(("sent", "unknown", "failed")),
        )
        .order_by(OutgoingMail.id.desc())
        .limit(1)
    )


def automatic_since(address: str, since: datetime) -> int:
    """How many automatic mails this address was sent since then (M4)."""
    known = {"address": address, "since": since}
    return int(db.session.connection().execute(_AUTOMATIC, known).scalar_one())


def automatic_sent(since: datetime, limit: int) -> int:
    """How many automatic mails left since then, or since the brake was released; at most `limit` + 1."""
    released = db.session.scalar(select(func.max(MailBrake.released_at)))
    since = max(since, released) if released else since
    rows = (
        select(OutgoingMail.id)
        .where(text("outgoing_mail.automatic"), OutgoingMail.sent_at > since)
        .limit(limit + 1)
        .subquery()
    )
    return db.session.scalar(select(func.count()).select_from(rows)) or 0


def open_brake() -> MailBrake | None:
    """The brake, while it is pulled."""
    return db.session.scalar(select(MailBrake).where(MailBrake.released_at.is_(None)).limit(1))


def has_due_mail(now: datetime) -> bool:
    """Whether any raw mail waits to be handled; cheap enough to ask several times a second."""
    return bool(db.session.scalar(select(exists().where(RawMail.state == "due", RawMail.due_at <= now))))


def was_written(key: str) -> bool:
    """Whether a mail for this cause is in the outbox already."""
    return bool(db.session.scalar(select(exists().where(OutgoingMail.key == key))))


def all_mailboxes() -> Sequence[Row[Mailbox, MailAccount | None, MailSource | None]]:
    """Every mailbox with the account it is fetched from and how that goes, active ones first."""
    return db.session.execute(
        select(Mailbox, MailAccount, MailSource)
        .outerjoin(MailAccount, MailAccount.mailbox_id == Mailbox.id)
        .outerjoin(MailSource, MailSource.name == source_name(MailAccount))
        .order_by(Mailbox.active.desc(), Mailbox.id)
    ).all()


def source_name(account: Any) -> Any:
    """The name that deliveries from an account are stored under; for a row, and for the table's columns."""
    return "imap:" + account.username + "@" + account.host + "/" + account.folder


def accounts_to_fetch() -> Sequence[MailAccount]:
    """The accounts of active mailboxes that are not paused, read afresh."""
    return db.session.scalars(
        select(MailAccount)
        .join(Mailbox, Mailbox.id == MailAccount.mailbox_id)
        .options(joinedload(MailAccount.mailbox))
        .where(Mailbox.active, MailAccount.paused.is_(False))
        .order_by(MailAccount.id)
        .execution_options(populate_existing=True)
    ).all()


def mail_sources() -> Sequence[MailSource]:
    """How fetching from each source goes, those of the settings included."""
    return db.session.scalars(select(MailSource).order_by(MailSource.name)).all()

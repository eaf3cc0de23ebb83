"""Reads about mail: mailboxes, elder copies, whose Message-ID this is, what waits."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Row, bindparam, exists, func, literal_column, or_, select, text
from sqlalchemy.orm import joinedload

from helpdesk.core.errors import NotFound
from helpdesk.db import UtcDateTime, connection, db, table_of
from helpdesk.mail.models import MailAccount, Mailbox, MailBrake, MailSource, OutgoingMail, RawMail

#: Message-IDs of one mail that are looked up: the newest of a long thread.
_IDS = 50


class Box(NamedTuple):
    """A mailbox as a plain value: it outlives the session that read it."""

    id: int
    address: str
    language: str
    zone: str = ""
    country: str = ""
    subdivision: str = ""
    signature: str = ""


# Built once, over the bare tables: the intake asks these, and those below, for each message.
_MAILBOX = table_of(Mailbox).c
_BOX = (
    _MAILBOX.id,
    _MAILBOX.address,
    _MAILBOX.language,
    _MAILBOX.zone,
    _MAILBOX.country,
    _MAILBOX.subdivision,
    _MAILBOX.signature,
)
_BOXES = select(*_BOX).where(_MAILBOX.active).order_by(_MAILBOX.id)
_ONE_BOX = select(*_BOX).where(_MAILBOX.id == bindparam("mailbox_id"))
_PLACES = select(_MAILBOX.id, _MAILBOX.zone, _MAILBOX.country, _MAILBOX.subdivision, _MAILBOX.team).where(
    _MAILBOX.id.in_(bindparam("ids", expanding=True))
)


def mailboxes() -> dict[str, Box]:
    """The addresses that we answer for, the oldest first."""
    return {row.address: Box(*row) for row in connection().execute(_BOXES)}


def box(mailbox_id: int) -> Box:
    """The mailbox of a ticket, active or not."""
    return Box(*connection().execute(_ONE_BOX, {"mailbox_id": mailbox_id}).one())


class BoxPlace(NamedTuple):
    """Where a mailbox is: its zone and holidays (empty: the office's), and the team that it belongs to."""

    zone: str
    country: str
    subdivision: str
    team: str


def mailbox_places(ids: Collection[int]) -> dict[int, BoxPlace]:
    """The places of mailboxes, active or not."""
    rows = connection().execute(_PLACES, {"ids": list(ids)})
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
    return [Kin(*row) for row in connection().execute(_KIN, known)]


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
_LATELY = func.count().filter(_OUT.created_at > bindparam("lately", type_=UtcDateTime))
_AUTOMATIC = (
    select(_LATELY, func.count())
    .select_from(table_of(OutgoingMail))
    .where(
        _OUT.to_address == bindparam("address"),
        _OUT.automatic == literal_column("true"),
        _OUT.created_at > bindparam("since", type_=UtcDateTime),
    )
)


_WITH_ID = _OUT.message_id.in_(bindparam("ids", expanding=True))
_ANSWERED = (
    select(_OUT.ticket_number)
    .where(_WITH_ID, _OUT.ticket_number.is_not(None))
    .order_by(_OUT.id.desc())
    .limit(1)
)
_WRITTEN = select(_OUT.key, _OUT.to_address).where(_WITH_ID).order_by(_OUT.id.desc()).limit(1)


class Written(NamedTuple):
    """A mail of ours: the key of its cause, and whom it went to."""

    key: str
    to_address: str


def answered_ticket(message_ids: Collection[str]) -> int | None:
    """The ticket that one of our own Message-IDs speaks of; the latest where there are several."""
    if not message_ids:
        return None
    found: int | None = connection().execute(_ANSWERED, {"ids": list(message_ids)[-_IDS:]}).scalar()
    return found


def written_as(message_ids: Collection[str]) -> Written | None:
    """Why and to whom we wrote the mail with one of these Message-IDs; the latest where there are several."""
    if not message_ids:
        return None
    row = connection().execute(_WRITTEN, {"ids": list(message_ids)[-_IDS:]}).one_or_none()
    return Written(*row) if row else None


def outgoing_by_message_id(message_ids: Collection[str]) -> OutgoingMail | None:
    """The mail of ours that a bounce or a read receipt speaks of."""
    if not message_ids:
        return None
    return db.session.scalar(
        select(OutgoingMail)
        .where(OutgoingMail.message_id.in_(list(message_ids)[-_IDS:]))
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


def automatic_since(address: str, since: datetime, lately: datetime) -> tuple[int, int]:
    """How many automatic mails this address was sent since `lately`, and since `since` before it (M4)."""
    known = {"address": address, "since": since, "lately": lately}
    row = connection().execute(_AUTOMATIC, known).one()
    return int(row[0]), int(row[1])


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

"""Mail that leaves and mail that waits: lists for agents, and how the queues stand."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, func, select, text

from helpdesk.core.errors import NotFound
from helpdesk.db import db
from helpdesk.mail.models import MailBrake, OutgoingMail, RawMail
from helpdesk.mail.queries import open_brake
from helpdesk.tickets.models import TicketMessage

PAGE = 50
COUNTED = 999

# As text: the partial indexes are used only where the planner sees the very condition.
_QUARANTINED = text("raw_mail.state = 'quarantine'")
_DISCARDED = text("raw_mail.state = 'discarded'")
_DUE = text("raw_mail.state = 'due'")
_LEAVING = text("outgoing_mail.state IN ('queued', 'sending', 'unknown')")
_IN_DOUBT = and_(OutgoingMail.state == "unknown", OutgoingMail.doubts >= 2)
_HELD = text("outgoing_mail.state = 'queued' AND outgoing_mail.automatic")


@dataclass(frozen=True, slots=True)
class Health:
    """How many wait, and since when the first of them."""

    incoming: int
    oldest_incoming: datetime | None
    outgoing: int
    oldest_outgoing: datetime | None
    failed: int
    #: The connection broke twice after the final dot: a person must find out.
    doubtful: int
    #: The brake on automatic mail while it is pulled, and how many mails it holds.
    brake: MailBrake | None
    braked: int
    quarantined: int
    #: Since when the first of them waits for a person.
    oldest_quarantined: datetime | None
    received_last: datetime | None


def quarantined() -> int:
    """How many messages wait for a person; counting stops at 1,000."""
    rows = select(RawMail.id).where(_QUARANTINED).limit(COUNTED + 1).subquery()
    return db.session.scalar(select(func.count()).select_from(rows)) or 0


@dataclass(frozen=True, slots=True)
class Shunted:
    """A message in quarantine or put away; `head` is the beginning of its bytes, for subject and sender."""

    mail: RawMail
    head: bytes


# Enough for the header of any honest message, and little enough for fifty of them on a page.
_HEAD_BYTES = 32_000


def quarantine_page(
    after: int | None = None, *, discarded: bool = False
) -> tuple[Sequence[Shunted], int | None]:
    """The newest messages in quarantine, or put away, and the mark of the next page."""
    query = select(RawMail, func.substr(RawMail.raw, 1, _HEAD_BYTES)).where(
        _DISCARDED if discarded else _QUARANTINED
    )
    if after is not None:
        query = query.where(RawMail.id < after)
    rows = db.session.execute(query.order_by(RawMail.id.desc()).limit(PAGE + 1)).all()
    shown = [Shunted(mail, bytes(head)) for mail, head in rows[:PAGE]]
    return shown, shown[-1].mail.id if len(rows) > PAGE else None


def outbox_page(
    after: int | None = None, state: str | None = None
) -> tuple[Sequence[OutgoingMail], int | None]:
    """The newest outgoing mails, all or those in one state, and the mark of the next page."""
    query = select(OutgoingMail).order_by(OutgoingMail.id.desc()).limit(PAGE + 1)
    if state is not None:
        query = query.where(OutgoingMail.state == state)
    if after is not None:
        query = query.where(OutgoingMail.id < after)
    rows = db.session.scalars(query).all()
    return rows[:PAGE], rows[PAGE - 1].id if len(rows) > PAGE else None


def outgoing(mail_id: int) -> OutgoingMail:
    """One outgoing mail; raises NotFound."""
    found = db.session.get(OutgoingMail, mail_id)
    if found is None:
        raise NotFound("There is no such message.")
    return found


def ticket_of(raw_id: int) -> int | None:
    """The ticket that a raw message became a part of."""
    return db.session.scalar(select(TicketMessage.ticket_id).where(TicketMessage.raw_mail_id == raw_id))


def health() -> Health:
    """Numbers for the health page; few statements, each on an index of what waits."""
    incoming = db.session.execute(
        select(func.count(), func.min(RawMail.received_at)).select_from(RawMail).where(_DUE)
    ).one()
    leaving = db.session.execute(
        select(
            func.count(OutgoingMail.id).filter(~_IN_DOUBT),
            func.min(OutgoingMail.created_at).filter(~_IN_DOUBT),
            func.count(OutgoingMail.id).filter(_IN_DOUBT),
            func.count(OutgoingMail.id).filter(_HELD),
        ).where(_LEAVING)
    ).one()
    brake = open_brake()
    failed = select(OutgoingMail.id).where(OutgoingMail.state == "failed").limit(COUNTED + 1).subquery()
    rest = db.session.execute(
        select(
            select(func.count()).select_from(failed).scalar_subquery(),
            select(RawMail.received_at).order_by(RawMail.id.desc()).limit(1).scalar_subquery(),
            select(func.min(RawMail.due_at)).where(_QUARANTINED).scalar_subquery(),
        )
    ).one()
    return Health(
        incoming=incoming[0],
        oldest_incoming=incoming[1],
        outgoing=leaving[0],
        oldest_outgoing=leaving[1],
        failed=rest[0],
        doubtful=leaving[2],
        brake=brake,
        braked=leaving[3] if brake else 0,
        quarantined=quarantined(),
        oldest_quarantined=rest[2],
        received_last=rest[1],
    )

"""One stored message with all around it: its deliveries, its ticket, its verdict, the mails it caused."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, or_, select

from helpdesk.db import db
from helpdesk.mail.models import OutgoingMail, RawMail
from helpdesk.mail.queries import raw_mail
from helpdesk.tickets.models import TicketMessage
from helpdesk.triage.models import StoredVerdict

_DELIVERIES_SHOWN = 50


@dataclass(frozen=True, slots=True)
class Delivery:
    """One time that the message came in."""

    id: int
    source: str
    key: str
    received_at: datetime
    to: list[str]
    original: bool


@dataclass(frozen=True, slots=True)
class Flight:
    """What the flight recorder shows; `mails` with their state as it is now."""

    mail: RawMail
    message: TicketMessage | None
    verdict: StoredVerdict | None
    deliveries: Sequence[Delivery]
    mails: Sequence[OutgoingMail]

    @property
    def ticket(self) -> int | None:
        """The ticket that it is on now."""
        return self.message.ticket_id if self.message else None


def flight(mail_id: int) -> Flight:
    """Reads it, five statements whatever its story; raises NotFound."""
    mail = raw_mail(mail_id)
    original = mail.copy_of_id or mail.id
    message = db.session.scalar(select(TicketMessage).where(TicketMessage.raw_mail_id == original))
    verdict = (
        db.session.scalar(select(StoredVerdict).where(StoredVerdict.message_id == message.id))
        if message is not None
        else None
    )
    return Flight(mail, message, verdict, _deliveries(mail, original), _caused(mail))


def _deliveries(mail: RawMail, original: int) -> list[Delivery]:
    """The one that was handled and its copies, oldest first; they share their bytes or their Message-ID."""
    alike = or_(RawMail.sha256 == mail.sha256, RawMail.message_id == mail.message_id)
    rows = db.session.execute(
        select(
            RawMail.id,
            RawMail.source,
            RawMail.source_key,
            RawMail.received_at,
            RawMail.envelope_to,
            RawMail.copy_of_id.is_(None),
        )
        .where(alike, or_(RawMail.id == original, RawMail.copy_of_id == original))
        .order_by(RawMail.id)
        .limit(_DELIVERIES_SHOWN)
    ).all()
    return [Delivery(*row) for row in rows]


def _caused(mail: RawMail) -> list[OutgoingMail]:
    """The mails that were written while it was handled, found by the cause in their keys."""
    steps: list[dict[str, Any]] = [step for step in mail.path if isinstance(step, dict)]
    keys = [f"ack:{mail.id}", f"too-large:{mail.id}"]
    offers = {step["offer"] for step in steps if isinstance(step.get("offer"), int)}
    keys += [f"{about}:{offer}" for offer in offers for about in ("offer", "offer-confirm")]
    found: list[ColumnElement[bool]] = [OutgoingMail.key.in_(keys)]
    found += [OutgoingMail.key.startswith(f"offer-accepted:{offer}:", autoescape=True) for offer in offers]
    query = select(OutgoingMail).where(or_(*found), OutgoingMail.created_at == mail.handled_at)
    return list(db.session.scalars(query.order_by(OutgoingMail.id).limit(50)))

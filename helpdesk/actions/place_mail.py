"""Which ticket a message belongs to (M5): our signed reply address or our Message-ID, and a known sender."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import exists, select

from helpdesk.actions.context import context
from helpdesk.core.tokens import reply_tag_ticket
from helpdesk.db import db
from helpdesk.mail.parsed import ParsedMail
from helpdesk.mail.queries import answered_ticket
from helpdesk.mail.recipients import header_recipients, our_addresses
from helpdesk.tickets.models import Participant, Ticket
from helpdesk.tickets.states import takes_replies


@dataclass(frozen=True, slots=True)
class Placement:
    """Where a message goes and why. `ticket_id` to join; `linked_to` for a new one that names another.

    `proof` says what spoke for the ticket, `reason` why it was joined or not, `score` 0..1 how sure that is.
    """

    reason: str
    ticket_id: int | None = None
    linked_to: int | None = None
    proof: str | None = None
    score: float = 1.0

    def as_data(self) -> dict[str, Any]:
        """For the message's path and the ticket's record."""
        return {name: value for name, value in asdict(self).items() if value is not None}


NEW = Placement("no_thread")


def place(
    parsed: ParsedMail, envelope_to: list[str], boxes: Mapping[str, object], now: datetime
) -> Placement:
    """Decides where the message goes. Subjects and ticket numbers in the text prove nothing."""
    sender = parsed.from_address
    tags = [tag for _base, tag in our_addresses([*envelope_to, *header_recipients(parsed)], boxes) if tag]
    proven = next(filter(None, (context().signer.verify_reply_tag(tag, sender) for tag in tags)), None)
    claimed = next(filter(None, map(reply_tag_ticket, tags)), None)
    answered = None if proven else answered_ticket([*parsed.references, *parsed.in_reply_to])
    number = proven or answered or claimed
    if number is None:
        return NEW
    ticket = db.session.execute(
        select(Ticket.id, Ticket.status, Ticket.closed_at).where(Ticket.id == number)
    ).one_or_none()
    if ticket is None:
        return NEW
    if not (proven or answered):
        return Placement("token_of_another", linked_to=number)
    proof = "reply_address" if proven else "message_id"
    if not parsed.from_trustworthy:
        return Placement("sender_unclear", linked_to=number, proof=proof)
    if not _belongs(number, sender):
        return Placement("stranger", linked_to=number, proof=proof)
    if not takes_replies(ticket.status, ticket.closed_at, now):
        return Placement("closed_long_ago", linked_to=number, proof=proof)
    return Placement("reply", ticket_id=number, proof=proof, score=1.0 if proven else 0.9)


def _belongs(ticket_id: int, address: str) -> bool:
    return bool(
        db.session.scalar(
            select(exists().where(Participant.ticket_id == ticket_id, Participant.address == address))
        )
    )

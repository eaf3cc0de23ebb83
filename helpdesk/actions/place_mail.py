"""Which ticket a message belongs to (M5): our signed reply address or our Message-ID, and a known sender.

Each answer carries its reason and a score, so that agents read why a message is where it is and can put it
elsewhere with one click.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from helpdesk.actions.context import context
from helpdesk.core.tokens import reply_tag_ticket
from helpdesk.mail.parsed import ParsedMail
from helpdesk.mail.path import Path
from helpdesk.mail.queries import answered_ticket
from helpdesk.mail.recipients import header_recipients, our_addresses
from helpdesk.mail.subjects import is_another_topic, is_same_topic
from helpdesk.tickets.queries import Standing, belongs, standing, subjects_of, ticket_of_their_mail
from helpdesk.tickets.states import is_stale, takes_replies

# How sure a decision is (0..1). A signed address is proof; a Message-ID is also in mails that somebody only
# reuses; a subject and a calendar are signs.
SURE = 1.0
BY_MESSAGE_ID = 0.9
BY_SIGNS = 0.8
BY_SIGNS_AGAINST = 0.6


@dataclass(frozen=True, slots=True)
class Placement:
    """Where a message goes and why. `ticket_id` to join; `linked_to` for a new one that names another.

    `proof` says what spoke for the ticket, `reason` why it was joined or not, `score` 0..1 how sure that is.
    """

    reason: str
    ticket_id: int | None = None
    linked_to: int | None = None
    proof: str | None = None
    score: float = SURE

    def as_data(self) -> dict[str, Any]:
        """For the message's path and the ticket's record."""
        return {name: value for name, value in asdict(self).items() if value is not None}


NEW = Placement("no_thread")


def kept(placement: Placement, path: Path, unread: str | None) -> dict[str, Any]:
    """What the message on its ticket remembers of how it came there, and what its reader must know."""
    reused = next((step["of"] for step in path.steps if step["step"] == "reused_id"), None)
    marks = {"unread": unread, "reused_id": reused}
    return placement.as_data() | {name: value for name, value in marks.items() if value}


def place(
    parsed: ParsedMail, envelope_to: list[str], boxes: Mapping[str, object], now: datetime
) -> Placement:
    """Decides where the message goes. Subjects and ticket numbers in the text prove nothing."""
    sender = parsed.from_address
    tags = [tag for _base, tag in our_addresses([*envelope_to, *header_recipients(parsed)], boxes) if tag]
    proven = next(filter(None, (context().signer.verify_reply_tag(tag, sender) for tag in tags)), None)
    claimed = next(filter(None, map(reply_tag_ticket, tags)), None)
    ids = [*parsed.references, *parsed.in_reply_to]
    answered = None if proven else answered_ticket(ids)
    named = standing(proven or answered or claimed, sender)
    if named is None:
        return _among_their_own(ids, sender)
    if not (proven or answered):
        return Placement("token_of_another", linked_to=named.number, score=BY_SIGNS)
    proof = "reply_address" if proven else "message_id"
    if not parsed.from_trustworthy:
        return Placement("sender_unclear", linked_to=named.number, proof=proof, score=BY_SIGNS)
    if not (named.belongs or belongs(named.number, sender)):
        return Placement("stranger", linked_to=named.number, proof=proof)
    return _joined_or_new(parsed, named, proof, now)


def _joined_or_new(parsed: ParsedMail, named: Standing, proof: str, now: datetime) -> Placement:
    """The sender belongs to the ticket; what is left to see is whether the mail does.

    People answer an old mail because the address is in it. A machine's answer never opens a ticket for that,
    and while an offer waits for its answer every mail of the thread is looked at there.
    """
    score = SURE if proof == "reply_address" else BY_MESSAGE_ID
    if parsed.is_auto:
        return Placement("reply", ticket_id=named.number, proof=proof, score=score)
    if not takes_replies(named.status, named.closed_at, now):
        return Placement("closed_long_ago", linked_to=named.number, proof=proof, score=BY_SIGNS)
    if is_stale(named.updated_at, now):
        return Placement("long_ago", linked_to=named.number, proof=proof, score=BY_SIGNS)
    if _another_topic(parsed.subject, named):
        if not named.offer_open:
            return Placement("another_topic", linked_to=named.number, proof=proof, score=BY_SIGNS)
        score = BY_SIGNS_AGAINST
    return Placement("reply", ticket_id=named.number, proof=proof, score=score)


def _another_topic(subject: str, named: Standing) -> bool:
    """The subjects of the ticket's mails are read only where its own does not settle it: it mostly does."""
    if is_same_topic(subject, named.subject):
        return False
    return is_another_topic(subject, [named.subject, *subjects_of(named.number)])


def _among_their_own(ids: list[str], sender: str) -> Placement:
    """A mail that answers a customer's own mail, not ours: no authority, but worth a link and a click."""
    number = ticket_of_their_mail(ids)
    if number is None:
        return NEW
    known = belongs(number, sender)
    return Placement(
        "answers_their_own" if known else "stranger",
        linked_to=number,
        proof="their_message_id",
        score=BY_SIGNS_AGAINST if known else BY_SIGNS,
    )

"""What somebody books, and the mail that proves that the address is theirs."""

from dataclasses import dataclass
from datetime import datetime

from helpdesk.actions.acknowledge import wrote_enough
from helpdesk.actions.context import context
from helpdesk.actions.hold_slot import PROOF, draft
from helpdesk.actions.send_letter import write_to
from helpdesk.booking import appointments
from helpdesk.booking.appointments import PROOF_TIME
from helpdesk.booking.models import Appointment
from helpdesk.core.addresses import is_valid, normalise
from helpdesk.core.errors import Conflict, InvalidInput, TooManyTries
from helpdesk.core.tokens import link_token, token_hash
from helpdesk.db import transaction

#: Mails of this kind to one address in a short time: more would be somebody else's doing.
MAX_PROOFS = 3


@dataclass(frozen=True, slots=True)
class Details:
    """What the visitor wrote on the third page."""

    name: str
    email: str
    company: str
    phone: str
    subject: str
    text: str

    def checked(self) -> "Details":
        """The same, cleaned; raises InvalidInput with the field's name."""
        if sum(map(str.isalpha, self.name)) < 2:
            raise InvalidInput("Write your first and last name.", field="name")
        if not is_valid(self.email):
            raise InvalidInput("Write an e-mail address like anna@company.example.", field="email")
        address = normalise(self.email)
        if not self.subject.strip():
            raise InvalidInput("Write in a few words what it is about.", field="subject")
        return Details(
            _line(self.name, 160),
            address[:254],
            _line(self.company, 160),
            _line(self.phone, 40),
            _line(self.subject, 300),
            self.text.strip()[:5000],
        )


def describe(token: str, details: Details, *, language: str, now: datetime) -> Appointment:
    """Keeps what the visitor wrote and mails them the link to the last page; the slot waits for them.

    Known and unknown addresses are answered alike. Raises InvalidInput, Conflict when the slot has lapsed and
    is gone, TooManyTries for an address that got several such mails lately.
    """
    details = details.checked()
    proof = link_token()
    with transaction():
        row = appointments.locked(draft(token).id)
        if row.state not in ("hold", "expired"):
            raise Conflict("This appointment was booked already.")
        if wrote_enough(details.email, now, allowed=MAX_PROOFS):
            raise TooManyTries("This address got several mails from us just now. Wait ten minutes.")
        row.name, row.email, row.company = details.name, details.email, details.company
        row.phone, row.subject, row.details = details.phone, details.subject, details.text
        row.language = language
        until = max(row.held_until or now, now + PROOF_TIME if row.proof_hash is None else now)
        row.proof_hash = token_hash(proof, PROOF)
        if until > now:
            # The same slot again: it may have lapsed while the form was filled in.
            appointments.take_again(
                row, [row.agent_id], row.starts_at, now=now, state="hold", held_until=until
            )
        write_to(
            "booking-proof",
            f"booking-proof:{row.proof_hash}",
            email=row.email,
            # Nothing that the visitor wrote: the address may be somebody else's.
            name="",
            language=language,
            now=now,
            link=f"{context().settings.public_url}/book/confirmation/{proof}",
            service=row.service.named(language),
            starts_at=row.starts_at,
            held_until=until,
        )
        return row


def _line(text: str, most: int) -> str:
    return " ".join(text.split())[:most]

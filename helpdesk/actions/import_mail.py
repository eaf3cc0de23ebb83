"""Mail from before a mailbox was connected: history, without notice, promise, verdict or charge."""

from datetime import datetime

from helpdesk.actions.add_message import add_received
from helpdesk.actions.place_mail import Placement
from helpdesk.core.actors import SYSTEM
from helpdesk.customers.models import ensure_contact
from helpdesk.db import insert_row
from helpdesk.mail.parsed import ParsedMail
from helpdesk.mail.path import Path
from helpdesk.mail.queries import Box
from helpdesk.sla.policy import Priority
from helpdesk.tickets.models import Participant, Ticket, locked_current, record


def import_quietly(
    mail_id: int, parsed: ParsedMail, placement: Placement, box: Box, path: Path, now: datetime
) -> None:
    """Adds the message to the ticket it belongs to, or to a closed one of its own; nothing else changes.

    Call inside transaction().
    """
    written = _written(parsed, now)
    address = parsed.from_address or f"unknown-sender-{mail_id}@invalid"
    contact = ensure_contact(address, parsed.from_name, parsed.language or box.language, now)
    # The ticket may have been merged since the mail was placed.
    number = placement.ticket_id and locked_current(placement.ticket_id).id
    if number is None:
        number = insert_row(
            Ticket,
            subject=parsed.subject[:500],
            status="closed",
            priority=Priority.NORMAL,
            mailbox_id=box.id,
            customer_id=contact.customer_id,
            contact_id=contact.id,
            language=contact.language,
            label=None,
            due_reason={},
            created_at=written,
            updated_at=written,
            closed_at=written,
        )
        insert_row(Participant, ticket_id=number, address=contact.email, added_at=now)
        record(number, "imported", SYSTEM, now)
    machine = parsed.is_auto or parsed.is_bounce
    add_received(
        number,
        mail_id,
        parsed,
        kind="automatic" if machine else "incoming",
        contact_id=contact.id,
        threading=placement.as_data(),
        now=written,
    )
    path.note("imported", ticket=number)


def _written(parsed: ParsedMail, now: datetime) -> datetime:
    """When the sender says it was written; never in the future, and now where it cannot be read."""
    return min(parsed.date, now) if parsed.date is not None else now

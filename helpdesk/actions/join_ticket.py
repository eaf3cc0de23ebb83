"""A message that belongs to a ticket joins it: the customer wrote, agreed, declined, or a machine spoke."""

from datetime import datetime

from helpdesk.actions import answer_offer, late_answer, object_to_acceptance, track_sla, triage_ticket
from helpdesk.actions.add_message import add_received
from helpdesk.actions.known_sender import Sender, known_sender
from helpdesk.actions.place_mail import Placement, kept
from helpdesk.core.actors import Actor
from helpdesk.customers.models import mark_reachable
from helpdesk.mail.parsed import ParsedMail
from helpdesk.mail.path import Path
from helpdesk.tickets.models import Ticket, locked_current, record, resume
from helpdesk.tickets.states import event_for_reply


def join(
    mail_id: int,
    parsed: ParsedMail,
    placement: Placement,
    path: Path,
    *,
    through_border: bool,
    now: datetime,
    unread: str | None = None,
) -> int:
    """Adds the message and lets follow what follows; returns the ticket's number. Inside transaction().

    Automatic mail is kept on the ticket and changes nothing: no reopening, no clock, no consent (M4).
    """
    assert placement.ticket_id is not None
    # The ticket may have been merged since the mail was placed.
    ticket = locked_current(placement.ticket_id)
    sender = known_sender(parsed.from_address, parsed.from_name, ticket.language, now)
    contact = sender.contact
    message_id = add_received(
        ticket.id,
        mail_id,
        parsed,
        kind="automatic" if parsed.is_auto else "incoming",
        contact_id=contact.id,
        # What it found: if an agent moves it away, that comes back.
        threading=kept(placement, path, unread) | {"was": ticket.status},
        now=now,
    )
    path.note("sender", contact=contact.id, customer=contact.customer_id, address=contact.email, by="address")
    path.note("joined", ticket=ticket.id)
    ticket.updated_at = now
    author = Actor("contact", contact.id, contact.name or contact.email)
    if parsed.is_auto:
        record(ticket.id, "automatic_mail", author, now)
        return ticket.id
    mark_reachable(contact)
    answered = object_to_acceptance.by_mail(ticket, contact, mail_id, parsed, path, now)
    if not ticket.offer_open and not answered:
        late_answer.note_late_yes(ticket, contact, parsed, now)
    if ticket.offer_open and not answered:
        answered = answer_offer.by_mail(
            ticket, contact, mail_id, parsed, path, through_border=through_border, now=now
        )
    if not answered:
        _customer_wrote(ticket, sender, parsed, message_id, author, now)
    return ticket.id


def _customer_wrote(
    ticket: Ticket, sender: Sender, parsed: ParsedMail, message_id: int, author: Actor, now: datetime
) -> None:
    """The ball is with us again, unless it was already: then the first promise stands."""
    code = event_for_reply(ticket.status)
    if ticket.status != "open":
        resume(ticket, now)
    if ticket.promised_from is None:
        track_sla.owe(ticket, now, sender.book)
    else:
        track_sla.update(ticket, sender.book)
    record(ticket.id, code, author, now)
    judged = triage_ticket.judge_mail(
        parsed, sender.coverage, sender.rules, known=sender.known, received_at=now
    )
    triage_ticket.keep(judged, ticket.id, message_id, now)
    triage_ticket.rejudged(ticket, judged.verdict)

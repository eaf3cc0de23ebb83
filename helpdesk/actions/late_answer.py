"""A yes that comes after a quote's deadline binds nobody (OR 5), but must not be lost either."""

from datetime import datetime

from helpdesk.actions.offer_work import code_for
from helpdesk.billing.quote_queries import expired_quote
from helpdesk.core.actors import Actor
from helpdesk.customers.models import Contact
from helpdesk.mail.authentication import without_code
from helpdesk.mail.consent import read_reply
from helpdesk.mail.parsed import ParsedMail
from helpdesk.tickets.models import Ticket, record


def note_late_yes(ticket: Ticket, contact: Contact, parsed: ParsedMail, now: datetime) -> None:
    """Marks an expired quote whose customer now says a clear yes: an agent can renew it with one click."""
    quote = expired_quote(ticket.id)
    if quote is None or quote.offer is None or quote.late_yes_at is not None:
        return
    read = read_reply(
        without_code(parsed.new_text, code_for(quote.offer, contact.email)),
        offered=(quote.offer.net, quote.offer.gross),
        references=(quote.name, quote.number, str(ticket.id)),
        names=(contact.name, parsed.from_name),
    )
    if read.verdict != "yes":
        return
    quote.late_yes_at = now
    author = Actor("contact", contact.id, contact.name or contact.email)
    record(ticket.id, "late_yes", author, now, quote=quote.name)

"""A mail that is too large to be read: its sender is told once, in their language; machines never (M4)."""

from datetime import datetime

from helpdesk.actions.acknowledge import wrote_enough
from helpdesk.actions.context import context
from helpdesk.actions.send_mail import put_in_outbox
from helpdesk.db import db
from helpdesk.mail.limits import MESSAGE_CAP
from helpdesk.mail.parsed import ParsedMail
from helpdesk.mail.path import Path
from helpdesk.mail.queries import Box
from helpdesk.mail.render import render
from helpdesk.tickets.models import Ticket

_MEGABYTE = 1_000_000


def tell_too_large(
    mail_id: int, size: int, number: int, parsed: ParsedMail, box: Box, path: Path, now: datetime
) -> None:
    """Asks the ticket's requester to send it again in smaller pieces; holds not a word of the mail."""
    ticket = db.session.get(Ticket, number)
    assert ticket is not None
    address = ticket.contact.email
    if parsed.is_auto or not parsed.from_trustworthy or address != parsed.from_address:
        path.note("not_acknowledged", why="automatic" if parsed.is_auto else "sender_unclear")
        return
    if wrote_enough(address, now):
        path.note("not_acknowledged", why="brake")
        return
    words = render(
        "too-large",
        ticket.language,
        number=number,
        size=-(-size // _MEGABYTE),
        limit=MESSAGE_CAP // _MEGABYTE,
        vendor=context().settings.vendor_name,
    )
    outgoing_id, _message = put_in_outbox(
        words,
        key=f"too-large:{mail_id}",
        ticket_id=number,
        mailbox=box,
        to_address=address,
        to_name="",
        language=ticket.language,
        now=now,
        automatic=True,
        answers=[parsed.message_id] if parsed.message_id else [],
    )
    path.note("told_too_large", mail=outgoing_id)

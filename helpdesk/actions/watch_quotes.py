"""What the clock does for quotes: a reminder before the deadline, a warning before the amount is used up."""

from datetime import date, datetime, timedelta

from helpdesk.actions import notify_agents
from helpdesk.actions.context import context
from helpdesk.actions.live_promises import live_book
from helpdesk.actions.send_mail import put_in_outbox
from helpdesk.billing.quote_models import Quote
from helpdesk.billing.quote_queries import nearly_used, to_remind
from helpdesk.core.actors import SYSTEM
from helpdesk.customers.models import Contact
from helpdesk.db import db, transaction
from helpdesk.mail.queries import box
from helpdesk.mail.render import render
from helpdesk.tickets.models import Ticket, locked, record

#: Working days before the deadline (money_and_booking.md B6).
REMIND_BEFORE = 3
#: Part of the accepted amount that is used when we warn.
WARN_AT = 80
_HORIZON = timedelta(days=21)


def remind_of_quotes(now: datetime) -> int:
    """Reminds once of each quote that ends in three working days; returns how many."""
    reminded = 0
    with transaction():
        for quote in to_remind(now, now + _HORIZON):
            ticket = locked(quote.ticket_id)
            assert quote.offer is not None
            first = reminder_day(quote.offer.valid_until)
            if live_book().main.local_date(now) < first:
                continue
            quote.reminded_at = now
            # A quote that was short from the start is not pressed right after it was sent.
            if live_book().main.local_date(quote.offer.created_at) >= first:
                continue
            _remind(quote, ticket, now)
            reminded += 1
    return reminded


def reminder_day(valid_until: datetime) -> date:
    """The day three working days before the last one."""
    calendar = live_book().main
    day, left = calendar.local_date(valid_until), REMIND_BEFORE
    while left:
        day -= timedelta(days=1)
        left -= bool(calendar.day(day).open)
    return day


def warn_of_overruns(now: datetime) -> int:
    """Tells whoever has the case, once, that most of the accepted amount is used; returns how many."""
    with transaction():
        found = nearly_used(WARN_AT)
        for quote in found:
            ticket = locked(quote.ticket_id)
            quote.warned_at = now
            assert quote.offer is not None
            record(
                ticket.id,
                "quote_nearly_used",
                SYSTEM,
                now,
                quote=quote.name,
                net=quote.offer.used_minor,
                of=quote.offer.net_minor,
            )
            notify_agents.quote_nearly_used(ticket, quote, now)
    return len(found)


def _remind(quote: Quote, ticket: Ticket, now: datetime) -> None:
    offer = quote.offer
    assert offer is not None
    person = db.session.get(Contact, offer.to_contact_id) if offer.to_contact_id else None
    if person is None:
        return
    put_in_outbox(
        render(
            "quote-reminder",
            quote.language,
            number=ticket.id,
            name=person.name,
            what=offer.subject,
            valid_until=offer.valid_until,
            vendor=context().settings.vendor_name,
        ),
        key=f"quote-reminder:{offer.id}",
        ticket_id=ticket.id,
        mailbox=box(ticket.mailbox_id),
        to_address=person.email,
        to_name=person.name,
        language=quote.language,
        now=now,
        automatic=True,
    )
    record(ticket.id, "quote_reminded", SYSTEM, now, quote=quote.name)

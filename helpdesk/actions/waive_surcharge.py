"""Letting the urgency surcharge go, with the reason, before or after it was charged (product rule 4)."""

from datetime import datetime

from helpdesk.actions.context import context
from helpdesk.actions.send_mail import put_in_outbox
from helpdesk.billing.models import Offer
from helpdesk.billing.offers import waive_surcharge
from helpdesk.billing.queries import live_surcharge
from helpdesk.core.actors import Actor
from helpdesk.core.errors import Conflict, Forbidden
from helpdesk.customers.models import Contact
from helpdesk.db import db, transaction
from helpdesk.mail.queries import box
from helpdesk.mail.render import render
from helpdesk.tickets.models import Ticket, locked, record


def waive(number: int, *, reason: str, by: Actor, now: datetime) -> None:
    """Releases the held surcharge, or books the charged one back; the case stays urgent.

    Raises InvalidInput without a reason, Conflict when there is nothing to waive.
    """
    if by.kind != "agent":
        raise Forbidden("Only an agent can waive the surcharge.")
    with transaction():
        ticket = locked(number)
        offer = live_surcharge(number)
        if offer is None or offer.state != "accepted":
            raise Conflict("There is no accepted surcharge on this ticket.")
        waive_surcharge(number, by=by, now=now, reason=reason)
        ticket.updated_at = now
        record(
            number,
            "surcharge_waived",
            by,
            now,
            offer=offer.number,
            net=offer.net_minor,
            reason=reason.strip()[:300],
        )
        _tell(ticket, offer, now)


def _tell(ticket: Ticket, offer: Offer, now: datetime) -> None:
    person = db.session.get(Contact, offer.to_contact_id) if offer.to_contact_id else None
    if person is None:
        return
    put_in_outbox(
        render(
            "surcharge-waived",
            person.language,
            number=ticket.id,
            name=person.name,
            net=offer.net,
            vendor=context().settings.vendor_name,
        ),
        key=f"surcharge-waived:{offer.id}",
        ticket_id=ticket.id,
        mailbox=box(ticket.mailbox_id),
        to_address=person.email,
        to_name=person.name,
        language=person.language,
        now=now,
        automatic=True,
    )

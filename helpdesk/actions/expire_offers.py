"""Offers that nobody answered end by the clock: nothing is charged, and the ticket is ours again."""

from datetime import datetime

from sqlalchemy import select

from helpdesk.actions import track_sla
from helpdesk.actions.offer_work import still_open
from helpdesk.billing.models import Offer
from helpdesk.billing.offers import expire_due
from helpdesk.core.actors import SYSTEM
from helpdesk.db import db, transaction
from helpdesk.tickets.models import locked, record, resume


def expire_offers(now: datetime) -> int:
    """Ends what is overdue; returns how many. Harmless when run twice or on several machines at once."""
    with transaction():
        expired = expire_due(now)
        for offer in db.session.scalars(select(Offer).where(Offer.id.in_(expired)).order_by(Offer.id)):
            ticket = locked(offer.ticket_id)
            still_open(ticket)
            if ticket.waiting_for == "acceptance" and not ticket.offer_open:
                resume(ticket, now)
                track_sla.update(ticket)
            ticket.updated_at = now
            record(ticket.id, "offer_expired", SYSTEM, now, offer=offer.number)
    return len(expired)

"""A reply "that is wrong" to our confirmation: frozen at once, decided by an agent, told to the customer."""

import re
from datetime import datetime

from helpdesk.actions import track_sla
from helpdesk.actions.context import context
from helpdesk.actions.send_mail import put_in_outbox
from helpdesk.billing import objections, quote_hold
from helpdesk.billing.models import Offer
from helpdesk.billing.offers import waive_surcharge
from helpdesk.billing.queries import answer_of, surcharge_standing
from helpdesk.contracts.queries import coverage
from helpdesk.core.actors import Actor
from helpdesk.core.errors import Forbidden
from helpdesk.customers.models import Contact
from helpdesk.customers.queries import who_may_order
from helpdesk.db import db, transaction
from helpdesk.mail.objection import objects
from helpdesk.mail.parsed import ParsedMail
from helpdesk.mail.path import Path
from helpdesk.mail.queries import box, raw_mail, was_written, written_as
from helpdesk.mail.render import render
from helpdesk.sla.policy import Priority
from helpdesk.tickets.models import Ticket, locked, record, resume

_CONFIRMATION = re.compile(r"offer-accepted:(\d+):\d+")


def by_mail(
    ticket: Ticket, contact: Contact, mail_id: int, parsed: ParsedMail, path: Path, now: datetime
) -> bool:
    """Takes a reply to a confirmation as an objection; returns whether it was one. Inside transaction().

    Whoever got the confirmation may object, proven or not: it only stops what costs.
    """
    offer = _confirmed(ticket, contact, parsed)
    answer = objections.acceptance(offer.id, now) if offer else None
    if offer is None or answer is None or not objects(parsed.new_text):
        return False
    words = " ".join(parsed.new_text.split())
    fresh = objections.object_to(
        answer.id,
        contact_id=contact.id,
        raw_mail_id=mail_id,
        raw_sha256=raw_mail(mail_id).sha256,
        words=words,
        now=now,
    )
    path.note("objected", offer=offer.id, fresh=fresh)
    if not fresh:
        return False
    author = Actor("contact", contact.id, contact.name or contact.email)
    if ticket.status != "open":
        resume(ticket, now)
    if ticket.promised_from is None:
        track_sla.owe(ticket, now)
    ticket.updated_at = now
    record(ticket.id, "acceptance_objected", author, now, offer=offer.number)
    _tell(ticket, offer, contact, "objection-received", now)
    return True


def decide(objection_id: int, *, stands: bool, reason: str, by: Actor, now: datetime) -> None:
    """An agent's word: the acceptance stands, or it is cancelled and what was held goes back."""
    if by.kind != "agent" or by.id is None:
        raise Forbidden("Only an agent can decide this.")
    with transaction():
        ticket = locked(objections.offer_of(objection_id).ticket_id)
        offer = objections.decide(objection_id, stands=stands, reason=reason, agent_id=by.id, now=now)
        code = "objection_refused" if stands else "acceptance_cancelled"
        record(ticket.id, code, by, now, offer=offer.number, reason=reason.strip()[:300])
        ticket.updated_at = now
        if stands:
            return
        if offer.kind == "surcharge":
            if surcharge_standing(ticket.id) in ("held", "charged"):
                waive_surcharge(ticket.id, by=by, now=now, reason=reason)
            _back_in_line(ticket, now)
        elif offer.kind == "quote" and (answer := answer_of(offer.id)) is not None:
            quote_hold.let_go(answer.id, by=by, now=now, reason=reason.strip()[:300])
        for person in who_may_order(offer.customer_id, asked=offer.to_contact_id):
            _tell(ticket, offer, person, "acceptance-cancelled", now)


def _confirmed(ticket: Ticket, contact: Contact, parsed: ParsedMail) -> Offer | None:
    """The offer whose confirmation this mail answers."""
    mail = written_as(parsed.in_reply_to)
    key = _CONFIRMATION.fullmatch(mail.key) if mail and mail.to_address == contact.email else None
    offer = db.session.get(Offer, int(key[1])) if key else None
    return offer if offer is not None and offer.ticket_id == ticket.id else None


def _back_in_line(ticket: Ticket, now: datetime) -> None:
    """The case is treated as all others again."""
    covered = coverage(ticket.customer_id, now.astimezone(context().settings.zone).date())
    ticket.priority = Priority.ON_PREMISE if covered.on_premise else Priority.NORMAL
    ticket.urgent_since = None
    track_sla.update(ticket)


def _tell(ticket: Ticket, offer: Offer, person: Contact, template: str, now: datetime) -> None:
    key = f"{template}:{offer.id}:{person.id}"
    if was_written(key):
        return
    put_in_outbox(
        render(
            template,
            person.language,
            number=ticket.id,
            name=person.name,
            what=offer.subject,
            vendor=context().settings.vendor_name,
        ),
        key=key,
        ticket_id=ticket.id,
        mailbox=box(ticket.mailbox_id),
        to_address=person.email,
        to_name=person.name,
        language=person.language,
        now=now,
        automatic=True,
    )

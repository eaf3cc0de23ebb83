"""Asking the customer beforehand: urgent handling, or paid support (product rules 2-4, B4)."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from sqlalchemy import bindparam, select

from helpdesk.actions.acknowledge import wrote_enough
from helpdesk.actions.context import context
from helpdesk.actions.live_promises import live_book
from helpdesk.actions.send_mail import put_in_outbox
from helpdesk.billing.models import Offer
from helpdesk.billing.offers import Draft, create_offer, withdraw
from helpdesk.billing.price_list import SUPPORT, SURCHARGE
from helpdesk.billing.pricing import Taxed, UnitPrice, quote_work, with_vat
from helpdesk.billing.queries import offers_of, price_on, scopes, vat_rate
from helpdesk.billing.vat_words import in_words
from helpdesk.contracts.queries import coverage
from helpdesk.core.actors import SYSTEM, Actor
from helpdesk.core.errors import Conflict, InvalidInput, NotAllowedYet
from helpdesk.core.money import Money
from helpdesk.core.tokens import link_token, token_hash
from helpdesk.customers.models import Contact
from helpdesk.customers.queries import customer
from helpdesk.db import db, insert_new, transaction
from helpdesk.i18n import gettext, speaking
from helpdesk.mail.path import Path
from helpdesk.mail.queries import Box
from helpdesk.mail.queries import box as box_of
from helpdesk.mail.render import render
from helpdesk.tickets.models import Participant, Ticket, locked, record, wait_for
from helpdesk.triage.explain import published_examples

if TYPE_CHECKING:
    from helpdesk.actions.open_ticket import Opened

VALID = timedelta(days=30)
#: The wording of the offers below; raise it when a text changes, evidence keeps the old number.
TEXT_VERSION = "2026-11b"
LINK_PURPOSE = "offer"


@dataclass(frozen=True, slots=True)
class _Price:
    taxed: Taxed
    vat_bp: int


def offer_urgent(number: int, *, by: Actor, now: datetime) -> int:
    """Offers urgent handling to somebody who may order; returns the offer's id.

    The ticket stays in the normal line until it is accepted. Raises Conflict when it was offered already,
    NotAllowedYet when nobody of the customer may order this much.
    """
    with transaction():
        ticket = locked(number)
        price = _price(ticket.customer_id, SURCHARGE, 0, now)
        approver = approver_for(ticket, price.taxed.net)
        offer, token = _make(ticket, "surcharge", price, approver, None, by, now)
        _send("urgent-offer", ticket, offer, token, approver, now)
        record(number, "urgent_offered", by, now, offer=offer.number, net=offer.net_minor)
        ticket.urgent_asked = True
        return offer.id


def offer_urgent_for(opened: "Opened", box: Box, path: Path, now: datetime) -> None:
    """The same for a ticket that was just opened by a mail that asks for it; nobody to ask is no error."""
    if opened.contact.customer_id is None:
        path.note("urgent_not_offered", why="unknown_customer")
        return
    if wrote_enough(opened.contact.email, now, allowed=1):
        # One answer to this very mail may stand in the window; more would be a machine's doing (M4).
        path.note("urgent_not_offered", why="brake")
        return
    try:
        offer_id = offer_urgent(opened.ticket_id, by=SYSTEM, now=now)
    except NotAllowedYet:
        path.note("urgent_not_offered", why="nobody_may_order")
        record(opened.ticket_id, "nobody_may_order", SYSTEM, now)
        return
    path.note("urgent_offered", offer=offer_id)


def offer_support(number: int, minutes: int, *, by: Actor, now: datetime) -> int:
    """Offers paid support of about `minutes`; the ticket waits for the answer and its clock stands still.

    Returns the offer's id. An open offer of the same kind is replaced by the new one.
    """
    if not 1 <= minutes <= 1440:
        raise InvalidInput("Write the minutes as a whole number from 1 to 1440 a day.", field="minutes")
    with transaction():
        ticket = locked(number)
        for old in offers_of(number):
            if old.kind == "work" and old.state == "open":
                withdraw(old.id, superseded=True)
        price = _price(ticket.customer_id, SUPPORT, minutes, now)
        approver = approver_for(ticket, price.taxed.net)
        offer, token = _make(ticket, "work", price, approver, minutes, by, now)
        _send("work-offer", ticket, offer, token, approver, now)
        wait_for(ticket, "acceptance", now)
        ticket.updated_at = now
        record(number, "work_offered", by, now, offer=offer.number, net=offer.net_minor, minutes=minutes)
        return offer.id


def withdraw_offer(offer_id: int, *, by: Actor, now: datetime) -> None:
    """Takes an open offer back; raises Conflict when it was answered meanwhile."""
    with transaction():
        offer = db.session.get(Offer, offer_id)
        if offer is None:
            raise Conflict("This offer is no longer open.")
        ticket = locked(offer.ticket_id)
        withdraw(offer_id)
        still_open(ticket)
        ticket.updated_at = now
        record(ticket.id, "offer_withdrawn", by, now, offer=offer.number)


def still_open(ticket: Ticket) -> None:
    """Brings the ticket's mark up to date after an offer changed."""
    ticket.offer_open = any(offer.state == "open" for offer in offers_of(ticket.id))


def code_for(offer: Offer, address: str) -> str:
    """The one-time code that a reply from `address` must carry where its sender is not authenticated."""
    return context().signer.offer_code(offer.number, address)


def _price(customer_id: int | None, code: str, minutes: int, now: datetime) -> _Price:
    if customer_id is None:
        raise NotAllowedYet("Assign this ticket to a customer first.")
    listed = price_for(customer_id, code, now)
    vat_bp = vat_rate(customer_id, customer(customer_id).country, listed.vat_bp)
    return _Price(with_vat(quote_work(0, minutes, listed).net, vat_bp), vat_bp)


def price_for(customer_id: int | None, code: str, now: datetime) -> UnitPrice:
    """What the price is for this customer now: their own, their plan's, or everybody's."""
    day = live_book().main.local_date(now)
    plan = coverage(customer_id, day).plan
    return price_on(code, day, whose=scopes(customer_id, plan)).price


def approver_for(ticket: Ticket, net: Money) -> Contact:
    """The requester if they may order this much, else a colleague who may."""
    asked = {"customer": ticket.customer_id, "amount": net.minor}
    people = list(db.session.scalars(_MAY_ORDER, asked))
    if not people:
        raise NotAllowedYet(
            "Nobody of this customer may order this amount. Call them, or set an order right."
        )
    return next((person for person in people if person.id == ticket.contact_id), people[0])


# Built once: the intake asks it for each mail that is urgent.
_MAY_ORDER = (
    select(Contact)
    .where(
        Contact.customer_id == bindparam("customer"),
        Contact.may_order,
        Contact.order_limit_minor >= bindparam("amount"),
    )
    .order_by(Contact.id)
    .limit(50)
)


def _make(
    ticket: Ticket,
    kind: str,
    price: _Price,
    approver: Contact,
    minutes: int | None,
    by: Actor,
    now: datetime,
) -> tuple[Offer, str]:
    """Stores the offer with its frozen text; returns it with the link's token, which is not stored."""
    token = link_token()
    subject, text = words(kind, ticket, price.taxed, price.vat_bp, minutes, approver.language)
    draft = Draft(
        kind=kind,
        ticket_id=ticket.id,
        customer_id=ticket.customer_id,
        to_contact_id=approver.id,
        price=price.taxed,
        vat_bp=price.vat_bp,
        language=approver.language,
        subject=subject,
        text=text,
        text_version=TEXT_VERSION,
        valid_until=now + VALID,
        minutes=minutes,
        token_hash=token_hash(token, LINK_PURPOSE),
    )
    offer = create_offer(draft, by=by, now=now)
    ticket.offer_open = True
    # Who is asked may answer by mail: the colleague with the order right belongs to the ticket from now on.
    insert_new(Participant, ticket_id=ticket.id, address=approver.email, added_at=now)
    return offer, token


def words(
    kind: str, ticket: Ticket, price: Taxed, vat_bp: int, minutes: int | None, language: str
) -> tuple[str, str]:
    """Subject and text of an offer in the approver's language: exactly what is agreed to."""
    with speaking(language):
        figures = {
            "price": in_words(price, vat_bp),
            "number": ticket.id,
            "subject": ticket.subject,
        }
        if kind == "surcharge":
            return (
                gettext("Urgent handling of ticket #%(number)s", **figures),
                gettext(
                    "Urgent handling of ticket #%(number)s “%(subject)s”: a flat surcharge of %(price)s, "
                    "on top of the price of the work. "
                    "We give it priority over all other tickets as soon as you accept.",
                    **figures,
                ),
            )
        return (
            gettext("Support for ticket #%(number)s", **figures),
            gettext(
                "Support by a specialist for ticket #%(number)s “%(subject)s”: about %(minutes)s minutes, "
                "%(price)s. We charge the time that is really needed, "
                "at most this amount, and deduct it from your support credit or invoice it.",
                minutes=minutes,
                **figures,
            ),
        )


def _send(template: str, ticket: Ticket, offer: Offer, token: str, approver: Contact, now: datetime) -> None:
    settings = context().settings
    rendered = render(
        template,
        approver.language,
        number=ticket.id,
        name=approver.name,
        text=offer.text,
        examples=published_examples(approver.language) if template == "work-offer" else "",
        code=code_for(offer, approver.email),
        link=f"{settings.public_url}/offers/{token}",
        valid_until=offer.valid_until,
        vendor=settings.vendor_name,
    )
    put_in_outbox(
        rendered,
        key=f"offer:{offer.id}",
        ticket_id=ticket.id,
        mailbox=box_of(ticket.mailbox_id),
        to_address=approver.email,
        to_name=approver.name,
        language=approver.language,
        now=now,
        automatic=True,
    )

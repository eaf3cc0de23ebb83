"""Quotes for work in the customer's absence: written, sent, renewed, supplemented, done (product rule 3)."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from helpdesk.actions import credit_notices, offer_work
from helpdesk.actions.context import context
from helpdesk.actions.live_promises import live_book
from helpdesk.actions.send_mail import put_in_outbox
from helpdesk.billing import offers, quote_hold, quote_text, quotes
from helpdesk.billing.models import Offer
from helpdesk.billing.pricing import Taxed, UnitPrice, with_vat
from helpdesk.billing.queries import answer_of, offers_of, price_on, scopes, vat_rate
from helpdesk.billing.quote_models import Quote
from helpdesk.billing.quote_pdf import Head, paper
from helpdesk.billing.quote_queries import standing_of_quote
from helpdesk.billing.quote_rest import ACTIVITY, charge_rest
from helpdesk.billing.quotes import Content, content_of
from helpdesk.contracts.queries import coverage
from helpdesk.core.actors import Actor
from helpdesk.core.errors import Conflict, Forbidden, NotAllowedYet
from helpdesk.core.tokens import link_token, token_hash
from helpdesk.customers.models import Contact, Customer
from helpdesk.customers.queries import customer
from helpdesk.db import db, insert_new, insert_row, transaction
from helpdesk.i18n import speaking
from helpdesk.mail.queries import box
from helpdesk.mail.render import render
from helpdesk.tickets.models import Attachment, Participant, Ticket, locked, record, wait_for


@dataclass(frozen=True, slots=True)
class Priced:
    """A version's sums."""

    taxed: Taxed
    vat_bp: int


def draft(
    number: int, content: Content, *, by: Actor, now: datetime, supplement_to: int | None = None
) -> int:
    """Starts a quote on a ticket; returns the draft's id. Raises NotAllowedYet without a customer."""
    with transaction():
        ticket = locked(number)
        if ticket.customer_id is None:
            raise NotAllowedYet("Assign this ticket to a customer first.")
        quote = quotes.start(
            content,
            ticket_id=number,
            customer_id=ticket.customer_id,
            year=_year(now),
            agent_id=_agent(by),
            now=now,
            supplement_to=supplement_to,
        )
        record(number, "quote_drafted", by, now, quote=quote.name, net=quote.net.minor)
        return quote.id


def save(quote_id: int, content: Content, *, by: Actor) -> None:
    """Rewrites a draft. Raises Conflict when it was sent meanwhile."""
    _agent(by)
    with transaction():
        quotes.rewrite(_locked(quote_id)[0], content)


def send(quote_id: int, *, by: Actor, now: datetime) -> int:
    """Freezes the draft as an offer and mails it with page and PDF; returns the offer's id.

    An open version before it is replaced. Raises Conflict when it was sent already, NotAllowedYet when nobody
    of the customer may order this much.
    """
    _agent(by)
    with transaction():
        quote, ticket = _locked(quote_id)
        if quote.stage != "draft":
            raise Conflict("This version was sent. Make a new version to change it.")
        price, content = priced(quote), content_of(quote)
        approver = offer_work.approver_for(ticket, price.taxed.net)
        _replace_open_versions(quote, ticket)
        offer, token = _frozen(quote, content, price, approver, by, now)
        quote.offer_id, quote.stage = offer.id, "sent"
        _mail(quote, content, price, offer, token, ticket, approver, now)
        wait_for(ticket, "acceptance", now)
        ticket.offer_open = True
        ticket.updated_at = now
        record(ticket.id, "quote_sent", by, now, quote=quote.name, offer=offer.number, net=offer.net_minor)
        return offer.id


def withdraw(quote_id: int, *, by: Actor, now: datetime) -> None:
    """Discards a draft, or takes an open quote back; raises Conflict when it was answered."""
    with transaction():
        quote, ticket = _locked(quote_id)
        if quote.stage == "draft":
            quote.stage = "discarded"
            record(ticket.id, "quote_discarded", by, now, quote=quote.name)
        elif quote.offer_id is not None:
            offer_work.withdraw_offer(quote.offer_id, by=by, now=now)


def revise(quote_id: int, *, by: Actor, now: datetime) -> int:
    """A draft of the next version with the same lines; the version before stays open until it is sent."""
    with transaction():
        quote, ticket = _locked(quote_id)
        if standing_of_quote(quote, now) not in ("sent", "declined", "expired", "withdrawn", "superseded"):
            raise Conflict("An accepted quote is not changed. Write a supplement.")
        made = quotes.start(
            content_of(quote),
            ticket_id=ticket.id,
            customer_id=quote.customer_id,
            year=_year(now),
            agent_id=_agent(by),
            now=now,
            version_of=quote,
            supplement_to=quote.supplement_to_id,
        )
        record(ticket.id, "quote_drafted", by, now, quote=made.name, net=made.net.minor)
        return made.id


def renew(quote_id: int, *, by: Actor, now: datetime) -> int:
    """The late yes' one click: the same once more as a new version, sent at once. Returns its id.

    The customer said yes to something that had ended, so they are asked once more (OR 5).
    """
    with transaction():
        quote, _ticket = _locked(quote_id)
        if standing_of_quote(quote, now) != "expired":
            raise Conflict("Only a quote that has expired can be renewed.")
        if quote.offer is not None and quote.offer.state == "open":
            offers.expire(quote.offer.id, now)
        made = revise(quote_id, by=by, now=now)
        send(made, by=by, now=now)
        return made


def finish(quote_id: int, *, by: Actor, now: datetime) -> None:
    """The work is done: a fixed price is charged to its end, and nothing more can be logged under the quote.

    Raises Conflict before it was accepted, InsufficientCredit when nobody could pay.
    """
    with transaction():
        quote, ticket = _locked(quote_id)
        if standing_of_quote(quote, now) not in ("accepted", "in_work"):
            raise Conflict("Only an accepted quote can be done.")
        assert quote.offer is not None
        if quote.basis == "fixed":
            day = live_book().main.local_date(now)
            plan = coverage(quote.customer_id, day).plan
            with speaking(quote.language):
                charge_rest(quote, agent_id=_agent(by), by=by, day=day, now=now, plan=plan)
            db.session.refresh(quote.offer)
        answer = answer_of(quote.offer.id)
        if answer is not None:
            quote_hold.let_go(answer.id, by=by, now=now)
        credit_notices.tell_if_low(quote.customer_id, now=now)
        quote.stage = "done"
        record(
            ticket.id,
            "quote_done",
            by,
            now,
            quote=quote.name,
            net=quote.offer.used_minor,
        )


def bill(quote_id: int, *, by: Actor, now: datetime) -> None:
    """What was done is on an invoice or was paid from credit. Raises Conflict before it is done."""
    with transaction():
        quote, ticket = _locked(quote_id)
        if quote.stage != "done":
            raise Conflict("Only a quote that is done can be billed.")
        quote.stage = "billed"
        record(ticket.id, "quote_billed", by, now, quote=quote.name)


def priced(quote: Quote) -> Priced:
    """The sums of a version with the customer's VAT."""
    listed = hourly(quote.customer_id, quote.created_at, quote.currency)
    vat_bp = vat_rate(quote.customer_id, customer(quote.customer_id).country, listed.vat_bp)
    return Priced(with_vat(quote.net, vat_bp), vat_bp)


def hourly(customer_id: int | None, at: datetime, currency: str = "CHF") -> UnitPrice:
    """What work by quote costs this customer at that time: their own price, their plan's, everybody's."""
    day = live_book().main.local_date(at)
    plan = coverage(customer_id, day).plan
    return price_on(ACTIVITY, day, currency, scopes(customer_id, plan)).price


def words(quote: Quote) -> tuple[str, str]:
    """Subject and text as the customer would read them now, in the quote's language."""
    price = priced(quote)
    with speaking(quote.language):
        return (
            quote_text.subject(quote.name, quote.title),
            quote_text.text(content_of(quote), price.taxed, price.vat_bp),
        )


def document(quote: Quote, now: datetime) -> bytes:
    """The version as PDF: as it was sent, or as it would be sent now."""
    offer = quote.offer
    made_at = offer.created_at if offer else now
    return _paper(
        quote, content_of(quote), _sums(quote), made_at, offer.valid_until if offer else _until(quote, now)
    )


def _sums(quote: Quote) -> Priced:
    offer = quote.offer
    return Priced(Taxed(offer.net, offer.vat, offer.gross), offer.vat_bp) if offer else priced(quote)


def _locked(quote_id: int) -> tuple[Quote, Ticket]:
    ticket = locked(quotes.by_id(quote_id).ticket_id)
    return quotes.by_id(quote_id), ticket


def _agent(by: Actor) -> int:
    if by.kind != "agent" or by.id is None:
        raise Forbidden("Only an agent can write a quote.")
    return by.id


def _year(now: datetime) -> int:
    return live_book().main.local_date(now).year


def _until(quote: Quote, now: datetime) -> datetime:
    """23:59 of the last day in the vendor's zone (money_and_booking.md B6)."""
    zone = live_book().main.zone
    last = live_book().main.local_date(now) + timedelta(days=quote.valid_days)
    return datetime(last.year, last.month, last.day, 23, 59, tzinfo=zone)


def _replace_open_versions(quote: Quote, ticket: Ticket) -> None:
    for old in offers_of(ticket.id):
        if old.kind == "quote" and old.state == "open" and old.number.startswith(f"{quote.number} v"):
            offers.withdraw(old.id, superseded=True)


def _frozen(
    quote: Quote, content: Content, price: Priced, approver: Contact, by: Actor, now: datetime
) -> tuple[Offer, str]:
    token = link_token()
    subject, text = words(quote)
    sealed = offers.Draft(
        kind="quote",
        ticket_id=quote.ticket_id,
        customer_id=quote.customer_id,
        to_contact_id=approver.id,
        price=price.taxed,
        vat_bp=price.vat_bp,
        language=quote.language,
        subject=subject,
        text=text,
        text_version=quote_text.TEXT_VERSION,
        valid_until=_until(quote, now),
        minutes=sum(line.minutes or 0 for line in content.lines) or None,
        token_hash=token_hash(token, offer_work.LINK_PURPOSE),
        number=quote.name,
    )
    insert_new(Participant, ticket_id=quote.ticket_id, address=approver.email, added_at=now)
    return offers.create_offer(sealed, by=by, now=now), token


def _mail(
    quote: Quote,
    content: Content,
    price: Priced,
    offer: Offer,
    token: str,
    ticket: Ticket,
    approver: Contact,
    now: datetime,
) -> None:
    settings = context().settings
    pdf = _paper(quote, content, price, now, offer.valid_until)
    file = {
        "filename": f"{quote.name.replace(' ', '-')}.pdf",
        "content_type": "application/pdf",
        "size": len(pdf),
        "sha256": context().files.put(pdf),
    }
    rendered = render(
        "quote-offer",
        quote.language,
        number=ticket.id,
        name=approver.name,
        what=offer.subject,
        text=offer.text,
        code=offer_work.code_for(offer, approver.email),
        link=f"{settings.public_url}/offers/{token}",
        valid_until=offer.valid_until,
        vendor=settings.vendor_name,
    )
    _outgoing, message_id = put_in_outbox(
        rendered,
        key=f"offer:{offer.id}",
        ticket_id=ticket.id,
        mailbox=box(ticket.mailbox_id),
        to_address=approver.email,
        to_name=approver.name,
        language=quote.language,
        now=now,
        automatic=True,
        attachments=[file],
    )
    insert_row(Attachment, message_id=message_id, **file)


def _paper(quote: Quote, content: Content, price: Priced, made_at: datetime, valid_until: datetime) -> bytes:
    settings, payer = context().settings, customer(quote.customer_id)
    head = Head(
        name=quote.name,
        vendor=settings.vendor_name,
        customer=payer.name,
        address=_address(payer),
        ticket_id=quote.ticket_id,
        made_at=made_at,
        valid_until=valid_until,
    )
    with speaking(quote.language, live_book().main.zone):
        return paper(head, content, price.taxed, price.vat_bp)


def _address(payer: Customer) -> str:
    street = " ".join(filter(None, (payer.street, payer.house_number)))
    town = " ".join(filter(None, (payer.postcode, payer.town)))
    return "\n".join(filter(None, (street, town)))

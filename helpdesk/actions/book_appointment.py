"""Booking with an obligation to pay: slot, hold on the credit, terms, ticket and mail in one transaction."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from helpdesk.actions import appointment_mail, booking_price
from helpdesk.actions.booking_price import Cost
from helpdesk.actions.context import context
from helpdesk.actions.hold_slot import MANAGE, PROOF
from helpdesk.actions.send_letter import credit_link
from helpdesk.billing import ledger
from helpdesk.billing.agreement import Approver, may_accept
from helpdesk.billing.offers import Draft, Evidence, create_offer, record_answer
from helpdesk.booking import appointments, queries
from helpdesk.booking.cancelling import free_until
from helpdesk.booking.models import Appointment, Terms, TermsAcceptance
from helpdesk.contracts.queries import coverage
from helpdesk.core.actors import Actor
from helpdesk.core.errors import Conflict, Forbidden, InvalidInput, NotFound, TooManyTries
from helpdesk.core.money import Money
from helpdesk.core.tokens import token_hash
from helpdesk.customers.models import Contact, Customer, ensure_contact
from helpdesk.customers.queries import next_customer_number
from helpdesk.db import db, insert_row, transaction
from helpdesk.i18n import amount, gettext, lazy, speaking, spoken_moment
from helpdesk.i18n import appointment as appointment_time
from helpdesk.mail.queries import Box, mailboxes
from helpdesk.tickets.models import Participant, Ticket, TicketMessage, locked_current, record, resume

#: The wording of what is agreed to; raise it when the text below changes, evidence keeps the old number.
TEXT_VERSION = "booking-2026-11"
#: More sessions ahead than this is hoarding; without a subscription it is one after the other.
MAX_AHEAD, MAX_AHEAD_WITHOUT = 5, 1
#: How long the offer that is accepted by the same click would stand.
_VALID = timedelta(minutes=5)
_NOT_YOU = lazy("You may not order for your company. Ask a colleague who may, or write to us.")
_SENTENCES = {
    "may_not_order": _NOT_YOU,
    "above_limit": lazy("This is more than you may order for your company. Ask a colleague, or write to us."),
    "other_customer": _NOT_YOU,
}


@dataclass(frozen=True, slots=True)
class Check:
    """The last page: what is booked, by whom, for how much, under which terms; a stranger is no contact."""

    appointment: Appointment
    contact: Contact | None
    customer: Customer | None
    cost: Cost
    free_until: datetime
    terms: Terms


@dataclass(frozen=True, slots=True)
class Consent:
    """What the visitor clicked, and from where."""

    terms_id: int
    accepted: bool
    ip: str = ""
    user_agent: str = ""


def check(token: str, now: datetime) -> Check:
    """What stands on the page behind the mailed link; changes nothing. Raises NotFound."""
    row = queries.by_hash("proof_hash", token_hash(token, PROOF))
    if row.state in ("hold", "expired") and row.starts_at <= now:
        raise NotFound("This link does not open anything.")
    contact = _known(row.email)
    customer = contact.customer if contact else None
    return Check(
        row,
        contact,
        customer,
        booking_price.cost(row.service, customer, now),
        free_until(row.starts_at, row.service.free_hours),
        queries.accepted_terms(row.id) or queries.newest_terms(row.language),
    )


def book(token: str, consent: Consent, now: datetime) -> Appointment:
    """Books what is held, once: a second click finds it booked and changes nothing.

    Raises InvalidInput without the terms accepted, Conflict when the time was taken meanwhile,
    InsufficientCredit when nothing can pay, Forbidden for a contact who may not order that much.
    """
    with transaction():
        found = check(token, now).appointment
        if found.ticket_id is not None:
            locked_current(found.ticket_id)  # before the row, as everybody who bills on it
        row = appointments.locked(found.id)
        if row.state not in ("hold", "expired"):
            return row
        seen = check(token, now)
        _agreed(seen, consent)
        contact, customer = _who(row, now)
        cost = booking_price.cost(row.service, customer, now)
        net = cost.price.net
        _may(contact, customer, net, now)
        box = _box()
        row.contact_id, row.customer_id = contact.id, customer.id
        row.ticket_id = _ticket(row, contact, box, now)
        by = Actor("contact", contact.id, row.name)
        _accept(row, seen, cost, consent, by, now)
        row.hold_key = _hold(row, net, by, now)
        row.net_minor, row.fee_minor, row.currency = net.minor, cost.fee.minor, net.currency
        row.free_until, row.booked_at, row.address = seen.free_until, now, ""
        row.manage_hash = token_hash(appointment_mail.manage_token(row), MANAGE)
        db.session.flush()
        appointments.take_again(row, [row.agent_id], row.starts_at, now=now, state="confirmed")
        record(
            row.ticket_id,
            "appointment_booked",
            by,
            now,
            starts=row.starts_at.isoformat(),
            agent=row.agent.name,
        )
        appointment_mail.confirm(row, cost, now)
        return row


def top_up_link(token: str, now: datetime) -> str | None:
    """Where who proved their address buys credit for this session; None for who may not order."""
    seen = check(token, now)
    if seen.contact is None or seen.customer is None or not seen.contact.may_order:
        return None
    with transaction():
        return credit_link(seen.contact, seen.customer.id, now)


def _known(email: str) -> Contact | None:
    return db.session.query(Contact).filter_by(email=email).one_or_none() if email else None


def _agreed(seen: Check, consent: Consent) -> None:
    if consent.terms_id != seen.terms.id:
        raise Conflict("The terms and conditions have changed. Read them again before you book.")
    if not consent.accepted:
        raise InvalidInput("Accept the terms and conditions to book.", field="terms")


def _who(row: Appointment, now: datetime) -> tuple[Contact, Customer]:
    """The contact and the customer who books; somebody new becomes a customer of their own."""
    contact = ensure_contact(row.email, row.name, row.language, now)
    if contact.customer_id is None:
        contact.customer_id = _new_customer(row, contact, now)
        db.session.flush()
        db.session.refresh(contact)
    contact.name = contact.name or row.name
    assert contact.customer is not None
    return contact, contact.customer


def _new_customer(row: Appointment, contact: Contact, now: datetime) -> int:
    if not row.company:
        raise InvalidInput("Write the name of your company: the invoice goes there.", field="company")
    contact.may_order, contact.order_limit_minor = True, ledger.INVOICE_LIMIT.minor
    return insert_row(
        Customer,
        number=next_customer_number(),
        name=row.company,
        segment="other",
        language=row.language,
        country="CH",
        created_at=now,
    )


def _may(contact: Contact, customer: Customer, net: Money, now: datetime) -> None:
    """Raises Forbidden for who may not order that much, TooManyTries for who has many sessions ahead."""
    approver = Approver(
        contact.customer_id, contact.may_order, Money(contact.order_limit_minor, net.currency)
    )
    # The link of the mail is the proof that the address is theirs.
    decision = may_accept(approver, net, customer_id=customer.id, authenticated=True, right_thread=True)
    if not decision.allowed:
        raise Forbidden(_SENTENCES[decision.code])
    today = now.astimezone(context().settings.zone).date()
    most = MAX_AHEAD if coverage(customer.id, today).active else MAX_AHEAD_WITHOUT
    if queries.ahead_of(customer.id, now) >= most:
        raise TooManyTries("Your company has several appointments ahead. Write to us for more.")


def _ticket(row: Appointment, contact: Contact, box: Box, now: datetime) -> int:
    """The case of the session, with what the customer wrote, in the specialist's hands.

    A time that was offered on a ticket stays there; what was agreed to makes that one paid support.
    """
    if row.ticket_id is not None:
        return _same_ticket(row, contact, now)
    number = insert_row(
        Ticket,
        subject=row.subject,
        status="open",
        mailbox_id=box.id,
        customer_id=contact.customer_id,
        contact_id=contact.id,
        assignee_id=row.agent_id,
        language=row.language,
        label="support",
        label_source="rule",
        created_at=now,
        updated_at=now,
    )
    insert_row(Participant, ticket_id=number, address=contact.email, added_at=now)
    text = "\n\n".join(filter(None, (row.details, row.phone)))
    insert_row(
        TicketMessage,
        ticket_id=number,
        kind="incoming",
        contact_id=contact.id,
        from_name=row.name,
        from_address=contact.email,
        subject=row.subject,
        body=text,
        new_text=text,
        language=row.language,
        created_at=now,
    )
    record(number, "opened", Actor("contact", contact.id, row.name), now, label="support", why="appointment")
    return number


def _same_ticket(row: Appointment, contact: Contact, now: datetime) -> int:
    assert row.ticket_id is not None
    ticket = locked_current(row.ticket_id)
    if ticket.customer_id != contact.customer_id:
        raise NotFound("This link does not open anything.")
    if ticket.status != "open":
        resume(ticket, now)
    ticket.label, ticket.assignee_id, ticket.updated_at = "support", row.agent_id, now
    return ticket.id


def _accept(row: Appointment, seen: Check, cost: Cost, consent: Consent, by: Actor, now: datetime) -> None:
    """Keeps what was agreed to, as for every other price (B4): frozen text, amounts, the click, the terms."""
    assert row.ticket_id is not None
    with speaking(row.language):
        subject = gettext("Appointment: %(service)s", service=row.service.named(row.language))
        text = _text(row, seen, cost)
    offer = create_offer(
        Draft(
            kind="work",
            ticket_id=row.ticket_id,
            customer_id=row.customer_id,
            to_contact_id=row.contact_id,
            price=cost.price,
            vat_bp=cost.vat_bp,
            language=row.language,
            subject=subject,
            text=text,
            text_version=TEXT_VERSION,
            valid_until=now + _VALID,
            minutes=row.service.minutes,
        ),
        by=by,
        now=now,
    )
    evidence = Evidence(
        "page",
        contact_id=row.contact_id,
        name=row.name,
        words=f"terms {seen.terms.number} {seen.terms.language} {seen.terms.sha256}",
        ip=consent.ip[:45],
        user_agent=consent.user_agent[:300],
    )
    record_answer(offer.id, True, evidence, now=now)
    insert_row(
        TermsAcceptance,
        appointment_id=row.id,
        terms_id=seen.terms.id,
        sha256=seen.terms.sha256,
        at=now,
        name=row.name,
        ip=consent.ip[:45],
        user_agent=consent.user_agent[:300],
    )


def _text(row: Appointment, seen: Check, cost: Cost) -> str:
    lines = (
        gettext(
            "%(when)s, %(n)s minutes, with %(agent)s.",
            when=appointment_time(row.starts_at),
            n=row.service.minutes,
            agent=row.agent.name,
        ),
        gettext("The time really needed is charged, at most %(net)s excl. VAT.", net=amount(cost.price.net)),
        gettext(
            "Free to cancel or move until %(until)s. After that, or if nobody comes, it costs %(fee)s.",
            until=spoken_moment(seen.free_until),
            fee=amount(cost.fee),
        ),
        gettext("Terms and conditions, version %(n)s.", n=seen.terms.number),
    )
    return "\n".join(lines)


def _hold(row: Appointment, net: Money, by: Actor, now: datetime) -> str:
    """Reserves the price on what will pay for it; released or charged when the session is over (B7)."""
    assert row.customer_id is not None
    return ledger.reserve(
        f"appointment:{row.id}",
        debit=booking_price.payer(row.customer_id, net, now),
        credit=ledger.open_account("revenue_work", net.currency, now=now),
        amount=net,
        cause="appointment",
        cause_ref=str(row.id),
        ticket_id=row.ticket_id,
        by=by,
        now=now,
    )


def _box() -> Box:
    """The mailbox that the appointment's mails come from; raises NotFound where none is set up."""
    found = next(iter(mailboxes().values()), None)
    if found is None:
        raise NotFound("No mailbox is set up yet.")
    return found

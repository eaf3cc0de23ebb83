"""What the clock writes about credit: before it expires, and each month's statement to who wants it."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import NamedTuple

from sqlalchemy import select

from helpdesk.actions.live_promises import live_book
from helpdesk.actions.send_letter import credit_link, write_letter
from helpdesk.billing.lot_models import CreditLot
from helpdesk.billing.lots import owner_of
from helpdesk.billing.terms_models import BillingTerms
from helpdesk.core.money import Money
from helpdesk.customers.models import Customer
from helpdesk.customers.queries import who_may_order
from helpdesk.db import db, transaction
from helpdesk.mail.queries import was_written

#: Days before credit expires on which that is told (money_and_booking.md B4), the last one first.
NOTICES = (7, 30, 60)
#: No statement leaves in the night after the month: wall time in the office's zone.
STATEMENTS_FROM = 8
_MOST = 500


class Monthly(NamedTuple):
    """A statement on paper: its file name, its content, and what is left at its end."""

    filename: str
    pdf: bytes
    closing: Money


def tell_of_expiry(now: datetime) -> int:
    """Tells who may order that credit expires soon, each of the NOTICES once a lot; returns how many."""
    written = 0
    with transaction():
        soon = db.session.scalars(
            select(CreditLot)
            .where(
                CreditLot.expires_at > now,
                CreditLot.expires_at <= now + timedelta(days=max(NOTICES)),
                CreditLot.used_minor + CreditLot.held_minor < CreditLot.bought_minor,
            )
            .order_by(CreditLot.expires_at, CreditLot.id)
            .limit(_MOST)
        ).all()
        for lot in soon:
            days = _reached(lot, now)
            if days is not None:
                written += _tell(lot, days, now)
    return written


def _reached(lot: CreditLot, now: datetime) -> int | None:
    """The smallest notice that is due; none of those that were over when the credit was bought."""
    assert lot.expires_at is not None
    for days in NOTICES:
        due = lot.expires_at - timedelta(days=days)
        if due <= now:
            return days if lot.paid_at < due else None
    return None


def _tell(lot: CreditLot, days: int, now: datetime) -> int:
    assert lot.expires_at is not None
    owner = owner_of(lot)
    # With the date: after an extension the notices begin anew.
    key = f"credit-expires:{lot.id}:{live_book().main.local_date(lot.expires_at):%Y%m%d}:{days}"
    written = 0
    for contact in who_may_order(owner):
        if was_written(f"{key}:{contact.id}"):
            continue
        link = credit_link(contact, owner, now)
        written += write_letter(
            "credit-expires", key, contact, left=lot.rest, expires_at=lot.expires_at, link=link, now=now
        )
    return written


def send_statements(make: Callable[[Customer, date, date], Monthly | None], *, now: datetime) -> int:
    """Mails last month's statement to who may order of the customers that want it; returns how many mails.

    `make` draws one, or says None where nothing is worth a mail. Each leaves once, however often this runs.
    """
    office = live_book().main
    today = office.local_date(now)
    if today.day == 1 and now.astimezone(office.zone).hour < STATEMENTS_FROM:
        return 0
    last = today.replace(day=1) - timedelta(days=1)
    first = last.replace(day=1)
    wanting = db.session.scalars(
        select(Customer)
        .join(BillingTerms, BillingTerms.customer_id == Customer.id)
        .where(BillingTerms.statements)
        .order_by(Customer.id)
        .limit(_MOST)
    ).all()
    return sum(_send(customer, first, last, make, now) for customer in wanting)


def _send(
    customer: Customer,
    first: date,
    last: date,
    make: Callable[[Customer, date, date], Monthly | None],
    now: datetime,
) -> int:
    key = f"credit-statement:{customer.id}:{first:%Y%m}"
    missing = [each for each in who_may_order(customer.id) if not was_written(f"{key}:{each.id}")]
    made = make(customer, first, last) if missing else None
    if made is None:
        return 0
    with transaction():
        return sum(
            write_letter(
                "credit-statement",
                key,
                contact,
                attachments=[(made.filename, "application/pdf", made.pdf)],
                first=first,
                last=last,
                closing=made.closing,
                link=credit_link(contact, customer.id, now),
                now=now,
            )
            for contact in missing
        )

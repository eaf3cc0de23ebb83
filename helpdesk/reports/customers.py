"""Customers as agents see them: the list, and one customer with everything that belongs to them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, or_, select

from helpdesk.billing.queries import Line, account_of, statement
from helpdesk.contracts.models import Subscription
from helpdesk.customers.models import Contact, Customer
from helpdesk.db import db
from helpdesk.reports.credit import Credit, credits_of
from helpdesk.tickets.queue_queries import plans

PAGE = 50


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the list."""

    customer: Customer
    plan: str | None
    on_premise: bool
    credit: Credit | None


@dataclass(frozen=True, slots=True)
class Profile:
    """One customer; subscriptions newest first, bookings newest first."""

    customer: Customer
    contacts: Sequence[Contact]
    subscriptions: Sequence[Subscription]
    credit: Credit | None
    bookings: Sequence[Line]


def customers_page(words: str, day: date, after: str | None = None) -> tuple[Sequence[Entry], str | None]:
    """Customers by name, all or those whose name, number or contact's address contains the words.

    `after` is the mark that the page before gave: name and id of its last line.
    """
    query = select(Customer).where(Customer.archived_at.is_(None)).order_by(Customer.name, Customer.id)
    if words:
        pattern = "%" + words.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"
        addressed = select(Contact.customer_id).where(Contact.email.ilike(pattern, escape="\\"))
        query = query.where(
            or_(
                Customer.name.ilike(pattern, escape="\\"),
                Customer.number.ilike(pattern, escape="\\"),
                Customer.id.in_(addressed),
            )
        )
    if after:
        number, _, name = after.partition(".")
        if number.isascii() and number.isdigit() and len(number) < 10:
            same = (Customer.name == name) & (Customer.id > int(number))
            query = query.where(or_(Customer.name > name, same))
    rows = db.session.scalars(query.limit(PAGE + 1)).all()
    shown = rows[:PAGE]
    mark = f"{shown[-1].id}.{shown[-1].name}" if len(rows) > PAGE else None
    return _entries(shown, day), mark


def profile(customer: Customer) -> Profile:
    """Everything about one customer that the page shows."""
    account = account_of(customer.id)
    return Profile(
        customer,
        db.session.scalars(
            select(Contact)
            .where(Contact.customer_id == customer.id)
            .order_by(Contact.may_order.desc(), func.lower(Contact.name), Contact.id)
            .limit(200)
        ).all(),
        db.session.scalars(
            select(Subscription)
            .where(Subscription.customer_id == customer.id)
            .order_by(Subscription.valid_from.desc(), Subscription.id.desc())
        ).all(),
        credits_of([customer.id]).get(customer.id),
        statement(account) if account is not None else [],
    )


def _entries(rows: Sequence[Customer], day: date) -> list[Entry]:
    ids = [row.id for row in rows]
    covered, credit = plans(ids, day), credits_of(ids)
    entries = []
    for row in rows:
        plan, deployment = covered.get(row.id, (None, None))
        entries.append(Entry(row, plan, deployment == "on_premise", credit.get(row.id)))
    return entries

"""Reads about customers and contacts."""

from collections.abc import Collection

from sqlalchemy import and_, func, or_, select

from helpdesk.core.errors import NotFound
from helpdesk.customers.models import Contact, Customer
from helpdesk.db import db


def contact(contact_id: int) -> Contact:
    """The contact; raises NotFound."""
    found = db.session.get(Contact, contact_id)
    if found is None:
        raise NotFound("There is no such contact.")
    return found


def customer(customer_id: int) -> Customer:
    """The customer; raises NotFound."""
    found = db.session.get(Customer, customer_id)
    if found is None:
        raise NotFound("There is no such customer.")
    return found


def customer_by_number(number: str) -> int | None:
    """The id of the customer with this number; None where there is none."""
    return db.session.scalar(select(Customer.id).where(Customer.number == number))


def customer_names(ids: Collection[int]) -> dict[int, tuple[str, str]]:
    """Number and name of these customers; without a query where none is asked for."""
    if not ids:
        return {}
    rows = db.session.execute(
        select(Customer.id, Customer.number, Customer.name).where(Customer.id.in_(ids))
    ).all()
    return {row.id: (row.number, row.name) for row in rows}


def next_customer_number() -> str:
    """The number for the next customer: K-1001, K-1002, ..."""
    highest = db.session.scalar(select(func.max(Customer.id))) or 0
    return f"K-{1001 + highest}"


def who_may_order(customer_id: int | None, asked: int | None = None) -> list[Contact]:
    """The customer's contacts with the order right, and whoever was asked, each once."""
    ordering = and_(Contact.customer_id == customer_id, Contact.may_order)
    query = select(Contact).where(or_(ordering, Contact.id == asked)).order_by(Contact.id).limit(50)
    return list(db.session.scalars(query))

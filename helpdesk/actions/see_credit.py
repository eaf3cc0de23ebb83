"""A customer's view of their credit through the link in a mail: the rest, what happened, and buying more."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select

from helpdesk.actions.manage_invoices import invoice_pdf, sell_credit
from helpdesk.actions.send_letter import LINK_PURPOSE
from helpdesk.billing import queries
from helpdesk.billing.credit_products import PACKAGES, Product, product
from helpdesk.billing.invoice_models import Invoice
from helpdesk.billing.pricing import Taxed, vat_for, with_vat
from helpdesk.billing.terms_models import CreditLink
from helpdesk.contracts.queries import coverage
from helpdesk.core.actors import Actor
from helpdesk.core.errors import Forbidden, InvalidInput, NotFound
from helpdesk.core.tokens import token_hash
from helpdesk.customers.models import Contact, Customer
from helpdesk.db import db


@dataclass(frozen=True, slots=True)
class Visit:
    """Who opened the link, and whose credit it shows."""

    customer: Customer
    contact: Contact


@dataclass(frozen=True, slots=True)
class Offered:
    """A package with its price, net and gross."""

    product: Product
    name: str
    price: Taxed


def visit(token: str, now: datetime) -> Visit:
    """The people behind a link; raises NotFound for one that opens nothing or nothing any more (P1)."""
    row = db.session.execute(
        select(CreditLink, Customer, Contact)
        .join(Customer, Customer.id == CreditLink.customer_id)
        .join(Contact, Contact.id == CreditLink.contact_id)
        .where(CreditLink.token_hash == token_hash(token, LINK_PURPOSE), CreditLink.expires_at > now)
    ).one_or_none()
    if row is None or row.Contact.customer_id != row.Customer.id:
        raise NotFound("This link does not open anything.")
    return Visit(row.Customer, row.Contact)


def products(customer: Customer, day: date, business: bool) -> list[Offered]:
    """What the customer can buy today, each with its VAT; `business` as their terms say."""
    whose = queries.scopes(customer.id, coverage(customer.id, day).plan)
    listed = queries.prices_on(tuple(PACKAGES), day, whose=whose)
    found = [
        product(code, None, lambda code, *_: listed[code], day, whose) for code in PACKAGES if code in listed
    ]
    return [
        Offered(
            each,
            each.spoken(),
            with_vat(each.net, vat_for(customer.country, each.vat_bp, business=business)),
        )
        for each in found
    ]


def buy(token: str, code: str, *, name: str, key: str, now: datetime) -> Invoice:
    """Orders a package by the link; the invoice leaves by mail and the credit counts when it is paid.

    Raises Forbidden for a contact who may not order, InvalidInput without a name.
    """
    here = visit(token, now)
    if not here.contact.may_order:
        raise Forbidden("You may look at this credit, and not order for your company.")
    if sum(map(str.isalpha, name)) < 2:
        raise InvalidInput("Write your first and last name, so that we know who decided.", field="name")
    if code not in PACKAGES:
        raise InvalidInput("There is no such product.", field="product")
    by = Actor("contact", here.contact.id, name.strip()[:160])
    return sell_credit(here.customer.id, code, None, key=f"page:{key}"[:90], by=by, now=now)


def document(token: str, invoice_id: int, now: datetime) -> tuple[str, bytes]:
    """The PDF of one of the customer's own invoices; raises NotFound for anybody else's (P1)."""
    here = visit(token, now)
    owner = db.session.scalar(select(Invoice.customer_id).where(Invoice.id == invoice_id))
    if owner != here.customer.id:
        raise NotFound("There is no such invoice.")
    return invoice_pdf(invoice_id)

"""Customers, their contacts, what they subscribe to, and what their contract lets us do without asking."""

from collections.abc import Mapping
from datetime import date, datetime

from sqlalchemy import select

from helpdesk.accounts.queries import agent_by_id
from helpdesk.billing.models import StandingAuthorisation
from helpdesk.contracts.models import Subscription
from helpdesk.core.actors import Actor
from helpdesk.core.addresses import normalise
from helpdesk.core.errors import Conflict, Forbidden, InvalidInput
from helpdesk.core.languages import LANGUAGES
from helpdesk.core.money import Money
from helpdesk.customers.models import Contact, Customer
from helpdesk.customers.queries import customer, next_customer_number
from helpdesk.db import db, insert_row, transaction

KINDS = ("update", "cloud")
DEPLOYMENTS = ("cloud", "on_premise")
# Of a customer's postal address; the lengths are the table's.
_PLACE = {"street": 70, "house_number": 16, "postcode": 16, "town": 35, "phone": 40, "vat_id": 30}


def add_customer(
    name: str,
    *,
    language: str,
    country: str = "CH",
    segment: str = "other",
    place: Mapping[str, str] | None = None,
    by: Actor,
    now: datetime,
) -> int:
    """Adds an organisation with the next free number; returns its id.

    `place` may hold street, house_number, postcode, town, phone and vat_id.
    """
    _only_us(by)
    details = dict(place or {})
    if details.keys() - _PLACE.keys():
        raise InvalidInput("This is no part of a customer's address.")
    if not name.strip():
        raise InvalidInput("Write the name of the customer.", field="name")
    if language not in LANGUAGES:
        raise InvalidInput("Choose one of the languages in the list.", field="language")
    if len(country) != 2 or not country.isalpha():
        raise InvalidInput("Write the country as two letters: CH, DE, SE.", field="country")
    with transaction():
        return insert_row(
            Customer,
            number=next_customer_number(),
            name=name.strip()[:160],
            segment=segment.strip()[:40] or "other",
            language=language,
            country=country.upper(),
            created_at=now,
            **{part: text.strip()[: _PLACE[part]] for part, text in details.items()},
        )


def add_contact(
    customer_id: int,
    email: str,
    name: str,
    *,
    language: str | None = None,
    phone: str = "",
    order_limit: Money | None = None,
    by: Actor,
    now: datetime,
) -> int:
    """Adds a person of the customer and returns the row's id.

    With an `order_limit` they may accept offers up to that amount, without VAT. Somebody who has written
    already and belongs to no customer yet becomes this one's. Raises Conflict for another customer's contact.
    """
    _only_us(by)
    address = normalise(email)
    if order_limit is not None and order_limit.minor <= 0:
        raise InvalidInput("Write an amount above zero.", field="order_limit")
    with transaction():
        owner = customer(customer_id)
        values = {
            "customer_id": owner.id,
            "name": name.strip()[:160],
            "language": _spoken(language or owner.language),
            "phone": phone.strip()[:40],
            "may_order": order_limit is not None,
            "order_limit_minor": order_limit.minor if order_limit else 0,
        }
        known = db.session.scalar(select(Contact).where(Contact.email == address))
        if known is None:
            return insert_row(Contact, email=address, created_at=now, **values)
        if known.customer_id is not None:
            raise Conflict("This e-mail address belongs to a customer already.")
        for column, value in values.items():
            setattr(known, column, value)
        return known.id


def add_subscription(
    customer_id: int,
    kind: str,
    plan: str,
    *,
    deployment: str | None = None,
    valid_from: date,
    valid_until: date | None = None,
    assigned_agent_id: int | None = None,
    by: Actor,
) -> int:
    """Adds an update or cloud subscription, in force on both days named; returns the row's id.

    Without a `deployment` an update subscription is for an installation on the customer's premises.
    """
    _only_us(by)
    place = deployment or ("cloud" if kind == "cloud" else "on_premise")
    if kind not in KINDS or place not in DEPLOYMENTS or not plan.strip():
        raise InvalidInput("There is no such subscription.")
    if valid_until is not None and valid_until < valid_from:
        raise InvalidInput("The last day lies before the first.", field="valid_until")
    with transaction():
        if assigned_agent_id is not None and not agent_by_id(assigned_agent_id).active:
            raise InvalidInput("This person cannot take tickets.", field="assigned_agent_id")
        return insert_row(
            Subscription,
            customer_id=customer(customer_id).id,
            kind=kind,
            plan=plan.strip()[:20],
            deployment=place,
            valid_from=valid_from,
            valid_until=valid_until,
            assigned_agent_id=assigned_agent_id,
        )


def grant_standing_authorisation(
    customer_id: int,
    amount: Money,
    *,
    a_month: Money | None = None,
    reference: str,
    granted_by: str,
    valid_from: date,
    valid_until: date | None = None,
    by: Actor,
    now: datetime,
) -> int:
    """Records a contract's word that support up to `amount` a case, without VAT, needs no question (B4).

    `a_month` limits all cases of a calendar month together; it is at least `amount`. `reference` names the
    paper that says so, `granted_by` who signed it; returns the row's id.
    """
    _only_us(by)
    if amount.minor <= 0:
        raise InvalidInput("Write an amount above zero.", field="amount")
    if a_month is not None and (a_month < amount or a_month.currency != amount.currency):
        raise InvalidInput("The amount a month must be at least the amount a case.", field="a_month")
    if not reference.strip() or not granted_by.strip():
        raise InvalidInput("Write which paper says so, and who signed it.", field="reference")
    if valid_until is not None and valid_until < valid_from:
        raise InvalidInput("The last day lies before the first.", field="valid_until")
    with transaction():
        return insert_row(
            StandingAuthorisation,
            customer_id=customer(customer_id).id,
            amount_minor=amount.minor,
            month_minor=a_month.minor if a_month else None,
            currency=amount.currency,
            valid_from=valid_from,
            valid_until=valid_until,
            reference=reference.strip()[:200],
            granted_by=granted_by.strip()[:160],
            created_at=now,
        )


def _only_us(by: Actor) -> None:
    if by.kind == "contact":
        raise Forbidden("Customers cannot change this themselves.")


def _spoken(language: str) -> str:
    if language not in LANGUAGES:
        raise InvalidInput("Choose one of the languages in the list.", field="language")
    return language

"""A contract's standing word: support up to an amount a case, and a month, without asking each time (B4)."""

from datetime import date, datetime

from sqlalchemy import select

from helpdesk.actions.live_promises import live_book
from helpdesk.billing.models import StandingAuthorisation
from helpdesk.core.actors import Actor
from helpdesk.core.errors import Forbidden, InvalidInput, NotFound
from helpdesk.core.money import Money
from helpdesk.customers.queries import customer
from helpdesk.db import db, insert_row, transaction


def grant(
    customer_id: int,
    amount: Money,
    *,
    month: Money | None,
    valid_from: date,
    valid_until: date | None,
    reference: str,
    granted_by: str,
    by: Actor,
    now: datetime,
) -> int:
    """Records what the contract says; returns the row's id. It never covers urgency or quotes.

    Raises InvalidInput without the paper that says so and the person who signed it.
    """
    if by.kind != "agent":
        raise Forbidden("Only an agent can record this.")
    if amount.minor <= 0:
        raise InvalidInput("Write an amount above zero.", field="amount")
    if month is not None and month < amount:
        raise InvalidInput("The month must allow at least one case.", field="month")
    if valid_until is not None and valid_until < valid_from:
        raise InvalidInput("The last day is before the first.", field="valid_until")
    if not reference.strip():
        raise InvalidInput("Write which paper says so: contract and page.", field="reference")
    if not granted_by.strip():
        raise InvalidInput("Write who signed it for the customer.", field="granted_by")
    with transaction():
        return insert_row(
            StandingAuthorisation,
            customer_id=customer(customer_id).id,
            amount_minor=amount.minor,
            month_minor=month.minor if month else None,
            currency=amount.currency,
            valid_from=valid_from,
            valid_until=valid_until,
            reference=reference.strip()[:200],
            granted_by=granted_by.strip()[:160],
            created_at=now,
        )


def end(customer_id: int, authorisation_id: int, *, by: Actor, now: datetime) -> None:
    """Today is its last day; what was charged under it stays."""
    if by.kind != "agent":
        raise Forbidden("Only an agent can record this.")
    with transaction():
        found = db.session.get(StandingAuthorisation, authorisation_id)
        if found is None or found.customer_id != customer_id:
            raise NotFound("There is no such authorisation.")
        today = live_book().main.local_date(now)
        found.valid_until = max(found.valid_from, min(today, found.valid_until or today))


def of_customer(customer_id: int) -> list[StandingAuthorisation]:
    """All of the customer's, the newest first."""
    return list(
        db.session.scalars(
            select(StandingAuthorisation)
            .where(StandingAuthorisation.customer_id == customer_id)
            .order_by(StandingAuthorisation.id.desc())
            .limit(50)
        )
    )

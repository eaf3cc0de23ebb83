"""Customers and their contacts are added once, with a number of their own and only by the vendor."""

from datetime import date

import pytest

from helpdesk.actions import manage_customers as manage
from helpdesk.contracts.queries import coverage
from helpdesk.core import clock
from helpdesk.core.actors import SYSTEM, Actor
from helpdesk.core.errors import Conflict, Forbidden, InvalidInput, NotFound
from helpdesk.core.money import chf
from helpdesk.customers.models import Contact, Customer
from helpdesk.db import db
from tests.support.desk import Desk


def add(name: str = "Neu AG") -> int:
    """A new customer."""
    return manage.add_customer(name, language="de", by=SYSTEM, now=clock.now())


def test_each_customer_gets_the_next_number(desk: Desk) -> None:
    first, second = db.session.get_one(Customer, add()), db.session.get_one(Customer, add())
    assert int(second.number.removeprefix("K-")) == int(first.number.removeprefix("K-")) + 1


def test_a_stranger_who_wrote_becomes_the_customers_contact(desk: Desk) -> None:
    desk.mail_in("Guten Tag", sender="Nina Neu <nina@neu.example>")
    customer = add()

    manage.add_contact(
        customer, "Nina@Neu.example", "Nina Neu", order_limit=chf(300), by=SYSTEM, now=clock.now()
    )

    [nina] = [c for c in db.session.query(Contact) if c.email == "nina@neu.example"]
    assert (nina.customer_id, nina.may_order, nina.order_limit_minor) == (customer, True, 30_000)


def test_a_contact_of_another_customer_is_not_taken_away(desk: Desk) -> None:
    with pytest.raises(Conflict):
        manage.add_contact(add(), "compta@muster.example", "Carla", by=SYSTEM, now=clock.now())


def test_without_a_limit_nobody_may_order(desk: Desk) -> None:
    contact = db.session.get_one(
        Contact, manage.add_contact(add(), "a@neu.example", "A", by=SYSTEM, now=clock.now())
    )
    assert not contact.may_order


def test_a_subscription_covers_from_its_first_day_to_its_last(desk: Desk) -> None:
    customer = add()
    manage.add_subscription(
        customer,
        "update",
        "pro",
        valid_from=date(2026, 3, 1),
        valid_until=date(2026, 3, 31),
        assigned_agent_id=desk.anna.id,
        by=SYSTEM,
    )
    covered = coverage(customer, date(2026, 3, 31))
    assert (covered.active, covered.on_premise, covered.assigned_agent_id) == (True, True, desk.anna.id)
    assert not coverage(customer, date(2026, 4, 1)).active
    assert not coverage(customer, date(2026, 2, 28)).active


def test_a_customer_cannot_do_this_themselves(desk: Desk) -> None:
    somebody = Actor("contact", 1, "Carla")
    with pytest.raises(Forbidden):
        manage.add_customer("Neu AG", language="de", by=somebody, now=clock.now())
    with pytest.raises(Forbidden):
        manage.grant_standing_authorisation(
            desk.muster.id,
            chf(500),
            reference="Contract 1",
            granted_by="Carla",
            valid_from=date(2026, 1, 1),
            by=somebody,
            now=clock.now(),
        )


@pytest.mark.database("sqlite")
def test_nonsense_is_refused(desk: Desk) -> None:
    now = clock.now()
    with pytest.raises(InvalidInput):
        manage.add_customer("  ", language="de", by=SYSTEM, now=now)
    with pytest.raises(InvalidInput):
        manage.add_customer("Neu AG", language="it", by=SYSTEM, now=now)
    with pytest.raises(InvalidInput):
        manage.add_customer("Neu AG", language="de", country="Schweiz", by=SYSTEM, now=now)
    with pytest.raises(InvalidInput):
        manage.add_customer("Neu AG", language="de", place={"city": "Bern"}, by=SYSTEM, now=now)
    with pytest.raises(InvalidInput):
        manage.add_contact(desk.muster.id, "no address", "X", by=SYSTEM, now=now)
    with pytest.raises(InvalidInput):
        manage.add_contact(desk.muster.id, "x@neu.example", "X", order_limit=chf(0), by=SYSTEM, now=now)
    with pytest.raises(NotFound):
        manage.add_contact(9999, "x@neu.example", "X", by=SYSTEM, now=now)
    with pytest.raises(InvalidInput):
        manage.add_subscription(desk.muster.id, "gold", "pro", valid_from=date(2026, 1, 1), by=SYSTEM)
    with pytest.raises(InvalidInput):
        manage.add_subscription(
            desk.muster.id,
            "cloud",
            "pro",
            valid_from=date(2026, 2, 1),
            valid_until=date(2026, 1, 1),
            by=SYSTEM,
        )
    with pytest.raises(InvalidInput):
        manage.grant_standing_authorisation(
            desk.muster.id,
            chf(5),
            reference=" ",
            granted_by="C",
            valid_from=date(2026, 1, 1),
            by=SYSTEM,
            now=now,
        )

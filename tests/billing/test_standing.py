"""A contract's standing word holds up to an amount a case and a month, and not one Rappen further (B4)."""

from datetime import date, timedelta

import pytest

from helpdesk.billing.estimate import estimate_support
from helpdesk.billing.ledger_check import check_ledger
from helpdesk.core.errors import NotAllowedYet
from helpdesk.core.money import chf
from helpdesk.db import transaction
from tests.billing.world import NOW, TODAY, World


@pytest.fixture
def agreed(world: World) -> World:
    """CHF 90.00 a case, CHF 135.00 a month, and enough credit."""
    with transaction():
        world.top_up(chf(1000))
        world.standing(chf(90), chf(135))
    return world


def another(world: World) -> int:
    with transaction():
        return world.another_ticket()


def log(world: World, key: str, minutes: int = 15, **more: object) -> None:
    with transaction():
        world.log(minutes, key=key, **more)


def test_two_cases_share_the_month(agreed: World) -> None:
    other = another(agreed)
    log(agreed, "1", 30)
    assert estimate_support(agreed.customer, TODAY).authorised is False
    log(agreed, "2", 15, ticket_id=other)
    with pytest.raises(NotAllowedYet):
        log(agreed, "3", 15, ticket_id=other)
    assert agreed.available() == chf(865)
    assert check_ledger() == []


def test_one_case_ends_at_its_own_amount(agreed: World) -> None:
    log(agreed, "1", 30)
    with pytest.raises(NotAllowedYet):
        log(agreed, "2", 15, local_day=TODAY + timedelta(days=1))
    assert agreed.available() == chf(910)


def test_a_new_month_begins_anew_on_the_vendors_calendar(agreed: World) -> None:
    first, second, third = agreed.ticket, another(agreed), another(agreed)
    log(agreed, "1", 30, ticket_id=first, local_day=date(2026, 11, 30))
    log(agreed, "2", 15, ticket_id=second, local_day=date(2026, 11, 1))
    with pytest.raises(NotAllowedYet):
        log(agreed, "3", 15, ticket_id=third, local_day=date(2026, 11, 30))
    log(agreed, "4", 30, ticket_id=third, local_day=date(2026, 12, 1), at=NOW + timedelta(days=6))
    assert agreed.available() == chf(775)


def test_without_an_amount_a_month_only_the_case_counts(world: World) -> None:
    with transaction():
        world.top_up(chf(1000))
        world.standing(chf(90))
    for key in ("1", "2", "3"):
        log(world, key, 30, ticket_id=another(world))
    assert world.available() == chf(730)

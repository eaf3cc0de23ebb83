"""Money moves as transfers that cannot unbalance, repeat or vanish (B1-B3, B6-B8)."""

from datetime import timedelta

import pytest

from helpdesk.billing import ledger, queries
from helpdesk.core.actors import SYSTEM
from helpdesk.core.errors import Conflict, InsufficientCredit, InvalidInput
from helpdesk.core.money import Money, chf
from helpdesk.db import transaction
from tests.billing.world import NOW, World


def test_a_top_up_can_be_spent_and_no_more(world: World) -> None:
    with transaction():
        world.top_up(chf(500))
        world.charge("a", chf(500))
    with pytest.raises(InsufficientCredit), transaction():
        world.charge("b", Money(1))
    assert ledger.balance(world.credit) == (chf(0), chf(0), chf(0))


def test_a_refused_charge_leaves_the_rest_of_the_action_standing(world: World) -> None:
    with transaction():
        world.top_up(chf(100))
        with pytest.raises(InsufficientCredit):
            world.charge("too much", chf(101))
        world.charge("enough", chf(100))
    assert world.available() == chf(0)


def test_a_hold_takes_credit_away_at_once_and_gives_back_what_was_not_used(world: World) -> None:
    with transaction():
        world.top_up(chf(500))
        world.hold("h", chf(300))
    assert ledger.balance(world.credit) == (chf(500), chf(300), chf(200))
    with transaction():
        ledger.post("h:done", "h", chf(120), by=SYSTEM, now=NOW)
    assert ledger.balance(world.credit) == (chf(380), chf(0), chf(380))


def test_a_capture_never_exceeds_its_hold(world: World) -> None:
    with transaction():
        world.top_up(chf(500))
        world.hold("h", chf(300))
    with pytest.raises(Conflict, match="more than was reserved"), transaction():
        ledger.post("h:done", "h", chf("300.01"), by=SYSTEM, now=NOW)
    assert queries.hold_is_open("h")


def test_a_hold_is_settled_once_whatever_comes_second(world: World) -> None:
    with transaction():
        world.top_up(chf(500))
        world.hold("h", chf(300))
        ledger.void("h:waived", "h", by=world.clerk, now=NOW, reason="our mistake")
    assert world.available() == chf(500)
    with pytest.raises(Conflict, match="settled already"), transaction():
        ledger.post("h:done", "h", by=SYSTEM, now=NOW)
    with pytest.raises(Conflict, match="settled already"), transaction():
        ledger.void("h:again", "h", by=SYSTEM, now=NOW, reason="twice")
    assert world.available() == chf(500)


def test_a_hold_expires_at_its_time_and_cannot_be_captured_after(world: World) -> None:
    later = NOW + timedelta(hours=1)
    with transaction():
        world.top_up(chf(500))
        world.hold("h", chf(300), expires_at=later)
    with pytest.raises(Conflict, match="not run out yet"), transaction():
        ledger.expire("h:expired", "h", by=SYSTEM, now=later - timedelta(seconds=1))
    with pytest.raises(Conflict, match="has run out"), transaction():
        ledger.post("h:done", "h", by=SYSTEM, now=later)
    assert queries.due_holds(later) == ["h"]
    with transaction():
        ledger.expire("h:expired", "h", by=SYSTEM, now=later)
    assert world.available() == chf(500)
    assert queries.due_holds(later) == []


def test_the_same_key_again_changes_nothing(world: World) -> None:
    for _ in range(3):
        with transaction():
            world.top_up(chf(500))
            world.hold("h", chf(300))
            ledger.post("h:done", "h", chf(100), by=SYSTEM, now=NOW)
    assert world.available() == chf(400)


def test_the_same_key_with_another_amount_or_kind_is_refused(world: World) -> None:
    with transaction():
        world.top_up(chf(500))
    with pytest.raises(Conflict, match="another amount"), transaction():
        world.top_up(chf(501))
    with pytest.raises(Conflict, match="another amount"), transaction():
        world.hold("top_up:1", chf(500))


def test_a_wrong_charge_is_reversed_as_a_whole_and_once(world: World) -> None:
    with transaction():
        world.top_up(chf(500))
        world.charge("wrong", chf(90))
        ledger.reverse("wrong:back", "wrong", by=world.clerk, now=NOW, reason="wrong customer")
    assert world.available() == chf(500)
    with pytest.raises(Conflict, match="reversed already"), transaction():
        ledger.reverse("wrong:back again", "wrong", by=world.clerk, now=NOW, reason="twice")
    with pytest.raises(Conflict, match="as a whole"), transaction():
        ledger.reverse("back and forth", "wrong:back", by=world.clerk, now=NOW, reason="no")


def test_a_top_up_that_was_spent_cannot_be_reversed(world: World) -> None:
    with transaction():
        world.top_up(chf(500))
        world.charge("a", chf(450))
    with pytest.raises(InsufficientCredit), transaction():
        ledger.reverse("bounced", "top_up:1", by=SYSTEM, now=NOW, reason="payment bounced")


def test_a_limit_lets_an_account_go_below_zero_that_far(world: World) -> None:
    with transaction():
        receivable = ledger.open_account(
            "receivable", "CHF", customer_id=world.customer, limit=chf(150), now=NOW
        )
        ledger.transfer(
            "a",
            debit=receivable,
            credit=world.revenue,
            amount=chf(150),
            cause="licence",
            by=SYSTEM,
            now=NOW,
        )
    assert ledger.balance(receivable) == (chf(-150), chf(0), chf(0))


def test_who_pays_is_credit_while_it_lasts_and_then_the_invoice(world: World) -> None:
    with transaction():
        world.top_up(chf(100))
        assert ledger.payer(world.customer, chf(100), now=NOW) == (world.credit, "credit")
        assert ledger.payer(world.customer, chf(101), now=NOW).kind == "receivable"
        with pytest.raises(InsufficientCredit):
            ledger.payer(world.customer, ledger.INVOICE_LIMIT + Money(1), now=NOW)


@pytest.mark.parametrize("minor", [0, -1, 10**12, 10**30])
def test_amounts_that_are_none_or_beyond_sense_are_refused(world: World, minor: int) -> None:
    with pytest.raises(InvalidInput), transaction():
        world.top_up(Money(minor))


def test_another_currency_is_refused(world: World) -> None:
    with pytest.raises(InvalidInput, match="currency"), transaction():
        world.top_up(Money(100, "EUR"))


def test_opening_an_account_twice_gives_the_same_one(world: World) -> None:
    with transaction():
        again = ledger.open_account("credit", "CHF", customer_id=world.customer, limit=chf(900), now=NOW)
        house = ledger.open_account("cash", "CHF", now=NOW)
        other = ledger.open_account("cash", "EUR", now=NOW)
    assert (again, house) == (world.credit, world.cash)
    assert other != world.cash
    assert world.available() == chf(0)


def test_the_statement_tells_the_posted_balance(world: World) -> None:
    with transaction():
        world.top_up(chf(500))
        world.hold("h", chf(300))
        ledger.post("h:done", "h", chf(120), by=SYSTEM, now=NOW)
        world.charge("a", chf(30))
        ledger.reverse("a:back", "a", by=SYSTEM, now=NOW, reason="wrong")
    lines = queries.statement(world.credit)
    assert len(lines) == 5
    assert sum(line.change.minor for line in lines) == ledger.balance(world.credit).posted.minor

"""Minutes that lots pay: at each lot's own rate, over several lots, the rest as agreed; and corrections."""

from datetime import date, timedelta

import pytest

from helpdesk.billing import ledger, lots, queries, work
from helpdesk.billing.ledger_check import check_ledger
from helpdesk.billing.lot_prices import Lot, share_amount, share_minutes
from helpdesk.billing.models import Price
from helpdesk.billing.pricing import UnitPrice
from helpdesk.billing.terms_models import BillingTerms
from helpdesk.core.actors import SYSTEM
from helpdesk.core.errors import Conflict, InsufficientCredit
from helpdesk.core.money import Money, chf
from helpdesk.db import db, insert_row, transaction
from tests.billing.world import NOW, TODAY, World

UNIT = UnitPrice(chf(45), 15, 15, 810)


def a_lot(number: int, rest: Money, rate: Money | None = None) -> Lot:
    return Lot(number, f"top_up:{number}", "paid", "", rest, rest, chf(0), rate, NOW, None)


@pytest.mark.parametrize(
    ("minutes", "lots_there", "amounts", "rest"),
    [
        (45, [], [], "135.00"),
        (45, [a_lot(1, chf(500))], ["135.00"], "0.00"),
        (45, [a_lot(1, chf(500), chf(162))], ["121.50"], "0.00"),
        # 50.00 pay 17.54 minutes at 171, the other 27.46 cost 74.13 at 162.
        (45, [a_lot(1, chf(50), chf(171)), a_lot(2, chf(500), chf(162))], ["50.00", "74.13"], "0.00"),
        # 54.00 pay 20 minutes at 162; 25 are left at 180.
        (45, [a_lot(1, chf(54), chf(162))], ["54.00"], "75.00"),
        # A rate above the price list's makes nothing dearer.
        (60, [a_lot(1, chf(500), chf(400))], ["180.00"], "0.00"),
        (0, [a_lot(1, chf(500))], [], "0.00"),
    ],
)
def test_minutes_are_paid_at_the_rate_of_the_lot_that_pays_them(minutes, lots_there, amounts, rest) -> None:
    shared = share_minutes(minutes, "support", UNIT, lots_there)
    assert [str(part.amount.decimal) for part in shared.parts] == amounts
    assert str(shared.rest.decimal) == rest


def test_a_package_is_worth_its_hours(world: World) -> None:
    """Ten hours bought at CHF 1620.00 are ten hours, in whatever pieces, and not a Rappen is left."""
    with transaction():
        _package(world, "ten", chf(1620), chf(162))
        world.standing(chf(5000))
    for number, minutes in enumerate((15, 45, 90, 120, 330)):
        with transaction():
            world.log(minutes, key=f"k{number}", local_day=TODAY + timedelta(days=number))
    assert world.available() == chf(0)
    assert queries.account_of(world.customer, "receivable") is None
    assert check_ledger() == []


def test_other_work_takes_money_from_a_package_at_its_own_price() -> None:
    shared = share_minutes(60, "development", UnitPrice(chf(50), 15, 15), [a_lot(1, chf(500), chf(162))])
    assert shared.from_credit == chf(200)
    assert share_amount(chf(30), [a_lot(1, chf(20)), a_lot(2, chf(50))]).from_credit == chf(30)
    assert share_amount(chf(90), [a_lot(1, chf(20)), a_lot(2, chf(50))]).rest == chf(20)


def test_one_charge_spans_lots_and_says_which(world: World) -> None:
    with transaction():
        _package(world, "old", chf(50), chf(171))
        _package(world, "new", chf(1620), chf(162))
        world.standing()
    seen = work.preview(world.work(45))
    assert [(part.lot.key, part.amount) for part in seen.parts] == [("old", chf(50)), ("new", chf("74.13"))]
    with transaction():
        entry = world.log(45)
    assert (entry.net, seen.net, seen.left) == (chf("124.13"), chf("124.13"), chf("1545.87"))
    assert world.available() == seen.left
    assert [lot.rest for lot in queries.lots_of(world.credit)] == [chf("1545.87")]
    assert check_ledger() == []


def test_what_credit_does_not_cover_goes_onto_the_invoice(world: World) -> None:
    with transaction():
        world.top_up(chf(100))
        world.standing()
    seen = work.preview(world.work(45))
    assert (seen.pays, seen.net, seen.rest, seen.left) == ("both", chf(135), chf(35), chf(0))
    with transaction():
        entry = world.log(45)
    receivable = queries.account_of(world.customer, "receivable")
    assert receivable is not None
    assert (entry.net, world.available(), ledger.balance(receivable).posted) == (chf(135), chf(0), chf(-35))
    assert check_ledger() == []


def test_who_wants_to_be_asked_is_never_invoiced(world: World) -> None:
    with transaction():
        world.top_up(chf(100))
        world.standing()
        _terms(world, policy="ask", limit_minor=0)
    with pytest.raises(InsufficientCredit), transaction():
        world.log(45)
    assert (world.available(), queries.work_of(world.ticket)) == (chf(100), [])
    with transaction():
        world.log(30)
    assert world.available() == chf(10)


def test_a_correction_books_the_old_back_and_charges_anew(world: World) -> None:
    with transaction():
        world.top_up(chf(100))
        world.standing()
        wrong = world.log(90)
        world.log(5, key="2")
    with transaction():
        right = world.log(20, key="3", corrects=wrong.id, why="mistyped")
    assert (right.corrects_id, right.net, right.billed_minutes) == (wrong.id, chf(45), 15)
    # 25 minutes of the day are 30, and 15 of them stand charged with the second entry.
    assert world.available() == chf(55)
    receivable = queries.account_of(world.customer, "receivable")
    assert receivable is not None
    assert ledger.balance(receivable).posted == chf(-45)
    with pytest.raises(Conflict), transaction():
        world.log(20, key="4", corrects=wrong.id, why="again")
    assert check_ledger() == []


def test_a_correction_to_nothing_says_why(world: World) -> None:
    with transaction():
        world.top_up(chf(500))
        world.standing()
        wrong = world.log(30)
        nothing = world.log(0, key="2", corrects=wrong.id, waived_because="other ticket")
    assert (nothing.billing, nothing.reason, world.available()) == ("waived", "other ticket", chf(500))
    assert check_ledger() == []


def test_a_new_price_moves_no_old_amount_and_work_keeps_the_version_it_was_offered_with(world: World) -> None:
    with transaction():
        world.top_up(chf(5000))
        world.say(world.offer("work", chf(900)))
        first = world.log(60)
        _price(chf(60), TODAY)
        _price(chf(55), TODAY, scope=f"customer:{world.customer}")
        _price(chf(50), TODAY, scope="plan:gold")
    tomorrow = TODAY + timedelta(days=1)
    with transaction():
        # Offered today: the newest version of the day counts, the customer's own before the plan's.
        second = world.log(60, key="2", local_day=tomorrow, plan="gold")
    assert (first.net, second.net) == (chf(180), chf(220))
    with transaction():
        _price(chf(99), tomorrow, scope=f"customer:{world.customer}")
        third = world.log(60, key="3", local_day=tomorrow + timedelta(days=1), plan="gold")
    assert third.net == chf(220)
    db.session.expire_all()
    assert [entry.net for entry in queries.work_of(world.ticket)] == [chf(180), chf(220), chf(220)]


def test_prices_by_plan_and_customer(world: World) -> None:
    with transaction():
        _price(chf(50), TODAY, scope="plan:gold")
    assert queries.price_on("support", TODAY).price.amount == chf(45)
    assert queries.price_on("support", TODAY, whose=queries.scopes(1, "gold")).price.amount == chf(50)
    assert queries.price_on("support", TODAY, whose=queries.scopes(1, "pro")).price.amount == chf(45)
    assert queries.price_on("support", date(2026, 1, 1), whose=queries.scopes(1, "gold")).price.amount == chf(
        45
    )


def _package(world: World, key: str, amount: Money, rate: Money) -> None:
    lots.announce(world.credit, key, rate=rate, now=NOW)
    ledger.transfer(
        key, debit=world.cash, credit=world.credit, amount=amount, cause="top_up", by=SYSTEM, now=NOW
    )


def _terms(world: World, **values: object) -> None:
    insert_row(
        BillingTerms,
        **{"customer_id": world.customer, "payment_days": 30, "business": True, "round_to_five": False}
        | values,
    )


def _price(amount: Money, day: date, scope: str = "") -> None:
    insert_row(
        Price,
        code="support",
        amount_minor=amount.minor,
        currency="CHF",
        unit_minutes=15,
        minimum_minutes=15,
        vat_bp=810,
        valid_from=day,
        scope=scope,
    )

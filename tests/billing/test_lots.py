"""Credit comes in lots: used in their order, given back to the same ones, provable from the transfers alone."""

from datetime import timedelta

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from helpdesk.billing import ledger, lots, queries
from helpdesk.billing.ledger_check import Finding, check_ledger
from helpdesk.billing.lot_models import LotUse
from helpdesk.core.actors import SYSTEM
from helpdesk.core.errors import Conflict, InsufficientCredit
from helpdesk.core.money import Money, chf
from helpdesk.db import db, transaction
from tests.billing.world import NOW, World

SOON, LATER = NOW + timedelta(days=30), NOW + timedelta(days=60)


def buy(world: World, key: str, amount: Money, **terms: object) -> str:
    """Credit bought under these terms."""
    lots.announce(world.credit, key, now=NOW, **terms)  # type: ignore[arg-type]
    kind = terms.get("kind", "paid")
    return ledger.transfer(
        key,
        debit=world.cash if kind == "paid" else ledger.open_account("goodwill", "CHF", now=NOW),
        credit=world.credit,
        amount=amount,
        cause="top_up" if kind == "paid" else "bonus",
        by=SYSTEM,
        now=NOW,
    )


def uses(key: str) -> list[tuple[int, int, int]]:
    """(lot, used, held) of a booking, in order."""
    rows = db.session.execute(select(LotUse).where(LotUse.transfer_key == key).order_by(LotUse.position))
    return [(row.lot_id, row.used_minor, row.held_minor) for row in rows.scalars()]


def rests(world: World) -> dict[str, int]:
    """What is left of each lot, by the key of its payment."""
    return {lot.key: lot.rest.minor for lot in queries.lots_of(world.credit, all_of_them=True)}


@pytest.fixture
def four(world: World) -> World:
    """Four lots, bought in another order than they are used in."""
    with transaction():
        buy(world, "plain", chf(10))
        buy(world, "later", chf(10), expires_at=LATER)
        buy(world, "soon", chf(10), expires_at=SOON)
        buy(world, "bonus", chf(10), kind="bonus", tax_point="none")
    return world


def test_bonus_first_then_earliest_expiry_then_oldest(four: World) -> None:
    assert [lot.key for lot in queries.lots_of(four.credit)] == ["bonus", "soon", "later", "plain"]
    with transaction():
        four.charge("a", chf(25))
    assert rests(four) == {"bonus": 0, "soon": 0, "later": 500, "plain": 1000}
    assert [used for _lot, used, _held in uses("a")] == [1000, 1000, 500]
    assert check_ledger() == []


def test_a_hold_is_captured_from_its_own_lots_and_the_rest_goes_back(four: World) -> None:
    with transaction():
        four.hold("h", chf(25))
        four.charge("between", chf(15))
        ledger.post("h:done", "h", chf(12), by=SYSTEM, now=NOW)
    assert rests(four) == {"bonus": 0, "soon": 800, "later": 500, "plain": 0}
    assert check_ledger() == []
    with transaction():
        four.hold("g", chf(5))
        ledger.void("g:void", "g", by=SYSTEM, now=NOW, reason="cancelled")
    assert rests(four)["soon"] == 800
    assert check_ledger() == []


def test_a_reversal_gives_back_to_the_same_lots(four: World) -> None:
    with transaction():
        four.charge("a", chf(25))
        four.charge("b", chf(15))
        ledger.reverse("a:back", "a", by=SYSTEM, now=NOW, reason="wrong")
    assert rests(four) == {"bonus": 1000, "soon": 1000, "later": 500, "plain": 0}
    assert check_ledger() == []


def test_what_came_in_wrongly_is_taken_back_from_itself_first(four: World) -> None:
    with transaction():
        four.charge("a", chf(12))
        ledger.reverse("later:back", "later", by=SYSTEM, now=NOW, reason="wrong customer")
    assert rests(four) == {"bonus": 0, "soon": 800, "later": 0, "plain": 1000}
    assert check_ledger() == []


def test_expired_credit_cannot_be_spent_even_before_it_is_booked(four: World) -> None:
    at = SOON + timedelta(hours=1)
    assert ledger.spendable(four.credit, at) == chf(30)
    with pytest.raises(InsufficientCredit), transaction():
        four.charge("too much", chf(31), now=at)
    with transaction():
        four.charge("just", chf(30), now=at)
    assert rests(four)["soon"] == 1000


def test_expiry_is_booked_once_and_waits_for_an_open_hold(four: World) -> None:
    with transaction():
        four.hold("h", chf(12))
    at = SOON + timedelta(days=1)
    with transaction():
        assert lots.expire_due(at) == []
    with transaction():
        ledger.void("h:void", "h", by=SYSTEM, now=at, reason="cancelled")
        [expired] = lots.expire_due(at)
        assert lots.expire_due(at) == []
    assert rests(four) == {"bonus": 1000, "soon": 0, "later": 1000, "plain": 1000}
    assert four.available() == chf(30)
    assert check_ledger() == []
    # Given back, and it may be used again: the expiry moves, and never to an earlier day.
    with transaction():
        ledger.reverse("mercy", f"expiry:{expired}:2", by=SYSTEM, now=at, reason="asked for")
        lots.extend(expired, LATER)
        assert lots.expire_due(at) == []
    assert rests(four)["soon"] == 1000
    with pytest.raises(Conflict), transaction():
        lots.extend(expired, SOON)
    assert check_ledger() == []


def test_expiry_by_hand_of_what_has_not_expired_is_refused(four: World) -> None:
    for key, at in (("plain", LATER), ("later", SOON)):
        with pytest.raises(Conflict), transaction():
            four.charge("x", chf(1), cause="expiry", cause_ref=key, now=at)
    assert check_ledger() == []


def test_only_paid_and_unused_credit_is_refunded(four: World) -> None:
    with pytest.raises(Conflict), transaction():
        four.charge("x", chf(1), cause="refund", cause_ref="bonus")
    with pytest.raises(InsufficientCredit), transaction():
        four.charge("x", chf(11), cause="refund", cause_ref="plain")
    with transaction():
        four.charge("x", chf(10), cause="refund", cause_ref="plain")
    assert rests(four)["plain"] == 0


def test_the_terms_of_a_lot_bring_no_money_by_themselves(world: World) -> None:
    with transaction():
        lots.announce(world.credit, "promised", now=NOW)
    assert rests(world) == {"promised": 0}
    with pytest.raises(InsufficientCredit), transaction():
        world.charge("a", chf(1))
    with pytest.raises(DBAPIError, match="lot_worth"), transaction():
        db.session.execute(text("UPDATE credit_lot SET bought_minor = 100"))
    with pytest.raises(Conflict), transaction():
        world.charge("promised", chf(1))


def test_money_without_a_lot_cannot_be_spent(world: World) -> None:
    """Somebody raised the counters at a SQL prompt: there is still no lot to take it from."""
    with transaction():
        world.top_up(chf(10))
        db.session.execute(text("UPDATE account SET credits_posted = 5000 WHERE kind = 'credit'"))
    with pytest.raises(InsufficientCredit), transaction():
        world.charge("a", chf(20))


@pytest.mark.parametrize(
    ("harm", "code"),
    [
        ("UPDATE credit_lot SET used_minor = used_minor + 1", "lot_sum"),
        ("UPDATE credit_lot SET held_minor = held_minor + 1", "lot_sum"),
    ],
)
def test_the_check_names_the_lot_that_was_touched(four: World, harm: str, code: str) -> None:
    with transaction():
        four.charge("a", chf(15))
        db.session.execute(text(f"{harm} WHERE transfer_key = 'plain'"))
    [plain] = [lot.id for lot in queries.lots_of(four.credit) if lot.key == "plain"]
    assert check_ledger() == [Finding(code, str(plain)), Finding("lot_account", str(four.credit))]


def test_vat_at_use_makes_the_same_total_as_at_purchase(world: World) -> None:
    """Every split of a lot into uses leaves exactly its VAT behind, whatever is rounded on the way."""
    with transaction():
        deferred = ledger.open_account("vat_deferred", "CHF", now=NOW)
        buy(world, "voucher", chf("100.00"), tax_point="use", vat=chf("8.10"))
        ledger.transfer(
            "voucher:vat",
            debit=world.cash,
            credit=deferred,
            amount=chf("8.10"),
            cause="vat",
            by=SYSTEM,
            now=NOW,
        )
    due = []
    with transaction():
        for number, part in enumerate((333, 333, 1, 9332, 1)):
            world.charge(f"c{number}", Money(part))
            lots.recognise_vat(f"c{number}", by=SYSTEM, now=NOW)
            due.append(_vat_due())
    assert due[-1] == 810
    assert due == sorted(due)
    with transaction():
        ledger.reverse("c3:back", "c3", by=SYSTEM, now=NOW, reason="wrong")
        lots.recognise_vat("c3:back", by=SYSTEM, now=NOW)
    assert 0 <= _vat_due() < 60
    assert check_ledger() == []


def _vat_due() -> int:
    total = db.session.execute(
        text(
            "SELECT coalesce(sum(CASE WHEN c.kind = 'vat_due' THEN t.amount_minor ELSE -t.amount_minor END), 0)"
            " FROM transfer t JOIN account c ON c.id = t.credit_account_id"
            " JOIN account d ON d.id = t.debit_account_id WHERE t.cause = 'vat' AND 'vat_due' IN (c.kind, d.kind)"
        )
    ).scalar_one()
    return int(total)

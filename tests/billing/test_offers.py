"""An offer is frozen, answered once with evidence, and only its yes lets money move (B4, B5)."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from helpdesk.billing import ledger, offers, queries
from helpdesk.billing.agreement import Approver
from helpdesk.billing.models import OfferAnswer
from helpdesk.core.actors import SYSTEM
from helpdesk.core.errors import Conflict, InsufficientCredit, InvalidInput, NotAllowedYet, NotFound
from helpdesk.core.money import Money, chf
from helpdesk.db import db, transaction
from tests.billing.world import NOW, World

DAY = timedelta(days=1)


def test_an_accepted_surcharge_is_held_once_on_the_credit(world: World) -> None:
    with transaction():
        world.top_up(chf(500))
        offer = world.offer()
        world.say(offer)
    for _ in range(2):
        with transaction():
            assert offers.hold_surcharge(offer.id, by=SYSTEM, now=NOW).kind == "credit"
    assert ledger.balance(world.credit) == (chf(500), chf(200), chf(300))
    with transaction():
        offers.post_surcharge(world.ticket, now=NOW + DAY)
        offers.post_surcharge(world.ticket, now=NOW + DAY)
    assert ledger.balance(world.credit) == (chf(300), chf(0), chf(300))


def test_without_enough_credit_the_surcharge_goes_to_the_invoice(world: World) -> None:
    with transaction():
        world.top_up(chf(199))
        offer = world.offer()
        world.say(offer)
        assert offers.hold_surcharge(offer.id, by=SYSTEM, now=NOW).kind == "receivable"
    assert world.available() == chf(199)


def test_nothing_is_held_before_a_yes_nor_after_a_no(world: World) -> None:
    with transaction():
        world.top_up(chf(500))
        offer = world.offer()
    with pytest.raises(NotAllowedYet), transaction():
        offers.hold_surcharge(offer.id, by=SYSTEM, now=NOW)
    with transaction():
        world.say(offer, accepted=False)
    with pytest.raises(NotAllowedYet), transaction():
        offers.hold_surcharge(offer.id, by=SYSTEM, now=NOW)
    assert world.available() == chf(500)


def test_the_first_answer_counts_and_a_second_one_is_told_so(world: World) -> None:
    with transaction():
        offer = world.offer()
        first = world.say(offer)
    with transaction():
        second = world.say(offer, accepted=False, now=NOW + DAY)
    assert first.fresh
    assert second == (first.answer_id, True, False)
    assert queries.offers_of(world.ticket)[0].state == "accepted"
    assert db.session.scalar(select(func.count()).select_from(OfferAnswer)) == 1


def test_a_yes_after_the_deadline_is_none(world: World) -> None:
    with transaction():
        offer = world.offer(valid_until=NOW + DAY)
    with pytest.raises(Conflict), transaction():
        world.say(offer, now=NOW + DAY)
    with transaction():
        assert offers.expire_due(NOW + DAY - timedelta(seconds=1)) == []
        assert offers.expire_due(NOW + DAY) == [offer.id]
        assert offers.expire_due(NOW + DAY) == []
    with pytest.raises(Conflict), transaction():
        world.say(offer, now=NOW)


def test_a_withdrawn_offer_cannot_be_accepted_nor_an_accepted_one_withdrawn(world: World) -> None:
    with transaction():
        gone, taken = world.offer(), world.offer("work", chf(90))
        offers.withdraw(gone.id)
        world.say(taken)
    with pytest.raises(Conflict), transaction():
        world.say(gone)
    with pytest.raises(Conflict), transaction():
        offers.withdraw(taken.id)


def test_there_is_one_live_surcharge_a_ticket(world: World) -> None:
    with transaction():
        first = world.offer()
    with pytest.raises(Conflict), transaction():
        world.offer()
    with transaction():
        world.say(first, accepted=False)
        second = world.offer()
    assert (first.number, second.number) == (f"{world.ticket}-1", f"{world.ticket}-2")


def test_a_waived_surcharge_returns_with_the_reason_in_the_books(world: World) -> None:
    with transaction():
        world.top_up(chf(500))
        offer = world.offer()
        world.say(offer)
        offers.hold_surcharge(offer.id, by=SYSTEM, now=NOW)
    with pytest.raises(InvalidInput), transaction():
        offers.waive_surcharge(world.ticket, by=world.clerk, now=NOW, reason=" ")
    with transaction():
        offers.waive_surcharge(world.ticket, by=world.clerk, now=NOW, reason="our server was down")
        offers.post_surcharge(world.ticket, now=NOW)
    assert world.available() == chf(500)
    waived = queries.transfer_by_key(f"surcharge:{world.ticket}:waived")
    assert waived is not None
    assert (waived.kind, waived.reason, waived.actor_id) == ("void", "our server was down", world.agent)
    assert queries.offers_of(world.ticket)[0].used_minor == 0


def test_neither_credit_nor_invoice_can_take_it(world: World) -> None:
    with transaction():
        ledger.open_account("receivable", "CHF", customer_id=world.customer, limit=chf(0), now=NOW)
        offer = world.offer()
        world.say(offer)
    with pytest.raises(InsufficientCredit), transaction():
        offers.hold_surcharge(offer.id, by=SYSTEM, now=NOW)


def test_an_offer_shows_vat_as_its_own_line(world: World) -> None:
    with transaction():
        offer = world.offer()
    assert (offer.net, offer.vat, offer.gross) == (chf(200), chf("16.20"), chf("216.20"))


def test_the_seal_changes_with_every_part_of_the_text(world: World) -> None:
    with transaction():
        one = world.offer("work", chf(90))
        two = world.offer("work", chf(90))
        other = world.offer("work", chf(91))
    assert len({one.sha256, two.sha256, other.sha256}) == 3
    assert queries.answer_of(one.id) is None


def test_an_offer_that_is_not_there(world: World) -> None:
    with pytest.raises(NotFound), transaction():
        offers.record_answer(4711, True, offers.Evidence("page"), now=NOW)
    with pytest.raises(NotFound), transaction():
        world.offer(ticket_id=4711)


ENTITLED = Approver(customer_id=1, may_order=True, limit=chf(500))


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({}, "ok"),
        ({"right_thread": False}, "wrong_thread"),
        ({"authenticated": False}, "not_authenticated"),
        ({"approver": None}, "other_customer"),
        ({"customer_id": 2}, "other_customer"),
        ({"customer_id": None}, "other_customer"),
        ({"approver": Approver(None, True, chf(500)), "customer_id": None}, "other_customer"),
        ({"approver": Approver(1, False, chf(500))}, "may_not_order"),
        ({"approver": Approver(1, True, chf("199.99"))}, "above_limit"),
        ({"approver": Approver(1, True, chf(200))}, "ok"),
        ({"approver": Approver(1, True, Money(50000, "EUR"))}, "above_limit"),
    ],
)
def test_who_may_accept(change: dict, code: str) -> None:
    facts = {"approver": ENTITLED, "customer_id": 1, "authenticated": True, "right_thread": True} | change
    decision = offers.may_accept(facts.pop("approver"), chf(200), **facts)
    assert (decision.code, decision.allowed) == (code, code == "ok")

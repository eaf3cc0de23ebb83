"""Logged minutes cost what was shown before, and only what the customer agreed to."""

from datetime import date, timedelta

import pytest
from sqlalchemy import func, select

from helpdesk.billing import ledger, queries, work
from helpdesk.billing.agreement import TIME_BOX, Case, Ceiling, may_charge
from helpdesk.billing.models import Transfer
from helpdesk.core.errors import Conflict, InvalidInput, NotAllowedYet
from helpdesk.core.money import chf
from helpdesk.db import db, transaction
from tests.billing.world import TODAY, World


def test_38_minutes_are_45_and_take_135_francs_from_the_credit(world: World) -> None:
    with transaction():
        world.top_up(chf(1245))
        world.standing()
    seen = work.preview(world.work(38))
    assert (seen.billing, seen.billed_minutes, seen.net) == ("charged", 45, chf(135))
    assert (seen.pays, seen.left) == ("credit", chf(1110))
    with transaction():
        entry = world.log(38)
    assert (entry.billed_minutes, entry.net, entry.transfer_key) == (45, chf(135), "work:1")
    assert world.available() == chf(1110)


def test_three_short_replies_on_a_day_are_one_unit(world: World) -> None:
    with transaction():
        world.top_up(chf(500))
        world.standing()
        entries = [world.log(5, key=str(n)) for n in range(3)]
    assert [entry.billed_minutes for entry in entries] == [15, 0, 0]
    assert [entry.billing for entry in entries] == ["charged", "covered", "covered"]
    assert world.available() == chf(455)
    with transaction():
        tomorrow = world.log(5, key="next day", local_day=TODAY + timedelta(days=1))
    assert tomorrow.billed_minutes == 15


def test_a_second_click_logs_nothing_more(world: World) -> None:
    with transaction():
        world.top_up(chf(500))
        world.standing()
    for _ in range(2):
        with transaction():
            world.log(20)
    assert world.available() == chf(410)
    assert len(queries.work_of(world.ticket)) == 1
    with pytest.raises(Conflict), transaction():
        world.log(25)


def test_support_nobody_agreed_to_is_not_charged(world: World) -> None:
    with transaction():
        world.top_up(chf(500))
    assert work.preview(world.work(20)).code == "not_agreed"
    with pytest.raises(NotAllowedYet) as refused, transaction():
        world.log(20)
    assert refused.value.data["code"] == "not_agreed"
    assert world.available() == chf(500)
    assert queries.work_of(world.ticket) == []


def test_an_accepted_offer_is_a_ceiling(world: World) -> None:
    with transaction():
        world.top_up(chf(500))
        world.say(world.offer("work", chf(90)))
        world.log(30)
    with pytest.raises(NotAllowedYet) as refused, transaction():
        world.log(1, key="2")
    assert refused.value.data["code"] == "more_than_agreed"
    assert world.available() == chf(410)
    assert queries.offers_of(world.ticket)[0].left == chf(0)


def test_a_contract_covers_its_amount_in_each_case_and_leaves_evidence(world: World) -> None:
    with transaction():
        world.top_up(chf(500))
        authorisation = world.standing(chf(100))
        world.log(15)
        world.log(10, key="2", ticket_id=world.ticket)
    with pytest.raises(NotAllowedYet), transaction():
        world.log(15, key="3")
    with transaction():
        world.log(15, key="4", ticket_id=world.another_ticket())
    [offer] = queries.offers_of(world.ticket)
    answer = queries.answer_of(offer.id)
    assert answer is not None
    assert (answer.channel, answer.authorisation_id) == ("standing", authorisation)
    assert offer.used_minor == chf(90).minor


def test_a_contract_counts_on_its_days_only(world: World) -> None:
    with transaction():
        world.top_up(chf(500))
        world.standing()
    with pytest.raises(NotAllowedYet), transaction():
        world.log(15, customer_id=None)
    assert queries.standing_of(world.customer, date(2025, 12, 31), "CHF") == []
    assert len(queries.standing_of(world.customer, date(2026, 1, 1), "CHF")) == 1


def test_free_hotline_costs_nothing_and_its_time_box_ends(world: World) -> None:
    with transaction():
        free = world.log(8, label="hotline")
    assert (free.billing, free.net) == ("free", chf(0))
    with pytest.raises(NotAllowedYet) as refused, transaction():
        world.log(3, key="2", label="hotline")
    assert refused.value.data["code"] == "time_box_over"
    with transaction():
        world.top_up(chf(100))
        world.say(world.offer("work", chf(45)))
        paid = world.log(3, key="2", label="hotline")
    assert (paid.billing, paid.net) == ("charged", chf(45))


def test_goodwill_is_logged_with_its_reason_and_charges_nothing(world: World) -> None:
    with transaction():
        entry = world.log(50, waived_because="defect of the product")
    assert (entry.billing, entry.reason, entry.net, entry.transfer_key) == (
        "waived",
        "defect of the product",
        chf(0),
        None,
    )


def test_without_credit_agreed_work_goes_to_the_invoice(world: World) -> None:
    with transaction():
        world.standing()
    seen = work.preview(world.work(15))
    assert (seen.pays, seen.left) == ("receivable", chf(0))
    with transaction():
        world.log(15)
    receivable = queries.account_of(world.customer, "receivable")
    assert receivable is not None
    assert ledger.balance(receivable).posted == chf(-45)


@pytest.mark.parametrize("minutes", [0, -5, 1441])
def test_minutes_that_cannot_be(world: World, minutes: int) -> None:
    with pytest.raises(InvalidInput), transaction():
        world.log(minutes)


def test_an_activity_without_a_price(world: World) -> None:
    with pytest.raises(InvalidInput), transaction():
        world.log(10, activity="gardening")
    with pytest.raises(InvalidInput), transaction():
        world.log(10, local_day=date(2020, 1, 1))


def test_a_preview_changes_nothing(world: World) -> None:
    with transaction():
        world.top_up(chf(500))
        world.standing()
    before = db.session.scalar(select(func.count()).select_from(Transfer))
    work.preview(world.work(38))
    assert db.session.scalar(select(func.count()).select_from(Transfer)) == before
    assert queries.offers_of(world.ticket) == []


SUPPORT = Case("support", subscriber=True, minutes_before=0)
HOTLINE = Case("hotline", subscriber=True, minutes_before=0)
ENOUGH = Ceiling(chf(90), acceptance_id=1)
QUOTED = Ceiling(chf(90), acceptance_id=2, quote=True)
ABSENT = Case("hotline", subscriber=True, minutes_before=0, in_absence=True)


@pytest.mark.parametrize(
    ("case", "minutes", "net", "agreed", "billing", "code"),
    [
        (Case(None, True, 0), 5, chf(45), [ENOUGH], None, "classify_first"),
        (HOTLINE, TIME_BOX, chf(45), [], "free", "hotline"),
        (HOTLINE, TIME_BOX + 1, chf(45), [], None, "time_box_over"),
        (HOTLINE, TIME_BOX + 1, chf(45), [ENOUGH], "charged", "agreed"),
        (Case("hotline", True, 6), 5, chf(45), [], None, "time_box_over"),
        (Case("hotline", True, 6, time_box=15), 9, chf(45), [], "free", "hotline"),
        (Case("hotline", True, 6, time_box=15), 10, chf(45), [], None, "time_box_over"),
        (Case("hotline", False, 0), 5, chf(45), [], None, "not_agreed"),
        (SUPPORT, 5, chf(45), [], None, "not_agreed"),
        (SUPPORT, 5, chf(90), [ENOUGH], "charged", "agreed"),
        (SUPPORT, 5, chf("90.01"), [ENOUGH], None, "more_than_agreed"),
        (SUPPORT, 5, chf(0), [ENOUGH], "covered", "unit_paid"),
        (ABSENT, 5, chf(45), [], None, "quote_needed"),
        (ABSENT, 5, chf(45), [ENOUGH], None, "quote_needed"),
        (ABSENT, 5, chf(45), [ENOUGH, QUOTED], "charged", "agreed"),
        (ABSENT, 5, chf(95), [ENOUGH, QUOTED], None, "more_than_agreed"),
        (SUPPORT, 5, chf(100), [ENOUGH, Ceiling(chf(100), 2)], "charged", "agreed"),
    ],
)
def test_what_may_be_charged(case, minutes, net, agreed, billing, code) -> None:
    charge = may_charge(case, minutes, net, agreed)
    assert (charge.billing, charge.code) == (billing, code)
    assert (charge.under is not None) == (billing == "charged")
    assert charge.under is None or charge.under.left >= net

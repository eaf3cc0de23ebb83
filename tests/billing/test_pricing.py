"""Started units a case and day, minimum, VAT: as tables."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpdesk.billing.price_list import DEFAULTS, PriceLine, in_force
from helpdesk.billing.pricing import UnitPrice, quote_work, vat_for, with_vat
from helpdesk.core.errors import InvalidInput
from helpdesk.core.money import Money, chf

SUPPORT = UnitPrice(chf(45), 15, 15, 810)


@pytest.mark.parametrize(
    ("so_far", "minutes", "billed", "net"),
    [
        (0, 38, 45, chf(135)),
        (0, 1, 15, chf(45)),
        (0, 15, 15, chf(45)),
        (0, 16, 30, chf(90)),
        (5, 5, 0, chf(0)),
        (10, 6, 15, chf(45)),
        (0, 0, 0, chf(0)),
        (0, 1440, 1440, chf(4320)),
    ],
)
def test_work_is_billed_by_started_unit(so_far: int, minutes: int, billed: int, net: Money) -> None:
    quote = quote_work(so_far, minutes, SUPPORT)
    assert (quote.billed_minutes, quote.net) == (billed, net)


def test_the_minimum_is_billed_in_whole_units() -> None:
    assert quote_work(0, 3, UnitPrice(chf(10), 10, 25)).billed_minutes == 30
    assert quote_work(3, 10, UnitPrice(chf(10), 10, 25)).billed_minutes == 0


@given(st.lists(st.integers(0, 90), max_size=12), st.integers(1, 60), st.integers(0, 60))
def test_however_a_day_is_cut_into_entries_it_costs_the_same(
    parts: list[int], unit: int, minimum: int
) -> None:
    price = UnitPrice(chf(7), unit, minimum)
    so_far, paid = 0, chf(0)
    for minutes in parts:
        paid += quote_work(so_far, minutes, price).net
        so_far += minutes
    assert paid == quote_work(0, so_far, price).net


@pytest.mark.parametrize(("so_far", "minutes"), [(0, -1), (-1, 5), (0, 1441), (1000, 441)])
def test_minutes_that_no_day_has(so_far: int, minutes: int) -> None:
    with pytest.raises(InvalidInput):
        quote_work(so_far, minutes, SUPPORT)


def test_a_flat_price_knows_no_minutes() -> None:
    assert quote_work(0, 5, UnitPrice(chf(200))).net == chf(200)


@pytest.mark.parametrize(
    ("net", "vat"),
    [(chf(200), chf("16.20")), (chf(45), chf("3.65")), (chf("0.05"), chf(0)), (chf("0.07"), chf("0.01"))],
)
def test_vat_is_rounded_half_up_and_stands_alone(net: Money, vat: Money) -> None:
    taxed = with_vat(net, 810)
    assert (taxed.vat, taxed.gross) == (vat, net + vat)


@given(st.integers(0, 10**9), st.integers(0, 10_000))
def test_vat_is_within_half_a_rappen_of_exact(minor: int, rate: int) -> None:
    exact = Decimal(minor) * rate / 10_000
    assert abs(with_vat(Money(minor), rate).vat.minor - exact) <= Decimal("0.5")


def test_customers_abroad_pay_no_swiss_vat() -> None:
    assert [vat_for(country, 810) for country in ("CH", "LI", "ch", "DE", "SE")] == [810, 810, 810, 0, 0]


def test_the_default_list_is_the_one_of_the_market_study() -> None:
    prices = {line.code: line.price.amount for line in DEFAULTS}
    assert prices["support"] == chf(45)
    assert prices["development"] == chf(50)
    assert prices["surcharge"] == chf(200)
    assert prices["credit_20h"] == chf(3060)


def test_a_new_price_counts_from_its_day_and_of_two_the_later() -> None:
    old = PriceLine("support", UnitPrice(chf(45)), date(2026, 1, 1))
    typo = PriceLine("support", UnitPrice(chf(480)), date(2027, 1, 1))
    new = PriceLine("support", UnitPrice(chf(48)), date(2027, 1, 1))
    lines = (old, typo, new)
    assert in_force(lines, "support", date(2025, 12, 31)) is None
    assert in_force(lines, "support", date(2026, 12, 31)) is old
    assert in_force(lines, "support", date(2027, 1, 1)) is new

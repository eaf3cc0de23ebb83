"""Amounts are exact, never mix currencies, and are read only when there is one way to read them."""

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helpdesk.core.errors import InvalidInput
from helpdesk.core.money import Money, chf, parse_amount

MARKS = {
    "straight apostrophe": "'",
    "typographic apostrophe": "\u2019",
    "space": " ",
    "no-break space": "\u00a0",
    "narrow no-break space": "\u202f",
}


@pytest.mark.parametrize("mark", MARKS.values(), ids=MARKS)
@pytest.mark.parametrize("decimal_mark", [".", ","])
def test_thousands_may_be_marked_in_every_way_people_type(mark: str, decimal_mark: str) -> None:
    assert parse_amount(f"1{mark}234{decimal_mark}50") == Money(123450)
    assert parse_amount(f"12{mark}345{mark}678") == Money(1234567800)


@pytest.mark.parametrize(
    ("text", "minor"),
    [
        ("0", 0),
        ("38", 3800),
        ("38.5", 3850),
        ("38,05", 3805),
        (" 200.00\u00a0", 20000),
        ("0.05", 5),
        ("007", 700),
    ],
)
def test_plain_amounts_are_read(text: str, minor: int) -> None:
    assert parse_amount(text) == Money(minor)


@pytest.mark.parametrize(
    "text",
    [
        "1.234",
        "1,234",
        "1'234.567",
        "1.234,50",
        "1'23",
        "1234'567",
        "'123",
        "1''234",
        "1'234 567",
        "1 234'567",
        "",
        " ",
        ".",
        ".50",
        "5.",
        "-5",
        "+5",
        "1e3",
        "0x10",
        "12 CHF",
        "1\n234",
        "\u0661\u0662",
        "\u00b2",
        "1'234\u02bc567",
        "9" * 13,
        "1'234'567'890'123",
        "nan",
        "Infinity",
        "5\x00",
        "1.2.3",
    ],
)
def test_what_could_be_read_in_two_ways_or_none_is_refused(text: str) -> None:
    with pytest.raises(InvalidInput):
        parse_amount(text)


def test_the_largest_amount_somebody_can_type_fits_the_database() -> None:
    assert parse_amount("999'999'999'999.99").minor < 2**63


@settings(max_examples=100, deadline=None)
@given(st.integers(0, 10**14 - 1), st.sampled_from(list(MARKS.values())), st.sampled_from(".,"))
def test_whatever_we_print_with_marks_is_read_back(minor: int, mark: str, decimal_mark: str) -> None:
    whole, part = divmod(minor, 100)
    assert parse_amount(
        f"{whole:,}{decimal_mark}{part:02}".replace(",", mark, f"{whole:,}".count(","))
    ) == Money(minor)


def test_currencies_never_mix() -> None:
    francs, euros = Money(100, "CHF"), Money(100, "EUR")
    assert francs != euros
    for mix in (
        lambda: francs + euros,
        lambda: francs - euros,
        lambda: francs < euros,
        lambda: max(francs, euros),
    ):
        with pytest.raises(ValueError, match="CHF"):
            mix()


def test_amounts_of_one_currency_are_ordered_by_size() -> None:
    assert sorted([chf(3), chf(1), chf(2)]) == [chf(1), chf(2), chf(3)]
    assert chf(1) <= chf(1) < chf(2) >= chf(2) > chf(-5)


@pytest.mark.parametrize("wrong", [1.5, True, "100", Decimal(1)])
def test_an_amount_is_a_whole_number_of_the_smallest_unit(wrong: object) -> None:
    with pytest.raises(TypeError):
        Money(wrong)  # type: ignore[arg-type]


def test_francs_are_exact_or_refused() -> None:
    assert chf("0.05") == Money(5)
    assert chf(-200) == -chf(200)
    with pytest.raises(ValueError, match="two decimals"):
        chf("0.055")


@pytest.mark.parametrize(
    ("minor", "rate", "share"),
    [(13500, "0.081", 1094), (50, "0.01", 1), (49, "0.01", 0), (-50, "0.01", -1), (0, "0.25", 0)],
)
def test_a_share_is_rounded_half_away_from_zero(minor: int, rate: str, share: int) -> None:
    assert Money(minor).share(Decimal(rate)) == Money(share)


def test_an_amount_times_pieces_and_in_whole_units() -> None:
    assert (chf(45) * 3).decimal == Decimal("135.00")
    assert not chf(0)
    assert chf("0.01")

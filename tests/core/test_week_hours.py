"""Opening hours of a week as people write them."""

from datetime import time

import pytest

from helpdesk.core.errors import InvalidInput
from helpdesk.core.week_hours import Opening, WeekHours


def test_a_week_is_read_as_people_write_it() -> None:
    week = WeekHours.parse(" Mon-Thu 14:00-17:00 09:00-12:00,\n fri 09:00-12:00, sun 22:00-24:00 ")
    morning, afternoon = Opening(time(9), time(12)), Opening(time(14), time(17))
    assert week.days[0] == week.days[3] == (morning, afternoon)
    assert week.days[4:] == ((morning,), (), (Opening(time(22), time(0)),))


def test_a_day_named_twice_has_both_ranges() -> None:
    assert WeekHours.parse("mon 14:00-17:00, mon-tue 09:00-12:00").days[0] == (
        Opening(time(9), time(12)),
        Opening(time(14), time(17)),
    )


@pytest.mark.parametrize(
    "text",
    [
        "mon",
        "mon-fri",
        "09:00-17:00",
        "mon 9-17",
        "mon 09:00-25:00",
        "mon 17:00-09:00",
        "mon 09:00-09:00",
        "fri-mon 09:00-17:00",
        "mon-xyz 09:00-17:00",
        "moo 09:00-17:00",
        "mon 09:00-12:00 11:00-14:00",
        "mon 09:00-24:00 12:00-13:00",
        "mon 09:00-17:00; tue 09:00-17:00",
        "mon \u0660\u0669:00-17:00",
    ],
)
def test_hours_that_make_no_sense_are_refused(text: str) -> None:
    with pytest.raises(InvalidInput):
        WeekHours.parse(text)


def test_ranges_out_of_order_are_refused() -> None:
    late, early = Opening(time(14), time(17)), Opening(time(9), time(12))
    with pytest.raises(InvalidInput):
        WeekHours(((late, early), (), (), (), (), (), ()))


def test_two_ranges_may_touch() -> None:
    assert len(WeekHours.parse("mon 09:00-12:00 12:00-17:00").days[0]) == 2

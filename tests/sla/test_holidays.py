"""Public holidays: the right days in each canton and country, named in the reader's language."""

import subprocess
import sys
from datetime import date, timedelta

import pytest

from helpdesk.core.errors import InvalidInput
from helpdesk.sla.holidays import PublicHolidays

ZURICH, BERN, GENEVA = (PublicHolidays("CH", canton) for canton in ("ZH", "BE", "GE"))
TICINO, BASEL, VAUD = (PublicHolidays("CH", canton) for canton in ("TI", "BS", "VD"))
BAVARIA, BERLIN = PublicHolidays("DE", "BY"), PublicHolidays("DE", "BE")
AUSTRIA, SWEDEN = PublicHolidays("AT"), PublicHolidays("SE")


@pytest.mark.parametrize(
    ("day", "closed", "at_work"),
    [
        ("2026-01-01", [ZURICH, BERN, GENEVA, TICINO, BASEL, VAUD, BAVARIA, BERLIN, AUSTRIA, SWEDEN], []),
        ("2026-01-02", [BERN, VAUD], [ZURICH, GENEVA, TICINO, BASEL, BERLIN]),  # St. Berchtold
        ("2026-01-06", [TICINO, BAVARIA, AUSTRIA, SWEDEN], [ZURICH, BERLIN]),
        ("2026-03-19", [TICINO], [ZURICH, BAVARIA, AUSTRIA]),
        ("2026-04-03", [ZURICH, BERN, GENEVA, BASEL, BERLIN, SWEDEN], [TICINO, AUSTRIA]),  # Good Friday
        ("2026-04-06", [ZURICH, GENEVA, TICINO, BAVARIA, AUSTRIA, SWEDEN], []),  # Easter Monday
        ("2027-03-29", [ZURICH, GENEVA, TICINO, BAVARIA, AUSTRIA, SWEDEN], []),
        ("2028-04-17", [ZURICH, GENEVA, TICINO, BAVARIA, AUSTRIA, SWEDEN], []),
        ("2026-05-01", [ZURICH, BASEL, TICINO, BAVARIA, AUSTRIA, SWEDEN], [BERN, GENEVA, VAUD]),
        ("2026-06-04", [TICINO, BAVARIA, AUSTRIA], [ZURICH, BERLIN, SWEDEN]),  # Corpus Christi
        ("2026-06-19", [SWEDEN], [ZURICH, BERLIN, AUSTRIA]),  # Midsummer Eve
        ("2026-08-01", [ZURICH, BERN, GENEVA, TICINO, BASEL, VAUD], [BAVARIA, AUSTRIA, SWEDEN]),
        ("2026-09-10", [GENEVA], [ZURICH, VAUD]),  # Geneva's fast
        ("2026-10-26", [AUSTRIA], [ZURICH, BAVARIA, SWEDEN]),
        ("2026-12-08", [TICINO, AUSTRIA], [ZURICH, BAVARIA]),
        ("2026-12-24", [SWEDEN], [ZURICH, GENEVA, BERLIN, AUSTRIA]),
        ("2026-12-25", [ZURICH, GENEVA, TICINO, BAVARIA, BERLIN, AUSTRIA, SWEDEN], []),
        ("2026-12-26", [ZURICH, BERN, TICINO, BASEL, BAVARIA, AUSTRIA, SWEDEN], [GENEVA, VAUD]),
        ("2026-12-31", [GENEVA, SWEDEN], [ZURICH, BERN, BERLIN, AUSTRIA]),
        ("2026-11-25", [], [ZURICH, BERN, GENEVA, TICINO, BASEL, VAUD, BAVARIA, BERLIN, AUSTRIA, SWEDEN]),
    ],
)
def test_each_place_has_its_own_holidays(
    day: str, closed: list[PublicHolidays], at_work: list[PublicHolidays]
) -> None:
    on = date.fromisoformat(day)
    assert [place for place in closed if not place(on)] == []
    assert [place for place in at_work if place(on)] == []


@pytest.mark.parametrize(
    ("place", "day", "names"),
    [
        (
            ZURICH,
            "2026-04-06",
            {
                "de": "Ostermontag",
                "fr": "Lundi de P\u00e2ques",
                "en": "Easter Monday",
                "sv": "Annandag p\u00e5sk",
            },
        ),
        (GENEVA, "2026-09-10", {"fr": "Je\u00fbne genevois", "en": "Genevan Fast", "sv": "Genevan Fast"}),
        (SWEDEN, "2026-06-19", {"sv": "Midsommarafton", "en": "Midsummer Eve", "de": "Midsummer Eve"}),
        (SWEDEN, "2026-12-25", {"sv": "Juldagen", "de": "Weihnachten", "fr": "No\u00ebl"}),
        (
            BERLIN,
            "2026-10-03",
            {"de": "Tag der Deutschen Einheit", "en": "German Unity Day", "fr": "German Unity Day"},
        ),
        (AUSTRIA, "2026-12-08", {"de": "Mari\u00e4 Empf\u00e4ngnis", "fr": "Immacul\u00e9e Conception"}),
    ],
)
def test_a_holiday_is_named_in_the_readers_language_or_else_in_english(
    place: PublicHolidays, day: str, names: dict[str, str]
) -> None:
    on = date.fromisoformat(day)
    assert {language: place.name(on, language) for language in names} == names


def test_a_holiday_that_falls_on_another_has_both_names() -> None:
    assert ZURICH(date(2008, 5, 1)) == "Ascension Day, Labor Day"


def test_a_language_nobody_lends_names_for_is_answered_in_english() -> None:
    assert ZURICH.name(date(2026, 12, 25), "fi") == "Christmas Day"


def test_a_working_day_has_no_name_in_any_language() -> None:
    assert {ZURICH.name(date(2026, 11, 25), language) for language in ("de", "fr", "sv", "en")} == {None}


def test_an_optional_category_adds_days() -> None:
    assumption = date(2026, 8, 15)
    assert BAVARIA(assumption) is None
    assert PublicHolidays("DE", "BY", ("catholic",))(assumption) == "Assumption Day"


@pytest.mark.parametrize(
    "place",
    [
        PublicHolidays("XX"),
        PublicHolidays("CH", "XX"),
        PublicHolidays("SE", "ZH"),
        PublicHolidays(""),
        PublicHolidays("CH", "ZH", ("lunar",)),
    ],
    ids=str,
)
def test_a_place_or_category_nobody_knows_is_refused(place: PublicHolidays) -> None:
    for ask in (place.check, lambda: place(date(2026, 1, 1)), lambda: place.name(date(2026, 1, 1), "de")):
        with pytest.raises(InvalidInput):
            ask()


def test_every_year_asked_for_has_its_holidays() -> None:
    for year in range(2026, 2037):
        days = (date(year, 1, 1) + timedelta(days=n) for n in range(365))
        assert sum(ZURICH(day) is not None for day in days) >= 8


def test_starting_a_command_does_not_load_the_tables() -> None:
    started = (
        "import sys; import helpdesk.sla.book as b; b.first_book('x').main; print('holidays' in sys.modules)"
    )
    run = subprocess.run([sys.executable, "-c", started], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "False"

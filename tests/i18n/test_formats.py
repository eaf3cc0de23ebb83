"""Amounts, dates and times look as people in each language write them."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from helpdesk import i18n
from helpdesk.core.languages import LANGUAGES
from helpdesk.core.money import Money, chf
from helpdesk.i18n import gettext, ngettext, speaking

NB, NARROW, THOUSANDS, MINUS = "\u00a0", "\u202f", "\u2019", "\u2212"
ZURICH = ZoneInfo("Europe/Zurich")
# 13:05 UTC is 14:05 in Zurich, where winter time holds until the end of March.
AT = datetime(2027, 3, 9, 13, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("de", f"CHF{NB}1{THOUSANDS}234.50"),
        ("fr", f"CHF{NB}1{THOUSANDS}234.50"),
        ("sv", f"1{NB}234,50{NB}CHF"),
        ("en", f"CHF{NB}1,234.50"),
    ],
)
def test_amounts_look_as_on_invoices(language: str, text: str) -> None:
    with speaking(language):
        assert i18n.amount(Money(123450)) == text


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_debt_has_a_real_minus_and_never_a_hyphen(language: str) -> None:
    with speaking(language):
        debt = i18n.amount(Money(-20000))
        assert MINUS in debt
        assert "-" not in debt
        assert debt.replace(MINUS, "") == i18n.amount(chf(200))


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_amount_says_its_currency_and_never_breaks_at_a_line_end(language: str) -> None:
    with speaking(language):
        for minor in (0, 5, 100, 99_999_999):
            for currency in ("CHF", "EUR", "SEK"):
                written = i18n.amount(Money(minor, currency))
                assert any(c.isdigit() for c in written)
                assert " " not in written
    with speaking("de"):
        assert i18n.amount(Money(5)) == f"CHF{NB}0.05"
        assert i18n.amount(Money(123456789)) == f"CHF{NB}1{THOUSANDS}234{THOUSANDS}567.89"


@pytest.mark.parametrize(
    ("language", "percent", "number"),
    [
        ("de", f"8.1{NB}%", f"1{THOUSANDS}234.5"),
        ("fr", f"8,1{NB}%", f"1{NARROW}234,5"),
        ("sv", f"8,1{NB}%", f"1{NB}234,5"),
        ("en", f"8.1{NB}%", "1,234.5"),
    ],
)
def test_numbers_have_the_marks_of_the_language(language: str, percent: str, number: str) -> None:
    with speaking(language):
        assert i18n.percent(0.081) == percent
        assert i18n.number(1234.5) == number


@pytest.mark.parametrize(
    ("language", "day", "short", "spoken"),
    [
        ("de", "Dienstag, 9. März 2027", "09.03.2027", "9. März 2027, 14:05 Uhr"),
        ("fr", "mardi 9 mars 2027", "9 mars 2027", "9 mars 2027 à 14:05"),
        ("sv", "tisdag 9 mars 2027", "2027-03-09", "9 mars 2027 kl. 14:05"),
        ("en", "Tuesday 9 March 2027", "9 Mar 2027", "9 March 2027, 14:05"),
    ],
)
def test_dates_in_sentences_and_tables(language: str, day: str, short: str, spoken: str) -> None:
    with speaking(language, ZURICH):
        assert i18n.day(AT).replace("Tuesday, ", "Tuesday ") == day
        assert i18n.short_day(AT) == short
        assert i18n.moment(AT) == f"{short}, 14:05"
        assert i18n.spoken_moment(AT) == spoken


@pytest.mark.parametrize("language", LANGUAGES)
def test_times_are_the_vendors_and_have_24_hours(language: str) -> None:
    with speaking(language, ZURICH):
        assert i18n.clock_time(AT) == "14:05"
        assert i18n.clock_time(datetime(2027, 7, 9, 22, 5, tzinfo=UTC)) == "00:05"
    with speaking(language, ZoneInfo("Europe/Helsinki")):
        assert i18n.clock_time(AT) == "15:05"


def test_a_date_is_that_of_the_vendors_zone() -> None:
    late = datetime(2027, 3, 9, 23, 30, tzinfo=UTC)
    with speaking("de", ZURICH):
        assert i18n.short_day(late) == "10.03.2027"
        assert i18n.day(late) == "Mittwoch, 10. März 2027"
        assert i18n.spoken_moment(late) == "10. März 2027, 00:30 Uhr"
        assert i18n.short_day(date(2027, 3, 9)) == "09.03.2027"


@pytest.mark.parametrize(
    ("language", "today", "tomorrow", "later"),
    [
        ("de", "heute 17:00 Uhr", "morgen 17:00 Uhr", "Freitag, 12. März 2027, 17:00 Uhr"),
        ("fr", "aujourd\u2019hui à 17:00", "demain à 17:00", "vendredi 12 mars 2027 à 17:00"),
        ("sv", "i dag kl. 17:00", "i morgon kl. 17:00", "fredag 12 mars 2027 kl. 17:00"),
    ],
)
def test_a_promise_is_said_as_people_say_it(language: str, today: str, tomorrow: str, later: str) -> None:
    due = datetime(2027, 3, 9, 16, 0, tzinfo=UTC)
    with speaking(language, ZURICH):
        assert i18n.promise(due, AT) == today
        assert i18n.promise(due + timedelta(days=1), AT) == tomorrow
        assert i18n.promise(due + timedelta(days=3), AT) == later


def test_tomorrow_begins_at_the_vendors_midnight() -> None:
    just_before_midnight = datetime(2027, 3, 9, 22, 59, tzinfo=UTC)
    with speaking("de", ZURICH):
        assert (
            i18n.promise(datetime(2027, 3, 10, 16, 0, tzinfo=UTC), just_before_midnight) == "morgen 17:00 Uhr"
        )
        just_after = just_before_midnight + timedelta(minutes=1)
        assert i18n.promise(datetime(2027, 3, 10, 16, 0, tzinfo=UTC), just_after) == "heute 17:00 Uhr"


@pytest.mark.parametrize(
    ("language", "minutes", "hours", "days"),
    [
        ("de", f"45{NB}Min.", f"1{NB}h 12", f"3{NB}Tg."),
        ("fr", f"45{NB}min", f"1{NB}h 12", f"3{NB}j"),
        ("sv", f"45{NB}min", f"1{NB}h 12", f"3{NB}d"),
        ("en", "45 min", "1 h 12", "3 d"),
    ],
)
def test_spans_are_short(language: str, minutes: str, hours: str, days: str) -> None:
    with speaking(language):
        assert i18n.span(timedelta(minutes=45)) == minutes
        assert i18n.span(timedelta(minutes=72)) == hours
        assert i18n.span(-timedelta(minutes=72)) == hours
        assert i18n.span(timedelta(days=3, hours=5)) == days


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("de", "vor 12 Minuten"),
        ("fr", "il y a 12 minutes"),
        ("sv", "för 12 minuter sedan"),
        ("en", "12 minutes ago"),
    ],
)
def test_how_long_ago_something_was(language: str, text: str) -> None:
    with speaking(language):
        assert i18n.ago(AT - timedelta(minutes=12), AT) == text


@pytest.mark.parametrize(
    ("language", "none", "one", "many"),
    [
        ("de", "0 Minuten", "1 Minute", "2 Minuten"),
        ("fr", "0 minute", "1 minute", "2 minutes"),
        ("sv", "0 minuter", "1 minut", "2 minuter"),
        ("en", "0 minutes", "1 minute", "2 minutes"),
    ],
)
def test_each_language_counts_in_its_own_way(language: str, none: str, one: str, many: str) -> None:
    with speaking(language):
        said = [ngettext("%(n)s minute", "%(n)s minutes", n) for n in (0, 1, 2)]
    assert said == [none, one, many]


def test_what_nobody_translated_is_said_in_english_and_nothing_is_said_for_nothing() -> None:
    with speaking("fr"):
        assert gettext("A sentence that is in no catalogue.") == "A sentence that is in no catalogue."
        assert gettext("") == ""


def test_an_unknown_language_is_english_and_the_old_one_comes_back() -> None:
    with speaking("sv"):
        with speaking("xx"):
            assert i18n.current_language() == "en"
        assert i18n.current_language() == "sv"
    assert i18n.current_language() == "en"


def test_the_zone_holds_for_the_block_only() -> None:
    with speaking("de", ZoneInfo("Europe/Stockholm")):
        with speaking("sv"):
            assert i18n.current_zone().key == "Europe/Stockholm"
        assert i18n.current_zone().key == "Europe/Stockholm"
    assert i18n.current_zone().key == "Europe/Zurich"

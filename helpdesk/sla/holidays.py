"""Public holidays by country and canton or state, with their names in the reader's language.

Source of the days: the `holidays` package, whose tables are code; nothing is read from a network or a clock.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache, lru_cache
from typing import Any

from helpdesk.core.errors import InvalidInput

# Days on which nobody works although no law says so. In Sweden the eves of midsummer, Christmas and New Year
# count as Sundays in employment law (semesterlagen, section 3 a).
_ALSO_CLOSED = {"SE": ("de_facto",)}
_ENGLISH = "en_US"
# Who lends names in languages that the package does not have for a country: same English name, same day.
_SPEAKERS = {"de": "CH", "fr": "CH", "sv": "SE"}


@dataclass(frozen=True, slots=True)
class PublicHolidays:
    """The holidays of a country (ISO 3166 code) and, where given, of one canton or state of it.

    `extra` adds categories of the package, such as "catholic" for 15 August in parts of Bavaria.
    """

    country: str
    subdivision: str | None = None
    extra: tuple[str, ...] = ()

    def __call__(self, day: date) -> str | None:
        """The English name of the holiday, or None: the closure function of a calendar. Raises as name()."""
        return self._year(day.year, _ENGLISH).get(day)

    def name(self, day: date, language: str) -> str | None:
        """The name in de, fr, sv or en, in English where the package has no other; None on a working day.

        Raises InvalidInput for a country, canton or category that the package does not know.
        """
        english = self(day)
        if english is None or language == "en":
            return english
        if language in _languages(self.country):
            return self._year(day.year, language).get(day)
        return _names_abroad(language, day.year).get(english, english)

    def check(self) -> None:
        """Raises InvalidInput unless country, canton and categories exist."""
        self._year(2026, _ENGLISH)

    def _year(self, year: int, language: str) -> Mapping[date, str]:
        return _year(self.country, self.subdivision, self.extra, year, language)


@lru_cache(maxsize=1024)
def _year(
    country: str, subdivision: str | None, extra: tuple[str, ...], year: int, language: str
) -> Mapping[date, str]:
    categories = ("public", *_ALSO_CLOSED.get(country, ()), *extra)
    try:
        found = _package().country_holidays(
            country, subdiv=subdivision, years=year, expand=False, language=language, categories=categories
        )
    except (NotImplementedError, ValueError):
        raise InvalidInput(
            "There are no public holidays for %(place)s.",
            place=f"{country} {subdivision}" if subdivision else country,
        ) from None
    return {day: ", ".join(name.split("; ")) for day, name in found.items()}


@cache
def _languages(country: str) -> tuple[str, ...]:
    """The languages in which the package names this country's holidays; English is `en_US` there."""
    return tuple(_package().list_localized_countries().get(country, ()))


@lru_cache(maxsize=64)
def _names_abroad(language: str, year: int) -> Mapping[str, str]:
    """English names and those of a country that speaks the language; empty if none does."""
    country = _SPEAKERS.get(language)
    if country is None:
        return {}
    names: dict[str, str] = {}
    for part in (None, *_package().list_supported_countries(include_aliases=False)[country]):
        local, english = (_year(country, part, (), year, spoken) for spoken in (language, _ENGLISH))
        names.update((english[day], local[day]) for day in english)
    return names


@cache
def _package() -> Any:
    """The package, loaded when the first date is asked for: it would slow down the start of every command."""
    import holidays

    return holidays

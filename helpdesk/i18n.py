"""The current language, texts, dates and amounts; spoken late, in the receiver's language (rule 7).

English is the source: a missing translation shows the English text. Works the same in web requests, workers
and commands, because the language lives in a context variable and not in a request.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date, datetime, timedelta
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date as babel_date
from babel.dates import format_time as babel_time
from babel.dates import format_timedelta, get_timezone_name
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.numbers import format_currency, format_decimal, format_percent
from babel.support import NullTranslations, Translations

from helpdesk.core.languages import LANGUAGES
from helpdesk.core.money import Money

FOLDER = Path(__file__).resolve().parent.parent / "translations"
DOMAIN = "messages"

# One locale a language: the vendor is Swiss, so amounts look as on Swiss invoices in de and fr.
LOCALES = {"de": "de_CH", "fr": "fr_CH", "sv": "sv_SE", "en": "en_GB"}
NAMES = {"de": "Deutsch", "fr": "Français", "sv": "Svenska", "en": "English"}

_language: ContextVar[str] = ContextVar("helpdesk_language", default="en")
_zone: ContextVar[ZoneInfo | None] = ContextVar("helpdesk_zone", default=None)
_vendor_zone = ZoneInfo("Europe/Zurich")


def current_language() -> str:
    """The language of whoever reads what is being written now."""
    return _language.get()


def current_zone() -> ZoneInfo:
    """The zone in which promises are spoken: that of the mailbox, else the vendor's."""
    return _zone.get() or _vendor_zone


def live_in(zone: ZoneInfo) -> None:
    """Sets the vendor's zone, for every thread; called by the application factory."""
    global _vendor_zone
    _vendor_zone = zone


@contextmanager
def speaking(language: str, zone: ZoneInfo | None = None) -> Iterator[None]:
    """Within this block texts, dates and amounts are in `language` (en when unknown)."""
    spoken = _language.set(language if language in LANGUAGES else "en")
    placed = _zone.set(zone or _zone.get())
    try:
        yield
    finally:
        _language.reset(spoken)
        _zone.reset(placed)


def gettext(message: str, **values: object) -> str:
    """The text in the current language, with %(name)s filled in."""
    text = str(_catalogue(current_language()).ugettext(message)) if message else ""
    return text % values if values else text


def ngettext(one: str, many: str, n: int, **values: object) -> str:
    """The text in the form that the current language uses for `n`; %(n)s is the count."""
    return str(_catalogue(current_language()).ungettext(one, many, n)) % {"n": n, **values}


def lazy(message: str) -> str:
    """Marks a text for translation where the language is not known yet; say it later with gettext()."""
    return message


def quoted(words: str) -> str:
    """Words of somebody else, between the quotation marks of the current language: “so”, «so», ”så”."""
    return gettext("“%(words)s”", words=words)


@cache
def _catalogue(language: str) -> NullTranslations:
    if language == "en":
        return NullTranslations()
    return Translations.load(FOLDER, [LOCALES[language], language], DOMAIN)


def compile_catalogues(folder: Path = FOLDER) -> int:
    """Writes the .mo beside each .po that is newer; returns how many were written."""
    written = 0
    for source in sorted(folder.glob("*/LC_MESSAGES/*.po")):
        target = source.with_suffix(".mo")
        if target.exists() and target.stat().st_mtime >= source.stat().st_mtime:
            continue
        with source.open("rb") as text:
            catalogue = read_po(text, locale=source.parent.parent.name)
        # Several processes may do this at once.
        scratch = target.with_name(f"{target.stem}.{os.getpid()}.mo")
        with scratch.open("wb") as binary:
            write_mo(binary, catalogue)
        scratch.replace(target)
        written += 1
    return written


def _locale() -> Locale:
    return _locale_of(current_language())


@cache
def _locale_of(language: str) -> Locale:
    return Locale.parse(LOCALES[language])


def amount(money: Money) -> str:
    """CHF 1’234.50 in German and French (as on Swiss invoices), 1 234,50 CHF in Swedish."""
    language = current_language()
    if language in ("de", "fr"):
        sign = "−" if money.minor < 0 else ""
        return f"{money.currency}\u00a0{sign}{_swiss(abs(money.minor))}"
    if language == "en":
        sign = "−" if money.minor < 0 else ""
        return f"{money.currency}\u00a0{sign}{abs(money.minor) // 100:,}.{abs(money.minor) % 100:02d}"
    return str(format_currency(money.decimal, money.currency, locale=_locale())).replace("-", "−")


def _swiss(minor: int) -> str:
    return f"{minor // 100:,}".replace(",", "\u2019") + f".{minor % 100:02d}"


def number(value: float) -> str:
    """A number with the separators of the current language."""
    return str(format_decimal(value, locale=_locale()))


def percent(value: float) -> str:
    """0.081 as 8.1 % in the current language."""
    return str(format_percent(value, format="#,##0.#\u00a0%", locale=_locale()))


def clock_time(at: datetime) -> str:
    """14:05, in the vendor's zone, 24 hours in every language."""
    return str(babel_time(at, "HH:mm", tzinfo=current_zone(), locale=_locale()))


def day(at: datetime | date) -> str:
    """A date in full words of the current language: Tuesday, 9 March 2027."""
    local = at.astimezone(current_zone()).date() if isinstance(at, datetime) else at
    # Babel's French of Switzerland has a comma after the weekday, which no sentence bears.
    return str(babel_date(local, "EEEE d MMMM y" if current_language() == "fr" else "full", locale=_locale()))


def short_day(at: datetime | date) -> str:
    """A date for tables: 09.03.2027 in German, 9 mars 2027 in French, 2027-03-09 in Swedish."""
    local = at.astimezone(current_zone()).date() if isinstance(at, datetime) else at
    if current_language() == "sv":
        return local.isoformat()
    return str(babel_date(local, "dd.MM.yyyy" if current_language() == "de" else "medium", locale=_locale()))


def weekday(number: int) -> str:
    """Monday for 0, in the current language."""
    name = str(_locale().days["stand-alone"]["wide"][number])
    return name[:1].upper() + name[1:]


def moment(at: datetime) -> str:
    """Date and time for tables and titles."""
    return f"{short_day(at)}, {clock_time(at)}"


def spoken_moment(at: datetime) -> str:
    """Date and time inside a sentence: 9. März 2027, 14:05 Uhr; 9 mars 2027 à 14:05."""
    date_in_words = babel_date(at.astimezone(current_zone()).date(), "long", locale=_locale())
    return gettext("%(day)s, %(time)s", day=date_in_words, time=clock_time(at))


def appointment(at: datetime) -> str:
    """When people meet, the weekday always with it: Tuesday, 9 March 2027, 14:05."""
    return gettext("%(day)s, %(time)s", day=day(at), time=clock_time(at))


def promise(at: datetime, now: datetime) -> str:
    """When something is promised, as people say it: today 17:00, tomorrow 17:00, Monday, 9 March, 17:00."""
    ahead = at.astimezone(current_zone()).date() - now.astimezone(current_zone()).date()
    if ahead == timedelta(0):
        return gettext("today %(time)s", time=clock_time(at))
    if ahead == timedelta(days=1):
        return gettext("tomorrow %(time)s", time=clock_time(at))
    return gettext("%(day)s, %(time)s", day=day(at), time=clock_time(at))


def zone_name(at: datetime) -> str:
    """Whose clock is meant, for a time with a zone: Zeit: Vereinigtes Königreich, British Summer Time."""
    return str(get_timezone_name(at, width="long", locale=_locale()))


def span(length: timedelta) -> str:
    """A length of time in a few letters: 1 h 12, 45 min, 3 d."""
    minutes = int(abs(length).total_seconds()) // 60
    if minutes < 60:
        return gettext("%(n)s min", n=minutes)
    if minutes < 24 * 60:
        return gettext("%(hours)s h %(minutes)02d", hours=minutes // 60, minutes=minutes % 60)
    return gettext("%(n)s d", n=minutes // (24 * 60))


def working_time(length: timedelta) -> str:
    """Working time in hours, however much: a day of work has no fixed length."""
    minutes = int(length.total_seconds()) // 60
    if minutes % 60 == 0:
        return gettext("%(n)s h", n=minutes // 60)
    return span(length) if minutes < 24 * 60 else gettext("%(n)s h", n=number(minutes / 60))


def ago(at: datetime, now: datetime) -> str:
    """12 minutes ago, in the current language."""
    return str(format_timedelta(at - now, add_direction=True, locale=_locale()))

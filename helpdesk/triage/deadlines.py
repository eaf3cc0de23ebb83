"""When something is needed: limits named in the words of a mail, as a moment after it came."""

import re
from datetime import date, datetime, time, timedelta

from helpdesk.triage.words import fold, words

_NUMBERS = {
    "zwei": 2, "drei": 3, "funf": 5, "zehn": 10, "zwanzig": 20, "dreissig": 30,
    "deux": 2, "trois": 3, "cinq": 5, "dix": 10, "quinze": 15, "vingt": 20, "trente": 30,
    "tva": 2, "tre": 3, "fem": 5, "tio": 10, "femton": 15, "tjugo": 20, "trettio": 30,
    "two": 2, "three": 3, "five": 5, "ten": 10, "fifteen": 15, "twenty": 20, "thirty": 30,
}  # fmt: skip
_MINUTES = {
    "viertelstunde": 15, "kvart": 15, "quart": 15, "quarter": 15, "halben": 30, "halbe": 30, "demi": 30,
    "halvtimme": 30, "half": 30, "dreiviertelstunde": 45,
}  # fmt: skip
_MINUTE_WORDS = {"minuten", "min", "minute", "minutes", "mins", "minuter"}
_HOUR_WORDS = {"stunde", "stunden", "heure", "heures", "timme", "timmar", "hour", "hours"}
_TOMORROW = {"morgen", "demain", "imorgon", "tomorrow", "imorrn", "morgondagen"}
_NOON = {"mittag", "midi", "noon", "midday", "lunch", "tolv", "twelve", "zwolf"}
_MIDNIGHT = {"mitternacht", "minuit", "midnatt", "midnight"}
_WEEKDAYS = (
    {"montag", "lundi", "mandag", "mandagen", "monday"},
    {"dienstag", "mardi", "tisdag", "tisdagen", "tuesday"},
    {"mittwoch", "mercredi", "onsdag", "onsdagen", "wednesday"},
    {"donnerstag", "jeudi", "torsdag", "torsdagen", "thursday"},
    {"freitag", "vendredi", "fredag", "fredagen", "friday"},
    {"samstag", "sonnabend", "samedi", "lordag", "lordagen", "saturday"},
    {"sonntag", "dimanche", "sondag", "sondagen", "sunday"},
)
_MONTHS = (
    {"januar", "janner", "janvier", "januari", "january", "jan"},
    {"februar", "fevrier", "februari", "february", "feb"},
    {"marz", "mars", "march"},
    {"april", "avril", "apr"},
    {"mai", "maj", "may"},
    {"juni", "juin", "june"},
    {"juli", "juillet", "july"},
    {"august", "aout", "augusti", "aug"},
    {"september", "septembre", "sept", "sep"},
    {"oktober", "octobre", "october", "okt", "oct"},
    {"november", "novembre", "nov"},
    {"dezember", "decembre", "december", "dez", "dec"},
)
_DAY_AND_MONTH = re.compile(r"(?<!\d)([0-3]?\d)\s?[./]\s?([01]?\d)(?!\d)")
_CLOCK = re.compile(r"(?<![\d.,:])([01]?\d|2[0-4])(?:\s?[:.h]\s?([0-5]\d))?(?!\d)")


def due(said: str, received_at: datetime) -> datetime | None:
    """The moment that words such as "bis 11 Uhr", "avant vendredi" or "om en kvart" name, or None.

    `received_at` is in the customer's time; the answer is in the same zone. A limit on a day without an
    hour ends with that day.
    """
    found = [word.folded for word in words(fold(said))]
    if (span := _span(found)) is not None:
        return received_at + span
    named = _named_day(said, found, received_at.date())
    if named is not None:
        hour = None if any(c.isdecimal() for c in said) else _hour(said, found)
        return datetime.combine(named, time(), received_at.tzinfo) + (hour or timedelta(days=1))
    day = received_at.date() + timedelta(days=1 if _is_tomorrow(found) else 0)
    hour = _hour(said, found)
    if hour is None:
        return None if not found else datetime.combine(day + timedelta(days=1), time(), received_at.tzinfo)
    at = datetime.combine(day, time(), received_at.tzinfo) + hour
    return at if at > received_at or _is_tomorrow(found) else at + timedelta(days=1)


def _named_day(said: str, found: list[str], today: date) -> date | None:
    """The next Friday, 31 March or 31.3. from today on."""
    for ahead in range(7):
        names = _WEEKDAYS[(today.weekday() + ahead) % 7]
        if any(word in names for word in found):
            return today + timedelta(days=ahead)
    month = next((n for n, names in enumerate(_MONTHS, 1) for word in found if word in names), 0)
    number = next((int(word) for word in found if word.isdecimal() and len(word) < 3), 0)
    if not month and (match := _DAY_AND_MONTH.search(said)):
        number, month = int(match[1]), int(match[2])
    return _next(number, month, today) if number and month else None


def _next(number: int, month: int, today: date) -> date | None:
    """That day of this year or the next; None for a day that does not exist."""
    for year in (today.year, today.year + 1):
        try:
            found = date(year, month, number)
        except ValueError:
            continue
        if found >= today:
            return found
    return None


def _span(found: list[str]) -> timedelta | None:
    """In twenty minutes, dans une demi-heure, om en kvart."""
    fixed = next((_MINUTES[word] for word in found if word in _MINUTES), None)
    if fixed is not None:
        return timedelta(minutes=fixed)
    count = next((_number(word) for word in found if _number(word)), 1)
    if any(word in _MINUTE_WORDS for word in found):
        return timedelta(minutes=count)
    if any(word in _HOUR_WORDS for word in found) and not any(
        word in ("a", "avant", "before") for word in found
    ):
        return timedelta(hours=count)
    return None


def _number(word: str) -> int:
    return int(word) if word.isdecimal() and len(word) < 4 else _NUMBERS.get(word, 0)


def _is_tomorrow(found: list[str]) -> bool:
    """Tomorrow; but in `heute morgen` it is this morning, and Swedish writes `i morgon` as two words."""
    if "heute" in found or "ce" in found:
        return False
    return any(word in _TOMORROW for word in found) or ("i" in found and "morgon" in found)


def _hour(said: str, found: list[str]) -> timedelta | None:
    if any(word in _MIDNIGHT for word in found):
        return timedelta(hours=24)
    if match := _CLOCK.search(said):
        return timedelta(hours=_afternoon(int(match[1]), found), minutes=int(match[2] or 0))
    return timedelta(hours=12) if any(word in _NOON for word in found) else None


def _afternoon(hour: int, found: list[str]) -> int:
    """3 pm is 15 o'clock."""
    return (
        hour + 12
        if hour < 12 and any(w == "pm" or (w.endswith("pm") and w[:-2].isdecimal()) for w in found)
        else hour
    )

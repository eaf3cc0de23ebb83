"""When something is needed: limits named in the words of a mail, as a moment after it came."""

import re
from datetime import datetime, time, timedelta

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
_CLOCK = re.compile(r"(?<![\d.,:])([01]?\d|2[0-4])(?:\s?[:.h]\s?([0-5]\d))?(?!\d)")


def due(said: str, received_at: datetime) -> datetime | None:
    """The moment that words such as "bis 11 Uhr", "avant 17h" or "om en kvart" name; None if they name none.

    `received_at` is in the customer's time; the answer is in the same zone. A limit on a day without an
    hour ends with that day.
    """
    found = [word.folded for word in words(fold(said))]
    if (span := _span(found)) is not None:
        return received_at + span
    day = received_at.date() + timedelta(days=1 if _is_tomorrow(found) else 0)
    hour = _hour(said, found)
    if hour is None:
        return None if not found else datetime.combine(day + timedelta(days=1), time(), received_at.tzinfo)
    at = datetime.combine(day, time(), received_at.tzinfo) + hour
    return at if at > received_at or _is_tomorrow(found) else at + timedelta(days=1)


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
    return int(word) if word.isdigit() and len(word) < 4 else _NUMBERS.get(word, 0)


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
        if hour < 12 and any(w == "pm" or (w.endswith("pm") and w[:-2].isdigit()) for w in found)
        else hour
    )

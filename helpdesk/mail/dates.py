"""The Date header as a point in time, also from the forms programs write against the standard."""

import re
from datetime import UTC, datetime, timedelta, timezone

from helpdesk.mail.encoded_words import raw_text

#: Hours east of Greenwich of the zones that are written as letters.
_ZONES = {"UT": 0, "UTC": 0, "GMT": 0, "Z": 0, "WET": 0, "EST": -5, "EDT": -4, "CST": -6, "CDT": -5,
    "MST": -7, "MDT": -6, "PST": -8, "PDT": -7, "AKST": -9, "HST": -10, "AST": -4, "ADT": -3, "NST": -3.5,
    "MESZ": 2, "CEST": 2, "MEZ": 1, "CET": 1, "MET": 1, "MEST": 2, "MEWT": 1, "BST": 1, "WEST": 1, "IST": 5.5,
    "EEST": 3, "EET": 2, "MSK": 3, "MSD": 4, "JST": 9, "KST": 9, "HKT": 8, "SGT": 8, "AWST": 8, "AEST": 10,
    "AEDT": 11, "NZST": 12, "NZDT": 13, "BRT": -3, "ART": -3, "SAST": 2}  # fmt: skip
_MONTHS = [
    "jan janv januari januar januarius gen ene sty янв led tammi ocak".split(),
    "feb febr févr fév fevr fev february februar februari lut фев úno helmi şub".split(),
    "mar mär mrz märz mars march maart marzo mars маr мар bře maalis mrt maerz".split(),
    "apr avr april abr кв апр dub huhti nis avril".split(),
    "may mai maj mag mei maio mayo май kvě touko".split(),
    "jun juin juni june giu июн čvn kesä haz".split(),
    "jul juil juli july lug июл čvc heinä tem".split(),
    "aug août aou augusti august ago авг srp elo ağu sie".split(),
    "sep sept september set сен zář syys eyl wrz".split(),
    "oct okt oktober october ott out окт říj loka eki paź".split(),
    "nov november novembre ноя marras kas lis".split(),
    "dec dez déc december dezember dic des дек pro joulu ara gru".split(),
]
_MONTH = {name: number for number, names in enumerate(_MONTHS, 1) for name in names}
_STRICT = re.compile(
    r"(?:[A-Za-z]{3}, ?)?(\d{1,2}) ([A-Za-z]{3}) (\d{4}) (\d{1,2}):(\d\d)(?::(\d\d))? "
    r"([+-])(\d\d)(\d\d)(?: |"
    r"$)"
)
_COMMENT = re.compile(r"\(([^()]{0,60})\)")
_TIME = re.compile(
    r"(?<![\d.:+-])(\d{1,2})[:.](\d\d)(?:[:.](\d\d))?(?:[.,]\d{1,9})?(?![\d.])\s*([ap]\.?m\.?)?", re.I
)
_OFFSET = re.compile(r"(?:\b(?:GMT|UTC?)\s?)?([+-])(\d{1,2}):?(\d\d)?(?!\d)", re.I)
_NAMED = re.compile(r"\b([A-Z]{1,4})\b")
_DAY_FIRST = re.compile(r"(?<!\d)(\d{1,2})\.?[\s-]{1,3}([^\W\d_]{3,10})\.?,?[\s-]{1,3}(\d{2,4})(?!\d)")
_MONTH_FIRST = re.compile(
    r"([^\W\d_]{3,10})\.?\s(\d{1,2})(?:st|nd|rd|th)?,?\s(?:.{0,24}?\s)??((?:19|20)\d\d)(?!\d)"
)
_ISO = re.compile(r"(?<!\d)(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?=\D|$)")
_DOTTED = re.compile(r"(?<!\d)(\d{1,2})\.(\d{1,2})\.(\d{4})(?!\d)")


def parse_date(value: str) -> datetime | None:
    """The instant with its offset, None when the value names none; a date without a zone is taken as UTC."""
    text = " ".join(raw_text(value)[:200].split())
    try:
        found = _STRICT.match(text)
        if found is not None:
            day, month, year, hour, minute, second, sign, hours, minutes = found.groups()
            number = _MONTH.get(month.lower())
            if number is not None:
                offset = (int(hours) * 60 + int(minutes)) * (-1 if sign == "-" else 1)
                clock = int(hour), int(minute), min(int(second or 0), 59)
                return datetime(int(year), number, int(day), *clock, tzinfo=_zone(offset))
        return _lenient(text)
    except (ValueError, OverflowError):
        return None


def _zone(minutes: float) -> timezone:
    return timezone(timedelta(minutes=minutes)) if minutes else UTC


def _lenient(text: str) -> datetime | None:
    """A day, a time of day and a zone, wherever they stand."""
    comments = " ".join(_COMMENT.findall(text))
    text = " ".join(_COMMENT.sub(" ", text).replace('"', " ").split())
    day = _day(text)
    if day is None:
        return None
    left = text[: day[0]] + " " + text[day[1] :]
    clock = _TIME.search(left.replace("T", " "))
    if clock is None:
        inside = _TIME.search(text[day[0] : day[1]])
        clock, left = inside, text[day[0] :] if inside is not None else left
    if clock is None:
        return None
    hour = int(clock[1])
    if clock[4] and hour <= 12:
        hour = hour % 12 + (12 if clock[4][0] in "pP" else 0)
    behind = left[clock.end() :]
    second = min(int(clock[3] or 0), 59)
    return datetime(*day[2], hour, int(clock[2]), second, tzinfo=_zone(_offset(behind, comments)))


def _day(text: str) -> tuple[int, int, tuple[int, int, int]] | None:
    """(start, end, (year, month, day)) of the date in the text, the likeliest form first."""
    if found := _ISO.search(text):
        return found.start(), found.end(), (int(found[1]), int(found[2]), int(found[3]))
    if (found := _DAY_FIRST.search(text)) and found[2].lower() in _MONTH:
        return found.start(), found.end(), (_year(found[3]), _MONTH[found[2].lower()], int(found[1]))
    if found := _DOTTED.search(text):
        return found.start(), found.end(), (int(found[3]), int(found[2]), int(found[1]))
    for found in _MONTH_FIRST.finditer(text):
        if found[1].lower() in _MONTH:
            return found.start(1), found.end(2), (int(found[3]), _MONTH[found[1].lower()], int(found[2]))
    return None


def _year(digits: str) -> int:
    """RFC 5322 4.3: two digits below 50 are this century, three digits count from 1900."""
    year = int(digits)
    if len(digits) == 3:
        return 1900 + year
    return year + (2000 if year < 50 else 1900) if len(digits) == 2 else year


def _offset(behind: str, comments: str) -> float:
    """Minutes east of Greenwich, from the digits, else from the letters, else 0."""
    found = _OFFSET.search(behind)
    if found is not None:
        hours, minutes = int(found[2]), int(found[3] or 0)
        return (hours * 60 + minutes) * (-1 if found[1] == "-" else 1) if hours < 24 else 0
    for place in (behind, comments):
        for name in _NAMED.findall(place.upper()):
            if name in _ZONES:
                return _ZONES[name] * 60
    return 0

"""The Date header as a point in time, also from the forms programs write against the standard."""

import re
from datetime import UTC, datetime, timedelta, timezone
from email.utils import parsedate_tz

from helpdesk.mail.encoded_words import raw_text

_ZONES = {"MESZ": 2, "CEST": 2, "MEZ": 1, "CET": 1, "MET": 1, "MEST": 2, "BST": 1, "WEST": 1, "EEST": 3,
    "EET": 2,
          "MSK": 3, "MSD": 4, "JST": 9, "IST": 5.5, "HKT": 8, "SGT": 8, "AEST": 10, "AEDT": 11,
    "NZST": 12}  # fmt: skip
_ISO = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d")
_ZONE = re.compile(r"\b([A-Z]{3,4})\b\)?\s*$")


def parse_date(value: str) -> datetime | None:
    """The instant with its offset, None when the value names none; a date without a zone is taken as UTC."""
    text = " ".join(raw_text(value)[:200].split())
    if not text:
        return None
    try:
        if _ISO.match(text):
            found = datetime.fromisoformat(text.replace("Z", "+00:00"))
            return found if found.tzinfo else found.replace(tzinfo=UTC)
        parts = parsedate_tz(text)
        if parts is None:
            return None
        offset = parts[9]
        zone = _ZONE.search(text)
        if zone and zone[1] in _ZONES and not re.search(r"[+-]\d{4}", text):
            offset = int(_ZONES[zone[1]] * 3600)
        tz = timezone(timedelta(seconds=offset)) if offset else UTC
        return datetime(*parts[:6], tzinfo=tz)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None

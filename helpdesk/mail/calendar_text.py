"""A calendar part (RFC 5545) in words, for mails that have nothing else to read."""

import re

_FOLD = re.compile(r"\r?\n[ \t]")
_WANTED = {"SUMMARY": "", "DTSTART": "", "DTEND": "", "LOCATION": "", "DESCRIPTION": ""}
_DATE = re.compile(r"(\d{4})(\d\d)(\d\d)(?:T(\d\d)(\d\d)\d\d(Z?))?$")
_CAP = 200_000


def calendar_to_text(source: str) -> str:
    """Title, time, place and description of the first event, one a line; "" when there is none."""
    found: dict[str, str] = {}
    inside = False
    for line in _FOLD.sub("", source[:_CAP]).splitlines():
        head, _, value = line.partition(":")
        name = head.partition(";")[0].strip().upper()
        if name == "BEGIN":
            inside = value.strip().upper() in ("VEVENT", "VTODO")
        elif inside and name in _WANTED and name not in found:
            found[name] = _unescape(value)
    when = " - ".join(_moment(found[name]) for name in ("DTSTART", "DTEND") if found.get(name))
    lines = (found.get("SUMMARY", ""), when, found.get("LOCATION", ""), found.get("DESCRIPTION", ""))
    return "\n".join(line for line in lines if line).strip()


def _unescape(value: str) -> str:
    return value.replace("\\n", "\n").replace("\\N", "\n").replace("\\,", ",").replace("\\;", ";").strip()


def _moment(value: str) -> str:
    found = _DATE.match(value)
    if found is None:
        return value[:40]
    year, month, day, hour, minute, utc = found.groups()
    clock = f" {hour}:{minute}" + (" UTC" if utc else "") if hour else ""
    return f"{year}-{month}-{day}{clock}"

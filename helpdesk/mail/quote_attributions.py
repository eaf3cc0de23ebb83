"""Recognise the line that says who wrote what is quoted below: "On <date> <name> wrote:", in any language."""

import re

from helpdesk.mail.quote_blocks import ADDRESS, LINE_CAP, TIME, without_marks
from helpdesk.mail.quote_words import ATTRIBUTION_START, DATE_START, WROTE

#: "On <date> <name>\n<address>\nwrote:" is wrapped over at most this many lines.
ATTRIBUTION_LINES = 5

_QUOTING = re.compile(
    r"(?:quoting|zitat von|zitiere|citando|citat från|citat fra|citerar|citat|citazione|citation de|"
    r"quota|lainaus|"
    r"selon|citaat van)\s.{0,200}:$|wiadomość napisana .{4,200}:$|"
    r"excerpts from .{1,100} message of .{4,60}:$|"
    r"\*? ?[^\[\]]{1,100} \[\d{4}-\d\d-\d\d \d\d:\d\d[^\[\]]{0,12}\]:$"
)
_DATED = re.compile(
    r"\d{4}|\d{1,2}[:.h]\d{2}|\d{1,2}[./-]\s?\d{1,2}|\d{1,2}\.?\s[^\W\d_]{3,}|^on [^\W\d_]{3,9}\.? \d"
)
_WHOLE_DATE = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")
_ENDS_WITH_ADDRESS = re.compile(r"[<(\[]\s?[^\s<>]{1,120}@[^\s<>]{1,120}[>)\]]{1,3}\s*[:：]?$")
_ENDS_WITH_BARE_ADDRESS = re.compile(
    r"\s(?:by|von|de|av|af|da|van|door|par|od|от|från|fra)\s[^\s<>()\[\]]{1,64}@[^\s<>()\[\]]{1,120}\s?:$"
)
_ENDS_WITH_MOMENT = re.compile(
    r"\d{1,4}[./-]\d{1,2}[./-]\d{2,4}[, ]{1,2}(?:um |at |à |kl\.? )?\d{1,2}[:.]\d{2}(?::\d\d)?\s?:$"
)
_DATE_BEHIND = re.compile(r":\s?\([^()]{6,60}\)$")
_OWN_WORDS = re.compile(
    r"(?<!\w)(?:i|we|ich|wir|nous|je|jag|vi|jeg|ik|wij|yo|io)\s(?:\w+\s)?(?:wrote|writes|said|schrieb\w*|"
    r"skrev|schreef|"
    r"schreven|écrivais)(?!\w)|(?<!\w)(?:schrieb\w*|skrev|schreef|geschrieben)\s(?:ich|wir|mir|uns|jag|"
    r"vi|jeg|ik)(?!\w)"
)
_ENDS = (":", "：", ">", ")", "]")
_NOW = re.compile(r"(?<!\w)(?:writes|schreibt|skriver|pisze|пишет|пише|said)\s?:$")


def attribution(lines: list[str], at: int, low: str) -> int:
    """Lines of the attribution that starts at line `at` (`low`: that line, lower case); 0 when it is none."""
    low = without_marks(low).lstrip("*_ \t")
    opens = _opens(low)
    joined, used = "", 0
    for here in range(at, min(len(lines), at + ATTRIBUTION_LINES)):
        part = without_marks(lines[here][:LINE_CAP]).strip().lower()
        if not part:
            follows = lines[here + 1].strip()[:1] if here + 1 < len(lines) else ""
            if used and follows == "<" and opens:
                continue
            break
        if part.startswith(">") and joined.count("<") <= joined.count(">"):
            break
        if joined and not opens and _opens(part.lstrip("*_ \t")):
            break
        joined = f"{joined} {part}" if joined else part
        used = here - at + 1
        if _is_attribution(joined, opens=opens):
            return 0 if _starts_later(lines, at + 1, at + used) else used
        if used <= 2 and _quote_follows(lines, here + 1) and _could_be(joined):
            return used
        if (not opens and used >= 2) or len(joined) > LINE_CAP:
            break
    return 0


def _starts_later(lines: list[str], first: int, end: int) -> bool:
    """Whether the attribution really starts at one of these lines and a sentence stands above it."""
    for start in range(first, end):
        low = lines[start].strip().lower().lstrip("*_ \t")
        joined = " ".join(line[:LINE_CAP].strip().lower() for line in lines[start:end])
        if ATTRIBUTION_START.match(low) and _is_attribution(joined, opens=True):
            return True
    return False


def _opens(low: str) -> bool:
    """Whether the line begins the way "On Monday ..." or "2 May 2024 ..." do."""
    return ATTRIBUTION_START.match(low) is not None or DATE_START.match(low) is not None


def _is_attribution(joined: str, *, opens: bool) -> bool:
    """Whether these lines say who wrote when: a verb or an address at the end, a date, a colon."""
    end = joined.rstrip(" *_\t-")
    if not end.endswith(_ENDS):
        return False
    colon = end.endswith((":", "："))
    if colon and _QUOTING.match(end):
        return True
    address = ADDRESS.search(end) is not None
    digit = _DATED.search(end) is not None
    verb = WROTE.search(end)
    if colon and verb is not None:
        if _OWN_WORDS.search(end) is not None:
            return False
        if opens:
            return digit and (address or len(end) - verb.end() < 60)
        tail = len(end) - verb.end() < 50
        return tail and (address or (digit and TIME.search(end) is not None))
    if verb is not None and address and _DATE_BEHIND.search(end) is not None:
        return True
    return digit and address and _ends_with_sender(end, colon=colon)


def _ends_with_sender(end: str, *, colon: bool) -> bool:
    """A date in front and an address behind need no verb: many languages' programs write it so."""
    bracketed = _ENDS_WITH_ADDRESS.search(end) is not None
    if DATE_START.match(end) is not None and (bracketed or (colon and _bare_sender(end))):
        return True
    return colon and bracketed and TIME.search(end) is not None and _WHOLE_DATE.search(end) is not None


def _bare_sender(end: str) -> bool:
    return TIME.search(end) is not None and _ENDS_WITH_BARE_ADDRESS.search(end) is not None


def _quote_follows(lines: list[str], at: int) -> bool:
    """Whether the next line with words is a marked quote."""
    end = min(len(lines), at + 4)
    while at < end and not lines[at].strip():
        at += 1
    return at < end and lines[at].lstrip(" \t\xa0").startswith(">")


def _could_be(joined: str) -> bool:
    """Whether a line right above a marked quote says who wrote it; alone it would prove nothing."""
    end = joined.rstrip(" *_\t-[]")
    if len(end) > 160:
        return False
    verb = WROTE.search(end)
    if verb is not None and _NOW.search(end) is None:
        return len(end) - verb.end() < (40 if _DATED.search(end[verb.end() :]) else 6)
    dated = TIME.search(end) is not None and _WHOLE_DATE.search(end) is not None
    return _ENDS_WITH_MOMENT.search(end) is not None or (end.endswith(":") and dated and _opens(end))

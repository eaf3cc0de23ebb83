"""Recognise the lines that mail programs put above a quoted message: attribution, header block, separator."""

import re
from dataclasses import dataclass

from helpdesk.mail.quote_words import (
    APPLE_FORWARD,
    ATTRIBUTION_START,
    DATE_START,
    FORWARDED,
    LABELS,
    ORIGINAL,
    WROTE,
)

#: No heading is longer; a longer line is prose (or an attack) and is looked at only this far.
LINE_CAP = 320
#: "On <date> <name>\n<address>\nwrote:" is wrapped over at most this many lines.
ATTRIBUTION_LINES = 5
#: Lines looked at below a first header line.
BLOCK_LINES = 14

_LABEL = re.compile(r"[\s*_|]*([^\W\d_][^:：<>@]{0,28}?)[\s*_]*[:：]")
_DASHES = "-–—_=~+"
_RUN_ON = re.compile(r"[-–—_]{3,20}[^-]{3,60}[-–—_]{3,20}\s?[^\W\d_]{1,20}\s?:")
_RULE = re.compile(r"\s*[-_–—=*]{3,}\s*$")
_QUOTING = re.compile(
    r"(?:quoting|zitat von|zitiere|citando|citat från|citat fra|citazione|citation de|quota)\s.{0,200}:$"
)
_ADDRESS = re.compile(r"[^\s<>@\[\]()\"]@[\w.-]")
_MARKS = re.compile("[\u200b\u200e\u200f\ufeff]")
_DATED = re.compile(r"\d{4}|\d{1,2}[:.h]\d{2}|\d{1,2}[./-]\s?\d{1,2}|\d{1,2}\.?\s[^\W\d_]{3,}")
_TIME = re.compile(r"\d{1,2}[:.h]\d{2}")
_ENDS_WITH_ADDRESS = re.compile(r"[<(\[][^\s<>]{1,120}@[^\s<>]{1,120}[>)\]]{1,3}\s*[:：]?$")
_ABOVE = ("above", "oberhalb", "über", "au-dessus", "ovanför", "processed by", "over denne")
_REPLY_ABOVE = re.compile(
    r"(?:##-|--?\s|={2,}|_{3,}|\*{2,})?.{0,40}"
    r"(?:(?:please )?(?:type|write|enter) your (?:reply|response) above th(?:is|e) line|"
    r"reply above this line|"
    r"bitte (?:geben sie ihre antwort|antworten sie|schreiben sie) (?:bitte )?(?:über|oberhalb)|"
    r"antwort (?:bitte )?"
    r"oberhalb dieser (?:zeile|linie)|répon(?:dre|dez) au-dessus de cette ligne|(?:svara|"
    r"skriv(?: ditt)? svar) ovanför"
    r"|original message processed by|skriv svaret over denne)"
)


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading of `lines` lines above a quoted (or forwarded) message."""

    lines: int
    forward: bool = False
    #: An attribution line ("On ... wrote:"), the weakest form: it may stand above a reply written below it.
    attribution: bool = False


def heading(lines: list[str], at: int) -> Heading | None:
    """The heading that starts at line `at`, or None; looks at a bounded number of lines and characters."""
    line = lines[at][:LINE_CAP].strip()
    low = line.lower()
    if (found := _separator(lines, at, low)) is not None:
        return found
    size = header_block(lines, at)
    if size:
        return Heading(size)
    size = _attribution(lines, at, low)
    if size:
        return Heading(size, attribution=True)
    if any(word in low for word in _ABOVE) and _REPLY_ABOVE.match(low):
        return Heading(1)
    return None


def _separator(lines: list[str], at: int, low: str) -> Heading | None:
    """A line between dashes that names the original, a rule above a header block, Apple's sentence."""
    if APPLE_FORWARD.match(low):
        return Heading(1 + _block_after(lines, at), forward=True)
    if low[:1] not in "-–—_=~+*" or not low:
        return None
    if _RULE.match(low):
        below = _block_after(lines, at)
        return Heading(1 + below) if below else None
    words = _framed(low)
    if not words:
        # Yahoo puts the whole header block behind the dashes, in one line.
        return Heading(1, forward=True) if FORWARDED.search(low[:80]) and _RUN_ON.match(low) else None
    if FORWARDED.search(words):
        return Heading(1 + _block_after(lines, at), forward=True)
    if ORIGINAL.search(words):
        return Heading(1 + _block_after(lines, at))
    wrote = WROTE.search(words)
    if wrote is not None and len(words) - wrote.end() < 12:
        return Heading(1)
    below = _block_after(lines, at)
    return Heading(1 + below) if below else None


def _framed(low: str) -> str:
    """The words between two runs of dashes ("----- Original Message -----"), "" for any other line."""
    line = low.strip(" \t*:")
    right = line.lstrip(_DASHES)
    words = right.rstrip(_DASHES)
    framed = len(line) - len(right) >= 2 and len(right) - len(words) >= 2
    words = words.strip(" \t>*")
    return words if framed and 2 <= len(words) <= 200 else ""


def _block_after(lines: list[str], at: int) -> int:
    """Lines from below `at` to the end of a header block that starts there, 0 when none does."""
    start = at + 1
    while start < len(lines) and start <= at + 3 and not lines[start].strip():
        start += 1
    if start >= len(lines):
        return 0
    size = header_block(lines, start, after_rule=True)
    return start - at - 1 + size if size else 0


def label(line: str) -> tuple[str, str]:
    """(meaning, value) of a header-like line, ("", "") for any other."""
    found = _LABEL.match(line[:LINE_CAP])
    if found is None:
        return "", ""
    kind = LABELS.get(found.group(1).strip(" \t*_\xa0\u200b").lower(), "")
    if not kind:
        return "", ""
    return kind, _MARKS.sub("", line[found.end() : LINE_CAP]).strip(" \t*_\xa0")


def header_block(lines: list[str], at: int, *, after_rule: bool = False) -> int:
    """How many lines the header block that starts at `at` has, 0 when it is none.

    Human text has "Von: ... An: ..." in lists and "From:" in prose, so a block needs a sender, two more
    fields, and a subject or an address among them.
    """
    first, value = label(lines[at])
    if not first or first == "other":
        return 0
    values, last, misses = {first: value}, at, 0
    for here in range(at + 1, min(len(lines), at + BLOCK_LINES)):
        kind, value = label(lines[here])
        if kind:
            if kind in values and kind in ("from", "subject"):
                break
            values.setdefault(kind, value)
            last, misses = here, 0
            continue
        misses += 1
        if misses > (3 if lines[here].strip() else 1) and len(values) >= 2:
            break
        if not lines[here].strip() and "subject" in values:
            break
    return last - at + 1 if _is_block(values, after_rule=after_rule) else 0


def _is_block(values: dict[str, str], *, after_rule: bool) -> bool:
    if "from" not in values:
        return False
    if "sent" in values:
        values.setdefault("date", values["sent"])
    others = len(values.keys() - {"from", "other", "sent"})
    addressed = bool(_ADDRESS.search(values["from"]))
    if (
        after_rule
        and others >= 1
        and (addressed or "subject" in values or _TIME.search(values.get("date", "")))
    ):
        return True
    if others < 2:
        return addressed and "date" in values and bool(_TIME.search(values["date"]))
    if "subject" in values and (addressed or any(c.isdigit() for c in values.get("date", ""))):
        return True
    if addressed and ("date" in values or "to" in values):
        return True
    return "to" in values and bool(_TIME.search(values.get("sent", "")))


def _attribution(lines: list[str], at: int, low: str) -> int:
    """Lines of "On <date>, <name> <address> wrote:" in any language, also wrapped; 0 when it is none."""
    low = low.lstrip("*_ \t")
    opens = _opens(low)
    joined, used = "", 0
    for here in range(at, min(len(lines), at + ATTRIBUTION_LINES)):
        part = lines[here][:LINE_CAP].strip().lower()
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
    colon = end.endswith((":", "："))
    if colon and _QUOTING.match(end):
        return True
    address = _ADDRESS.search(end) is not None
    digit = _DATED.search(end) is not None
    verb = WROTE.search(end)
    if colon and verb is not None:
        if opens:
            return digit and (address or len(end) - verb.end() < 60)
        tail = len(end) - verb.end() < 50
        return tail and (address or (digit and _TIME.search(end) is not None))
    dated = DATE_START.match(end) is not None
    return (opens or dated) and dated and digit and address and _ENDS_WITH_ADDRESS.search(end) is not None

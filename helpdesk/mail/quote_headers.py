"""Recognise what mail programs put above a quoted message: attribution, header block, separator."""

import re
from dataclasses import dataclass

from helpdesk.mail.quote_attributions import attribution
from helpdesk.mail.quote_blocks import LINE_CAP, header_block, notes_block
from helpdesk.mail.quote_words import APPLE_FORWARD, FORWARDED, ORIGINAL, WROTE

_DASHES = "-–—_=~+‐‑"
_RUN_ON = re.compile(r"[-–—_]{3,20}[^-]{3,60}[-–—_]{3,20}\s?[^\W\d_]{1,20}\s?:")
_RULE = re.compile(r"\s*[-_–—=*‐]{3,}\s*$")
_ANGLES = re.compile(r">{3,}\s?[^<>]{1,100}(?:<[^<>]{3,120}>)?[^<>]{6,60}>{3,}$")
#: One of these stands in every line that asks to answer above it.
_ABOVE = re.compile("above|below|oberhalb|über|unter|dessus|ovan|oven|over d|boven|processed by")
_REPLY_ABOVE = re.compile(
    r"(?P<marks>[^\w\s]{2,12}\s?)?.{0,40}"
    r"(?:(?:type|write|enter|put|add|post|reply|respond|send|quote|modify|remove|"
    r"edit)\b.{0,40}\b(?:above|below) th(?:is|e) (?:line|text|message)|"
    r"(?:antwort\w*|schreib\w*|geben)\b.{0,40}\b(?:über|oberhalb|"
    r"unter)(?:halb)? (?:von )?dieser? (?:zeile|linie|markierung)|"
    r"(?:über|oberhalb|unterhalb) dieser (?:zeile|linie|markierung) (?:antworten|schreiben)|"
    r"(?:répon\w+|écri\w+|saisi\w+)\b.{0,40}\bau-dessus de cette ligne|"
    r"(?:svara?|skriv|svaret)\b.{0,40}\bov(?:anför|enfor) (?:den här|denna?) (?:rad\w*|linje\w*)|"
    r"(?:skriv|svar\w*)\b.{0,30}\bover denne linje|antwoord\w*\b.{0,30}\bboven deze (?:lijn|regel)|"
    r"original message processed by.{0,40})(?(marks)|[^\w]{0,12}$)"
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
    size = header_block(lines, at) or notes_block(lines, at)
    if size:
        return Heading(size)
    size = attribution(lines, at, low)
    if size:
        return Heading(size, attribution=True)
    if len(low) < 140 and _ABOVE.search(low) and _REPLY_ABOVE.match(low):
        return Heading(1)
    return None


def _separator(lines: list[str], at: int, low: str) -> Heading | None:
    """A line between dashes that names the original, a rule above a header block, Apple's sentence."""
    if APPLE_FORWARD.match(low):
        return Heading(1 + _block_after(lines, at), forward=True)
    if low[:3] == ">>>" and _ANGLES.match(low):
        return Heading(1)
    if not low or low[0] not in _DASHES + "*":
        return None
    if _RULE.match(low):
        below = _block_after(lines, at) or _attribution_after(lines, at)
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


def _attribution_after(lines: list[str], at: int) -> int:
    """Lines of an attribution right below a rule, 0 when there is none."""
    if at + 1 >= len(lines):
        return 0
    return attribution(lines, at + 1, lines[at + 1][:LINE_CAP].strip().lower())


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

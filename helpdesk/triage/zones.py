"""The parts of a letter: only what is newly said counts; greeting, closing and footer do not."""

import re
from collections.abc import Sequence
from typing import Literal, NamedTuple

from helpdesk.mail.quotes import zones as mail_zones
from helpdesk.triage.index import Index
from helpdesk.triage.words import Word, words

Kind = Literal["subject", "greeting", "new", "closing", "footer", "header", "quote", "forward"]

_CONTACT = re.compile(
    r"(?:\+?\d[\d\s/().'’-]{6,}\d)|@|www\.|https?://|\b(?:tel|tél|fax|mobil|phone|telefon|natel)\b[.:]?\s*[+\d]",
    re.I,
)
_SENTENCE_END = (".", "?", "!", "…", ")", ":")
_JOINERS = {
    "und",
    "et",
    "och",
    "and",
    "de",
    "du",
    "des",
    "la",
    "le",
    "der",
    "die",
    "am",
    "im",
    "of",
    "the",
    "av",
    "von",
    "i",
    "för",
}
_LINES_READ = 400
_NAME_WORDS = 7
_GREETING_WORDS = 7
_SHORT_NOTE_WORDS = 12
_BARE_NOTE_WORDS = 4
_COVERED = ("hard_urgent", "urgent_now")


class Zone(NamedTuple):
    """A stretch of the body, `body[start:end]`, with its part in the letter."""

    kind: Kind
    start: int
    end: int


class _Line(NamedTuple):
    start: int
    end: int
    text: str
    words: list[Word]
    marks: frozenset[str]
    all_urgent: bool


def letter_zones(body: str, structure: Index, forwarded: bool = False) -> list[Zone]:
    """The zones of a body in order; `structure` knows greeting, closing and footer lines of all languages.

    In a bare forward the forwarded text is the request (triage rule 5), and so is a forward that the
    sender only points to ("see below"). `forwarded` is what the subject says (WG:, TR:, VB:, FW:).
    """
    cut = mail_zones(body)
    found: list[Zone] = []
    for zone in cut:
        if zone.kind == "new":
            found.extend(_within(body, zone.start, zone.end, structure))
        elif zone.kind == "forward" or (forwarded and zone.kind == "quote"):
            found.append(Zone("forward", zone.start, zone.end))
        elif zone.kind in ("quote", "quote_header"):
            found.append(Zone("quote" if zone.kind == "quote" else "header", zone.start, zone.end))
        else:
            found.append(Zone("footer", zone.start, zone.end))
    return _forward_counts(body, found, structure)


def _forward_counts(body: str, found: list[Zone], structure: Index) -> list[Zone]:
    if not any(z.kind == "forward" for z in found) or not _is_only_a_note(body, found, structure):
        return found
    opened: list[Zone] = []
    for zone in found:
        opened.extend(_within(body, zone.start, zone.end, structure) if zone.kind == "forward" else [zone])
    return opened


def _is_only_a_note(body: str, found: Sequence[Zone], structure: Index) -> bool:
    own = [w for z in found if z.kind == "new" for w in words(body, z.start, z.end)]
    if not own:
        return True
    marks = {f.concept for f in structure.find(own)}
    asks = any("?" in body[z.start : z.end] for z in found if z.kind == "new")
    if len(own) <= _BARE_NOTE_WORDS and not asks:
        return True
    return len(own) <= _SHORT_NOTE_WORDS and "look_below" in marks


def _within(body: str, start: int, end: int, structure: Index) -> list[Zone]:
    lines = _lines(body, start, end, structure)
    kinds: list[Kind] = ["new"] * len(lines)
    _mark_footer_from_below(lines, kinds)
    if not _says_something(lines, kinds):
        kinds = ["new"] * len(lines)
    _mark_after_closing(lines, kinds)
    _mark_greeting(lines, kinds)
    return _merged(lines, kinds)


def _says_something(lines: Sequence[_Line], kinds: Sequence[Kind]) -> bool:
    """A mail is not all footer: something besides the salutation is left."""
    return any(
        kind == "new" and line.words and "greeting_line" not in line.marks
        for line, kind in zip(lines, kinds, strict=True)
    )


def _lines(body: str, start: int, end: int, structure: Index) -> list[_Line]:
    found = []
    at = start
    for raw in body[start:end].splitlines(keepends=True)[:_LINES_READ]:
        inside = words(body, at, at + len(raw))
        hits = structure.find(inside)
        covered = {i for h in hits if h.concept in _COVERED for i in range(h.first, h.last)}
        marks = frozenset(h.concept for h in hits if h.concept == "footer_line" or h.first == 0)
        found.append(_Line(at, at + len(raw), raw.strip(), inside, marks, len(covered) == len(inside)))
        at += len(raw)
    return found


def _mark_footer_from_below(lines: Sequence[_Line], kinds: list[Kind]) -> None:
    """Up from the last line while lines look like footer, contact data or a name."""
    first = next((i for i, line in enumerate(lines) if line.text), len(lines))
    names = 0
    for i in range(len(lines) - 1, first, -1):
        line = lines[i]
        if not line.text:
            continue
        if "postscript" in line.marks:
            return
        if "closing_line" in line.marks and len(line.words) <= _NAME_WORDS + 5:
            kinds[i] = "closing"
            return
        if _is_footer(lines, i):
            kinds[i] = "footer"
        elif names < 4 and _is_name(lines, i):
            kinds[i] = "footer"
            names += 1
        else:
            return


def _is_footer(lines: Sequence[_Line], i: int) -> bool:
    line = lines[i]
    if not line.words:
        return True
    alone = i == 0 or not lines[i - 1].text or _is_name(lines, i - 1) or "footer_line" in lines[i - 1].marks
    if "footer_line" in line.marks and not line.text.endswith("?"):
        return alone or _starts_footer_block(lines, i)
    return bool(_CONTACT.search(line.text[:200])) and len(line.words) <= 14 and "?" not in line.text


def _starts_footer_block(lines: Sequence[_Line], i: int) -> bool:
    return (
        not lines[i - 1].text.endswith((",", "-")) and len(lines[i].words) <= 10 and "?" not in lines[i].text
    )


def _is_name(lines: Sequence[_Line], i: int) -> bool:
    """A last line such as «Anna Muster», «/Noor», «IT, Stadtwerke», «SOS Serrurerie Sàrl»."""
    line = lines[i]
    if i == 0 or not 1 <= len(line.words) <= _NAME_WORDS or line.text.endswith(("?", "!", ":", ";")):
        return False
    if line.text.startswith("/"):
        return True
    if line.all_urgent or "greeting_line" in line.marks or line.text[:1] in "-*•–":
        return False
    before = _text_before(lines, i)
    if not before.endswith((*_SENTENCE_END, ",")) and "closing_line" not in _marks_before(lines, i):
        return False
    return _looks_like_a_name(line)


def _looks_like_a_name(line: _Line) -> bool:
    if line.text.endswith(".") and len(line.words) > 4:
        return False
    tokens = [t.strip(",.;()«»\"'") for t in line.text.split()]
    plain = [t for t in tokens if t[:1].islower() and t.lower() not in _JOINERS]
    starts = line.text[:1].isupper() or line.text[:1].isdigit() or line.text[:1] in '(«"“'
    return starts and (len(plain) <= 1 if len(tokens) <= 3 else not plain)


def _text_before(lines: Sequence[_Line], i: int) -> str:
    return next((lines[k].text for k in range(i - 1, -1, -1) if lines[k].text), "")


def _marks_before(lines: Sequence[_Line], i: int) -> frozenset[str]:
    return next((lines[k].marks for k in range(i - 1, -1, -1) if lines[k].text), frozenset())


def _mark_after_closing(lines: Sequence[_Line], kinds: list[Kind]) -> None:
    """After a valediction or a name on a line of its own, only a postscript is still said."""
    closed = False
    for i, line in enumerate(lines):
        if "postscript" in line.marks:
            closed = False
        elif closed and kinds[i] == "new":
            kinds[i] = "footer"
        elif kinds[i] == "closing" or _closes(lines, i):
            kinds[i] = "closing"
            closed = True


def _closes(lines: Sequence[_Line], i: int) -> bool:
    line = lines[i]
    if i == 0 or not line.text or "?" in line.text:
        return False
    if "closing_line" in line.marks and "greeting_line" not in line.marks:
        return len(line.words) <= _NAME_WORDS + 5
    followed = i + 1 < len(lines) and not lines[i + 1].text
    last_paragraphs = sum(not k.text for k in lines[i + 1 :]) <= 3
    return (
        followed
        and last_paragraphs
        and len(line.words) <= 5
        and _is_name(lines, i)
        and _ends_before(lines, i)
    )


def _ends_before(lines: Sequence[_Line], i: int) -> bool:
    """A name closes a letter only when a sentence has ended before it."""
    return bool(lines[i - 1].text) and lines[i - 1].text.endswith(_SENTENCE_END)


def _mark_greeting(lines: Sequence[_Line], kinds: list[Kind]) -> None:
    for i, line in enumerate(lines):
        if not line.text:
            continue
        if (
            "greeting_line" in line.marks
            and len(line.words) <= _GREETING_WORDS
            and not line.text.endswith(("?", "."))
        ):
            kinds[i] = "greeting" if len(lines) > 1 else "new"
        return


def _merged(lines: Sequence[_Line], kinds: Sequence[Kind]) -> list[Zone]:
    found: list[Zone] = []
    for line, kind in zip(lines, kinds, strict=True):
        own: Kind = found[-1].kind if found and not line.text else kind
        if found and found[-1].kind == own:
            found[-1] = Zone(own, found[-1].start, line.end)
        else:
            found.append(Zone(own, line.start, line.end))
    return found

"""Tell what a person newly wrote from what the mail program repeated below, above or around it.

One pass over the lines, each looked at only a bounded number of times and characters: the usual packages
are quadratic, and one long reply would stop the queue.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from helpdesk.mail.quote_headers import Heading, heading
from helpdesk.mail.signatures import only_signature, phone_line, starts_disclaimer, starts_signature

Kind = Literal["new", "quote", "quote_header", "signature", "disclaimer", "forward"]

# Gmail leaves this where it does not show a quote again, in the reader's language.
_HIDDEN_QUOTE = re.compile(
    r"\[(?=[^\]]{0,60}\b(?:texte?n?|tekst(?:en|i)?|texter?|testo|texto)\b)[^\]]{0,60}\b"
    r"(?:hidden|ausgeblendet|masqué|dold|skjult|verborgen|nascosto|oculto|piilotettu|ukryty)\b[^\]]{0,20}\]",
    re.I,
)
_ONLY_RULE = re.compile(r"[-–—_=~*#+ ]{2,300}|[\u1427\u00b7]")

#: Characters looked at; what lies beyond belongs to the last zone.
CAP = 200_000


@dataclass(frozen=True, slots=True)
class Zone:
    """A stretch of the text, `text[start:end]`, whole lines with their line ends."""

    kind: Kind
    start: int
    end: int


@lru_cache(maxsize=1)
def zones(text: str) -> Sequence[Zone]:
    """Split a mail text into zones: in order, without overlap or gap, from 0 to len(text).

    Never raises; linear; looks at the first 200,000 characters. The last answer is kept: a mail that was read
    is judged at once, and both ask.
    """
    lines = text[:CAP].splitlines(keepends=True) if text else []
    kinds = _Walk(lines).kinds()
    found: list[Zone] = []
    at = 0
    for kind, line in zip(kinds, lines, strict=True):
        if found and found[-1].kind == kind:
            found[-1] = Zone(kind, found[-1].start, at + len(line))
        else:
            found.append(Zone(kind, at, at + len(line)))
        at += len(line)
    if at < len(text) and found:
        found[-1] = Zone(found[-1].kind, found[-1].start, len(text))
    return tuple(found)


def new_text(text: str) -> str:
    """What the sender newly wrote: quotes, their headings and signatures cut, outer blank lines gone.

    A bare forward is all content. A reply under or between quotes keeps every word of the sender. A text
    that begins with a passage the sender quoted by hand (no heading above it) keeps that passage.
    """
    found = zones(text)
    if not any(zone.kind == "new" and text[zone.start : zone.end].strip() for zone in found):
        if any(zone.kind == "forward" for zone in found):
            return text.strip()
        return ""
    first = next(zone for zone in found if text[zone.start : zone.end].strip())
    by_hand = first.kind == "quote" and all(zone.kind != "quote_header" for zone in found)
    kept = [text[z.start : z.end] for z in found if z.kind == "new" or (by_hand and z.kind == "quote")]
    return _without_rules("".join(kept).strip())


def _without_rules(text: str) -> str:
    """The text without rules at its end, below which nothing stands; a text of rules alone stays."""
    lines = text.split("\n")
    while lines and (not lines[-1].strip() or _ONLY_RULE.fullmatch(lines[-1].strip()) is not None):
        lines.pop()
    return "\n".join(lines).strip() or text


class _Walk:
    """The one pass: what kind each line is, given the lines before it."""

    def __init__(self, lines: list[str]) -> None:
        self.lines = lines
        self.out: list[Kind] = []
        self.said_something = False

    def kinds(self) -> list[Kind]:
        at = 0
        while at < len(self.lines):
            at = self._step(at)
        return self.out

    def _step(self, at: int) -> int:
        line = self.lines[at]
        if not line.strip():
            self.out.append(self.out[-1] if self.out else "new")
            return at + 1
        found = heading(self.lines, at) if not is_quoted(line) or ">>>" in line[:8] else None
        if found is None and is_quoted(line):
            return self._quoted(at)
        if found is not None:
            return self._headed(at, found)
        if self.said_something and starts_disclaimer(line):
            return self._until_heading(at, "disclaimer")
        if starts_signature(self.lines, at) and (self.said_something or only_signature(self.lines, at)):
            return self._until_heading(at, "signature")
        if phone_line(self.lines, at):
            return self._phone(at)
        if (
            self.said_something
            and line.lstrip().startswith("[")
            and _HIDDEN_QUOTE.fullmatch(line[:100].strip())
        ):
            self.out.append("quote")
            return at + 1
        self.out.append("new")
        self.said_something = True
        return at + 1

    def _quoted(self, at: int) -> int:
        """Lines marked with ">", with the blank and the wrapped lines between them."""
        while at < len(self.lines) and is_quoted(self.lines[at]):
            self.out.append("quote")
            at += 1
            at = self._wrapped(at)
        return at

    def _wrapped(self, at: int) -> int:
        """A long quoted line that the program broke leaves a piece without mark, followed by marked lines."""
        piece = at
        while piece < len(self.lines) and piece < at + 2 and self.lines[piece].strip():
            if is_quoted(self.lines[piece]):
                break
            piece += 1
        if at < piece < len(self.lines) and is_quoted(self.lines[piece]):
            self.out.extend(["quote"] * (piece - at))
            return piece
        return at

    def _headed(self, at: int, found: Heading) -> int:
        self.out.extend(["quote_header"] * found.lines)
        at += found.lines
        after = at
        while after < len(self.lines) and not self.lines[after].strip():
            after += 1
        self.out.extend(["quote_header"] * (after - at))
        if after == len(self.lines) or is_quoted(self.lines[after]):
            return after
        if found.attribution and not self.said_something:
            return after
        kind: Kind = "forward" if found.forward or not self.said_something else "quote"
        self.out.extend([kind] * (len(self.lines) - after))
        return len(self.lines)

    def _phone(self, at: int) -> int:
        """A phone's own line ends the text; above it, it is all that is cut."""
        if self.said_something:
            return self._until_heading(at, "signature")
        self.out.append("signature")
        return at + 1

    def _until_heading(self, at: int, kind: Kind) -> int:
        while at < len(self.lines):
            line = self.lines[at]
            if line.strip() and (is_quoted(line) or heading(self.lines, at) is not None):
                break
            self.out.append(kind)
            at += 1
        return at


def is_quoted(line: str) -> bool:
    """Whether the line carries a quote mark; ">>> buy here <<<" is a decoration."""
    return line.lstrip(" \t\xa0").startswith(">") and not line.rstrip().endswith("<<<")

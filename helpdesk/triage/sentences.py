"""Sentences of the request, with what their form says: a question, a list, a quoted message."""

import re
from collections.abc import Iterable
from typing import NamedTuple

from helpdesk.triage.words import Word, fold, words

_END = re.compile(r"[.!?…]+(?=[\s\"»”')]|$)|\n\s*\n|\n\s*(?=[-*•–]|\d{1,2}[.)]\s)|\n")
_ABBREVIATION = re.compile(
    r"(?:\b(?:z\.\s?b|bzw|ca|evtl|inkl|ggf|nr|usw|etc|d\.\s?h|u\.\s?a|t\.\s?ex|bl\.\s?a|p\.\s?ex|m\.\s?m|o\.\s?s|v|"
    r"e\.\s?g|i\.\s?e|hr|fr|dr|mr|mrs|ms|mme|kl|st|tel|max|min|vgl|resp|no|art|ev|dvs)|\b[a-z]|\b\d{1,2})\.$",
    re.I,
)
_QUOTED = re.compile(
    r"«[^»\n]{1,120}»|»[^«\n]{1,120}«|“[^”“\n]{1,120}[”“]|„[^“”\n]{1,120}[“”]|”[^”\n]{1,120}”|\"[^\"\n]{1,120}\"|(?<![\w])[‚‘'’][^'‘’\n]{2,80}['‘’](?![\w])"
)
_ITEM = re.compile(r"[,;]|\s(?:und|oder|et|ou|och|eller|and|or|sowie|ainsi que|samt)\s", re.I)
_MONTHS = frozenset("jan feb mar mai apr avr may jun jui jul aug aou sep okt oct nov dez dec".split())
_WRAPPED_AT = 55
_SENTENCES = 60
_ITEM_WORDS = 4


class Sentence(NamedTuple):
    """text[start:end] of one zone, its words, and whether it asks."""

    zone: str
    start: int
    end: int
    words: list[Word]
    asks: bool
    items: int


def sentences(text: str, spans: Iterable[tuple[str, int, int]], at_most: int = _SENTENCES) -> list[Sentence]:
    """The sentences of the given zones (kind, start, end) in order; those after `at_most` are not read."""
    found: list[Sentence] = []
    for zone, start, end in spans:
        at = start
        for stop in [*_stops(text, start, end), end]:
            inside = words(text, at, stop)
            if inside:
                piece = text[at:stop]
                found.append(Sentence(zone, at, stop, inside, "?" in piece[-6:], _items(piece)))
            at = stop
            if len(found) >= at_most:
                return found
    return found


def _stops(text: str, start: int, end: int) -> Iterable[int]:
    for mark in _END.finditer(text, start, end):
        if mark.group().startswith("\n") and _goes_on(text, start, mark.start(), end):
            continue
        if mark.group() == "." and _abbreviates(text, start, mark.start(), mark.end()):
            continue
        yield mark.end()


def _abbreviates(text: str, start: int, at: int, end: int) -> bool:
    """z.B., Nr., 3. Mai: a full stop that ends no sentence."""
    if not _ABBREVIATION.search(text, max(start, at - 8), end):
        return False
    if not text[at - 1].isdigit():
        return True
    following = text[end : end + 12].lstrip()
    return following[:1].islower() or fold(following[:3]) in _MONTHS


def _goes_on(text: str, start: int, at: int, end: int) -> bool:
    """A mail program broke the line in the middle of a sentence."""
    line_start = text.rfind("\n", start, at) + 1
    line = text[max(line_start, start) : at].rstrip()
    following = text[at:end].lstrip(" \t\r\n")
    blank = text[at:end].lstrip(" \t\r").startswith("\n\n") or not following
    if blank or line.endswith((".", "!", "?", ":")) or following[:1] in "-*•–" or following[:1].isdigit():
        return False
    if len(text[at:end]) > 1 and text[at : at + 2].strip(" \t\r") == "\n\n":
        return False
    return len(line) >= _WRAPPED_AT or following[:1].islower() or line.endswith(",")


def quoted_spans(text: str) -> list[tuple[int, int]]:
    """What stands between quotation marks, of any of the usual kinds."""
    return [m.span() for m in _QUOTED.finditer(text)]


def _items(piece: str) -> int:
    """How many short things are listed one after the other; three are a list."""
    best = run = 0
    for part in _ITEM.split(piece):
        size = len(part.split())
        if 1 <= size <= _ITEM_WORDS:
            run += 1
            best = max(best, run)
        else:
            run = 1
    return best

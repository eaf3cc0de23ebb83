"""What voids evidence: it is negated, it stands in quotation marks, it is only a name."""

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import NamedTuple

from helpdesk.triage.index import Found, Index
from helpdesk.triage.lexicon import Concept
from helpdesk.triage.sentences import Sentence
from helpdesk.triage.words import Word

#: Concepts that say something of others: those that negate, and those that make names.
GUARDING = (
    "negation_near",
    "negation_direct",
    "negation_joins",
    "negation_stop",
    "name_marker",
    "quote_names",
)
_REACH = 2
_NEARLY_ALL_CAPITALS = 0.6
_PRONOUNS = ("nous", "moi", "vous", "le ", "la ", "les ", "lui", "y ", "en ", "t-", "il ", "on ")


class Guarded(NamedTuple):
    """A concept seen in a sentence, and why it does not count (empty: it counts)."""

    concept: str
    first: int
    last: int
    why: str


def guarded_hits(
    text: str,
    sentence: Sentence,
    quoted: Sequence[tuple[int, int]],
    indexes: Sequence[Index],
    concepts: Mapping[str, Concept],
) -> list[Guarded]:
    """All concepts of a sentence in order of their places, each with its guard's word."""
    found = sorted({hit for index in indexes for hit in index.find(sentence.words)}, key=_place)
    checks = _Checks(text, sentence, quoted, found)
    return [
        Guarded(*hit, checks.why(hit, concepts[hit.concept])) for hit in found if checks.counts(hit, concepts)
    ]


def _place(hit: Found) -> tuple[int, int, str]:
    """From left to right, the longest first; by name on the same words, or two processes would tell the same
    verdict with other concepts (T1)."""
    return hit.first, -hit.last, hit.concept


class _Checks:
    """The guards over one sentence."""

    def __init__(
        self, text: str, sentence: Sentence, quoted: Sequence[tuple[int, int]], found: Sequence[Found]
    ) -> None:
        self.text = text
        self.words = sentence.words
        self.sentence = sentence
        self.quoted = [q for q in quoted if q[0] < sentence.end and sentence.start < q[1]]
        places: dict[str, list[Found]] = {name: [] for name in GUARDING}
        for hit in found:
            if hit.concept in places:
                places[hit.concept].append(hit)
        self.near = [f.last for f in places["negation_near"]]
        self.direct = {f.last for f in places["negation_direct"]}
        self.stops = {f.first for f in places["negation_stop"]}
        self.joins = {f.first for f in places["negation_joins"]}
        self.markers = {f.first for f in places["name_marker"]}
        self.namers = {f.first for f in places["quote_names"]}

    @cached_property
    def shouting(self) -> bool:
        """Whether nearly all letters are capitals; counted only when somebody asks."""
        letters = [c for c in self.text[self.sentence.start : self.sentence.end] if c.isalpha()]
        return bool(letters) and sum(c.isupper() for c in letters) / len(letters) > _NEARLY_ALL_CAPITALS

    def counts(self, hit: Found, concepts: Mapping[str, Concept]) -> bool:
        """Words of error messages are looked for between quotation marks only."""
        return concepts[hit.concept].where != "quoted" or self._in_quotes(hit)

    def why(self, hit: Found, concept: Concept) -> str:
        """Which guard voids this evidence, or nothing."""
        if concept.where == "quoted":
            return "name" if "name" in concept.guards and self._quote_is_a_name(hit) else ""
        if "quoted" in concept.guards and self._in_quotes(hit):
            return "quoted"
        if "negation" in concept.guards and self._negated(hit.first):
            return "negation"
        if "name" in concept.guards and self._is_name(hit):
            return "name"
        return ""

    def _in_quotes(self, hit: Found) -> bool:
        if not self.quoted:
            return False
        start, end = self.words[hit.first].start, self.words[hit.last - 1].end
        return any(s <= start and end <= e for s, e in self.quoted)

    def _quote_is_a_name(self, hit: Found) -> bool:
        """Our list is called "Outages": the words before the quotation marks make it a name."""
        start = self.words[hit.first].start
        opened = max((s for s, e in self.quoted if s <= start <= e), default=start)
        before = [k for k, word in enumerate(self.words) if word.end <= opened][-2:]
        return any(k in self.namers for k in before)

    def _negated(self, first: int) -> bool:
        if first in self.direct and not self._apart(first - 1, first):
            return True
        if not self.near:
            return False
        return any(0 <= first - end <= _REACH and self._carries(end, first) for end in self.near)

    def _carries(self, end: int, first: int) -> bool:
        between = range(end, first)
        return not any(k in self.stops for k in between) and not any(
            self._apart(k, k + 1) for k in range(max(end - 1, 0), first) if k + 1 not in self.joins
        )

    def _apart(self, left: int, right: int) -> bool:
        """A comma, a colon or a bracket stands between two words: the negation does not reach over."""
        if right >= len(self.words):
            return False
        return any(c in ",;:()–" for c in self.text[self.words[left].end : self.words[right].start])

    def _is_name(self, hit: Found) -> bool:
        own = [self.words[k] for k in range(hit.first, hit.last)]
        if self._glued(own[0], own[-1]) or any(self._mixed_case(word) for word in own):
            return True
        if (hit.first - 1 in self.markers or hit.last in self.markers) and not self._apart_from_marker(hit):
            return True
        return len(own) == 1 and self._capital_inside(hit.first) and not self.shouting

    def _apart_from_marker(self, hit: Found) -> bool:
        before = hit.first - 1 in self.markers and not self._apart(hit.first - 1, hit.first)
        after = hit.last in self.markers and not self._apart(hit.last - 1, hit.last)
        return not before and not after

    def _glued(self, first: Word, last: Word) -> bool:
        """Sofort-Rabatt, notfall@: joined to something without a space (but répondez-moi is none)."""
        before = self.text[max(first.start - 2, 0) : first.start]
        after = self.text[last.end : last.end + 6]
        if after[:1] == "@" or (len(before) == 2 and before[1] == "-" and before[0].isalnum()):
            return True
        return after[:1] == "-" and after[1:2].isalnum() and not after[1:].startswith(_PRONOUNS)

    def _mixed_case(self, word: Word) -> bool:
        written = self.text[word.start : word.end]
        return any(c.isupper() for c in written[1:]) and any(c.islower() for c in written)

    def _capital_inside(self, at: int) -> bool:
        """Capitalised in the middle of a sentence, beside another capitalised word: Express Reinigung."""
        if not self._capital(at) or (at == 0 and self._goes_on_small()):
            return False
        after = at + 1 < len(self.words) and self._capital(at + 1) and self._joined(at)
        before = at > 0 and self._capital(at - 1) and self._joined(at - 1)
        return after or before

    def _goes_on_small(self) -> bool:
        """A sentence begins with a capital anyway: only a line without small words is a name."""
        return any(self.text[w.start : w.end].islower() for w in self.words[1:])

    def _capital(self, at: int) -> bool:
        written = self.text[self.words[at].start : self.words[at].end]
        return written[:1].isupper() and not written[1:2].isupper()

    def _joined(self, at: int) -> bool:
        return self.text[self.words[at].end : self.words[at + 1].start] in (" ", "-", " & ")

"""Where a text shows concepts: the entries of one language, found together in one pass over the words.

Entries that begin with the same words share their way through the text, and a word only looks at the ways
that it can begin. So the work follows the text and hardly the number of entries.
"""

from collections.abc import Collection, Container, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from helpdesk.triage.lexicon import Concept, word_lists
from helpdesk.triage.patterns import Pattern, PatternError, Step, patterns
from helpdesk.triage.words import Word, word_classes

_CACHED_WORDS = 20_000
_CACHED_BEGINNINGS = 5_000
_READ_OF_A_WORD = 40

Keys = frozenset[str]


class Found(NamedTuple):
    """A concept seen from word number `first` to before `last`."""

    concept: str
    first: int
    last: int


class End(NamedTuple):
    """What an entry proves where its last word was found; an exception proves that it is not meant."""

    concept: str
    exception: bool


@dataclass(eq=False, slots=True)
class Way:
    """What some entries have in common from their first word on: those that end here, and how others go on.

    `onward` has the next ways by the keys of their word, apart for each gap that may lie before it.
    """

    ends: list[End] = field(default_factory=list)
    onward: dict[int, dict[str, list["Way"]]] = field(default_factory=dict)
    _after: dict[Step, "Way"] = field(default_factory=dict)

    def after(self, step: Step) -> "Way":
        """The way with one step more, made at first use."""
        way = self._after.get(step)
        if way is None:
            way = self._after[step] = Way()
            by_key = self.onward.setdefault(step.gap, {})
            for key in step.any_of:
                by_key.setdefault(key, []).append(way)
        return way

    def follow(self, places: Collection[int], text: Sequence[Keys]) -> Iterator[tuple[End, int]]:
        """Every entry that goes on at one of these words, with the nearest word after its end.

        All ways are followed at once: never more work than steps x words, whatever the entry.
        """
        for gap, by_key in self.onward.items():
            reached: dict[Way, set[int]] = {}
            for place in _within_reach(places, gap, len(text)):
                for key in text[place]:
                    for way in by_key.get(key, ()):
                        reached.setdefault(way, set()).add(place + 1)
            for way, after in reached.items():
                if way.ends:
                    nearest = min(after)
                    yield from ((end, nearest) for end in way.ends)
                yield from way.follow(after, text)


def _within_reach(places: Collection[int], gap: int, stop: int) -> Collection[int]:
    if len(places) == 1:
        (only,) = places
        return range(only, min(only + gap + 1, stop))
    return {at for begin in places for at in range(begin, min(begin + gap + 1, stop))}


def _together(ways: Sequence[Way]) -> Way:
    """All ways that a word begins as one."""
    together = Way()
    for way in ways:
        together.ends += way.ends
        for gap, by_key in way.onward.items():
            own = together.onward.setdefault(gap, {})
            for key, onward in by_key.items():
                own[key] = own.get(key, []) + onward
    return together


class Known(NamedTuple):
    """What is known of a word: the keys that it answers to, and the way that it begins."""

    keys: Keys
    way: Way


@dataclass
class Index:
    """The entries of one language."""

    exact: set[str] = field(default_factory=set)
    stems: set[str] = field(default_factory=set)
    ends: set[str] = field(default_factory=set)
    within: set[str] = field(default_factory=set)
    accented: set[str] = field(default_factory=set)
    lengths: tuple[int, ...] = ()
    within_lengths: tuple[int, ...] = ()
    start: Way = field(default_factory=Way)
    seen: dict[str, Known] = field(default_factory=dict)
    begun: dict[tuple[Way, ...], Way] = field(default_factory=dict)

    def find(self, text: Sequence[Word]) -> list[Found]:
        """Every place where a concept shows, exceptions already taken out."""
        known = [self.known(word) for word in text]
        keys = [word.keys for word in known]
        hits: list[Found] = []
        exceptions: list[Found] = []
        for at, word in enumerate(known):
            for concept, exception in word.way.ends:
                (exceptions if exception else hits).append(Found(concept, at, at + 1))
            if word.way.onward:
                for (concept, exception), last in word.way.follow((at + 1,), keys):
                    (exceptions if exception else hits).append(Found(concept, at, last))
        return [h for h in dict.fromkeys(hits) if not _excepted(h, exceptions)] if exceptions else hits

    def known(self, word: Word) -> Known:
        """What is known of this word; remembered, because mails repeat words."""
        known = self.seen.get(word.written)
        if known is None:
            keys = self._all_keys(word)
            known = Known(keys, self._begun(keys))
            if len(self.seen) >= _CACHED_WORDS:
                self.seen.clear()
            self.seen[word.written] = known
        return known

    def _begun(self, keys: Keys) -> Way:
        """The way that a word with these keys begins; words that begin the same ones share it."""
        first = self.start.onward.get(0, {})
        ways = tuple(dict.fromkeys(way for key in sorted(keys) for way in first.get(key, ())))
        if ways not in self.begun:
            if len(self.begun) >= _CACHED_BEGINNINGS:
                self.begun.clear()
            self.begun[ways] = ways[0] if len(ways) == 1 else _together(ways)
        return self.begun[ways]

    def _all_keys(self, word: Word) -> Keys:
        folded = word.folded[:_READ_OF_A_WORD]
        keys = {*self._keys(folded), *self._without_umlaut_spelling(folded)}
        if word.written in self.accented:
            keys.add("!" + word.written)
        return frozenset(keys)

    def _without_umlaut_spelling(self, word: str) -> Iterable[str]:
        """People without umlauts write ae for ä: `loeschen` is looked up as `loschen` as well."""
        if not any(pair in word for pair in ("ae", "oe", "ue")):
            return ()
        return self._keys(word.replace("ae", "a").replace("oe", "o").replace("ue", "u"))

    def _keys(self, word: str) -> Iterable[str]:
        if word in self.exact:
            yield "=" + word
        for kind in word_classes(word):
            yield "#" + kind
        for length in self.lengths:
            if length > len(word):
                break
            if word[:length] in self.stems:
                yield "^" + word[:length]
            if word[-length:] in self.ends:
                yield "$" + word[-length:]
        for length in self.within_lengths:
            for at in range(len(word) - length + 1):
                if word[at : at + length] in self.within:
                    yield "~" + word[at : at + length]


def _excepted(hit: Found, exceptions: Iterable[Found]) -> bool:
    return any(e.concept == hit.concept and e.first < hit.last and hit.first < e.last for e in exceptions)


def build_index(concepts: Iterable[Concept], language: str, used: Container[str]) -> Index:
    """The index of one language; an entry that cannot be read is left out (check_ruleset names it).

    Only concepts in `used` are looked for; the others are lists that entries refer to.
    """
    known = list(concepts)
    lists = word_lists(known, language)
    index = Index()
    for concept in known:
        if concept.name not in used:
            continue
        for entry in concept.entries.get(language, ()):
            try:
                found = patterns(entry, lists)
            except PatternError:
                continue
            for pattern in found:
                _add(index, concept.name, pattern)
    index.lengths = tuple(sorted({len(core) for core in index.stems | index.ends}))
    index.within_lengths = tuple(sorted({len(core) for core in index.within}))
    return index


def _add(index: Index, concept: str, pattern: Pattern) -> None:
    way = index.start
    for step in pattern.steps:
        for key in step.any_of:
            _remember(index, key)
        way = way.after(step)
    way.ends.append(End(concept, pattern.exception))


def _remember(index: Index, key: str) -> None:
    kinds = {"=": index.exact, "^": index.stems, "$": index.ends, "~": index.within, "!": index.accented}
    if key[0] in kinds:
        kinds[key[0]].add(key[1:])

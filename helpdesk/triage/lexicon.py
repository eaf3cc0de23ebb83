"""Concepts: what people mean, with one list of words a language, and where a text shows them."""

from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from helpdesk.core.languages import LANGUAGES
from helpdesk.triage.patterns import Pattern, PatternError, Step, atom, patterns, split_entries
from helpdesk.triage.words import Word, word_classes

GUARDS = ("quoted", "negation", "name")
PLACES = ("new", "quoted")
_CACHED_WORDS = 20_000
_READ_OF_A_WORD = 40


@dataclass(frozen=True, slots=True)
class Concept:
    """One row of the word list: `entries` has a tuple for each language; a list proves nothing alone.

    `guards` name what voids evidence: standing in quotation marks, being negated, being a name.
    `where` is "quoted" for words that count only between quotation marks.
    """

    name: str
    means: str
    entries: Mapping[str, tuple[str, ...]]
    guards: tuple[str, ...] = ("quoted",)
    where: str = "new"
    is_list: bool = False

    @classmethod
    def from_data(cls, name: str, data: Mapping[str, object]) -> "Concept":
        """A concept out of a file or a table row; columns are texts with ; between entries, or lists."""
        columns = {language: _column(data.get(language, "")) for language in LANGUAGES}
        guards = data.get("guards", ["quoted"])
        return cls(
            name=name,
            means=str(data.get("means", "")),
            entries=columns,
            guards=tuple(str(g) for g in guards) if isinstance(guards, list | tuple) else ("?",),
            where=str(data.get("where", "new")),
            is_list=bool(data.get("list", False)),
        )

    def as_data(self) -> dict[str, object]:
        """The concept as plain data for files and tables; from_data() reads it back."""
        data: dict[str, object] = {"means": self.means, "guards": list(self.guards), "where": self.where}
        data["list"] = self.is_list
        return data | {language: "; ".join(self.entries[language]) for language in LANGUAGES}


def _column(value: object) -> tuple[str, ...]:
    if isinstance(value, list | tuple):
        return tuple(str(entry) for entry in value)
    return tuple(split_entries(str(value)))


class Found(NamedTuple):
    """A concept seen from word number `first` to before `last`."""

    concept: str
    first: int
    last: int


@dataclass
class Index:
    """The patterns of one language, by the words they may begin with. Matching is linear in the text."""

    exact: set[str] = field(default_factory=set)
    stems: set[str] = field(default_factory=set)
    ends: set[str] = field(default_factory=set)
    within: set[str] = field(default_factory=set)
    accented: set[str] = field(default_factory=set)
    lengths: tuple[int, ...] = ()
    within_lengths: tuple[int, ...] = ()
    single: dict[str, list[tuple[str, bool]]] = field(default_factory=dict)
    longer: dict[str, list[tuple[str, Pattern]]] = field(default_factory=dict)
    seen: dict[str, frozenset[str]] = field(default_factory=dict)

    def find(self, text: Sequence[Word]) -> list[Found]:
        """Every place where a concept shows, exceptions already taken out."""
        atoms = [self.atoms(word) for word in text]
        hits: list[Found] = []
        exceptions: list[Found] = []
        for at, own in enumerate(atoms):
            for key in own:
                for concept, is_exception in self.single.get(key, ()):
                    (exceptions if is_exception else hits).append(Found(concept, at, at + 1))
                for concept, pattern in self.longer.get(key, ()):
                    if end := _match(pattern.steps, atoms, 1, at + 1):
                        (exceptions if pattern.exception else hits).append(Found(concept, at, end))
        return [h for h in dict.fromkeys(hits) if not _excepted(h, exceptions)] if exceptions else hits

    def atoms(self, word: Word) -> frozenset[str]:
        """All keys this word answers to; remembered, because mails repeat words."""
        known = self.seen.get(word.written)
        if known is None:
            folded = word.folded[:_READ_OF_A_WORD]
            known = frozenset(self._keys(folded)) | self._without_umlaut_spelling(folded)
            if word.written in self.accented:
                known |= {"!" + word.written}
            if len(self.seen) >= _CACHED_WORDS:
                self.seen.clear()
            self.seen[word.written] = known
        return known

    def _without_umlaut_spelling(self, word: str) -> frozenset[str]:
        """People without umlauts write ae for ä: `loeschen` is looked up as `loschen` as well."""
        if not any(pair in word for pair in ("ae", "oe", "ue")):
            return frozenset()
        plain = word.replace("ae", "a").replace("oe", "o").replace("ue", "u")
        return frozenset(self._keys(plain))

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


def _match(steps: Sequence[Step], atoms: Sequence[frozenset[str]], step: int, at: int) -> int:
    """The word after the nearest match, or 0. All ways are followed at once: never more work than
    steps x words, whatever the entry."""
    reached = {at}
    for any_of, gap in steps[step:]:
        places = {place for begin in reached for place in range(begin, min(begin + gap + 1, len(atoms)))}
        reached = {place + 1 for place in places if not any_of.isdisjoint(atoms[place])}
        if not reached:
            return 0
    return min(reached)


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


def word_lists(concepts: Iterable[Concept], language: str) -> dict[str, frozenset[str]]:
    """What @name stands for: the single words of each concept in this language."""
    return {c.name: frozenset(_single_words(c.entries.get(language, ()))) for c in concepts}


def _single_words(entries: Iterable[str]) -> Iterable[str]:
    for entry in entries:
        if " " in entry or entry.startswith(("!", "@", "[")):
            continue
        for word in entry.split("|"):
            try:
                yield atom(word)
            except PatternError:
                continue


def _add(index: Index, concept: str, pattern: Pattern) -> None:
    for step in pattern.steps:
        for key in step.any_of:
            _remember(index, key)
    for key in pattern.steps[0].any_of:
        if len(pattern.steps) == 1:
            index.single.setdefault(key, []).append((concept, pattern.exception))
        else:
            index.longer.setdefault(key, []).append((concept, pattern))


def _remember(index: Index, key: str) -> None:
    kinds = {"=": index.exact, "^": index.stems, "$": index.ends, "~": index.within, "!": index.accented}
    if key[0] in kinds:
        kinds[key[0]].add(key[1:])

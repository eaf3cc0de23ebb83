"""Concepts: what people mean, with one list of words a language."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from helpdesk.core.languages import LANGUAGES
from helpdesk.triage.patterns import PatternError, atom, split_entries

GUARDS = ("quoted", "negation", "name")
PLACES = ("new", "quoted")


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

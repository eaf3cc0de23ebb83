"""Entries of word lists: how they are written, and what they stand for.

word = whole word, stem* = beginning, *end, *within*, a|b = either, [a|b] = may stand there,
two_words = words that follow each other (where one word of a choice is really several),
word! = only with these accents (où! is not ou),
... = up to four other words, .... = up to ten,
<number> <time> <code> = kinds of words, @name = the words of another list.
An entry that begins with ! names an exception: where it matches, the concept does not.
"""

from collections.abc import Mapping
from functools import lru_cache
from itertools import product
from typing import NamedTuple

from helpdesk.triage.words import CLASSES, fold
from helpdesk.triage.words import words as split_words

_GAPS = {"...": 4, "....": 10}
_LONGEST = 14
_SHORTEST_STEM = 2
_OPTIONAL_AT_MOST = 3
_WAYS_AT_MOST = 120


class PatternError(ValueError):
    """An entry that cannot be read; the message says which and why, `code` only why."""

    def __init__(self, message: str, code: str = "unreadable") -> None:
        super().__init__(message)
        self.code = code


class Step(NamedTuple):
    """One word of an entry: what it may be, and how many other words may stand before it."""

    any_of: frozenset[str]
    gap: int


class Pattern(NamedTuple):
    """An entry, ready to be looked for."""

    steps: tuple[Step, ...]
    exception: bool


def patterns(entry: str, lists: Mapping[str, frozenset[str]]) -> list[Pattern]:
    """An entry as patterns; optional words make several. Raises PatternError.

    `lists` gives the atoms behind each @name.
    """
    written = entry.strip()
    exception = written.startswith("!")
    parts = written.lstrip("!").split()
    if not parts:
        raise PatternError(f"an entry is empty: {entry!r}", "empty")
    if len(parts) > _LONGEST:
        raise PatternError(f"an entry has more than {_LONGEST} words: {entry!r}", "long")
    if sum(p.startswith("[") for p in parts) > _OPTIONAL_AT_MOST:
        raise PatternError(
            f"an entry has more than {_OPTIONAL_AT_MOST} optional words: {entry!r}", "optional"
        )
    ways = [way for chosen in _with_and_without(parts) for way in _spelled_out(chosen)]
    if len(ways) > _WAYS_AT_MOST:
        raise PatternError(f"an entry has too many choices of several words: {entry!r}", "choices")
    found = [Pattern(steps, exception) for way in ways if (steps := _steps(way, lists))]
    if not found:
        raise PatternError(f"an entry needs at least one word: {entry!r}", "empty")
    return found


def split_entries(column: str) -> list[str]:
    """The entries of a column as it stands in a file: separated by semicolons or line ends."""
    return [e for part in column.replace("\n", ";").split(";") if (e := " ".join(part.split()))]


@lru_cache(maxsize=65_536)
def atom(word: str) -> str:
    """A word of an entry as a key: '=word', '^stem', '$end', '~within', '!as written' or '#class'.

    Raises PatternError.
    """
    if word.startswith("<") and word.endswith(">"):
        if word[1:-1] not in CLASSES:
            raise PatternError(f"{word} is no kind of word; known are {', '.join(CLASSES)}", "no_class")
        return "#" + word[1:-1]
    if word.endswith("!"):
        return "!" + word[:-1].lower()
    core = fold(word.strip("*"))
    if "*" in core or not core or [w.folded for w in split_words(core)] != [core]:
        raise PatternError(
            f"{word!r} is not one word (write apostrophes and hyphens as spaces)", "not_a_word"
        )
    if "*" in word and len(core) < _SHORTEST_STEM:
        raise PatternError(f"{word!r} is too short for a stem", "short_stem")
    return _key(word.startswith("*"), word.endswith("*"), core)


def _key(open_start: bool, open_end: bool, core: str) -> str:
    return {(0, 0): "=", (0, 1): "^", (1, 0): "$", (1, 1): "~"}[(open_start, open_end)] + core


def _with_and_without(parts: list[str]) -> list[list[str]]:
    choices = [((p[1:-1],), ()) if p.startswith("[") and p.endswith("]") else ((p,),) for p in parts]
    return [[word for group in chosen for word in group] for chosen in product(*choices)]


def _spelled_out(parts: list[str]) -> list[list[str]]:
    """Every choice with several_words becomes a way of its own, beside the one with the single words."""
    choices = [_word_choices(part) for part in parts]
    return [[word for group in chosen for word in group] for chosen in product(*choices)]


def _word_choices(part: str) -> list[list[str]]:
    if "_" not in part or part.startswith("@"):
        return [[part]]
    single = [word for word in part.split("|") if "_" not in word or word.startswith("@")]
    several = [word.split("_") for word in part.split("|") if "_" in word and not word.startswith("@")]
    return ([["|".join(single)]] if single else []) + several


def _steps(parts: list[str], lists: Mapping[str, frozenset[str]]) -> tuple[Step, ...]:
    steps: list[Step] = []
    gap = 0
    for part in parts:
        if part in _GAPS:
            gap = _GAPS[part] if steps else 0
            continue
        steps.append(Step(_alternatives(part, lists), gap))
        gap = 0
    return tuple(steps)


def _alternatives(part: str, lists: Mapping[str, frozenset[str]]) -> frozenset[str]:
    found: set[str] = set()
    for word in part.split("|"):
        if word.startswith("@"):
            if word[1:] not in lists:
                raise PatternError(f"no list of words is called {word}", "no_list")
            found |= lists[word[1:]]
        else:
            found.add(atom(word))
    return frozenset(found)

"""How a question is worded: parts of words whose side labelled mail has taught. A small, bounded voice. Pure.

Rules decide where they have something to say. Where they have little, the wording of the question breaks the
tie: every part of a word (three to five letters) has learned points for paid support (above 0) or the free
hotline (below 0); scripts/learn_wording.py learns them from the project's own labelled mail and nothing else.
"""

import json
import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from hashlib import sha256
from importlib import resources
from typing import NamedTuple

from helpdesk.triage.words import Word

#: The most points that the wording may add to either side; a rule with proof outweighs it.
MOST = 1.5
_STEEPNESS = 0.45
_SIZES = (3, 4, 5)
_READ_OF_A_WORD = 30
_CACHED_WORDS = 5_000
_ASKS = "?"
_DIGITS = "0"
_TOLD = 3


class Said(NamedTuple):
    """What the wording says: points (support above 0), and the words that said most, with their share."""

    points: float
    words: tuple[tuple[Word, float], ...]


@dataclass(frozen=True)
class Wording:
    """Learned points of word parts, and the points of a text without any."""

    version: str
    bias: float
    weights: Mapping[str, float]
    heard: dict[str, dict[str, float]] = field(default_factory=dict, compare=False, repr=False)

    def hear(self, words: Iterable[Word], asks: bool) -> Said:
        """The side that the words of a question are on; the order and repetition of words do not matter."""
        distinct: dict[str, Word] = {}
        for word in words:
            distinct.setdefault(_key(word.folded), word)
        known: dict[str, float] = {}
        shares: list[tuple[float, Word]] = []
        for key, word in distinct.items():
            own = self._learned(key)
            shares.append((sum(own.values()), word))
            known |= own
        if asks:
            known[_ASKS] = self.weights.get(_ASKS, 0.0)
        if not known:
            return Said(0.0, ())
        length = math.sqrt(len(known))
        raw = self.bias + sum(known.values()) / length
        points = max(-MOST, min(MOST, _STEEPNESS * raw))
        loudest = sorted(shares, key=lambda s: -s[0] if points > 0 else s[0])[:_TOLD]
        told = tuple((word, share / length) for share, word in loudest if share * points > 0)
        return Said(round(points, 3), told)

    def _learned(self, key: str) -> Mapping[str, float]:
        """The points of a word's parts; remembered, because mails repeat words."""
        own = self.heard.get(key)
        if own is None:
            own = {part: self.weights[part] for part in parts_of(key) if part in self.weights}
            if len(self.heard) >= _CACHED_WORDS:
                self.heard.clear()
            self.heard[key] = own
        return own


def parts_of(word: str) -> Iterator[str]:
    """The parts of a folded word, its edges marked by spaces."""
    edged = f" {word} "
    for size in _SIZES:
        for at in range(max(1, len(edged) - size + 1)):
            yield edged[at : at + size]


def features(words: Iterable[str], asks: bool) -> set[str]:
    """Everything that learning sees of a text: `words` are folded."""
    found = {part for word in {_key(w) for w in words} for part in parts_of(word)}
    return found | {_ASKS} if asks else found


def _key(folded: str) -> str:
    """Numbers are all alike: they say nothing about the side."""
    plain = folded.isalpha() or not any(map(str.isdigit, folded))
    return folded[:_READ_OF_A_WORD] if plain else _DIGITS


@cache
def shipped_wording() -> Wording:
    """The points that the project ships, read once from the file beside the starter rules."""
    text = resources.files(__package__).joinpath("starter", "wording.json").read_text("utf-8")
    data = json.loads(text)
    weights = {part: points / 1000 for part, points in data["points"].items()}
    return Wording(sha256(text.encode()).hexdigest()[:12], data["bias"] / 1000, weights)

"""Which language a text is written in: function words and character trigrams, counted once at first use."""

import math
import re
from collections import Counter
from functools import cache
from importlib import resources
from typing import NamedTuple

LANGUAGES = ("de", "fr", "sv", "en")

_CHARACTERS_READ = 400
_WORD_POINTS = 2.0
_SAMENESS = 0.35  # neighbouring trigrams repeat each other, so their evidence is counted only in part
_NOT_LETTERS = re.compile(r"[\W\d_]+")
#: Below it stands a signature: names, streets and job titles, often in another language.
_CLOSING = re.compile(
    r"^[ \t]*(?:mit (?:freundlich|best|herzlich|lieb)\w* gr|(?:freundliche|beste|viele|liebe|herzliche|"
    r"schöne) gr|lg\b|mfg\b|"
    r"cordialement|meilleures salutations|bien (?:à vous|cordialement)|salutations|sincères|avec mes|"
    r"kind regards|"
    r"best regards|regards|sincerely|yours|cheers|med vänlig|vänliga häls|hälsningar|mvh\b|"
    r"bästa häls)[^\n]{0,60}",
    re.I | re.M,
)
_ADDRESS_MARKS = ("@", "://", "www.")

Points = tuple[float, ...]


class _Model(NamedTuple):
    names: tuple[str, ...]
    trigrams: dict[str, Points]
    words: dict[str, Points]


def detect(text: str) -> tuple[str, float]:
    """The likeliest of LANGUAGES and how sure that is (0..1); empty text is ("en", 0.0).

    Only the first letters are read, so the time does not grow with the text. A text in a language
    that is known but not answered (Danish, Norwegian, Italian, Dutch, Spanish) is never sure.
    """
    letters = _letters(text)
    if not letters:
        return "en", 0.0
    model = _model()
    shares = _shares(_points(letters, model))
    of = dict(zip(model.names, shares, strict=True))
    best = max(LANGUAGES, key=of.__getitem__)
    return best, round(of[best] * _enough(letters), 3)


def _letters(text: str) -> str:
    text = text[: 3 * _CHARACTERS_READ]
    closing = _CLOSING.search(text)
    words = (text[: closing.end()] if closing else text).split()
    if any(mark in text for mark in _ADDRESS_MARKS):
        words = [word for word in words if not any(mark in word for mark in _ADDRESS_MARKS)]
    prose = " ".join(words)
    return _NOT_LETTERS.sub(" ", prose.lower()).strip()[:_CHARACTERS_READ]


def _enough(letters: str) -> float:
    """Two letters prove nothing; from about twenty on the evidence speaks for itself."""
    return min(1.0, 0.3 + len(letters) / 28)


def _points(letters: str, model: _Model) -> list[float]:
    padded = f" {letters} "
    hits = [p for at in range(len(padded) - 2) if (p := model.trigrams.get(padded[at : at + 3]))]
    words = [p for word in letters.split() if (p := model.words.get(word))]
    none = [0.0] * len(model.names)
    alike = [_SAMENESS * sum(column) for column in zip(*hits, strict=True)] if hits else none
    return [sum(column) for column in zip(alike, *words, strict=True)]


def _shares(points: list[float]) -> list[float]:
    top = max(points)
    weights = [math.exp(max(p - top, -60.0)) for p in points]
    total = sum(weights)
    return [w / total for w in weights]


@cache
def _model() -> _Model:
    words, texts = _sections(resources.files(__package__).joinpath("languages.txt").read_text("utf-8"))
    names = tuple(texts)
    return _Model(names, _trigram_points(names, texts), _word_points(names, words))


def _sections(source: str) -> tuple[dict[str, set[str]], dict[str, str]]:
    words: dict[str, set[str]] = {}
    texts: dict[str, str] = {}
    for block in re.split(r"^\[", source, flags=re.MULTILINE)[1:]:
        head, _, body = block.partition("]")
        *_, name, part = head.split()
        if part == "words":
            words[name] = set(body.lower().split())
        else:
            texts[name] = f" {_NOT_LETTERS.sub(' ', body.lower()).strip()} "
    return words, texts


def _trigram_points(names: tuple[str, ...], texts: dict[str, str]) -> dict[str, Points]:
    counts = {n: Counter(t[i : i + 3] for i in range(len(t) - 2)) for n, t in texts.items()}
    totals = {n: sum(c.values()) for n, c in counts.items()}
    grams = sorted(set().union(*counts.values()))
    return {
        g: tuple(math.log((counts[n][g] + 0.3) / (totals[n] + 0.3 * len(grams))) for n in names)
        for g in grams
    }


def _word_points(names: tuple[str, ...], words: dict[str, set[str]]) -> dict[str, Points]:
    every = sorted(set().union(*words.values()))
    return {
        w: tuple(_WORD_POINTS * (w in words[n]) / math.sqrt(_owners(w, words)) for n in names) for w in every
    }


def _owners(word: str, words: dict[str, set[str]]) -> int:
    return sum(word in own for own in words.values())

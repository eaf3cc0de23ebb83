"""Text as folded words with their places: capitals, accents, ß and typographic signs make no difference."""

import re
import unicodedata
from bisect import bisect_left
from functools import lru_cache
from typing import NamedTuple

_ADDRESS = r"[\w.+-]{1,64}@[\w.-]{1,100}|https?://\S{1,200}|www\.\S{1,200}"
_WORD = re.compile(rf"{_ADDRESS}|(?:[01]?\d|2[0-3])[:.][0-5]\d(?!\d)|[^\W_]+(?:[\u0300-\u036f]+[^\W_]*)*")
_CODE = re.compile(r"0x[0-9a-f]{2,}|(?:e|err|error|ora|ex|sql|srv|db|sys)\d{3,}")
_CLOCK = re.compile(r"(?:[01]?\d|2[0-3])(?:h(?:[0-5]\d)?|:[0-5]\d|uhr|am|pm)")
_NUMBER_WORDS = frozenset(
    "zwei drei vier funf sechs sieben acht neun zehn elf zwolf zwanzig dreissig funfzig hundert "
    "deux trois quatre cinq six sept huit dix onze douze quinze vingt trente cinquante cent "
    "tva tre fyra fem sex sju atta nio tio elva tolv femton tjugo trettio femtio hundra "
    "two three four five seven eight nine ten eleven twelve fifteen twenty thirty fifty".split()
)
_NUMBER = re.compile(r"\d+(?:[.:]\d+)?")


class Word(NamedTuple):
    """A word at text[start:end]: as written, in lower case, and folded."""

    start: int
    end: int
    written: str
    folded: str


class _Split:
    """A text and its words, split once for its lines, its sentences, and whoever else asks for a stretch."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.words = _scan(text, 0, len(text))
        self.starts = [word.start for word in self.words]

    def between(self, start: int, end: int) -> list[Word]:
        first = bisect_left(self.starts, start)
        last = bisect_left(self.starts, end, first)
        cut = (first and self.words[first - 1].end > start) or (last and self.words[last - 1].end > end)
        # An edge inside a word (an address, say) makes other words of it.
        return _scan(self.text, start, end) if cut else self.words[first:last]


# A mail is read stretch by stretch: the two are its body and its subject.
_split = lru_cache(maxsize=2)(_Split)


def words(text: str, start: int = 0, end: int | None = None) -> list[Word]:
    """The words of text[start:end] in order; places count from the beginning of the whole text."""
    return _scan(text, 0, len(text)) if end is None else _split(text).between(start, end)


def _scan(text: str, start: int, end: int) -> list[Word]:
    return [
        Word(m.start(), m.end(), m.group().lower(), fold(m.group())) for m in _WORD.finditer(text, start, end)
    ]


@lru_cache(maxsize=65_536)
def fold(word: str) -> str:
    """Lower case without accents, ß as ss, œ as oe: what two spellings of a word have in common."""
    opened = word.lower().replace("ß", "ss").replace("œ", "oe").replace("æ", "ae").replace("ø", "o")
    if opened.isascii():
        return opened
    parts = unicodedata.normalize("NFKD", opened)
    return "".join(c for c in parts if not unicodedata.combining(c))


def word_classes(folded: str) -> tuple[str, ...]:
    """The kinds a word belongs to: number, time (of day), code (of an error)."""
    if not any(c.isdigit() for c in folded):
        return ("number",) if folded in _NUMBER_WORDS else ()
    found = []
    if _NUMBER.fullmatch(folded):
        found.append("number")
    if _CLOCK.fullmatch(folded):
        found.append("time")
    if _CODE.fullmatch(folded):
        found.append("code")
    return tuple(found)


CLASSES = ("number", "time", "code")

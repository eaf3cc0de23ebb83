"""Text as folded words with their places: capitals, accents, ß and typographic signs make no difference."""

import re
import unicodedata
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


def words(text: str, start: int = 0, end: int | None = None) -> list[Word]:
    """The words of text[start:end] in order; places count from the beginning of the whole text."""
    stop = len(text) if end is None else end
    return [
        Word(m.start(), m.end(), m.group().lower(), fold(m.group()))
        for m in _WORD.finditer(text, start, stop)
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

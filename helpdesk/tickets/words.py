"""Words as search compares them: folded letters, and the forms a word may have in a text. [pure]"""

import re
import unicodedata
from functools import lru_cache

import snowballstemmer

_STEMMERS = tuple(snowballstemmer.stemmer(name) for name in ("german", "french", "swedish", "english"))
_TOKEN = re.compile(r"[^\W_]+")
_LONGEST_TOKEN = 60
#: A stem shorter than this, or than half its word, finds too much.
_SHORTEST_STEM = 4
#: Two ways to write one sound; the text may have either. Umlauts lose their dots in both.
_SPELLINGS = (("ss", "ß"), ("ae", "a"), ("oe", "o"), ("ue", "u"), ("oe", "œ"), ("ae", "æ"))


def folded(text: str) -> str:
    """Small letters without accents, as both databases fold them: É and e are one, ß stays."""
    apart = unicodedata.normalize("NFKD", text.lower())
    return "".join(letter for letter in apart if not unicodedata.combining(letter))


def tokens(text: str) -> list[str]:
    """The runs of letters and digits in a text, folded; everything else separates."""
    return [token[:_LONGEST_TOKEN] for token in _TOKEN.findall(folded(text))]


@lru_cache(maxsize=4096)
def forms(word: str) -> tuple[str, ...]:
    """Beginnings of words that this word may stand as: itself, its stems in each language, its spellings.

    A text may be in any of them, and so may the question: who looks for “factures” finds “facture” as well.
    """
    found = {token for stem in _stems(word) for token in tokens(stem)[:1]} | set(tokens(word)[:1])
    found |= {other for one in list(found) for other in _respelled(one)}
    # "rechnung" finds what "rechnungen" would.
    return tuple(sorted(one for one in found if not any(one != o and one.startswith(o) for o in found)))


def _stems(word: str) -> set[str]:
    stems = {str(each.stemWord(word.lower())) for each in _STEMMERS}
    return {stem for stem in stems if len(stem) >= max(_SHORTEST_STEM, len(word) / 2)}


def _respelled(token: str) -> set[str]:
    return {token.replace(long, short) for long, short in _SPELLINGS} | {token.replace("ß", "ss")}

"""What a subject is about once the prefixes of answers and forwards are gone; when it is another topic."""

import re
import unicodedata
from collections.abc import Iterable

#: What people's programs write before a subject to answer it, in the languages customers' programs speak.
_REPLY = (
    "re", "aw", "antw", "antwort", "sv", "svar", "ré", "rép", "réf", "ref", "r", "res", "odp", "vs", "ynt",
    "betr", "bls", "vá", "atb", "ha", "回复", "回覆", "答复",
)  # fmt: skip
#: And to pass it on. "VS:" is a forward in Danish and a reply in Finnish; ours write it as a forward.
_FORWARD = (
    "fwd", "fw", "wg", "tr", "vs", "vb", "vl", "i", "rv", "enc", "doorst", "pd", "fs", "továbbítás",
    "转发", "轉寄", "転送",
)  # fmt: skip

# "Re:", "Re[2]:", "AW(3):", "RE^2:", "Sv :", "Réf. :", "回复：", with our own number before it or not.
_NUMBERED = r"\s{0,3}(?:\[\d{1,3}\]|\(\d{1,3}\)|\^\d{1,3}|\*\d{1,3})?\.?\s{0,3}[:：]"
_OUR_MARK = r"\[\s{0,2}#\d{1,18}\s{0,2}\]"


def _prefix(words: Iterable[str]) -> str:
    return rf"(?:{'|'.join(sorted(map(re.escape, words), key=len, reverse=True))}){_NUMBERED}"


_IS_FORWARD = re.compile(rf"(?:\s|{_OUR_MARK})*{_prefix(_FORWARD)}", re.I)
_ANY_PREFIX = re.compile(
    rf"(?:\s|{_OUR_MARK}|\[(?:ext|extern|external)\]|{_prefix({*_REPLY, *_FORWARD})})+", re.I
)
_WORD = re.compile(r"\w+")

_CAP = 500
#: Share of the words of the shorter subject that must be in the other one for both to be one topic.
_SHARED = 0.5


def is_forward(subject: str) -> bool:
    """Whether the outermost prefix says that a message was passed on: "WG:", "TR:", "Fwd:", "VB:"."""
    return _IS_FORWARD.match(_composed(subject)) is not None


def topic(subject: str) -> str:
    """The subject without prefixes, repeated and numbered ones too, and without our ticket mark."""
    composed = _composed(subject)
    found = _ANY_PREFIX.match(composed)
    return composed[found.end() :].strip() if found else composed.strip()


def is_another_topic(subject: str, known: Iterable[str]) -> bool:
    """Whether a subject really differs from all subjects of a conversation.

    An empty one says nothing; a word added, corrected or cut off at the end changes nothing; only a subject
    that shares less than half of its words with each of the known ones is another topic.
    """
    words = _words(subject)
    others = [each for each in map(_words, known) if each]
    if not words or not others:
        return False
    return all(_overlap(words, other) < _SHARED for other in others)


def is_same_topic(subject: str, known: str) -> bool:
    """Whether one subject alone says that the conversation goes on; no other could say more against it."""
    words, others = _words(subject), _words(known)
    return bool(words and others) and _overlap(words, others) >= _SHARED


def _overlap(words: frozenset[str], others: frozenset[str]) -> float:
    shared = sum(any(_alike(word, other) for other in others) for word in words)
    back = sum(any(_alike(other, word) for word in words) for other in others)
    return max(shared / len(words), back / len(others))


def _alike(word: str, other: str) -> bool:
    """The same word, or one that only its ending tells apart ("Rechnung", "Rechnungen")."""
    short, long = sorted((word, other), key=len)
    return short == long or (len(short) > 3 and long.startswith(short[: max(4, len(short) - 2)]))


def _words(subject: str) -> frozenset[str]:
    """At most sixty words that carry a meaning; without any of two letters, the short ones."""
    found = _WORD.findall(topic(subject).casefold())[:60]
    return frozenset([word for word in found if len(word) > 2] or found)


def _composed(subject: str) -> str:
    return unicodedata.normalize("NFC", subject[:_CAP])

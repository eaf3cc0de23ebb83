"""The word lists of consent.txt, read once and spelled as the tokens of a reply are."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources

from helpdesk.mail.consent_tokens import AMOUNT, COMMA, REFERENCE, Token, plain_words

ANSWERED_LANGUAGES = ("de", "fr", "sv", "en")
GAP = "*"
_LONGEST_GAP = 6

Pattern = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """One language's lists; what each means stands at the head of consent.txt."""

    bare: tuple[Pattern, ...]
    firm: tuple[Pattern, ...]
    clear: tuple[Pattern, ...]
    refusal: tuple[Pattern, ...]
    no: tuple[Pattern, ...]
    statements: tuple[Pattern, ...]
    elsewhere: tuple[Pattern, ...]
    idioms: tuple[Pattern, ...]
    neutral: frozenset[str]
    objects: frozenset[str]
    #: What may lie in the gap of a phrase: nobody who is addressed, or it would be their act.
    gap: frozenset[str]


@cache
def vocabulary(language: str) -> Vocabulary:
    """The lists of one of ANSWERED_LANGUAGES."""
    neutral = _words(language, "neutral") | everywhere("polite") | {AMOUNT}
    objects = _words(language, "objects")
    statements = _patterns(language, "statements")
    spoken = frozenset(pattern[0] for pattern in statements if len(pattern) == 1)
    return Vocabulary(
        bare=_patterns(language, "bare"),
        firm=_patterns(language, "firm"),
        clear=_patterns(language, "clear"),
        refusal=_patterns(language, "refusal"),
        no=_patterns(language, "no"),
        statements=statements,
        elsewhere=_patterns(language, "elsewhere"),
        idioms=_patterns(language, "idioms"),
        neutral=neutral,
        objects=objects,
        gap=(neutral | objects | spoken | {REFERENCE}) - everywhere("addressed"),
    )


@cache
def everywhere(name: str) -> frozenset[str]:
    """A list of single words that holds for all languages."""
    return _words("all", name)


@cache
def phrases(name: str) -> tuple[Pattern, ...]:
    """All languages' phrases of that name: people greet and close in another language than they write in."""
    made = {pattern for language in ANSWERED_LANGUAGES for pattern in _patterns(language, name)}
    return tuple(sorted(made, key=lambda pattern: (-len(pattern), pattern)))


@cache
def answering() -> frozenset[str]:
    """Words that by themselves belong to a yes or a no in some language: nobody's name."""
    found: set[str] = set()
    for language in ANSWERED_LANGUAGES:
        words = vocabulary(language)
        found |= words.neutral | words.objects
        for patterns in (words.bare, words.firm, words.clear, words.no, words.refusal, words.statements):
            found |= {word for pattern in patterns for word in pattern}
    return frozenset(found)


def span(pattern: Pattern, words: Sequence[str], at: int, gap_words: frozenset[str]) -> list[int] | None:
    """Which words from `at` on the pattern takes, in order; None if it does not begin there.

    Its words follow each other; a gap takes up to six of `gap_words`. Commas count for nothing.
    """
    taken: list[int] = []
    gap = 0
    for part in pattern:
        if part == GAP:
            gap = _LONGEST_GAP
            continue
        while at < len(words) and words[at] != part:
            if words[at] != COMMA:
                if not gap or words[at] not in gap_words:
                    return None
                gap -= 1
            at += 1
        if at == len(words):
            return None
        taken.append(at)
        at += 1
        gap = 0
    return taken


def first_phrase(patterns: Sequence[Pattern], tokens: Sequence[Token], at: int = 0) -> int:
    """How many tokens the longest of the patterns takes from `at` on; 0 for none."""
    words = [token.plain for token in tokens[at : at + 16]]
    for pattern in patterns:
        taken = span(pattern, words, 0, frozenset())
        if taken:
            return taken[-1] + 1
    return 0


@cache
def _sections() -> dict[tuple[str, str], list[str]]:
    found: dict[tuple[str, str], list[str]] = {}
    lines: list[str] = []
    for line in resources.files(__package__).joinpath("consent.txt").read_text("utf-8").splitlines():
        if line.startswith("["):
            language, name = line.strip("[]").split()
            lines = found.setdefault((language, name), [])
        elif line.strip() and not line.startswith("#"):
            lines.append(line)
    return found


def _words(language: str, name: str) -> frozenset[str]:
    return frozenset(word for line in _sections()[language, name] for word in plain_words(line))


def _patterns(language: str, name: str) -> tuple[Pattern, ...]:
    lines = _sections()[language, name]
    made = {tuple(_spelled(phrase)) for line in lines for phrase in line.split("|")}
    return tuple(sorted(made, key=lambda pattern: (-len(pattern), pattern)))


def _spelled(phrase: str) -> Iterator[str]:
    for word in phrase.split():
        if word in (GAP, AMOUNT):
            yield word
        else:
            yield from plain_words(word)

"""Whether a reply to an offer is a clear yes, a clear no, or something a person must read (B4, B5).

Strict on purpose: a yes costs money. A reply is a clear yes only if, besides greeting and signature, each of
its words is known as harmless and one of them accepts. So no list of traps has to be complete: a condition,
a question, another amount, sarcasm, or news we did not expect brings a word that is not in the lists.

What is read here says nothing of who wrote it: see authentication.py and billing's may_accept.
"""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

from helpdesk.core.money import Money
from helpdesk.mail.consent_envelope import without_envelope
from helpdesk.mail.consent_tokens import COMMA, OTHER, REFERENCE, Sentence, plain_words, sentences
from helpdesk.mail.consent_words import (
    ANSWERED_LANGUAGES,
    Pattern,
    Vocabulary,
    everywhere,
    span,
    vocabulary,
)

#: A clear answer is short; what is longer says more than yes or no.
MAX_LETTERS = 1500
_MAX_NO_WORDS = 30
_BARE, _FIRM, _CLEAR = 1, 2, 3

# A question, a quoted word, an ellipsis, a smiley that winks, laughs, is sad or in doubt, a quoted line.
_HESITATION = re.compile(r"[?？]|\.\.\.|…|;-?\)|[:=]['’]?-?[(/\\|\[]|[\"„“”«»‹›]|^[^\S\n]*[>|]", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Reading:
    """What a reply says; `words` is the sentence relied on as it was written, `why` a code for the record.

    Codes: yes, no, empty, long, hesitation, unknown_words, not_alone, no_answer.
    """

    verdict: Literal["yes", "no", "unclear"]
    why: str
    words: str = ""
    language: str = ""


def read_reply(
    new_text: str,
    *,
    offered: Sequence[Money] = (),
    references: Collection[str] = (),
    names: Sequence[str] = (),
) -> Reading:
    """Reads what the sender newly wrote (no quote, see `quotes.new_text`) as an answer to an offer.

    `offered`: the amounts that a yes may name, net and gross; any other amount is no yes. `references`: the
    ticket's and the offer's number. `names`: of the sender and of the agent, which may stand in the text.
    Never raises; linear in the text.
    """
    if not new_text.strip():
        return Reading("unclear", "empty")
    if len(new_text) > MAX_LETTERS:
        return Reading("unclear", "long")
    if _HESITATION.search(new_text):
        return Reading("unclear", "hesitation")
    known = frozenset(word for name in names for word in plain_words(name[:200]))
    body = without_envelope(sentences(new_text, offered, references), known)
    if body is None or any(map(_asks, body)):
        return Reading("unclear", "unknown_words")
    for language in ANSWERED_LANGUAGES:
        relied_on = _yes(body, vocabulary(language), known)
        if relied_on:
            return Reading("yes", "yes", relied_on, language)
    return _otherwise(body)


def _words(sentence: Sentence) -> list[str]:
    return [token.plain for token in sentence.tokens]


def _asks(sentence: Sentence) -> bool:
    """A verb before its pronoun asks ("ist das ..."), or wants us to promise ("bestätigen Sie ...")."""
    words = [word for word in _words(sentence) if word != COMMA]
    pairs = list(pairwise(words))
    promising, addressed = everywhere("promising"), everywhere("addressed")
    if any((a in promising and b in addressed) or (a in addressed and b in promising) for a, b in pairs):
        return True
    return any(a in everywhere("asking") and b in everywhere("pronouns") for a, b in pairs[:1])


def _yes(body: list[Sentence], known: Vocabulary, names: frozenset[str]) -> str:
    """The sentence that accepts, if every word of all sentences is harmless in this language."""
    read = [_said(sentence, known, names) for sentence in body]
    if not read or not all(said.harmless for said in read):
        return ""
    best = max(read, key=lambda said: said.firmness)
    if best.firmness < max(_BARE, *(said.needs for said in read)):
        return ""
    # "Ja, ja" is a sigh, not a yes.
    said_bare = [word for said in read for word in said.bare]
    if best.firmness == _BARE and len(said_bare) > len(set(said_bare)):
        return ""
    return best.text


@dataclass(frozen=True, slots=True)
class _Said:
    """What one sentence says: how firm a yes, how firm one its words need, and whether all are known."""

    text: str
    firmness: int
    needs: int
    bare: tuple[Pattern, ...]
    harmless: bool


def _said(sentence: Sentence, known: Vocabulary, names: frozenset[str]) -> _Said:
    page = _Page(_words(sentence), known.gap)
    if page.strike(known.elsewhere):
        return _Said(sentence.text, 0, _CLEAR, (), harmless=False)
    clear = page.strike(known.clear)
    firm = page.strike(known.firm)
    page.strike(known.idioms)
    bare = page.strike(known.bare, heads_only=True)
    needs = _FIRM if page.strike(known.statements) else 0
    if known.objects.intersection(page.left()):
        needs = _CLEAR
    firmness = _CLEAR if clear else _FIRM if firm else _BARE if bare else 0
    harmless = known.neutral | known.objects | names | {REFERENCE}
    return _Said(sentence.text, firmness, needs, tuple(bare), harmless.issuperset(page.left()))


class _Page:
    """The words of a sentence, of which what was understood is struck out."""

    def __init__(self, words: list[str], gap: frozenset[str]) -> None:
        self._words = words
        self._gap = gap
        self._open = {at for at, word in enumerate(words) if word != COMMA}

    def left(self) -> list[str]:
        """What nobody struck out yet."""
        return [self._words[at] for at in sorted(self._open)]

    def strike(self, patterns: Sequence[Pattern], *, heads_only: bool = False) -> list[Pattern]:
        """Strikes out each place where one of the patterns stands; which ones those were."""
        places = [at for at in sorted(self._open) if not heads_only or self._is_head(at)]
        return [found for at in places if (found := self._strike_at(at, patterns))]

    def _strike_at(self, at: int, patterns: Sequence[Pattern]) -> Pattern | None:
        for pattern in patterns:
            taken = span(pattern, self._words, at, self._gap)
            if taken and self._open.issuperset(taken):
                self._open.difference_update(taken)
                return pattern
        return None

    def _is_head(self, at: int) -> bool:
        """Whether a clause begins here, polite words aside: "das haben wir ja schon" says nothing."""
        return at == 0 or self._words[at - 1] == COMMA or self._words[at - 1] in everywhere("polite")


def _otherwise(body: list[Sentence]) -> Reading:
    words = [word for sentence in body for word in _words(sentence) if word != COMMA]
    if not words:
        return Reading("unclear", "no_answer")
    if len(words) > _MAX_NO_WORDS or everywhere("conditions").intersection(words) or OTHER in words:
        return Reading("unclear", "not_alone")
    for language in ANSWERED_LANGUAGES:
        refused = _no(body, vocabulary(language))
        if refused:
            return Reading("no", "no", refused, language)
    return Reading("unclear", "unknown_words")


def _no(body: list[Sentence], known: Vocabulary) -> str:
    """The sentence that refuses, if nothing accepts besides.

    A phrase that names the act ("lehnen wir ab") may bring its reasons; a bare no goes with known words only,
    for it may answer something else ("Nein, es druckt noch immer nicht").
    """
    relied_on, act, strange = "", False, False
    for sentence in body:
        page = _Page(_words(sentence), known.gap)
        page.strike(known.idioms)
        acted = page.strike(known.no)
        refused = page.strike(known.refusal, heads_only=True)
        if page.strike((*known.clear, *known.bare)):
            return ""
        if (acted or refused) and not relied_on:
            relied_on = sentence.text
        act = act or bool(acted)
        strange = strange or not (known.neutral | known.objects | {REFERENCE}).issuperset(page.left())
    return relied_on if act or not strange else ""

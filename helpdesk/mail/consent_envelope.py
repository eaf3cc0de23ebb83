"""Cuts greeting, closing, signature and a lone name off a reply, as long as nothing else hides there."""

from collections.abc import Sequence

from helpdesk.mail.consent_tokens import COMMA, Sentence, Token
from helpdesk.mail.consent_words import answering, everywhere, first_phrase, phrases

_MAX_SIGNATURE_LINES = 14
#: Lower-case words that a line of a signature may hold: "Leiter der Buchhaltung", "directrice adjointe".
_MAX_SMALL_WORDS = 4
_MAX_GREETED = 6
_MAX_NAME = 3


def without_envelope(found: list[Sentence], names: frozenset[str]) -> list[Sentence] | None:
    """The sentences that answer; None when what follows the closing is not just a signature."""
    body, tail = _without_closing(_without_greeting(found, names))
    if not _is_signature(tail, names):
        return None
    return _without_name(body, names)


def _without_greeting(found: list[Sentence], names: frozenset[str]) -> list[Sentence]:
    if not found:
        return found
    first = found[0]
    at = first_phrase(phrases("greetings"), first.tokens)
    if not at:
        return found
    end = at
    while end < len(first.tokens) and end < at + _MAX_GREETED and _greeted(first.tokens[end], names):
        end += 1
    while end < len(first.tokens) and first.tokens[end].plain == COMMA:
        end += 1
    rest = first.since(end)
    return ([rest] if rest.tokens else []) + found[1:]


def _greeted(token: Token, names: frozenset[str]) -> bool:
    return token.plain in names or token.plain in everywhere("greeted") or _could_be_a_name(token)


def _could_be_a_name(token: Token) -> bool:
    written = token.written
    return (
        written[:1].isupper()
        and written.isalpha()
        and token.plain not in everywhere("doubts")
        and token.plain not in answering()
    )


def _without_closing(found: list[Sentence]) -> tuple[list[Sentence], list[Sentence]]:
    """The text up to the closing, and what follows it (name, company, telephone)."""
    for number, sentence in enumerate(found):
        for at in range(len(sentence.tokens)):
            taken = first_phrase(phrases("closings"), sentence.tokens, at)
            if taken:
                body = found[:number] + ([sentence.until(at)] if at else [])
                after = sentence.since(at + taken)
                return body, ([after] if after.tokens else []) + found[number + 1 :]
    return found, []


def _is_signature(tail: list[Sentence], names: frozenset[str]) -> bool:
    """Names and addresses, with no doubt and no sentence in them."""
    if sum(sentence.opens_line for sentence in tail) > _MAX_SIGNATURE_LINES:
        return False
    return all(_signs(sentence, names) for sentence in tail)


def _signs(sentence: Sentence, names: frozenset[str]) -> bool:
    small = 0
    for token in sentence.tokens:
        if token.plain in names:
            continue
        if token.plain in everywhere("doubts"):
            return False
        if token.written.islower():
            if token.plain in everywhere("talk"):
                return False
            small += 1
    return small <= _MAX_SMALL_WORDS


def _without_name(body: list[Sentence], names: frozenset[str]) -> list[Sentence]:
    """Cuts a name off the end: a known one, two or three capitals on a line of their own, or after thanks."""
    if not body:
        return body
    last = body[-1]
    end = len(last.tokens)
    at = end
    while at and end - at < _MAX_NAME and _is_name(last.tokens[at - 1], names):
        at -= 1
    if at == end:
        return body
    known = all(token.plain in names for token in last.tokens[at:])
    before = last.tokens[:at] or (body[-2].tokens if len(body) > 1 else ())
    alone = at == 0 and last.opens_line and end > 1
    if not (known or alone or _thanks(before)):
        return body
    rest = last.until(at)
    return body[:-1] + ([rest] if rest.tokens else [])


def _is_name(token: Token, names: frozenset[str]) -> bool:
    return token.plain in names or _could_be_a_name(token)


def _thanks(tokens: Sequence[Token]) -> bool:
    words = [token.plain for token in tokens if token.plain != COMMA]
    return bool(words) and words[-1] in everywhere("thanking")

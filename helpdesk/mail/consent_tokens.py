"""A reply's text as plain tokens: words without accents and case, amounts, references, commas."""

import re
import unicodedata
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from helpdesk.core.errors import InvalidInput
from helpdesk.core.money import Money, parse_amount

COMMA = ","
AMOUNT = "§amount"
REFERENCE = "§reference"
#: A number that is neither the offered amount nor one of our numbers.
OTHER = "§other"

_CURRENCY = r"(?:CHF|SFR|FR|EUR|SEK|KR|FRANKEN|FRANCS?|KRONOR|€)"
_PIECE = re.compile(
    rf"(?P<tax>\d{{1,2}}(?:[.,]\d)?\s?%\s?(?:MWST|TVA|MOMS|VAT|UST)\b\.?)"
    rf"|(?P<dated>\b(?:vom|du|from|of|från|av)\s\d{{1,2}}[./]\d{{1,2}}[./]\d{{2,4}})"
    r"|(?P<quote>\bQ-\d{4}-\d{4,6}(?:[ -]?v\d{1,3})?\b)"
    # Less than nothing is no price: "CHF -200" is not what was offered.
    rf"|(?P<minus>[-−–](?=(?:{_CURRENCY})?\.?\s?\d))"
    r"|(?P<spoken>\b(?:zwei ?hundert|deux[ -]cents?|två ?hundra|two hundred)\b)"
    rf"|(?:(?<![^\W\d_])(?P<before>{_CURRENCY})\.?\s?)?#?"
    r"(?P<number>\d(?:[\d'’\u00a0\u202f]|(?<=\d) (?=\d{3}\b)|[.,](?=\d)|-(?=\d))*)(?P<dash>[.,][-–—]{1,2})?"
    rf"(?:\s?(?P<after>{_CURRENCY})(?![^\W\d_]))?"
    r"|(?P<word>[^\W\d_]+)"
    r"|(?P<apostrophe>['’‘`´])"
    r"|(?P<comma>[,;])"
    # A full stop before a small letter belongs to an abbreviation ("zzgl. MwSt.").
    r"|(?P<end>[!:\n]+|(?<!\bexkl|\binkl|\bzzgl|\bincl|\bexcl)(?<!\bnr|\bfr)\.(?=\s*\Z|\s*\n|\s+(?-i:[^\W\d_a-zäöüéèàçåâêîôû])|\s*[^\s\w])|\s[-–—]+\s)"
    r"|(?P<space>[^\S\n]+|[-–—()*_.\u200b\ufe0f])"
    r"|(?P<sign>.)",
    re.IGNORECASE,
)


#: The one amount that people write out: the surcharge.
_SPOKEN_MINOR = 200_00


@dataclass(frozen=True, slots=True)
class Token:
    """One token: `plain` to compare, `written` as it stands in the text."""

    plain: str
    written: str


@dataclass(frozen=True, slots=True)
class Sentence:
    """Tokens up to a full stop, a colon, a dash or the line's end; `text` is how it was written."""

    tokens: tuple[Token, ...]
    text: str
    opens_line: bool = False

    def since(self, at: int) -> "Sentence":
        """From the token number `at` on; it opens no line any more."""
        return Sentence(self.tokens[at:], self.text)

    def until(self, at: int) -> "Sentence":
        """Up to the token number `at`."""
        return Sentence(self.tokens[:at], self.text, self.opens_line)


def plain(word: str) -> str:
    """Small letters without accents; ß is ss. Both the lists and the replies go through here."""
    split = unicodedata.normalize("NFKD", word.casefold())
    return "".join(letter for letter in split if not unicodedata.combining(letter))


def plain_words(text: str) -> list[str]:
    """The words of a list entry, spelled as the tokens of a reply are."""
    return [token.plain for sentence in sentences(text) for token in sentence.tokens if token.plain != COMMA]


def sentences(text: str, offered: Sequence[Money] = (), references: Collection[str] = ()) -> list[Sentence]:
    """The text as sentences of tokens; linear. `offered` are the amounts that a yes may name."""
    found: list[Sentence] = []
    tokens: list[Token] = []
    start, opens_line = 0, True
    for match in _PIECE.finditer(text):
        if match.lastgroup == "end":
            if tokens:
                found.append(Sentence(tuple(tokens), text[start : match.start()].strip(), opens_line))
                tokens, opens_line = [], False
            opens_line = opens_line or "\n" in match[0]
            start = match.end()
        elif match.lastgroup not in ("space", "apostrophe"):
            tokens.append(_token(match, offered, references))
    if tokens:
        found.append(Sentence(tuple(tokens), text[start:].strip(), opens_line))
    return found


def _token(match: re.Match[str], offered: Sequence[Money], references: Collection[str]) -> Token:
    written = match[0]
    if match["word"]:
        return Token(plain(written), written)
    if match["spoken"]:
        return Token(AMOUNT if any(offer.minor == _SPOKEN_MINOR for offer in offered) else OTHER, written)
    if match["comma"]:
        return Token(COMMA, written)
    if match["quote"]:
        return Token(REFERENCE if _quote_name(written) in references else OTHER, written)
    if match["minus"]:
        return Token(OTHER, written)
    if match["tax"] or match["dated"]:
        return Token(REFERENCE, written)
    if match["number"]:
        return Token(_number(match, offered, references), written)
    return Token(written, written)


def _quote_name(written: str) -> str:
    """Q-2027-0042 v1 as it stands on the paper, however it was typed."""
    number, _separator, version = written.upper().partition("V")
    number = number.rstrip(" -")
    return f"{number} v{version}" if version else number


def _number(match: re.Match[str], offered: Sequence[Money], references: Collection[str]) -> str:
    number = match["number"].strip()
    if number in references and not (match["before"] or match["after"]):
        return REFERENCE
    try:
        amount = parse_amount(number)
    except InvalidInput:
        return OTHER
    named = plain(match["before"] or match["after"] or "")
    for offer in offered:
        if offer.minor == amount.minor and _same_currency(named, offer.currency):
            return AMOUNT
    return OTHER


_SPOKEN = {
    "CHF": ("", "chf", "sfr", "fr", "franken", "franc", "francs"),
    "EUR": ("", "eur", "€"),
    "SEK": ("", "sek", "kr", "kronor"),
}


def _same_currency(named: str, currency: str) -> bool:
    return named in _SPOKEN.get(currency, ("", currency.casefold()))

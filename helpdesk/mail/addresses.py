"""Split address headers into mailboxes without being fooled by names that look like addresses."""

import re
from dataclasses import dataclass, field

from helpdesk.mail.charsets import one_line
from helpdesk.mail.encoded_words import WORD, decode_words, raw_text
from helpdesk.mail.limits import ADDRESSES_CAP

_TOKEN = re.compile(
    r'"(?:[^"\\]|\\.)*"?|[()<>,;:]|=\?[\w.:*+-]{1,60}\?[bBqQ]\?[^?]*\?=|\\.|[^"()<>,;:=\\]+|[=\\]', re.S
)
_PLAIN = re.compile(r"[^\s<>()\[\],;:\"'=?]{1,64}@[^\s<>()\[\],;:\"'=?]{1,250}")
_SPACED = re.compile(r"\s*([@.])\s*")
_INNER_COMMENT = re.compile(r"\([^()]{0,200}\)")
_QUOTED_PAIR = re.compile(r"\\(.)", re.S)


@dataclass(frozen=True, slots=True)
class Mailbox:
    """One address with the name beside it; `address` may be "" when there is only a name."""

    address: str
    name: str = ""


@dataclass(slots=True)
class AddressList:
    """What an address header says, and what is wrong with how it says it."""

    boxes: list[Mailbox] = field(default_factory=list)
    defects: list[str] = field(default_factory=list)


def parse_addresses(value: str, *, several: bool = False) -> AddressList:
    """The mailboxes of a raw header value. Never raises; linear in its length.

    `several`: addresses that no comma parts are all taken, as is right for receivers and wrong for a sender.

    `alice@victim.example <mallory@evil.example>` is mallory: names are decoded only after splitting, and a
    name is never an address.
    """
    scan = _Scan(raw_text(value), several=several)
    scan.run()
    return scan.found


class _Scan:
    def __init__(self, text: str, *, several: bool) -> None:
        self.text = text
        self.several = several
        self.found = AddressList()
        #: A name in front of a comma that stands outside quotes: perhaps the first half of "Muster, Vera".
        self.lead = ""
        self.reset(0)

    def reset(self, at: int) -> None:
        self.start = at
        self.words: list[str] = []
        self.comments: list[str] = []
        self.angles: list[str] = []
        self.quoted = False

    def run(self) -> None:
        text, at, end = self.text, 0, len(self.text)
        while at < end and len(self.found.boxes) < ADDRESSES_CAP:
            token = _TOKEN.match(text, at)
            if token is None:
                at += 1
                continue
            at = self._take(token[0], token.start(), token.end())
        self._flush(min(at, end))
        if at < end:
            self.defects("more addresses than are read")

    def defects(self, what: str) -> None:
        if what not in self.found.defects:
            self.found.defects.append(what)

    def _take(self, token: str, start: int, end: int) -> int:
        first = token[0]
        if first == '"':
            if len(token) < 2 or not token.endswith('"'):
                self.defects("quote without end")
            self.quoted = True
            self.words.append(_QUOTED_PAIR.sub(r"\1", token.strip('"')))
        elif first == "(":
            return self._comment(end)
        elif first == "<":
            close = self.text.find(">", end)
            if close < 0:
                self.defects("angle bracket without end")
                close = len(self.text)
            self.angles.append(self.text[end:close])
            return close + 1
        elif first in ",;":
            if first == "," and self._leads():
                self.reset(end)
                return end
            self._flush(start)
            self.reset(end)
        elif first == ":" and not self.angles and "@" not in "".join(self.words):
            self.reset(end)
        elif first in ")>":
            self.defects("unbalanced brackets")
        else:
            self.words.append(token)
        return end

    def _comment(self, at: int) -> int:
        """Skip a comment that may hold others; note its text, which older programs use for the name."""
        depth, start = 1, at
        while at < len(self.text) and depth:
            char = self.text[at]
            at += 2 if char == "\\" else 1
            depth += (char == "(") - (char == ")")
        if depth:
            self.defects("comment without end")
        self.comments.append(self.text[start : at - 1 if not depth else at])
        return at

    def _leads(self) -> bool:
        """Keep a bare name in front of a comma until it is known what stands behind."""
        words = "".join(self.words).strip()
        if self.lead or self.quoted or self.angles or self.comments or "@" in words or not words:
            return False
        self.lead = words
        return True

    def _flush(self, end: int) -> None:
        words = " ".join(self.words) if self.quoted else "".join(self.words)
        words = words.strip()
        lead, self.lead = self.lead, ""
        if lead and words and self.angles:
            self.defects("comma outside quotes")
            words = f"{lead}, {words}"
        elif lead:
            self._bare(lead)
        if not words and not self.angles:
            if self.comments:
                self._rescue(self.text[self.start : end])
            return
        if len(self.angles) > 1:
            self.defects("several addresses in angle brackets")
        angles = [angle for angle in map(_route_less, self.angles) if angle]
        with_at = [angle for angle in angles if "@" in angle]
        if with_at or angles:
            if self.several:
                self.found.boxes += [Mailbox(tidy(angle)) for angle in with_at[:-1]]
            address = (with_at or angles)[-1]
            if not with_at and _PLAIN.search(words):
                self._rescue(self.text[self.start : end])
                return
            self._add(address, words or " ".join(self.comments))
        elif self.angles:
            self._rescue(self.text[self.start : end])
        else:
            self._bare(words)

    def _bare(self, words: str) -> None:
        """A mailbox without angle brackets: the address with a comment, or something broken."""
        joined = _SPACED.sub(r"\1", words)
        if "=?" in words and WORD.search(words):
            self._rescue(words)
            return
        if " " not in joined:
            self._add(joined, " ".join(self.comments))
            return
        inside = _PLAIN.findall(words)
        if inside:
            self.defects("address without angle brackets")
            if self.several:
                self.found.boxes += [Mailbox(tidy(one)) for one in inside[:-1]]
            name = words.replace(inside[-1], " ").strip(" []()")
            self._add(inside[-1], name or " ".join(self.comments))
            return
        self._rescue(words)

    def _rescue(self, text: str) -> None:
        """Nothing reads as an address: take what looks like one, also from inside encoded words."""
        decoded = decode_words(text)
        inside = _PLAIN.findall(decoded)
        self.defects("no proper address")
        if inside:
            name = decoded.replace(inside[-1], " ").replace("<", " ").replace(">", " ")
            self.found.boxes.append(Mailbox(tidy(inside[-1]), display(name)))
        else:
            name = display(text.replace("<>", " "))
            if name:
                self.found.boxes.append(Mailbox("", name))

    def _add(self, address: str, name: str) -> None:
        if "=?" in address and WORD.search(address):
            address = decode_words(address)
            self.defects("encoded address")
        address = tidy(address)
        if _PLAIN.fullmatch(address) is None:
            inner = _PLAIN.findall(address)
            if address.count("@") != 1 and '"' not in address:
                self.defects("strange address")
            if inner and (" " in address or "<" in address):
                self.defects("strange address")
                address = inner[-1]
        self.found.boxes.append(Mailbox(address, display(name)))


def _route_less(angle: str) -> str:
    """`@relay:kim@host` is kim@host (RFC 5322 4.4), `mailto:` is dropped."""
    angle = _INNER_COMMENT.sub("", angle).strip()
    if angle.startswith("@") and ":" in angle:
        angle = angle.rpartition(":")[2]
    return angle.removeprefix("mailto:").strip()


def tidy(address: str) -> str:
    """An address without the marks people and programs put around it; at most 320 characters."""
    return one_line(address).strip(" '\"<>,;").rstrip(".")[:320].replace(" ", "")


def display(name: str) -> str:
    """A name as people read it: decoded, one line, without the quotes around it."""
    return one_line(decode_words(name)).strip(" \"'")[:200]

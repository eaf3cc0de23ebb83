"""Whether our own border server vouches for the sender: Authentication-Results, read strictly (RFC 8601).

Anybody can write such a header into a mail. Only the topmost one counts, only if it carries the authserv-id
that our own receiving server signs with, and only a DMARC pass for the very domain in From. Everything
else, and everything unclear, is "not authenticated": then a yes moves no money (reliability.md rule 5).
"""

import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass

from helpdesk.core.tokens import CODE_LENGTH, CODE_LETTERS

#: A longer header is no honest one.
_CAP = 16_384

_METHOD = re.compile(r"\s*([A-Za-z0-9_-]{1,40})\s*(?:/\s*[0-9]{1,3}\s*)?=\s*([A-Za-z0-9_-]{1,40})(?=\s|$)")
_PROPERTY = re.compile(r'([A-Za-z]{1,20})\.([A-Za-z0-9_-]{1,40})\s*=\s*("(?:[^"\\]|\\.)*"|[^\s"]+)')
_SERVER = re.compile(r'\s*("(?:[^"\\]|\\.)*"|[^\s"=]+)(?:\s+[0-9]{1,3})?\s*')


@dataclass(frozen=True, slots=True)
class Authentication:
    """The outcome with its evidence; `passed` is True for code "ok" only.

    Codes: ok, not_configured, no_result, malformed, not_ours, no_dmarc, dmarc_failed, not_aligned, no_from.
    """

    code: str
    from_domain: str = ""
    server: str = ""
    dmarc: str = ""
    header_from: str = ""
    header: str = ""

    @property
    def passed(self) -> bool:
        """Whether the mail comes from whom it names in From."""
        return self.code == "ok"

    def evidence(self) -> dict[str, str]:
        """As it is stored with an answer."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Result:
    """One method's word within the header, `dmarc=pass header.from=muster.example` for instance."""

    method: str
    value: str
    properties: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Results:
    """A header taken apart; `server` is empty where none is named (Microsoft 365 writes it so)."""

    server: str
    results: tuple[Result, ...]


def authenticate(
    headers: Sequence[str], *, authserv_id: str | None, from_domain: str | None
) -> Authentication:
    """Reads the values of all Authentication-Results fields, topmost first, as they stand in the raw mail.

    `from_domain` is the domain of the one address of the one From field; None when there is not exactly
    one of each. `authserv_id` is the operator's setting; without it nobody is ever authenticated.
    """
    if not authserv_id:
        return Authentication("not_configured")
    domain = _domain(from_domain or "")
    if not domain:
        return Authentication("no_from")
    if not headers:
        return Authentication("no_result", domain)
    read = parse_results(headers[0])
    if read is None:
        return Authentication("malformed", domain, header=headers[0][:_CAP])
    known = {"from_domain": domain, "server": read.server, "header": headers[0]}
    if not read.server or read.server.casefold() != authserv_id.strip().casefold():
        return Authentication("not_ours", **known)
    words = [result for result in read.results if result.method == "dmarc"]
    # Two words on one question: one of them was smuggled in through an address.
    if len(words) != 1:
        return Authentication("no_dmarc", **known)
    froms = [_domain(value) for name, value in words[0].properties if name == "header.from"]
    known |= {"dmarc": words[0].value, "header_from": ",".join(froms)}
    if words[0].value != "pass":
        return Authentication("dmarc_failed", **known)
    return Authentication("ok" if froms == [domain] else "not_aligned", **known)


def parse_results(header: str) -> Results | None:
    """Takes one header apart; None when it is broken (open quote or comment, control characters, too long).

    Tolerant of what servers write: no authserv-id, a version after it, comments anywhere, no space after a
    semicolon, results without properties. Linear in the length.
    """
    parts = _split(header)
    if parts is None:
        return None
    first = _SERVER.fullmatch(parts[0])
    server = _plain(first[1]) if first else ""
    results = [_result(part) for part in (parts[1:] if first else parts)]
    return Results(server, tuple(result for result in results if result is not None))


def contains_code(text: str, expected: str) -> bool:
    """Whether the new text of a reply carries the one-time code that our mail asked for.

    Case and a dash or space in the middle do not matter. `text` must not hold the quote: it repeats our
    mail. An empty or malformed `expected` is never found.
    """
    said = _code_said(expected)
    return said is not None and said.search(text[:_CAP]) is not None


def without_code(text: str, expected: str) -> str:
    """The text without that code, for reading what it says: the code is no word of a yes or a no."""
    said = _code_said(expected)
    return said.sub("", text) if said else text


def _code_said(expected: str) -> re.Pattern[str] | None:
    """Finds this very code, and the word "code" before it; None for what is no code.

    Not anything that looks like one: the end of a word and half a code do too ("godkänner K7PW-3QXM").
    """
    letters = _code_letters(expected)
    if len(letters) != CODE_LENGTH or set(letters) - set(CODE_LETTERS):
        return None
    half = CODE_LENGTH // 2
    code = rf"(?<![^\W_]){letters[:half]}[- ]?{letters[half:]}(?![^\W_])"
    return re.compile(rf"(?:\b(?:code|kod)\b\s{{0,3}}:?\s{{0,3}})?{code}", re.IGNORECASE)


def _code_letters(text: str) -> str:
    return text.replace("-", "").replace(" ", "").upper()


def _split(header: str) -> list[str] | None:
    """The parts between semicolons, comments cut out; quoted strings stay as they are."""
    if len(header) > _CAP:
        return None
    parts: list[list[str]] = [[]]
    depth, quoted, escaped = 0, False, False
    for letter in header:
        if letter in "\r\n\t":
            letter = " "
        if letter < " " or letter == "\x7f":
            return None
        if escaped:
            escaped = False
        elif letter == "\\" and (quoted or depth):
            escaped = True
        elif quoted:
            quoted = letter != '"'
        elif letter == "(":
            depth += 1
        elif letter == ")":
            if not depth:
                return None
            depth -= 1
            letter = " "
        elif not depth and letter == '"':
            quoted = True
        elif not depth and letter == ";":
            parts.append([])
            continue
        if not depth:
            parts[-1].append(letter)
    if depth or quoted or escaped:
        return None
    return ["".join(part) for part in parts]


def _result(part: str) -> Result | None:
    method = _METHOD.match(part)
    if method is None:
        return None
    found = _PROPERTY.findall(part, method.end())
    properties = tuple((f"{kind}.{name}".lower(), _plain(value)) for kind, name, value in found)
    return Result(method[1].lower(), method[2].lower(), properties)


def _plain(value: str) -> str:
    if value.startswith('"'):
        return re.sub(r"\\(.)", r"\1", value[1:-1])
    return value


def _domain(name: str) -> str:
    """A domain in its one spelling: lower case, ASCII, no dot at the end; empty when it is none."""
    try:
        return name.strip().rstrip(".").encode("idna").decode("ascii").lower()
    except UnicodeError:
        return ""

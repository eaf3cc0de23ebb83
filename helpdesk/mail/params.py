"""Read Content-Type and Content-Disposition with parameters (RFC 2045, 2231, and what is sent instead)."""

import re
import urllib.parse

from helpdesk.mail.charsets import decode
from helpdesk.mail.encoded_words import VALUE_CAP, decode_words, raw_text

_PARAM = re.compile(r'[;\s]*([^\s=;"]{1,80})\s*=\s*("(?:[^"\\]|\\.)*"?|[^;]*)', re.S)
_PIECE = re.compile(r"([^*]+)\*(\d{1,4})(\*?)$")
_PIECES_CAP = 500
_FOLD = re.compile(r"[ \t]*[\r\n]+[ \t]*")
_LOST_SEMICOLON = re.compile(r"(inline|attachment)\s+(?=(?:file)?name\s*=)", re.I)


def parse_params(value: str) -> tuple[str, dict[str, str]]:
    """(main value, parameters) with names in lower case; the first of two equal names wins. Linear."""
    text = _FOLD.sub(" ", value[:VALUE_CAP])
    main, _, rest = _LOST_SEMICOLON.sub(r"\1;", text, count=1).partition(";")
    plain: dict[str, str] = {}
    pieces: dict[str, list[tuple[int, bool, str]]] = {}
    extended: dict[str, str] = {}
    for count, found in enumerate(_PARAM.finditer(rest)):
        if count >= _PIECES_CAP:
            break
        name, raw = found[1].lower(), _unquote(raw_text(found[2]))
        piece = _PIECE.match(name)
        if piece:
            pieces.setdefault(piece[1], []).append((int(piece[2]), bool(piece[3]), raw))
        elif name.endswith("*"):
            extended.setdefault(name[:-1], _extended(raw))
        else:
            plain.setdefault(name, decode_words(raw))
    for name, parts in pieces.items():
        plain[name] = _joined(parts)
    plain.update(extended)
    return re.split(r"[\s,]", raw_text(main).strip(" \t\"'").lower(), maxsplit=1)[0], plain


def _unquote(raw: str) -> str:
    raw = raw.strip()
    if raw.startswith('"'):
        inner = raw[1:-1] if len(raw) > 1 and raw.endswith('"') else raw[1:]
        # A path like "C:\temp" is meant as it stands; only \" and \\ are escapes.
        return inner.replace('\\"', '"').replace("\\\\", "\\")
    return raw


def _extended(raw: str) -> str:
    """charset'language'percent-encoded"""
    charset, mark, rest = raw.partition("'")
    if not mark or "'" not in rest:
        return decode(urllib.parse.unquote_to_bytes(raw))
    return decode(urllib.parse.unquote_to_bytes(rest.partition("'")[2]), charset)


def _joined(parts: list[tuple[int, bool, str]]) -> str:
    """Pieces in the order of their numbers; percent-encoded and plain ones may be mixed."""
    parts.sort(key=lambda part: part[0])
    charset, data = "", b""
    for number, (_, encoded, raw) in enumerate(parts):
        if number == 0 and encoded and raw.count("'") >= 2:
            charset, _, rest = raw.partition("'")
            raw = rest.partition("'")[2]
        data += urllib.parse.unquote_to_bytes(raw) if encoded else raw.encode("utf-8", "surrogatepass")
    return decode_words(decode(data, charset))

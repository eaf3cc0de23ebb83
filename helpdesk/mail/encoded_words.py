"""Decode RFC 2047 encoded words in header values, also the many broken ones; linear, never raises."""

import binascii
import re

from helpdesk.mail.charsets import clean, codec_for, decode, guess

#: A longer header value is cut here before decoding (bytes; RFC 5322 lines are 998, real subjects far below).
VALUE_CAP = 32_768
#: More encoded words than this in one value are left as they are.
WORDS_CAP = 2_000

WORD = re.compile(r"=\?([\w.:+-]{1,60})(?:\*[\w-]{0,20})?\?([bBqQ])\?([^?]*(?:\?(?!=)[^?]*){0,20})\?=")
_UNENDED = re.compile(r"=\?([\w.:+-]{1,60})(?:\*[\w-]{0,20})?\?([bBqQ])\?([^?\s]{2,400})$")
_FOLD = re.compile(r"\r?\n[ \t]*|\r[ \t]*|[ \t]*\n")
_HEX = re.compile(rb"=([0-9A-Fa-f]{2})")
_ALPHABET = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
_FOREIGN = bytes(byte for byte in range(256) if byte not in _ALPHABET)

_Piece = tuple[str, str, bytes]


def raw_text(value: str) -> str:
    """A header value as the parser hands it over (8-bit bytes as surrogate escapes) as unfolded text."""
    value = value[:VALUE_CAP]
    if "\n" in value or "\r" in value:
        value = _FOLD.sub(" ", value)
    if value.isascii():
        return decode(value.encode("ascii")) if "\x1b" in value else value
    data = value.encode("utf-8", "surrogateescape")
    try:
        return clean(data.decode("utf-8"))
    except UnicodeDecodeError:
        return clean(guess(data))


def decode_words(text: str) -> str:
    """Replace the encoded words in `text` by what they say; white space between two of them falls away.

    Neighbouring words of the same charset are joined as bytes first: programs split them inside a letter.
    """
    if "=?" not in text:
        return text
    out: list[str] = []
    pieces: list[_Piece] = []
    last = 0
    for count, found in enumerate(WORD.finditer(text)):
        if count >= WORDS_CAP:
            break
        between = text[last : found.start()]
        if between.strip() or (between and not pieces):
            _flush(out, pieces)
            out.append(between)
        charset, how, payload = found.groups()
        pieces.append((codec_for(charset) or charset.lower(), charset, _payload(how, payload)))
        last = found.end()
    _flush(out, pieces)
    rest = text[last:]
    unended = _UNENDED.search(rest) if "=?" in rest else None
    if unended is not None:
        out.append(rest[: unended.start()])
        out.append(decode(_payload(unended[2], unended[3]), unended[1]))
    else:
        out.append(rest)
    return "".join(out)


def _flush(out: list[str], pieces: list[_Piece]) -> None:
    """Append the decoded run of neighbouring words, those of one charset joined."""
    at = 0
    while at < len(pieces):
        codec, charset, data = pieces[at]
        at += 1
        joined = [data]
        while at < len(pieces) and pieces[at][0] == codec:
            joined.append(pieces[at][2])
            at += 1
        out.append(_join(joined, charset))
    pieces.clear()


def _join(words: list[bytes], charset: str) -> str:
    """Stateful charsets start anew in every word, so those are decoded one by one."""
    if len(words) > 1 and codec_for(charset).startswith(("iso2022", "utf-7", "hz")):
        return "".join(decode(word, charset) for word in words)
    return decode(b"".join(words), charset)


def _payload(how: str, payload: str) -> bytes:
    data = payload.encode("utf-8", "surrogatepass")
    if how in "qQ":
        return _HEX.sub(lambda found: binascii.unhexlify(found[1]), data.replace(b"_", b" "))
    return base64_bytes(data)


def base64_bytes(data: bytes) -> bytes:
    """Base64 as it comes: foreign characters skipped, padding optional, a lone last character dropped."""
    if b"=" in data.rstrip(b"=\r\n\t "):
        return b"".join(base64_bytes(part) for part in data.split(b"=") if part)
    data = data.translate(None, _FOREIGN)
    data = data[: len(data) - (len(data) % 4 == 1)]
    return binascii.a2b_base64(data + b"=" * (-len(data) % 4))

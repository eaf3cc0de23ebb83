"""Cheap looks at the bytes of a message before anything structured reads them.

The figures follow from measured blow-ups of the standard library: 20,000 encoded words take gigabytes, 1,500
nested parts end in RecursionError, 100,000 parts in half a minute.
"""

import re

#: Bytes. A larger message is stored raw, flagged and not parsed.
MESSAGE_CAP = 40 * 1024 * 1024
#: Bytes; a larger message is parsed where its memory can be limited.
LARGE = 12 * 1024 * 1024
HEADER_BLOCK_CAP = 256 * 1024
HEADER_CAP = 32 * 1024
HEADERS_CAP = 1_000
ENCODED_WORDS_CAP = 2_000
BRACKETS_CAP = 1_000
#: Structure: multiparts inside multiparts, parts, attachments.
DEPTH_CAP = 30
PARTS_CAP = 500
ATTACHMENTS_CAP = 100
#: Lines that could be boundaries; above the second figure the body is not taken apart at all.
BOUNDARY_LINES_SUSPICIOUS = 1_500
BOUNDARY_LINES_CAP = 20_000
NESTING_SUSPICIOUS = 60
NESTING_CAP = 400
PIECES_CAP = 100
#: Addresses taken from one header.
ADDRESSES_CAP = 200
#: Characters of HTML taken into account, and nesting of its elements.
HTML_CAP = 2_000_000
HTML_DEPTH_CAP = 500
#: Characters of text kept for reading; the raw message keeps all.
TEXT_CAP = 2_000_000

_BLANK_LINE = re.compile(rb"\r?\n\r?\n|\r\r")
_HEADER_START = re.compile(rb"^[!-9;-~]", re.M)
_MULTIPART = re.compile(rb"boundary[ \t]*\*?[0-9]{0,3}\*?=", re.I)


def header_block(raw: bytes) -> bytes:
    """The bytes up to the first blank line, at most a little over HEADER_BLOCK_CAP of them."""
    head = raw[: HEADER_BLOCK_CAP + 1024]
    found = _BLANK_LINE.search(head)
    return head[: found.start()] if found else head


def suspicious(raw: bytes) -> str | None:
    """Why this message had better be parsed in a child with limits, or None for an ordinary one."""
    if len(raw) > LARGE:
        return "large message"
    return _suspicious_header(header_block(raw)) or _suspicious_structure(raw)


def _suspicious_header(head: bytes) -> str | None:
    if len(head) > HEADER_BLOCK_CAP:
        return "header block too large"
    if len(head) < 8_192:
        return None
    if longest_header(head) > HEADER_CAP:
        return "one header too long"
    if head.count(b"\n") > HEADERS_CAP and len(_HEADER_START.findall(head)) > HEADERS_CAP:
        return "too many headers"
    if head.count(b"=?") > ENCODED_WORDS_CAP:
        return "too many encoded words"
    if head.count(b"(") > BRACKETS_CAP or head.count(b"<") > 4 * BRACKETS_CAP:
        return "too many brackets"
    return None


def longest_header(head: bytes) -> int:
    """Length in bytes of the longest header, its continuation lines included."""
    starts = [found.start() for found in _HEADER_START.finditer(head)]
    if not starts:
        return len(head)
    ends = [*starts[1:], len(head)]
    return max(end - start for start, end in zip(starts, ends, strict=True))


def _suspicious_structure(raw: bytes) -> str | None:
    if raw.count(b"\n--") > BOUNDARY_LINES_SUSPICIOUS:
        return "too many parts"
    if raw.count(b"oundary") > NESTING_SUSPICIOUS and len(_MULTIPART.findall(raw)) > NESTING_SUSPICIOUS:
        return "nested too deep"
    if raw.count(b"essage/rfc822") > NESTING_SUSPICIOUS:
        return "too many messages in the message"
    if raw.count(b"oundary*") > PIECES_CAP:
        return "parameter in too many pieces"
    return None


def hopeless(raw: bytes) -> str | None:
    """Why the body cannot be taken apart even with limits; only the header is read then."""
    if len(raw) > MESSAGE_CAP:
        return "message too large"
    if raw.count(b"\n--") > BOUNDARY_LINES_CAP and b"ultipart/" in raw:
        return "too many parts"
    if raw.count(b"oundary") > NESTING_CAP and len(_MULTIPART.findall(raw)) > NESTING_CAP:
        return "nested too deep"
    if raw.count(b"oundary*") > PIECES_CAP:
        return "parameter in too many pieces"
    return None

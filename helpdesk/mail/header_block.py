"""Repair the header block before the parser sees it: broken lines inside, limits of size and number."""

import re

from helpdesk.mail import limits
from helpdesk.mail.charsets import decode

_BAD_LINE = re.compile(rb"^(?![!-9;-~]+[ \t]*:|[ \t\r\n]).", re.M | re.S)
_SPACED_NAME = re.compile(rb"^([A-Za-z][A-Za-z0-9-]{0,60})[ \t]+:", re.M)
_HEADER = re.compile(rb"[!-9;-~]+[ \t]*:")
_KNOWN = re.compile(
    rb"(?:from|to|cc|subject|date|message-id|received|return-path|reply-to|mime-version|content-[a-z-]+|"
    rb"delivered-to|references|in-reply-to|sender|importance|precedence|auto-submitted|"
    rb"dkim-signature|x-[a-z0-9-]+|list-[a-z-]+|thread-[a-z]+|user-agent|authentication-results)[ \t]*:",
    re.I,
)


def repair(raw: bytes) -> tuple[bytes, list[str]]:
    """(message the parser can read, what was wrong). Ordinary messages come back unchanged, the same object.

    A line that is no header, with known headers below it in the same block, is dropped: the standard parser
    would take From and Subject for text. A line that is none with nothing known below starts the body.
    """
    if b"\r\r\n" in raw[:20_000]:
        raw = raw.replace(b"\r\r\n", b"\r\n")
    start = _leading(raw)
    body = raw[start:] if start else raw
    head = limits.header_block(body)
    if b" :" in head or b"\t:" in head:
        tight = _SPACED_NAME.sub(rb"\1:", head)
        body, head = (tight + body[len(head) :], tight) if tight != head else (body, head)
    too_much = _too_much(head)
    if not too_much and _BAD_LINE.search(head) is None:
        return body, []
    lines = head.splitlines(keepends=True)
    kept, used, defects = _keep(lines)
    if too_much:
        kept, defects = _within_limits(kept), [*defects, too_much]
    rest = body[len(head) :] if used == len(lines) else b"\r\n" + b"".join(lines[used:]) + body[len(head) :]
    if len(head) > limits.HEADER_BLOCK_CAP:
        rest = b"\r\n\r\n" + _body_of(body)
    return b"".join(kept) + rest, defects


def _leading(raw: bytes) -> int:
    """Bytes to skip at the start: byte order mark, blank lines."""
    start = 3 if raw.startswith(b"\xef\xbb\xbf") else 0
    while raw[start : start + 1] in (b"\r", b"\n"):
        start += 1
    return start


def _body_of(raw: bytes) -> bytes:
    at = raw.find(b"\r\n\r\n")
    other = raw.find(b"\n\n")
    if at < 0 or 0 <= other < at:
        return raw[other + 2 :] if other >= 0 else b""
    return raw[at + 4 :]


def _too_much(head: bytes) -> str:
    if len(head) > limits.HEADER_BLOCK_CAP:
        return "header block too large"
    if len(head) > limits.HEADER_CAP and limits.longest_header(head) > limits.HEADER_CAP:
        return "one header too long"
    return "too many headers" if head.count(b"\n") > limits.HEADERS_CAP else ""


def _keep(lines: list[bytes]) -> tuple[list[bytes], int, list[str]]:
    """(header lines, how many lines of the block they span, defects)."""
    last_known = max((i for i, line in enumerate(lines) if _KNOWN.match(line)), default=-1)
    kept: list[bytes] = []
    defects: list[str] = []
    for number, line in enumerate(lines):
        folded = line[:1] in b" \t" and kept
        if folded or (_HEADER.match(line) and (number <= last_known or not defects)):
            kept.append(line)
        elif number < last_known or (number == 0 and line.startswith((b"From ", b">From "))):
            if not line.startswith((b"From ", b">From ")):
                defects.append("broken line in the header")
        else:
            return kept, number, [*defects, "no blank line below the header"]
    return kept, len(lines), list(dict.fromkeys(defects))


def _within_limits(lines: list[bytes]) -> list[bytes]:
    """At most 1,000 headers of at most 32 KB each; a longer one is cut."""
    kept: list[bytes] = []
    headers = size = 0
    for line in lines:
        if line[:1] not in b" \t":
            headers, size = headers + 1, 0
        if headers > limits.HEADERS_CAP:
            break
        room = limits.HEADER_CAP - size
        size += len(line)
        if room > 0:
            kept.append(line if len(line) <= room else line[:room].rstrip() + b"\r\n")
    return kept


def plain_headers(raw: bytes) -> list[tuple[str, str]]:
    """(name, value) pairs of a message or of a piece of one that nobody else parses, at most 1,000."""
    found: list[tuple[str, str]] = []
    for line in decode(limits.header_block(raw)).splitlines():
        name, colon, value = line.partition(":")
        if line[:1] in (" ", "\t") and found:
            found[-1] = (found[-1][0], f"{found[-1][1]} {line.strip()}"[: limits.HEADER_CAP])
        elif colon and " " not in name.strip():
            found.append((name.strip().lower(), value.strip()))
        if len(found) >= limits.HEADERS_CAP:
            break
    return found

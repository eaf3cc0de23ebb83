"""Files that old programs put into the text itself: "begin 644 name" ... "end" (uuencode)."""

import binascii
import re

_BEGIN = re.compile(r"^begin(?:-base64)? ([0-7]{3,4}) ([^\r\n]{1,255})\r?$", re.M)
_END = re.compile(r"^(?:end|====)[ \t]*\r?$", re.M)
#: Lines "begin ..." looked at; each costs a search for its "end".
_FILES_CAP = 50


def decode_block(text: str) -> bytes:
    """Bytes of uuencoded lines up to "end"; broken lines are decoded as far as they hold."""
    out: list[bytes] = []
    for line in text.splitlines():
        if line.startswith(("begin ", "begin-base64 ")) or not line:
            continue
        if line.rstrip() in ("end", "===="):
            break
        out.append(_line(line.encode("latin-1", "replace")))
    return b"".join(out)


def _line(line: bytes) -> bytes:
    try:
        return binascii.a2b_uu(line)
    except binascii.Error:
        # Some encoders add characters behind the line: its first one says how many bytes count.
        wanted = (((line[0] - 32) & 63) * 4 + 5) // 3
        try:
            return binascii.a2b_uu(line[:wanted])
        except binascii.Error:
            return b""


def _base64(block: str) -> bytes:
    try:
        return binascii.a2b_base64(block.encode("ascii", "ignore"))
    except binascii.Error:
        return b""


def split_files(text: str) -> tuple[str, list[tuple[str, bytes]]]:
    """(text without the files, files as (name, bytes)); a "begin" without data and "end" stays text."""
    if "begin" not in text:
        return text, []
    kept: list[str] = []
    files: list[tuple[str, bytes]] = []
    last = barren = 0
    for number, found in enumerate(_BEGIN.finditer(text)):
        if number >= _FILES_CAP:
            break
        if found.start() < max(last, barren):
            continue
        end = _END.search(text, found.end())
        if end is None:
            break
        block = text[found.end() : end.start()]
        content = _base64(block) if found[0].startswith("begin-") else decode_block(block)
        if not content:
            barren = end.start()
            continue
        kept.append(text[last : found.start()])
        files.append((found[2].strip(), content))
        last = end.end()
    kept.append(text[last:])
    return "".join(kept), files

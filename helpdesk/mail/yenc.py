"""Files that news readers put into the text itself: "=ybegin ... name=x" ... "=yend" (yEnc)."""

import re

_BEGIN = re.compile(
    rb"^=ybegin [^\r\n]{0,200}?name=([^\r\n]{1,200})\r?\n(?:=ypart [^\r\n]{0,200}\r?\n)?", re.M
)
_END = re.compile(rb"^=yend[^\r\n]{0,200}\r?$", re.M)
_ESCAPE = re.compile(rb"=(.)", re.S)
#: Byte minus 42, for all 256 of them.
_SHIFT = bytes((byte - 42) % 256 for byte in range(256))
_FILES_CAP = 50


def split_yenc(data: bytes) -> tuple[bytes, list[tuple[str, bytes]]]:
    """(text without the files, files as (name, bytes)); a "=ybegin" without its end stays text. Linear."""
    kept: list[bytes] = []
    files: list[tuple[str, bytes]] = []
    last = 0
    while len(files) < _FILES_CAP and (found := _BEGIN.search(data, last)) is not None:
        end = _END.search(data, found.end())
        if end is None:
            break
        kept.append(data[last : found.start()])
        files.append((found[1].decode("utf-8", "replace").strip(), _decoded(data[found.end() : end.start()])))
        last = end.end()
    return b"".join([*kept, data[last:]]), files


def _decoded(lines: bytes) -> bytes:
    joined = lines.replace(b"\r\n", b"").replace(b"\n", b"")
    return _ESCAPE.sub(lambda found: bytes([(found[1][0] - 64) % 256]), joined).translate(_SHIFT)

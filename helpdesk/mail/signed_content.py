"""The message inside an opaque S/MIME signature (RFC 5652 SignedData), so that it can be read.

Only the wrapping is taken off. Whether the signature holds is not looked at, and nothing may rest on it.
"""

from collections.abc import Iterator

_SIGNED_DATA = bytes.fromhex("06092a864886f70d010702")
_DATA = bytes.fromhex("06092a864886f70d010701")
#: Pieces of an octet string that are joined; ours are cut every 1,000 bytes at worst.
_PIECES_CAP = 50_000


def signed_content(data: bytes) -> bytes:
    """The signed bytes, b"" when this is no signed message that carries its content. Never raises; linear."""
    outer = data.find(_SIGNED_DATA, 0, 64)
    inner = data.find(_DATA, outer + len(_SIGNED_DATA), outer + 400) if outer >= 0 else -1
    if inner < 0:
        return b""
    at = inner + len(_DATA)
    if data[at : at + 1] != b"\xa0":
        return b""
    start, _ = _length(data, at + 1)
    return b"".join(_octets(data, start))


def _length(data: bytes, at: int) -> tuple[int, int]:
    """(index behind the length, length in bytes; -1 for one that is only ended by two zero bytes)."""
    first = data[at] if at < len(data) else 0
    if first < 0x80:
        return at + 1, first
    if first == 0x80:
        return at + 1, -1
    size = first & 0x7F
    return at + 1 + size, int.from_bytes(data[at + 1 : at + 1 + size], "big") if size <= 8 else 0


def _octets(data: bytes, at: int) -> Iterator[bytes]:
    """The pieces of an octet string, in one (04) or many (24 ... 04 04 ... 00 00)."""
    if data[at : at + 1] == b"\x24":
        at, length = _length(data, at + 1)
        end = len(data) if length < 0 else min(len(data), at + length)
    else:
        end = at + 1
    for _ in range(_PIECES_CAP):
        if at >= end or data[at : at + 1] != b"\x04":
            return
        start, length = _length(data, at + 1)
        yield data[start : start + max(length, 0)]
        at = start + max(length, 0)

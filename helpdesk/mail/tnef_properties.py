"""The property lists inside a winmail.dat (MS-OXTNEF 2.1.3.4): numbers, text and bytes by their ids."""

import contextlib
import struct
from dataclasses import dataclass, field

from helpdesk.mail.charsets import decode

_SIZES = {0x0002: 4, 0x0003: 4, 0x0004: 4, 0x000A: 4, 0x000B: 4, 0x0005: 8, 0x0006: 8, 0x0007: 8, 0x0014: 8,
    0x0040: 8, 0x0048: 16}  # fmt: skip
_TEXT, _WIDE_TEXT, _BINARY, _OBJECT = 0x001E, 0x001F, 0x0102, 0x000D
_SEVERAL = 0x1000
_PROPERTIES_CAP = 2_000
_VALUES_CAP = 10_000


@dataclass(slots=True)
class Properties:
    """What was read; of several values of one property the first."""

    values: dict[int, tuple[int, bytes]] = field(default_factory=dict)

    def raw(self, name: int) -> bytes:
        """The bytes of a property, b"" without it."""
        return self.values.get(name, (0, b""))[1]

    def number(self, name: int) -> int:
        """A whole number, 0 without it."""
        value = self.raw(name)
        return int(struct.unpack_from("<I", value)[0]) if len(value) == 4 else 0

    def text(self, name: int, charset: str) -> str:
        """A text, "" without it; `charset` for one that is not in Unicode."""
        kind, value = self.values.get(name, (0, b""))
        if kind == _WIDE_TEXT:
            return value.decode("utf-16-le", "replace").rstrip("\x00")
        return decode(value.rstrip(b"\x00"), charset).strip("\x00") if kind == _TEXT else ""


def read_properties(data: bytes) -> Properties:
    """The properties up to the first that cannot be read. Never raises; linear."""
    found = Properties()
    with contextlib.suppress(struct.error):
        _read(data, found)
    return found


def _read(data: bytes, found: Properties) -> None:
    (count,) = struct.unpack_from("<I", data)
    at = 4
    for _ in range(min(count, _PROPERTIES_CAP)):
        kind, name = struct.unpack_from("<HH", data, at)
        at += 4
        if name >= 0x8000:
            at = _behind_name(data, at)
        base = kind & ~_SEVERAL
        size = _SIZES.get(base, 0)
        values = 1
        if kind & _SEVERAL or not size:
            (values,) = struct.unpack_from("<I", data, at)
            at += 4
        if not size and base not in (_TEXT, _WIDE_TEXT, _BINARY, _OBJECT):
            return
        for number in range(min(values, _VALUES_CAP)):
            length = size
            if not size:
                (length,) = struct.unpack_from("<I", data, at)
                at += 4
            if number == 0:
                found.values.setdefault(name, (base, data[at : at + length]))
            at += length + -length % 4
            if at > len(data):
                return


def _behind_name(data: bytes, at: int) -> int:
    """Index behind the name of a named property: a class id, then a number or a text."""
    (by_text, length) = struct.unpack_from("<II", data, at + 16)
    at += 24
    return at + length + -length % 4 if by_text else at

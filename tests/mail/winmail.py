"""Build winmail.dat files (MS-OXTNEF) as Outlook would."""

import struct

CODE_PAGE = 0x9007
BODY, DATA, TITLE = 0x800C, 0x800F, 0x8010
NEW_ATTACHMENT, MESSAGE_PROPERTIES, ATTACHMENT_PROPERTIES = 0x9002, 0x9003, 0x9005
TEXT, WIDE_TEXT, BINARY, OBJECT = 0x1E, 0x1F, 0x102, 0x0D


def attribute(name, data, level=1):
    """One attribute with its length and checksum."""
    return struct.pack("<BHHI", level, name, 6, len(data)) + data + struct.pack("<H", sum(data) & 0xFFFF)


def winmail(*attributes):
    """A whole file, in the Western code page."""
    page = attribute(CODE_PAGE, struct.pack("<II", 1252, 0))
    return b"\x78\x9f\x3e\x22\x01\x00" + page + b"".join(attributes)


def attached(title, data, properties=b""):
    """The attributes of one attachment."""
    more = attribute(ATTACHMENT_PROPERTIES, properties, 2) if properties else b""
    start = attribute(NEW_ATTACHMENT, b"\0" * 14, 2)
    return start + attribute(TITLE, title + b"\0", 2) + attribute(DATA, data, 2) + more


def value(kind, name, data):
    """One property of a list."""
    head = struct.pack("<HH", kind, name)
    if kind in (TEXT, WIDE_TEXT, BINARY, OBJECT):
        return head + struct.pack("<II", 1, len(data)) + data + b"\0" * (-len(data) % 4)
    return head + data


def listed(*values):
    """A list of properties."""
    return struct.pack("<I", len(values)) + b"".join(values)

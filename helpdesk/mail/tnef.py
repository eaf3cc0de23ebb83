"""Files and text out of winmail.dat (MS-OXTNEF), in which Outlook wraps mail to what it takes for Exchange.

An own reader: the one there is copies the rest of the file for each of its attributes and gives up on the
first broken one. Here every byte is looked at once, and what can be read is.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass

from helpdesk.mail.charsets import clean, decode
from helpdesk.mail.limits import ATTACHMENTS_CAP
from helpdesk.mail.rtf_text import rtf_to_text, unpack_rtf
from helpdesk.mail.tnef_properties import Properties, read_properties

_SIGNATURE = b"\x78\x9f\x3e\x22"
_BODY, _ATTACH_DATA, _TITLE = 0x800C, 0x800F, 0x8010
_NEW_ATTACHMENT, _MESSAGE_PROPERTIES, _ATTACHMENT_PROPERTIES, _CODE_PAGE = 0x9002, 0x9003, 0x9005, 0x9007
#: Property ids (MS-OXPROPS).
_P_BODY, _P_RTF, _P_HTML, _P_CODE_PAGE = 0x1000, 0x1009, 0x1013, 0x3FDE
_P_DISPLAY, _P_DATA, _P_NAME, _P_LONG_NAME, _P_TYPE = 0x3001, 0x3701, 0x3704, 0x3707, 0x370E
#: The interface id in front of a message inside a message.
_MESSAGE_IN_MESSAGE = bytes.fromhex("0703020000000000c000000000000046")
_DEPTH_CAP = 3
_ATTRIBUTES_CAP = 20_000


@dataclass(frozen=True, slots=True)
class TnefFile:
    """One file of a winmail.dat; `content_type` is "" when the sender named none."""

    name: str
    content: bytes
    content_type: str = ""


@dataclass(frozen=True, slots=True)
class Unwrapped:
    """What a winmail.dat holds; all empty when it cannot be read."""

    files: tuple[TnefFile, ...] = ()
    text: str = ""
    html: str = ""


def unwrap(data: bytes, depth: int = 0) -> Unwrapped:
    """Open a winmail.dat. Never raises: a broken end costs what stands there, not what stands before it."""
    if not data.startswith(_SIGNATURE):
        return Unwrapped()
    code_page = ""
    message = Properties()
    body = b""
    open_files: list[_File] = []
    for name, value in _attributes(data):
        if name == _CODE_PAGE and len(value) >= 4:
            code_page = f"cp{struct.unpack_from('<I', value)[0]}"
        elif name == _BODY:
            body = value
        elif name == _MESSAGE_PROPERTIES:
            message = read_properties(value)
        elif name == _NEW_ATTACHMENT or (name in (_ATTACH_DATA, _TITLE) and not open_files):
            if len(open_files) >= ATTACHMENTS_CAP:
                break
            open_files.append(_File())
        if open_files:
            _note(open_files[-1], name, value)
    files: list[TnefFile] = []
    for number, file in enumerate(open_files, 1):
        files += _finished(file, number, code_page, depth)
    return _with_text(message, body, code_page, files)


class _File:
    """An attachment whose attributes are being read."""

    def __init__(self) -> None:
        self.title = b""
        self.data = b""
        self.properties = Properties()


def _attributes(data: bytes) -> Iterator[tuple[int, bytes]]:
    """(name, value) of each attribute up to the first that is none or is cut off."""
    at = 6
    for _ in range(_ATTRIBUTES_CAP):
        if at + 9 > len(data):
            return
        level, name, _, length = struct.unpack_from("<BHHI", data, at)
        end = at + 9 + length
        if level not in (1, 2) or end > len(data):
            return
        yield name, data[at + 9 : end]
        at = end + 2


def _note(file: _File, name: int, value: bytes) -> None:
    if name == _TITLE:
        file.title = value
    elif name == _ATTACH_DATA:
        file.data = value
    elif name == _ATTACHMENT_PROPERTIES:
        file.properties = read_properties(value)


def _finished(file: _File, number: int, code_page: str, depth: int) -> list[TnefFile]:
    """The file, and the files of the message it may be."""
    given = file.properties
    name = given.text(_P_LONG_NAME, code_page) or _words(file.title, code_page)
    name = name or given.text(_P_NAME, code_page) or given.text(_P_DISPLAY, code_page)
    content = file.data or given.raw(_P_DATA)
    inner: tuple[TnefFile, ...] = ()
    if content.startswith(_MESSAGE_IN_MESSAGE):
        content = content[len(_MESSAGE_IN_MESSAGE) :]
        inner = unwrap(content, depth + 1).files if depth < _DEPTH_CAP else ()
    return [TnefFile(name, content, given.text(_P_TYPE, code_page).lower()[:100]), *inner]


def _with_text(message: Properties, body: bytes, code_page: str, files: list[TnefFile]) -> Unwrapped:
    charset = f"cp{message.number(_P_CODE_PAGE)}" if message.number(_P_CODE_PAGE) else code_page
    text = message.text(_P_BODY, charset) or _words(body, charset)
    html = decode(message.raw(_P_HTML), charset).strip("\x00") if message.raw(_P_HTML) else ""
    if not text and not html and message.raw(_P_RTF):
        text = rtf_to_text(unpack_rtf(message.raw(_P_RTF)))
    return Unwrapped(tuple(files[:ATTACHMENTS_CAP]), text, html)


def _words(value: bytes, charset: str) -> str:
    return clean(decode(value.rstrip(b"\x00"), charset)).strip("\x00\ufffd")

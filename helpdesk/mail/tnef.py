"""Files and text out of winmail.dat, the wrapper Outlook uses towards servers it takes for Exchange."""

import logging
from dataclasses import dataclass

from tnefparse import TNEF

from helpdesk.mail.charsets import clean, decode
from helpdesk.mail.limits import ATTACHMENTS_CAP

logging.getLogger("tnef-decode").setLevel(logging.CRITICAL)
logging.getLogger("tnefparse").setLevel(logging.CRITICAL)


@dataclass(frozen=True, slots=True)
class Unwrapped:
    """What a winmail.dat holds; all empty when it cannot be read."""

    files: tuple[tuple[str, bytes], ...] = ()
    text: str = ""
    html: str = ""


def unwrap(data: bytes) -> Unwrapped:
    """Open a winmail.dat. Never raises: the file is from outside, and the reader is not ours."""
    try:
        opened = TNEF(data, do_checksum=False)
        files = tuple((_name(part), bytes(part.data or b"")) for part in opened.attachments[:ATTACHMENTS_CAP])
        return Unwrapped(
            files, _text(getattr(opened, "body", None)), _text(getattr(opened, "htmlbody", None))
        )
    except Exception:  # the library raises whatever the bytes make it raise
        return Unwrapped()


def _name(part: object) -> str:
    long_name = getattr(part, "long_filename", None)
    name = long_name() if callable(long_name) else None
    return _text(name or getattr(part, "name", "") or "")


def _text(value: object) -> str:
    if isinstance(value, bytes):
        return decode(value).strip("\x00\ufffd")
    return clean(value.strip("\x00")) if isinstance(value, str) else ""

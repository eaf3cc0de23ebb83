"""How names and strings are spelt in IMAP commands: modified UTF-7 and double quotes (RFC 3501 5.1.3)."""

import base64
import re

from helpdesk.core.errors import SettingsError

_SHIFTED = re.compile(r"&([A-Za-z0-9+,]*)-")
_RUN = re.compile(r"[^\x20-\x7e]+|&")


def folder(name: str) -> bytes:
    """A folder's name ready for a command: `Erledigt/Früh` is `"Erledigt/Fr&APw-h"`, quotes included."""
    return quoted(_RUN.sub(_encoded, name))


def quoted(text: str) -> bytes:
    """An IMAP quoted string. Raises SettingsError for what none can hold: line breaks, NUL, non-ASCII."""
    if not text.isascii() or any(c in text for c in "\r\n\0"):
        raise SettingsError("A name or password for IMAP holds characters that cannot be sent.")
    return b'"' + text.replace("\\", "\\\\").replace('"', '\\"').encode("ascii") + b'"'


def readable(name: str) -> str:
    """The folder's name as people write it, from modified UTF-7; what is none stays as it is."""
    return _SHIFTED.sub(_decoded, name.replace('\\"', '"').replace("\\\\", "\\"))


def _decoded(run: re.Match[str]) -> str:
    if not run[1]:
        return "&"
    packed = run[1].replace(",", "/")
    try:
        return base64.b64decode(packed + "=" * (-len(packed) % 4)).decode("utf-16-be")
    except ValueError:
        return run[0]


def _encoded(run: re.Match[str]) -> str:
    if run[0] == "&":
        return "&-"
    packed = base64.b64encode(run[0].encode("utf-16-be")).decode("ascii")
    return "&" + packed.rstrip("=").replace("/", ",") + "-"

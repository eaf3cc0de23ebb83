"""How names and strings are spelt in IMAP commands: modified UTF-7 and double quotes (RFC 3501 5.1.3)."""

import base64
import re

from helpdesk.core.errors import SettingsError

_RUN = re.compile(r"[^\x20-\x7e]+|&")


def folder(name: str) -> bytes:
    """A folder's name ready for a command: `Erledigt/Früh` is `"Erledigt/Fr&APw-h"`, quotes included."""
    return quoted(_RUN.sub(_encoded, name))


def quoted(text: str) -> bytes:
    """An IMAP quoted string. Raises SettingsError for what none can hold: line breaks, NUL, non-ASCII."""
    if not text.isascii() or any(c in text for c in "\r\n\0"):
        raise SettingsError("A name or password for IMAP holds characters that cannot be sent.")
    return b'"' + text.replace("\\", "\\\\").replace('"', '\\"').encode("ascii") + b'"'


def _encoded(run: re.Match[str]) -> str:
    if run[0] == "&":
        return "&-"
    packed = base64.b64encode(run[0].encode("utf-16-be")).decode("ascii")
    return "&" + packed.rstrip("=").replace("/", ",") + "-"

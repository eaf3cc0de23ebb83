"""What intake must know of a message before it is parsed: its Message-ID, found on the bytes."""

import re

# Only the header block is looked at, and of it only what a real one can have.
_HEADER_BLOCK_BYTES = 256 * 1024
_BLANK_LINE = re.compile(rb"\r?\n\r?\n")
_MESSAGE_ID = re.compile(rb"(?im)^message-id:[ \t]*(?:\r?\n[ \t]+)?<([^<>\s]{1,490})>")


def message_id_of(raw: bytes) -> str | None:
    """The Message-ID without its brackets, or None. The sender chose it: a hint for copies, no proof."""
    end = _BLANK_LINE.search(raw, 0, _HEADER_BLOCK_BYTES)
    found = _MESSAGE_ID.search(raw, 0, end.start() if end else _HEADER_BLOCK_BYTES)
    return found[1].decode("ascii", "replace").replace("\x00", "\ufffd") if found else None

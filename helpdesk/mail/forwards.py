"""Whom a forwarded mail is really from: the sender named in the header block above the forwarded text."""

import re

from helpdesk.mail.addresses import parse_addresses
from helpdesk.mail.quote_blocks import LINE_CAP, label
from helpdesk.mail.quote_words import APPLE_FORWARD, FORWARDED, ORIGINAL, WROTE

#: Lines of a text in which a forward begins.
LINES_CAP = 400

_ADDRESS = re.compile(r"[^\s<>()\[\]\"',;:]{1,64}@[^\s<>()\[\]\"',;:]{1,190}")
_SUBJECT = re.compile(r"\s*(?:fwd?|wg|vs|tr|vb|vl|i|rv|enc|doorst|pd|fs|továbbítás|転送|转发|轉寄)\s*:", re.I)
_INLINE = re.compile(
    r"(?:from|von|de|från|fra|van|da|od|от|mittente|lähettäjä|feladó|kimden)\s?:\s*([^\n]{0,200})", re.I
)


def forwarded_from(text: str, subject: str) -> str:
    """Address of the first sender of a forwarded message, "" when the mail forwards nothing."""
    lines = [line[:LINE_CAP] for line in text[:60_000].split("\n")[:LINES_CAP]]
    is_forward = _SUBJECT.match(subject) is not None
    marked = False
    for number, raw in enumerate(lines):
        line = raw.lstrip("> \t*\ufeff")
        low = line.lower()
        if not line:
            continue
        if APPLE_FORWARD.match(low) or (
            low[:1] in "-–—_=~" and (FORWARDED.search(low) or (is_forward and ORIGINAL.search(low)))
        ):
            marked = True
            inline = _INLINE.search(line)
            if inline and (first := _ADDRESS.search(inline[1])):
                return first[0]
            continue
        kind, value = label(line)
        if kind == "from" and (marked or is_forward):
            address = _address(value) or _address(" ".join(lines[number + 1 : number + 2]))
            if address:
                return address
        if is_forward and not kind and WROTE.search(low) and (address := _address(line)):
            return address
    return ""


def _address(value: str) -> str:
    boxes = parse_addresses(value[:LINE_CAP]).boxes
    for box in boxes:
        if "@" in box.address and _ADDRESS.fullmatch(box.address):
            return box.address
    found = _ADDRESS.findall(value)
    return found[0] if found else ""

"""Which of our mailboxes a message was meant for; pure."""

from collections.abc import Iterable, Mapping
from typing import TypeVar

from helpdesk.core.addresses import normalise, split_tag
from helpdesk.core.errors import InvalidInput
from helpdesk.mail.parsed import ParsedMail

Box = TypeVar("Box")


def addressed_mailbox(envelope_to: Iterable[str], parsed: ParsedMail, boxes: Mapping[str, Box]) -> Box:
    """The first of our mailboxes among envelope, delivery headers, To and Cc; the first of all if none is."""
    for base, _tag in our_addresses([*envelope_to, *header_recipients(parsed)], boxes):
        return boxes[base]
    return next(iter(boxes.values()))


def header_recipients(parsed: ParsedMail) -> list[str]:
    """The addresses in headers, those that a mail server added first."""
    return [*parsed.delivered_to, *(box.address for box in (*parsed.to, *parsed.cc))]


def our_addresses(addresses: Iterable[str], boxes: Mapping[str, object]) -> list[tuple[str, str | None]]:
    """Those that are ours, as (mailbox address, tag behind the plus), in order."""
    ours = []
    for address in addresses:
        try:
            base, tag = split_tag(normalise(address))
        except InvalidInput:
            continue
        if base in boxes:
            ours.append((base, tag))
    return ours

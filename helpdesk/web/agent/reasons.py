"""The reasons of the intake in words: why a mail is on its ticket, and what of it nobody has read."""

from collections.abc import Mapping
from typing import Any

from helpdesk.i18n import gettext as _


def told_reason(data: Mapping[str, Any]) -> str:
    """The reason of a place as one sentence."""
    reason = str(data.get("reason", ""))
    if reason == "reply":
        return _reply(data)
    values = {
        "number": data.get("linked_to") or data.get("from") or data.get("ticket_id") or "",
        "name": data.get("by") or "",
    }
    words = {
        "no_thread": _("It names no earlier ticket."),
        "stranger": _("It names ticket #%(number)s, but its sender does not belong to it.", **values),
        "token_of_another": _(
            "It names ticket #%(number)s by a reply address that this sender was not given.", **values
        ),
        "sender_unclear": _("It names ticket #%(number)s, but it is not clear who sent it.", **values),
        "closed_long_ago": _("It answers ticket #%(number)s, which was closed long ago.", **values),
        "long_ago": _("It answers ticket #%(number)s after half a year without a message.", **values),
        "another_topic": _("It answers ticket #%(number)s under a subject about something else.", **values),
        "answers_their_own": _(
            "It answers the sender’s own mail on ticket #%(number)s, not a mail of ours.", **values
        ),
        "passed_on": _passed_on(data),
        "bounce": _("It is about a mail of ours on this ticket."),
        "moved": _("%(name)s moved it here from ticket #%(number)s.", **values),
        "split": _("%(name)s made it a ticket of its own; it was on ticket #%(number)s.", **values),
        "from_quarantine": _("%(name)s made it a ticket; the mail as it came is attached.", **values),
        "merged": _("It came from ticket #%(number)s when %(name)s merged the two.", **values),
    }
    return words.get(reason, reason)


def _reply(data: Mapping[str, Any]) -> str:
    if data.get("proof") == "reply_address":
        sentence = _("It came to our signed reply address, and its sender belongs to the ticket.")
    else:
        sentence = _("It answers a mail of ours, and its sender belongs to the ticket.")
    if float(data.get("score") or 1) < 0.7:
        sentence += " " + _("Its subject is about something else.")
    return sentence


def _passed_on(data: Mapping[str, Any]) -> str:
    sentence = _("%(name)s passed this mail on; the ticket is the customer’s.", name=data.get("by") or "")
    if not data.get("proven"):
        sentence += " " + _("Our mail server does not vouch for that, so nobody was written to.")
    return sentence


def told_unread(code: object) -> str:
    """What a person must know about a mail that no program has read; empty for all others."""
    words = {
        "too_large": _("This mail is too large to be read. What it says is only in the original mail."),
        "not_read": _("This mail could not be read. What it says is only in the original mail."),
    }
    return words.get(str(code), "")

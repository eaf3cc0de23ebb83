"""Show what the system makes of a raw message, without storing anything, so operators see why."""

from collections.abc import Mapping

from helpdesk.mail.contain import parse_contained
from helpdesk.mail.html_clean import clean_html
from helpdesk.mail.parsed import ParsedMail


def inspect(raw: bytes) -> dict[str, object]:
    """The message as plain data for JSON; never raises, a suspicious message is read in a child with limits.

    Dates are ISO 8601, sizes bytes. `forwarded_from` and `bounce_kind` are there only when they apply; `why`
    lists what led to the verdicts.
    """
    mail = parse_contained(raw)
    result: dict[str, object] = {
        "from_address": mail.from_address,
        "from_name": mail.from_name,
        "to": [box.address for box in mail.to],
        "subject": mail.subject,
        "date": mail.date.isoformat() if mail.date else None,
        "message_id": f"<{mail.message_id}>" if mail.message_id else None,
        "in_reply_to": " ".join(f"<{one}>" for one in mail.in_reply_to) or None,
        "references": [f"<{one}>" for one in mail.references],
        "text": mail.text,
        "new_text": mail.new_text,
        "html": clean_html(mail.html_source).html if mail.html_source else "",
        "attachments": [_attachment(mail, number) for number in range(len(mail.attachments))],
        "is_auto": mail.is_auto,
        "is_bounce": mail.is_bounce,
        "bounced_to": list(mail.bounce.recipients) if mail.bounce else [],
        "language": mail.language or None,
        "why": why(mail),
    }
    return {**result, **_where_known(mail)}


def _attachment(mail: ParsedMail, number: int) -> dict[str, object]:
    part = mail.attachments[number]
    return {
        "filename": part.filename,
        "content_type": part.content_type,
        "size": part.size,
        "sha256": part.sha256,
    }


def _where_known(mail: ParsedMail) -> Mapping[str, object]:
    known: dict[str, object] = {}
    if mail.forwarded_from:
        known["forwarded_from"] = mail.forwarded_from
    if mail.bounce is not None:
        known["bounce_kind"] = mail.bounce.kind
    return known


def why(mail: ParsedMail) -> list[str]:
    """What led to the verdicts, one sentence part each, for people and for the ticket's record."""
    reasons = [f"automatic: {reason}" for reason in mail.automatic.why]
    if mail.bounce is not None:
        reasons.append(f"bounce: {mail.bounce.why}")
    if not mail.from_trustworthy:
        reasons.append("sender: not exactly one proper From address")
    reasons += [f"defect: {defect}" for defect in mail.defects]
    return reasons

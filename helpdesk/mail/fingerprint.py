"""When two deliveries with one Message-ID are the same mail: sender, date, subject, text and files agree."""

import hashlib

from helpdesk.mail.parsed import ParsedMail


def fingerprint(parsed: ParsedMail) -> str:
    """64 hex digits over what a person would call the message; mail servers on the way do not change it."""
    parts = [
        parsed.from_address,
        parsed.date.isoformat() if parsed.date else "",
        parsed.subject,
        parsed.text,
        *(attachment.sha256 for attachment in parsed.attachments),
    ]
    return hashlib.sha256("\0".join(parts).encode("utf-8", "replace")).hexdigest()

"""Writing a message: from a row of the outbox to the bytes that leave, headers cleaned of line breaks."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from helpdesk.mail.models import OutgoingMail

# Our own mark: mail that carries it and comes back is never a new ticket (M4).
LOOP_HEADER = "X-Helpdesk-Loop"
# French keeps a narrow one before its colon: they are spaces that stay.
_NO_BREAK = "\u00a0\u202f"
_TYPE = re.compile(r"([a-z0-9][a-z0-9!#$&^_.+-]{0,60})/([a-z0-9][a-z0-9!#$&^_.+-]{0,60})")


@dataclass(frozen=True, slots=True)
class OutgoingFile:
    """An attachment on its way out."""

    filename: str
    content_type: str
    content: bytes
    #: Of an invitation: REQUEST or CANCEL. Calendars read it as another form of the text (RFC 6047).
    method: str = ""


def compose(mail: OutgoingMail, date: datetime, files: Sequence[OutgoingFile] = ()) -> bytes:
    """The message as RFC 5322 bytes with CRLF lines.

    Plain text first, HTML as alternative; In-Reply-To and References where there is a thread; automatic
    mail says so (RFC 3834), so that no machine answers it.
    """
    message = EmailMessage(policy=SMTP)
    message["From"] = _address(mail.from_name, mail.from_address)
    message["To"] = _address(mail.to_name, mail.to_address)
    if mail.reply_to != mail.from_address:
        message["Reply-To"] = _address(mail.from_name, mail.reply_to)
    message["Subject"] = one_line(mail.subject)
    message["Date"] = format_datetime(date)
    message["Message-ID"] = _id(mail.message_id)
    if mail.in_reply_to:
        message["In-Reply-To"] = _id(mail.in_reply_to)
    if mail.references:
        message["References"] = " ".join(map(_id, mail.references))
    if mail.automatic:
        message["Auto-Submitted"] = "auto-replied" if mail.in_reply_to else "auto-generated"
        message["X-Auto-Response-Suppress"] = "All"
    message[LOOP_HEADER] = mail.from_address
    message["Content-Language"] = mail.language
    message.set_content(mail.body_text)
    if mail.body_html:
        message.add_alternative(mail.body_html, subtype="html")
    for file in files:
        if file.method:
            _invite(message, file)
    for file in files:
        main, sub = _kind(file.content_type)
        message.add_attachment(file.content, maintype=main, subtype=sub, filename=one_line(file.filename))
    return message.as_bytes()


def _invite(message: EmailMessage, file: OutgoingFile) -> None:
    """The invitation beside text and HTML; the same file hangs on the mail as well, for who saves it."""
    message.add_alternative(
        file.content.decode(), subtype="calendar", params={"method": file.method}, cte="base64"
    )


def one_line(text: str) -> str:
    """The text without anything that could start a new header line, and without other controls."""
    kept = "".join(c if c.isprintable() or c in _NO_BREAK else " " for c in text)
    return " ".join(part for part in kept.split(" ") if part)


def _kind(content_type: str) -> tuple[str, str]:
    """Main and subtype; what must not be encoded (RFC 2046 5.2.1), or is no type at all, is just bytes."""
    kind = _TYPE.fullmatch(content_type.strip().lower())
    if kind is None or kind[1] in ("message", "multipart"):
        return "application", "octet-stream"
    return kind[1], kind[2]


def _id(message_id: str) -> str:
    """Message-IDs are stored without their brackets."""
    return f"<{one_line(message_id)}>"


def _address(name: str, address: str) -> Address:
    return Address(display_name=one_line(name), addr_spec=one_line(address))

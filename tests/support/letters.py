"""Letters that tests send: a builder for MIME messages."""

import itertools
from collections.abc import Iterable, Mapping
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from helpdesk.core import clock

_numbers = itertools.count(1)

Attached = tuple[str, str, bytes]  # file name, content type such as "application/pdf", bytes


def letter(
    text: str,
    *,
    sender: str = "Carla Compta <compta@muster.example>",
    to: str = "support@helpdesk.example",
    subject: str = "A question",
    html: str | None = None,
    attachments: Iterable[Attached] = (),
    message_id: str | None = None,
    headers: Mapping[str, str] | None = None,
) -> bytes:
    """A message as bytes. Each has its own Message-ID unless one is given; `headers` are added as they are."""
    message = EmailMessage(policy=SMTP)
    message["From"] = sender
    message["To"] = to
    message["Subject"] = subject
    message["Date"] = format_datetime(clock.now())
    message["Message-ID"] = message_id or f"<letter-{next(_numbers)}@mail.muster.example>"
    for name, value in (headers or {}).items():
        message[name] = value
    message.set_content(text)
    if html is not None:
        message.add_alternative(html, subtype="html")
    for name, content_type, content in attachments:
        maintype, _, subtype = content_type.partition("/")
        message.add_attachment(content, maintype=maintype, subtype=subtype, filename=name)
    return message.as_bytes()


def passed(sender: str, server: str = "mx.helpdesk.example") -> dict[str, str]:
    """The header by which our border server says that this sender is genuine (DMARC passed)."""
    domain = sender.rpartition("@")[2].rstrip(">")
    return {
        "Authentication-Results": f"{server}; dmarc=pass header.from={domain}; dkim=pass header.d={domain}"
    }

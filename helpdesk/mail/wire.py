"""A parsed mail as JSON and back: how it comes over the pipe from the child that read a suspicious message.

JSON and not pickle: the child read hostile bytes, and what it says must stay data.
"""

import base64
import json
from dataclasses import asdict
from datetime import datetime
from typing import Any

from helpdesk.mail.addresses import Mailbox
from helpdesk.mail.attachments import Attachment
from helpdesk.mail.automatic import Automatic
from helpdesk.mail.bounces import Bounce
from helpdesk.mail.parsed import ParsedMail

_MAILBOXES = ("reply_to", "to", "cc")


def dump(mail: ParsedMail) -> bytes:
    """JSON of a parsed mail; bytes in base64."""
    return json.dumps(asdict(mail), default=_plain).encode("ascii")


def _plain(value: object) -> str:
    if isinstance(value, bytes):
        return base64.b64encode(value).decode("ascii")
    if isinstance(value, datetime):
        return value.isoformat()
    raise TypeError(type(value).__name__)


def load(data: bytes) -> ParsedMail:
    """The parsed mail out of its JSON. Raises ValueError, KeyError or TypeError for anything else."""
    fields: dict[str, Any] = json.loads(data)
    values: dict[str, Any] = {
        name: tuple(value) if isinstance(value, list) else value for name, value in fields.items()
    }
    for name in _MAILBOXES:
        values[name] = tuple(Mailbox(**box) for box in fields[name])
    values["attachments"] = tuple(
        Attachment(**{**part, "content": base64.b64decode(part["content"])}) for part in fields["attachments"]
    )
    values["date"] = datetime.fromisoformat(fields["date"]) if fields["date"] else None
    values["automatic"] = Automatic(**{**fields["automatic"], "why": tuple(fields["automatic"]["why"])})
    if fields["bounce"] is not None:
        lists = ("recipients", "original_ids")
        values["bounce"] = Bounce(
            **{**fields["bounce"], **{name: tuple(fields["bounce"][name]) for name in lists}}
        )
    return ParsedMail(**values)

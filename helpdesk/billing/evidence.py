"""The seal on an answer: one hash over all that proves it, chained to the answer before it on the ticket.

The database refuses to change an answer (B4). The seal shows what was changed nevertheless, by a restored
backup or a hand at a prompt: it stands in the confirmation that left to the customer, where nobody can follow
it. [pure]
"""

import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

#: What is sealed; the text itself, its amounts and its deadline are in `text_sha256`.
SEALED = (
    "offer_id",
    "accepted",
    "at",
    "channel",
    "contact_id",
    "agent_id",
    "authorisation_id",
    "name",
    "words",
    "raw_mail_id",
    "raw_sha256",
    "auth_result",
    "text_sha256",
    "ip",
    "user_agent",
)


def seal(answer: Mapping[str, Any], before: str) -> str:
    """64 hex digits over the parts of SEALED and the seal `before` it; empty for a ticket's first answer."""
    parts = {name: _plain(answer[name]) for name in SEALED}
    return hashlib.sha256(json.dumps([before, parts], sort_keys=True).encode()).hexdigest()


def _plain(value: Any) -> Any:
    return value.astimezone(UTC).isoformat(timespec="microseconds") if isinstance(value, datetime) else value

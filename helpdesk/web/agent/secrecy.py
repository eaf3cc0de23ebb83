"""Links that only the customer may have: an agent who reads our mail must not be able to accept with them."""

import re

from helpdesk.actions.context import settings

_OFFER_LINK = re.compile(r"(/offers/)[A-Za-z0-9_-]{20,}")


def without_secrets(text: str) -> str:
    """The text of a mail of ours with the tokens of its links taken out.

    Not while mail stays on this machine because no server was set up: whoever tries the system out reads the
    customer's mail here, and nobody else does.
    """
    return text if settings().smtp_url is None else _OFFER_LINK.sub(r"\1…", text)

"""Links and codes that only the customer may have: an agent who reads our mail must not be able to accept."""

import re

from helpdesk.actions.context import settings
from helpdesk.core.tokens import CODE_LENGTH, CODE_LETTERS

_LINK = re.compile(r"(/(?:offers|credit)/)[A-Za-z0-9_-]{20,}")
_HALF = f"[{CODE_LETTERS}]{{{CODE_LENGTH // 2}}}"
# The code of an offer stands just before its link, in text, in HTML and where somebody quotes it. A serial
# number in a customer's own words that only looks like one stays.
_CODE = re.compile(rf"\b{_HALF}-{_HALF}\b(?=(?:<br>|[\s>])*(?:<a [^>]*>)?[^\s<>\"]*/offers/)")


def without_secrets(text: str) -> str:
    """The text of a mail of ours without the tokens of its links and the one-time code of its offer.

    Not while mail stays on this machine because no server was set up: whoever tries the system out reads the
    customer's mail here, and nobody else does.
    """
    if settings().smtp_url is not None:
        text = _LINK.sub(r"\1…", _CODE.sub("…", text))
    return text

"""Message-IDs out of Message-ID, In-Reply-To and References, whatever people's programs write around them."""

import re

from helpdesk.mail.charsets import one_line
from helpdesk.mail.encoded_words import decode_words, raw_text

#: Kept of a longer list: the first (the thread's root) and the newest.
IDS_CAP = 200
#: RFC 5322 lines end at 998; longer ids are cut, the hash of the raw mail tells them apart.
ID_CAP = 500

_BRACKETED = re.compile(r"<([^<>]{1,998})>")
_BARE = re.compile(r"[^\s<>,;\"()]{1,998}@[^\s<>,;\"()]{1,998}")
_SPACE = re.compile(r"\s+")


def message_ids(value: str) -> tuple[str, ...]:
    """All ids of a header value in order, without angle brackets and white space, each once."""
    text = one_line(decode_words(raw_text(value)))
    found = [_SPACE.sub("", inner) for inner in _BRACKETED.findall(text)]
    found = [inner for inner in found if inner]
    if not found:
        found = _BARE.findall(text) or [word for word in text.split()[:1] if len(text.split()) == 1]
    unique = list(dict.fromkeys(inner[:ID_CAP].strip("<>") for inner in found))
    if len(unique) > IDS_CAP:
        unique = unique[:1] + unique[1 - IDS_CAP :]
    return tuple(inner for inner in unique if inner)

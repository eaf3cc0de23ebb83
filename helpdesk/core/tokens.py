"""Proofs that fit into an address or a link: signed reply tags and one-purpose link tokens.

A reply tag says "this person may add to this ticket" (M5). It is the ticket number and a MAC over purpose,
number and recipient, in lower-case base32, so that mail systems that change case do no harm. A link token is
random; only its hash is stored, so that a copy of the database opens nothing.
"""

import hashlib
import hmac
import re
import secrets
from base64 import b32encode

from helpdesk.core.addresses import normalise
from helpdesk.core.errors import InvalidInput, SettingsError

MIN_SECRET_BYTES = 16
#: What a one-time code is made of: no letter that is easily taken for another.
CODE_LETTERS = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
CODE_LENGTH = 8
_LETTERS = "abcdefghijklmnopqrstuvwxyz234567"  # RFC 4648 base32, lower case
_MAC_LETTERS = 20  # 100 bits
_MAX_TICKET = 2**63 - 1
# No leading "a" (a zero): each number has one spelling. 13 letters hold 63 bits.
_TAG = re.compile(rf"(?P<ticket>[b-z2-7][a-z2-7]{{0,12}})(?P<mac>[a-z2-7]{{{_MAC_LETTERS}}})")


class Signer:
    """Signs and checks with keys derived from the installation's secret, one key a purpose.

    `retired` secrets still verify, so that a change of the secret does not cut off running conversations.
    Raises SettingsError for a secret shorter than 16 bytes.
    """

    def __init__(self, secret: bytes, *retired: bytes) -> None:
        if min(map(len, (secret, *retired))) < MIN_SECRET_BYTES:
            raise SettingsError("The secret key is too short.")
        self._reply_keys = [_derive(key, b"reply address") for key in (secret, *retired)]
        self._code_key = _derive(secret, b"offer code")
        self._chance_key = _derive(secret, b"chance")
        self._appointment_key = _derive(secret, b"appointment link")

    def reply_tag(self, ticket_id: int, recipient: str) -> str:
        """The tag of the reply address this recipient gets: at most 33 letters and digits.

        Raises InvalidInput if the recipient is no address, ValueError for a number below 1 or above 63 bits.
        """
        if not 0 < ticket_id <= _MAX_TICKET:
            raise ValueError("a ticket number is a positive 64-bit integer")
        return _spell(ticket_id) + _mac(self._reply_keys[0], ticket_id, normalise(recipient))

    def chance(self, about: str) -> float:
        """A number from 0 to below 1 that is always the same for `about` and that nobody can foresee."""
        return int.from_bytes(hmac.digest(self._chance_key, about.encode(), "sha256")[:6]) / 2**48

    def offer_code(self, offer_number: str, recipient: str) -> str:
        """The one-time code of an offer, "7KQ4-2MXR"; only its receiver is sent it."""
        number = int.from_bytes(
            hmac.digest(self._code_key, f"{offer_number}\0{normalise(recipient)}".encode(), "sha256")
        )
        letters = ""
        for _ in range(CODE_LENGTH):
            number, digit = divmod(number, len(CODE_LETTERS))
            letters += CODE_LETTERS[digit]
        return f"{letters[: CODE_LENGTH // 2]}-{letters[CODE_LENGTH // 2 :]}"

    def appointment_token(self, uid: str) -> str:
        """The token of the link to change or cancel an appointment: each of its mails can repeat it."""
        return hmac.digest(self._appointment_key, uid.encode(), "sha256").hex()

    def verify_reply_tag(self, tag: str, recipient: str) -> int | None:
        """The ticket number if we gave this tag to this recipient, else None; never raises."""
        match = _read(tag)
        try:
            address = normalise(recipient)
        except InvalidInput:
            return None
        if match is None:
            return None
        ticket_id = _number(match["ticket"])
        genuine = False
        for key in self._reply_keys:
            genuine |= hmac.compare_digest(_mac(key, ticket_id, address), match["mac"])
        return ticket_id if genuine else None


def reply_tag_ticket(tag: str) -> int | None:
    """The ticket number a tag claims, unproven: for logs and "claims to belong to" only, never to decide."""
    match = _read(tag)
    return _number(match["ticket"]) if match else None


def link_token() -> str:
    """A new secret for a link: 256 random bits, URL-safe, 43 characters."""
    return secrets.token_urlsafe(32)


def token_hash(token: str, purpose: str = "link") -> str:
    """What is stored in place of a link token: 64 hex digits.

    With a purpose of its own, a token made for one thing is not even found when shown for another. A plain
    hash is enough, as nobody can guess 256 random bits.
    """
    return hashlib.sha256(f"{purpose}\0{token}".encode(errors="surrogatepass")).hexdigest()


def _read(tag: str) -> re.Match[str] | None:
    match = _TAG.fullmatch(tag.lower()) if tag.isascii() else None
    return match if match and _number(match["ticket"]) <= _MAX_TICKET else None


def _derive(secret: bytes, purpose: bytes) -> bytes:
    return hmac.digest(secret, b"helpdesk/1/" + purpose, "sha256")


def _mac(key: bytes, ticket_id: int, recipient: str) -> str:
    digest = hmac.digest(key, f"{ticket_id}\0{recipient}".encode(), "sha256")
    return b32encode(digest).decode().lower()[:_MAC_LETTERS]


def _spell(number: int) -> str:
    letters = ""
    while number:
        number, digit = divmod(number, 32)
        letters = _LETTERS[digit] + letters
    return letters


def _number(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 32 + _LETTERS.index(letter)
    return number

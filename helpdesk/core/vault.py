"""Secrets that must be stored and read again: sealed with a key derived from the installation's own."""

import base64

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from helpdesk.core.errors import SettingsError


class Vault:
    """Seals and opens texts; who has only the database learns nothing, and a changed text does not open."""

    def __init__(self, secret: bytes) -> None:
        derive = HKDF(algorithm=SHA256(), length=32, salt=None, info=b"helpdesk/1/mailbox credentials")
        self._box = Fernet(base64.urlsafe_b64encode(derive.derive(secret)))

    def seal(self, text: str) -> str:
        """The text sealed, as ASCII."""
        return self._box.encrypt(text.encode()).decode("ascii")

    def open(self, sealed: str) -> str:
        """The text; raises SettingsError when it was sealed with another SECRET_KEY or damaged."""
        try:
            return self._box.decrypt(sealed.encode("ascii", "replace")).decode()
        except InvalidToken:
            raise SettingsError(
                "These credentials were stored with another SECRET_KEY. Type them in again."
            ) from None

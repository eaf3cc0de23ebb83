"""Passwords as argon2id hashes; checking an unknown account takes as long as checking a known one."""

from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from helpdesk.core.errors import InvalidInput

MIN_LENGTH = 10
# A limit, because hashing a megabyte for anybody who asks is a way to stop the service.
MAX_LENGTH = 200

_hasher = PasswordHasher()


def hash_password(password: str) -> str:
    """The hash to store; raises InvalidInput when the password is too short or absurdly long."""
    if len(password) < MIN_LENGTH:
        raise InvalidInput("Choose a password of at least %(n)s characters.", n=MIN_LENGTH)
    if len(password) > MAX_LENGTH:
        raise InvalidInput("Choose a password of at most %(n)s characters.", n=MAX_LENGTH)
    return _hasher.hash(password)


def verify_password(stored: str | None, password: str) -> bool:
    """Whether the password fits. `stored` is None for an unknown account: false after the same work."""
    candidate = password[: MAX_LENGTH + 1]
    try:
        fits = _hasher.verify(stored or _nobodys_hash(), candidate)
    except (VerificationError, InvalidHashError):
        return False
    return fits and stored is not None and len(password) <= MAX_LENGTH


def needs_rehash(stored: str) -> bool:
    """Whether the hash was made with weaker parameters than today's."""
    return _hasher.check_needs_rehash(stored)


@cache
def _nobodys_hash() -> str:
    return _hasher.hash("the password of nobody")

"""E-mail addresses as identities: one spelling each, none that breaks a header or passes for another."""

import re
import unicodedata

import idna

from helpdesk.core.errors import InvalidInput

MAX_LENGTH = 254  # RFC 5321 4.5.3.1.3, less the angle brackets
MAX_LOCAL = 64  # RFC 5321 4.5.3.1.1, in octets

# Unquoted: what RFC 5322 allows in an atom, dots anywhere (some providers hand out "a..b@"), and letters
# beyond ASCII. Quoted: any visible character or space; never a control character.
_ATOMS = re.compile(r"[a-zA-Z0-9!#$%&'*+/=?^_`{|}~.\x80-\U0010ffff-]+")
_QUOTED = re.compile(r'"(?:[ !#-\[\]-~]|\\[ -~])*"')
# One label or several; the underscore occurs in names of machines that send mail.
_HOST = re.compile(
    r"(?=.{1,253}\Z)[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?(?:\.[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?)*"
)
_PUBLIC_HOST = re.compile(r"(?:[a-z0-9-]+\.)+(?![0-9]+\Z)[a-z0-9-]{2,}")
_TAG = re.compile(r"[a-z0-9._=-]+")


def normalise(address: str) -> str:
    """The one spelling of an address: lower case, no angle brackets or white space around it, host in ASCII.

    Two addresses are the same person's when their normal spellings are equal. Raises InvalidInput for what is
    no address, for control and invisible characters, and for letters that only look like ASCII (the Kelvin
    sign in lower case is a "k": mail for one mailbox would open another's account).
    """
    local, host = _split(address.strip())
    local = local if local.isascii() else _safe_unicode(local)
    local, host = local.lower(), _ascii_host(host)
    if not (_ATOMS.fullmatch(local) or _QUOTED.fullmatch(local)) or not _HOST.fullmatch(host):
        raise _no_address()
    if len(local.encode()) > MAX_LOCAL or len(local.encode()) + 1 + len(host) > MAX_LENGTH:
        raise _no_address()
    return f"{local}@{host}"


def is_valid(address: str) -> bool:
    """Whether mail from anywhere could reach it: an address whose host is a public name with a dot."""
    try:
        return _PUBLIC_HOST.fullmatch(domain(address)) is not None
    except InvalidInput:
        return False


def domain(address: str) -> str:
    """The host of an address, lower case and in ASCII. Raises InvalidInput."""
    return normalise(address).rpartition("@")[2]


def with_tag(address: str, tag: str) -> str:
    """`support@a.example` with tag `x7` is `support+x7@a.example`. Raises InvalidInput if too long."""
    if not _TAG.fullmatch(tag):
        raise InvalidInput("This cannot be part of an e-mail address.")
    local, _, host = normalise(address).rpartition("@")
    return normalise(f"{local}+{tag}@{host}")


def split_tag(address: str) -> tuple[str, str | None]:
    """Takes the last tag off: (`support@a.example`, `x7`), or (the address, None). Raises InvalidInput."""
    whole = normalise(address)
    local, _, host = whole.rpartition("@")
    base, _, tag = local.rpartition("+")
    return (f"{base}@{host}", tag) if base and _TAG.fullmatch(tag) else (whole, None)


def _split(address: str) -> tuple[str, str]:
    if address.startswith("<") and address.endswith(">"):
        address = address[1:-1].strip()
    local, _, host = address.rpartition("@")
    if len(address) > MAX_LENGTH or not local or not host:
        raise _no_address()
    return local, host


def _ascii_host(host: str) -> str:
    host = host.removesuffix(".")
    if host.isascii():
        return host.lower()
    try:
        # Non-transitional: straße.example is a name of its own, not strasse.example.
        return idna.encode(_safe_unicode(host), uts46=True).decode().lower()
    except (idna.IDNAError, UnicodeError):
        raise _no_address() from None


def _safe_unicode(text: str) -> str:
    """The text in its composed form, unless a character is invisible or folds to ASCII."""
    for character in text:
        if character.isascii():
            continue
        if unicodedata.category(character)[0] in "CZ":
            raise _no_address()
        if any(map(str.isascii, unicodedata.normalize("NFKC", character).lower())):
            raise _no_address()
    return unicodedata.normalize("NFC", text)


def _no_address() -> InvalidInput:
    # What was typed is not repeated: it may be anything at all.
    return InvalidInput("This is not an e-mail address.")

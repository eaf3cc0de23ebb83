"""How many failed sign-ins are too many, by account and by network address. [pure]"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from ipaddress import ip_address, ip_network

WINDOW = timedelta(minutes=15)
#: Per account: enough for somebody who mistypes, hopeless for somebody who guesses.
ACCOUNT_LIMIT = 8
#: Per address: an office behind one address may have several people mistyping.
ADDRESS_LIMIT = 30


def account_key(email: str) -> str:
    """The key for one account, known or not: the answer must not tell which."""
    return "account:" + email[:254]


def address_key(ip: str) -> str:
    """The key for one network address; an IPv6 customer owns at least a /64, so that counts as one."""
    try:
        address = ip_address(ip)
    except ValueError:
        return "address:unknown"
    if address.version == 6:
        return f"address:{ip_network((address, 64), strict=False)}"
    return f"address:{address}"


def wait_until(failures: Sequence[datetime], limit: int, now: datetime) -> datetime | None:
    """When the next try is allowed, or None if it is allowed now.

    `failures` are the times of failed tries in any order; those older than WINDOW do not count.
    """
    recent = sorted(at for at in failures if at > now - WINDOW)
    if len(recent) < limit:
        return None
    return recent[-limit] + WINDOW

"""No test touches a network unasked: other machines never, this machine only with `loopback`.

An audit hook sees each connect, bind and look-up of this process before it happens, so nothing is patched
and no library gets round it. Unix sockets are free: they cannot leave the machine.
"""

import ipaddress
import socket
import sys
from typing import Any

_NAMES = {"localhost", "localhost.localdomain", "ip6-localhost", ""}


class NetworkRefused(RuntimeError):
    """A test reached for a network that it did not ask for."""


class Guard:
    """What is allowed just now, and what was refused since the test began (code may swallow the error)."""

    def __init__(self) -> None:
        self.active = False
        self.loopback = False
        self.refused: list[str] = []

    def begin(self, *, loopback: bool) -> None:
        """Starts to watch one test."""
        self.active, self.loopback, self.refused = True, loopback, []

    def end(self) -> list[str]:
        """Stops watching; what was refused."""
        self.active = False
        return self.refused

    def look(self, event: str, args: tuple[Any, ...]) -> None:
        """The audit hook."""
        if not self.active or not event.startswith("socket."):
            return
        if event in ("socket.connect", "socket.bind", "socket.sendto", "socket.sendmsg"):
            sock, address = args[0], args[1]
            if sock.family in (socket.AF_INET, socket.AF_INET6) and address:
                self._judge(event, str(address[0]), asks_only=False)
        elif event in ("socket.getaddrinfo", "socket.gethostbyname"):
            self._judge(event, _text(args[0]), asks_only=True)

    def _judge(self, event: str, host: str, *, asks_only: bool) -> None:
        here = _is_here(host)
        if here and (self.loopback or asks_only):
            return
        hint = "mark it `loopback` if it means to" if here else "tests never leave this machine"
        self.refused.append(f"{event.removeprefix('socket.')} {host or '(any address)'}: {hint}")
        raise NetworkRefused(self.refused[-1])


def _text(host: object) -> str:
    return host.decode("ascii", "replace") if isinstance(host, bytes) else str(host or "")


def _is_here(host: str) -> bool:
    if host in _NAMES:
        # An empty host binds to every address, which others can reach; only asking for it is harmless.
        return host != ""
    try:
        return ipaddress.ip_address(host.partition("%")[0]).is_loopback
    except ValueError:
        return False


guard = Guard()
sys.addaudithook(guard.look)

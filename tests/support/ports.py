"""Free ports for servers of the tests.

Not from the range that the kernel gives to outgoing connections: between finding such a port free and listening on
it, or while a server is down for a moment, any other process could get it.
"""

import random
import socket
from contextlib import suppress


def free_port() -> int:
    """A port of 127.0.0.1 that nobody listens on and that no outgoing connection is given."""
    while True:
        port = random.SystemRandom().randrange(15_000, 32_000)
        with suppress(OSError), socket.socket() as probe:
            probe.bind(("127.0.0.1", port))
            return port

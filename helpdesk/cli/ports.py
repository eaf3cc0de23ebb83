"""Whether a place to listen on is free, asked before anything starts, so that the answer is one sentence."""

import errno
import socket

from helpdesk.core.errors import Unavailable
from helpdesk.settings import Endpoint


def check_free(endpoint: Endpoint, setting: str) -> None:
    """Raises Unavailable, naming the setting to change, when nobody could listen there now."""
    place = endpoint.written
    try:
        family, kind, protocol, _name, address = socket.getaddrinfo(
            endpoint.host, endpoint.port, type=socket.SOCK_STREAM
        )[0]
        with socket.socket(family, kind, protocol) as probe:
            # As servers do: a port that was closed a moment ago counts as free.
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
            probe.listen(1)
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            raise Unavailable(
                "%(place)s is in use by another program. Stop it, or set %(setting)s to another port.",
                place=place,
                setting=setting,
            ) from error
        raise Unavailable(
            "Nobody can listen on %(place)s (%(why)s). Change %(setting)s.",
            place=place,
            why=error.strerror or str(error),
            setting=setting,
        ) from error


def answers(endpoint: Endpoint) -> bool:
    """Whether somebody takes connections there."""
    try:
        socket.create_connection((endpoint.reachable.host, endpoint.port), timeout=1).close()
    except OSError:
        return False
    return True

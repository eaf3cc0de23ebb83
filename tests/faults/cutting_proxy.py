"""A line between a client and a server that breaks where a test says: after the server has done it, or midway."""

import re
import socket
import struct
import threading
from contextlib import suppress
from types import TracebackType
from typing import Self

# Sent with close(): the other side sees a reset, as when a machine goes away.
_RESET = struct.pack("ii", 1, 0)


class CuttingProxy:
    """Listens on a loopback port and passes everything on to `target`, a port or the path of a Unix socket.

    `after_server_did(up, down)`: the next bytes from the client that match `up` reach the server; its answer,
    up to what matches `down`, is swallowed, and then the line is cut. `after_bytes(n)`: it is cut when the
    client has had n more bytes. Each happens once; `cuts` counts.
    """

    def __init__(self, target: int | str) -> None:
        self._target = target
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listening.getsockname()[1]
        self.cuts = 0
        self._up: re.Pattern[bytes] | None = None
        self._down: re.Pattern[bytes] | None = None
        self._skip = 0
        self._left: int | None = None
        self._lines: list[socket.socket] = []

    def __enter__(self) -> Self:
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with suppress(OSError):
            # Wakes accept(), which close() alone would leave waiting.
            self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()
        for line in self._lines:
            line.close()

    def after_server_did(self, up: bytes, down: bytes, *, skip: int = 0) -> None:
        """Cuts when the server has answered the next request that matches; `skip` lets so many pass before."""
        self._up, self._down, self._skip = re.compile(up), re.compile(down), skip

    def after_bytes(self, n: int) -> None:
        """Cuts when n more bytes have gone to the client."""
        self._left = n

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                client, _address = self._listening.accept()
                threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client: socket.socket) -> None:
        server = self._connect()
        self._lines += [client, server]
        line = _Line()
        upwards = threading.Thread(target=self._upwards, args=(client, server, line), daemon=True)
        upwards.start()
        with suppress(OSError):
            self._downwards(client, server, line)
        for end in (client, server):
            with suppress(OSError):
                end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
                end.shutdown(socket.SHUT_RDWR)
        client.close()
        server.close()

    def _connect(self) -> socket.socket:
        if isinstance(self._target, int):
            return socket.create_connection(("127.0.0.1", self._target))
        server = socket.socket(socket.AF_UNIX)
        server.connect(self._target)
        return server

    def _upwards(self, client: socket.socket, server: socket.socket, line: "_Line") -> None:
        with suppress(OSError):
            while data := client.recv(65536):
                if self._up is not None and self._up.search(data):
                    if self._skip:
                        self._skip -= 1
                    else:
                        line.swallows, self._up = self._down, None
                server.sendall(data)
            server.shutdown(socket.SHUT_WR)

    def _downwards(self, client: socket.socket, server: socket.socket, line: "_Line") -> None:
        swallowed = b""
        while data := server.recv(65536):
            if line.swallows is not None:
                swallowed += data
                if line.swallows.search(swallowed):
                    self.cuts += 1
                    return
                continue
            if self._left is not None:
                data, self._left = data[: self._left], self._left - len(data)
                client.sendall(data)
                if self._left <= 0:
                    self._left = None
                    self.cuts += 1
                    return
                continue
            client.sendall(data)


class _Line:
    """One connection's state."""

    swallows: re.Pattern[bytes] | None = None

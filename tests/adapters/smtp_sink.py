"""A mail server that takes everything, or misbehaves in the way it was told to."""

import socket
import ssl
import threading
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

MODES = (
    "accept",
    "451",  # at the dot: not now
    "550",  # at RCPT, for the addresses in `refused` only
    "greylist",  # 450 at RCPT
    "421_greeting",
    "close_before_dot",  # ends while the message is on its way
    "close_after_dot",  # took it or not: nobody knows
    "hang_after_dot",
    "hang",  # never greets
    "accept_then_421",  # took it, and refuses QUIT
    "554_after_dot",
)


class SmtpSink:
    """Listens on a port of its own; `taken` are (sender, recipient, message) that it answered 250 for."""

    def __init__(
        self,
        mode: str = "accept",
        *,
        certificate: Path | None = None,
        implicit: bool = False,
        extensions: str = "",
        port: int = 0,
    ) -> None:
        assert mode in MODES
        self.mode = mode
        self.refused: set[str] = set()
        # Whose mail alone hangs after the dot.
        self.hanging: set[str] = set()
        self.taken: list[tuple[str, str, bytes]] = []
        self.arrived: list[bytes] = []
        self.commands: list[str] = []
        self._extensions = ["8BITMIME", "SIZE 1000000", *extensions.split()]
        self._implicit = implicit
        self._context: ssl.SSLContext | None = None
        if certificate is not None:
            self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            self._context.load_cert_chain(certificate, certificate.with_name("key.pem"))
        self._released = threading.Event()
        self._listening = socket.create_server(("127.0.0.1", port))
        self._connections: list[socket.socket] = []
        self.port = int(self._listening.getsockname()[1])
        self._thread = threading.Thread(target=self._accept, daemon=True)
        self._thread.start()

    def __enter__(self) -> "SmtpSink":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Stops listening and lets every hanging conversation go."""
        self._released.set()
        with suppress(OSError):
            self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()
        for connection in self._connections:
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
        self._thread.join(5)

    def _accept(self) -> None:
        workers = []
        while True:
            try:
                connection, _ = self._listening.accept()
            except OSError:
                break
            self._connections.append(connection)
            worker = threading.Thread(target=self._guarded, args=(connection,), daemon=True)
            worker.start()
            workers.append(worker)
        for worker in workers:
            worker.join(5)

    def _guarded(self, connection: socket.socket) -> None:
        with suppress(OSError, ValueError):
            self._serve(connection)
        connection.close()

    def _serve(self, connection: socket.socket) -> None:
        if self._implicit and self._context:
            connection = self._context.wrap_socket(connection, server_side=True)
        if self.mode == "hang":
            self._released.wait()
            return
        lines = connection.makefile("rb")
        _say(connection, "421 not now" if self.mode == "421_greeting" else "220 sink")
        sender = recipient = ""
        while line := lines.readline():
            text = line.decode("utf-8", "replace").strip()
            self.commands.append(text)
            verb = text.upper().partition(" ")[0]
            if verb == "EHLO":
                _say(
                    connection,
                    "250-sink",
                    *[f"250-{extension}" for extension in self._offered(connection)],
                    "250 OK",
                )
            elif verb == "STARTTLS" and self._context:
                _say(connection, "220 go")
                lines.close()
                connection = self._context.wrap_socket(connection, server_side=True)
                lines = connection.makefile("rb")
            elif verb == "AUTH":
                _say(connection, "235 welcome" if text.endswith("AHVzZXIAcGFzcw==") else "535 who are you")
            elif verb == "MAIL":
                sender = text.partition("<")[2].partition(">")[0]
                _say(connection, "250 OK")
            elif verb == "RCPT":
                recipient = text.partition("<")[2].partition(">")[0]
                _say(connection, self._judge(recipient))
            elif verb == "DATA":
                _say(connection, "354 go on")
                if not self._take(connection, lines, sender, recipient):
                    break
            elif verb == "QUIT":
                _say(connection, "421 no" if self.mode == "accept_then_421" else "221 bye")
                break
            else:
                _say(connection, "250 OK")
        lines.close()
        connection.close()

    def _offered(self, connection: socket.socket) -> list[str]:
        secured = isinstance(connection, ssl.SSLSocket)
        extra = ["AUTH PLAIN"] if secured else ["STARTTLS"] if self._context else []
        return self._extensions + extra

    def _judge(self, recipient: str) -> str:
        if recipient in self.refused:
            return "550 5.1.1 nobody here"
        return "450 4.2.0 come back" if self.mode == "greylist" else "250 OK"

    def _take(self, connection: socket.socket, lines: BinaryIO, sender: str, recipient: str) -> bool:
        received = []
        while (line := lines.readline()) != b".\r\n":
            if not line:
                return False
            received.append(line.removeprefix(b"."))
            if self.mode == "close_before_dot":
                return False
        message = b"".join(received)
        self.arrived.append(message)
        if self.mode == "close_after_dot":
            return False
        if self.mode == "hang_after_dot" or recipient in self.hanging:
            self._released.wait()
            return False
        if self.mode in ("451", "554_after_dot"):
            _say(connection, "451 later" if self.mode == "451" else "554 spam")
            return True
        self.taken.append((sender, recipient, message))
        _say(connection, "250 taken")
        return True


def _say(connection: socket.socket, *answers: str) -> None:
    connection.sendall("".join(f"{answer}\r\n" for answer in answers).encode())

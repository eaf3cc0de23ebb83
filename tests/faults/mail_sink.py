"""A mail server that takes everything and keeps it."""

from email import message_from_bytes
from typing import Any

from aiosmtpd.controller import Controller

from tests.support.ports import free_port


class MailSink:
    """Listens on a free loopback port; `taken` holds what it said 250 to."""

    def __init__(self) -> None:
        self.port = free_port()
        self.taken: list[bytes] = []
        self._controller = Controller(self, hostname="127.0.0.1", port=self.port)
        self._controller.start()

    @property
    def url(self) -> str:
        """The address as SMTP_URL takes it."""
        return f"smtp://127.0.0.1:{self.port}"

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802  aiosmtpd's name
        """Takes one message."""
        self.taken.append(bytes(envelope.original_content))
        return "250 OK"

    def by_message_id(self) -> dict[str, list[bytes]]:
        """What came, grouped by Message-ID without its brackets."""
        found: dict[str, list[bytes]] = {}
        for raw in self.taken:
            found.setdefault(message_from_bytes(raw)["Message-ID"].strip("<>"), []).append(raw)
        return found

    def close(self) -> None:
        """Stops listening."""
        self._controller.stop()

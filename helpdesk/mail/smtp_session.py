"""One SMTP conversation on the receiving side: aiosmtpd with the DATA command read our way.

Mail with long lines or bare line feeds is taken as it is, because real senders write it; but only CR LF dot
CR LF ends a message, so nobody can smuggle a second one inside the first (the "SMTP smuggling" of 2023).
"""

import asyncio
import re
from collections import defaultdict
from typing import Any

from aiosmtpd.smtp import SMTP, syntax

# Reading is resumed and paused around this many bytes; it also bounds what a quiet client can make us keep.
CHUNK = 64 * 1024
# RFC 5321 4.5.3.1.4 asks for 512; addresses with SMTPUTF8 and parameters need more.
COMMAND_LIMIT = 2048
_STUFFED = re.compile(rb"^\.", re.MULTILINE)


class Budget:
    """How many bytes of messages all conversations together may hold at once."""

    def __init__(self, size: int) -> None:
        self._left = size

    def take(self, size: int) -> bool:
        """Reserves that many bytes if they are left."""
        if size > self._left:
            return False
        self._left -= size
        return True

    def give_back(self, size: int) -> None:
        """Ends a reservation."""
        self._left += size


class SmtpSession(SMTP):
    """Like aiosmtpd's, but a message may have any line length and keeps each byte it was sent with."""

    # For commands too; those have limits of their own (command_size_limits).
    line_length_limit = CHUNK

    def __init__(self, handler: Any, budget: Budget, **options: Any) -> None:
        self._budget = budget
        self._held = 0
        # The library shares one table of limits between all connections and clears it for each new one.
        self.command_size_limits = defaultdict(lambda: COMMAND_LIMIT)
        super().__init__(handler, **options)

    @syntax("DATA")
    async def smtp_DATA(self, arg: str | None) -> None:  # noqa: N802  the library finds commands by name
        """Reads a message and lets the handler store it; answers only afterwards."""
        if await self.check_helo_needed():
            return
        envelope: Any = self.envelope
        if not envelope.rcpt_tos:
            await self.push("503 5.5.1 Send RCPT first")
            return
        if arg:
            await self.push("501 5.5.4 DATA takes no argument")
            return
        await self.push("354 End data with <CR><LF>.<CR><LF>")
        try:
            content = await self._read_message()
            if isinstance(content, bytes):
                envelope.content = envelope.original_content = content
                answer = await self._call_handler_hook("DATA")
            else:
                answer = content
        finally:
            self._budget.give_back(self._held)
            self._held = 0
        self.envelope = self._create_envelope()
        await self.push(answer)

    async def _read_message(self) -> bytes | str:
        """The message without the transparency dots, or the refusal; it is read to its end either way."""
        limit = self.data_size_limit or 0
        parts: list[bytes] = []
        size = reported = 0
        refusal = ""
        line_begins = True
        while True:
            piece, line_ended = await self._read_piece()
            if line_begins and piece == b".\r\n":
                break
            line_begins = line_ended
            size += len(piece)
            if size > limit:
                refusal = "552 5.3.4 The message is larger than we take"
            elif not refusal and not self._hold(len(piece)):
                refusal = "452 4.3.1 Too much mail at once, try again later"
            if refusal:
                parts.clear()
            else:
                parts.append(piece)
            if size - reported >= CHUNK:
                # A slow line is not an idle one.
                self._reset_timeout()
                reported = size
        if refusal:
            return refusal
        return _STUFFED.sub(b"", b"".join(parts))

    def _hold(self, size: int) -> bool:
        if not self._budget.take(size):
            return False
        self._held += size
        return True

    async def _read_piece(self) -> tuple[bytes, bool]:
        """A line with its CR LF, or a part of a very long one; and whether the line ended."""
        try:
            return await self._reader.readuntil(b"\r\n"), True
        except asyncio.LimitOverrunError as overrun:
            return await self._reader.read(overrun.consumed), False

    async def smtp_VRFY(self, arg: str | None) -> None:  # noqa: N802
        """Tells nobody which addresses exist; RCPT does, to those who have mail for them."""
        await self.push("252 2.5.0 Send the message and see")

    async def smtp_AUTH(self, arg: str | None) -> None:  # noqa: N802
        """There is nothing to sign in for."""
        await self.push("502 5.5.1 No AUTH here")

    async def smtp_HELP(self, arg: str | None) -> None:  # noqa: N802
        """Short on purpose."""
        await self.push("214 2.0.0 See RFC 5321")


def decoded(address: Any) -> str:
    """An envelope address as text that any database takes; `<>`, the sender of bounces, is empty."""
    text = str(address or "").encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    return "" if text == "<>" else text.replace("\0", "\ufffd")

"""Taking mail by SMTP: only for addresses that are ours, and 250 only when the message is durably stored."""

import asyncio
import errno
import logging
import os
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import structlog

from helpdesk.core.errors import Unavailable
from helpdesk.mail.delivery import Delivery
from helpdesk.mail.smtp_session import Budget, SmtpSession, decoded
from helpdesk.settings import Endpoint

log = structlog.get_logger()

MAX_CONNECTIONS = 200
# So many of the largest messages may be on their way at once; who comes then is asked to come back.
LARGEST_AT_ONCE = 4
MAX_RECIPIENTS = 100  # RFC 5321 4.5.3.1.8 asks for at least 100
IDLE_SECONDS = 300  # RFC 5321 4.5.3.2.7
# Several commits can be under way at once on PostgreSQL; SQLite takes them one by one anyway.
STORE_THREADS = 4
# What is being stored when we stop still gets its answer.
GRACE_SECONDS = 3.0

_NOT_STORED = "451 4.3.0 Not stored, try again later"
_BUSY = b"421 4.7.0 Too many connections, try again later\r\n"
_LEAVING = b"421 4.3.2 Closing down, try again later\r\n"

# The library reports each command at INFO; what went wrong is reported by us.
logging.getLogger("mail.log").setLevel(logging.ERROR)


class Listener:
    """An SMTP server in a thread of its own.

    `accepts(address)` says whether mail for an address is ours; `store(delivery)` returns only when it is
    durable. Both are called from worker threads, several at once; when they raise, the sender is asked to
    try again later.
    """

    def __init__(
        self,
        endpoint: Endpoint,
        accepts: Callable[[str], bool],
        store: Callable[[Delivery], None],
        max_bytes: int,
        *,
        hostname: str = "helpdesk",
    ) -> None:
        self._endpoint = endpoint
        self._accepts = accepts
        self._store = store
        self._max_bytes = max_bytes
        self._hostname = hostname
        self._sessions: set[_Session] = set()
        self._budget = Budget(LARGEST_AT_ONCE * max_bytes)
        self._pool = ThreadPoolExecutor(STORE_THREADS, thread_name_prefix="smtp-store")
        self._started = threading.Event()
        self._failure: OSError | None = None
        self._loop = asyncio.new_event_loop()
        self._stop = asyncio.Event()
        self._thread = threading.Thread(target=self._run, name="smtp-listener", daemon=True)

    def start(self) -> None:
        """Begins to listen; raises Unavailable when the port cannot be had."""
        self._thread.start()
        self._started.wait()
        if self._failure is not None:
            self._thread.join()
            place = f"{self._endpoint.host}:{self._endpoint.port}"
            why = os.strerror(self._failure.errno or errno.EADDRNOTAVAIL).lower()
            raise Unavailable("Mail cannot be accepted on %(place)s: %(why)s.", place=place, why=why)

    def stop(self) -> None:
        """Takes no more mail, lets what is being stored get its answer, and closes every connection."""
        if self._thread.is_alive():
            self._loop.call_soon_threadsafe(self._stop.set)
            self._thread.join(GRACE_SECONDS + 2)
        self._pool.shutdown(wait=False, cancel_futures=True)

    @property
    def port(self) -> int:
        """The port that is listened on."""
        return self._endpoint.port

    def _run(self) -> None:
        try:
            self._loop.run_until_complete(self._serve())
        finally:
            self._started.set()
            self._loop.close()

    async def _serve(self) -> None:
        try:
            server = await self._loop.create_server(
                self._session, self._endpoint.host, self._endpoint.port, backlog=MAX_CONNECTIONS
            )
        except OSError as error:
            self._failure = error
            return
        self._started.set()
        await self._stop.wait()
        for listening in server.sockets:
            self._loop.remove_reader(listening.fileno())
        # Whoever was let in at the last moment gets a conversation before the server closes.
        await asyncio.sleep(0.02)
        server.close()
        await self._drain()

    async def _drain(self) -> None:
        deadline = self._loop.time() + GRACE_SECONDS
        sessions = list(self._sessions)
        for session in sessions:
            session.leave()
        while self._sessions and self._loop.time() < deadline:
            await asyncio.sleep(0.01)
        tasks = [session.abandon() for session in sessions]
        await asyncio.gather(*(task for task in tasks if task), return_exceptions=True)
        await asyncio.sleep(0)  # closed transports let go of their sockets in the next turn

    def _session(self) -> "_Session":
        return _Session(
            _Handler(self._accepts, self._store, self._pool),
            self._sessions,
            self._budget,
            data_size_limit=self._max_bytes,
            enable_SMTPUTF8=True,
            hostname=self._hostname,
            ident="ESMTP",
            timeout=IDLE_SECONDS,
            loop=self._loop,
        )


class _Session(SmtpSession):
    """A conversation that counts against the limit and can be told that we close."""

    def __init__(
        self, handler: "_Handler", sessions: set["_Session"], budget: Budget, **options: Any
    ) -> None:
        super().__init__(handler, budget, **options)
        self._others = sessions
        self._leaving = False
        self._refused = False

    def connection_made(self, transport: Any) -> None:
        if len(self._others) >= MAX_CONNECTIONS:
            log.warning("smtp_too_many_connections", limit=MAX_CONNECTIONS)
            self._refused = True
            transport.write(_BUSY)
            transport.close()
            return
        self._others.add(self)
        super().connection_made(transport)

    def data_received(self, data: bytes) -> None:
        if not self._refused:
            super().data_received(data)

    def eof_received(self) -> bool | None:
        if self._refused:
            return None
        answer = super().eof_received()
        # The library closes in its conversation, which was cancelled; maybe before it had begun.
        transport: Any = self.transport
        transport.close()
        return answer

    def connection_lost(self, error: Exception | None) -> None:
        self._others.discard(self)
        if not self._refused:
            super().connection_lost(error)

    async def push(self, status: Any) -> None:
        await super().push(status)
        if self._leaving:
            self._say_goodbye()

    def leave(self) -> None:
        """Closes now, or after the answer to a message that is being stored."""
        self._leaving = True
        if not self.event_handler.storing:
            self._say_goodbye()

    def _say_goodbye(self) -> None:
        transport: Any = self.transport
        if transport is not None and not transport.is_closing():
            transport.write(_LEAVING)
            transport.close()

    def abandon(self) -> "asyncio.Task[None] | None":
        """Cuts the connection; the sender keeps the message."""
        transport: Any = self.transport
        if transport is not None:
            transport.abort()
        task: asyncio.Task[None] | None = self._handler_coroutine
        if task is not None:
            task.cancel()
        return task


class _Handler:
    """Judges recipients and stores messages for one conversation; aiosmtpd calls the hooks by name."""

    def __init__(
        self, accepts: Callable[[str], bool], store: Callable[[Delivery], None], pool: ThreadPoolExecutor
    ) -> None:
        self._accepts = accepts
        self._store = store
        self._pool = pool
        self.storing = False

    async def handle_RCPT(  # noqa: N802
        self, server: Any, session: Any, envelope: Any, address: str, options: list[str]
    ) -> str:
        """250 for an address of ours, 550 for any other: this is no relay."""
        if len(envelope.rcpt_tos) >= MAX_RECIPIENTS:
            return "452 4.5.3 Too many recipients"
        recipient = decoded(address)
        try:
            ours = await asyncio.get_running_loop().run_in_executor(self._pool, self._accepts, recipient)
        except Exception as error:
            log.warning("recipient_not_checked", error=f"{type(error).__name__}: {error}"[:300])
            return "451 4.3.0 Try again later"
        if not ours:
            log.info("recipient_refused", to=recipient[:320], peer=_peer(session))
            return "550 5.1.1 No such address here"
        envelope.rcpt_tos.append(recipient)
        return "250 2.1.5 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        """250 when the message is stored, 451 otherwise; the sender then keeps it."""
        delivery = Delivery(
            raw=envelope.content,
            envelope_from=decoded(envelope.mail_from),
            envelope_to=tuple(envelope.rcpt_tos),
            peer=_peer(session),
        )
        self.storing = True
        try:
            await asyncio.get_running_loop().run_in_executor(self._pool, self._store, delivery)
        except Exception as error:
            log.error(
                "message_not_stored", error=f"{type(error).__name__}: {error}"[:300], peer=delivery.peer
            )
            return _NOT_STORED
        finally:
            self.storing = False
        return "250 2.0.0 Stored"

    async def handle_exception(self, error: Exception) -> str:
        """Whatever a stranger's command broke, the answer is short and the conversation goes on."""
        log.warning("smtp_command_failed", error=f"{type(error).__name__}: {error}"[:300])
        ours = isinstance(error, OSError | MemoryError)
        return _NOT_STORED if ours else "500 5.5.2 This command cannot be understood"


def _peer(session: Any) -> str:
    return str(session.peer[0]) if session.peer else ""

"""Fetching one IMAP mailbox: every message in the folder is undone work, stored first, then moved away.

No flag is trusted: what somebody has read is fetched all the same; what another client took is no error.
"""

import random
import ssl
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

import structlog

from helpdesk.core.errors import HelpdeskError
from helpdesk.mail.backoff import Backoff
from helpdesk.mail.imap_connection import IDLE_SECONDS, Account, Connection, ImapTrouble

log = structlog.get_logger()

PROCESSED = "Processed"
# Moved together after being stored: few round trips, and little to fetch again after a crash.
BATCH = 25
# Larger ones stay in the mailbox and are reported; a helpdesk's provider takes no such mail anyway.
LARGEST = 250_000_000
# So many in a row that cannot be stored mean that the database is away, not that the messages are bad.
TROUBLE_LIMIT = 3

Store = Callable[[str, bytes], None]


@dataclass(frozen=True, slots=True)
class Round:
    """How one look into the mailbox went: what still lies there since when, or what went wrong."""

    waiting: int = 0
    oldest: datetime | None = None
    error: str | None = None


class Fetcher:
    """Fetches one account until it is stopped. `store(key, raw)` returns only when the message is durable."""

    def __init__(
        self,
        account: Account,
        store: Store,
        *,
        may_fetch: Callable[[], bool] = lambda: True,
        context: ssl.SSLContext | None = None,
        idle_seconds: int = IDLE_SECONDS,
        report: Callable[[Round], None] = lambda _: None,
        begins: datetime | None = None,
        store_old: Store | None = None,
    ) -> None:
        """`may_fetch` tells whether this process holds the mailbox; it is asked before each round.

        `report` hears how each round went. What arrived in the mailbox before `begins` goes to `store_old`.
        """
        self._account = account
        self._store = store
        self._may_fetch = may_fetch
        self._context = context
        self._idle_seconds = idle_seconds
        self._report = report
        self._begins = begins
        self._store_old = store_old or store
        self._connection: Connection | None = None
        self._backoff = Backoff(random.random)
        # Stored by this process but not moved yet: no need to fetch them again.
        self._stored: set[tuple[int, int]] = set()
        self._lying: list[int] = []
        self._failed: dict[tuple[int, int], int] = {}
        self._log = log.bind(mailbox=account.source)

    @property
    def source(self) -> str:
        """The name that deliveries from here are stored under."""
        return self._account.source

    def run(self, stop: threading.Event) -> None:
        """Connects, fetches, waits for news, and begins anew after any trouble; returns soon after `stop`."""
        while not stop.is_set():
            pause = 0.0
            try:
                self._session(stop)
            except HelpdeskError as error:
                pause = self._backoff.failed()
                if not stop.is_set():
                    self._log.warning("mailbox_trouble", error=str(error), again_in=round(pause, 1))
                    self._tell(Round(error=str(error)))
            except Exception as error:
                pause = self._backoff.failed()
                self._log.exception("mailbox_trouble", again_in=round(pause, 1))
                self._tell(Round(error=f"{type(error).__name__}: {error}"[:300]))
            finally:
                self.interrupt()
            stop.wait(pause or 1.0)

    def interrupt(self) -> None:
        """Cuts the connection, from whichever thread; a waiting command ends at once."""
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()

    def _session(self, stop: threading.Event) -> None:
        if not self._may_fetch():
            return
        self._connection = connection = Connection(self._account, self._context)
        self._log.info("mailbox_open", uidvalidity=connection.uidvalidity)
        while not stop.is_set() and self._may_fetch():
            self.take_all(connection, stop)
            self._backoff.worked()
            self._tell(self._left(connection))
            if not stop.is_set():
                connection.wait_for_news(stop, self._idle_seconds)

    def _left(self, connection: Connection) -> Round:
        """What still lies in the folder after a round: too large or cut short."""
        oldest = connection.arrivals(self._lying[:1]) if self._lying else {}
        return Round(len(self._lying), min(oldest.values(), default=None))

    def _tell(self, went: Round) -> None:
        try:
            self._report(went)
        except Exception as error:
            # The database may be away; what it would have said is in the log.
            self._log.warning("mailbox_report_lost", error=f"{type(error).__name__}"[:100])

    def take_all(self, connection: Connection, stop: threading.Event) -> int:
        """Stores and moves whatever lies in the folder; returns how many messages were stored.

        Raises ImapTrouble when the server fails, or when messages could not be stored (they stay there).
        """
        validity = connection.uidvalidity
        waiting = connection.work_list()
        self._lying = list(waiting)
        self._stored &= {(validity, uid) for uid in waiting}
        # What failed before comes last: it must not stop the others (M3).
        waiting.sort(key=lambda uid: (self._failed.get((validity, uid), 0), uid))
        taken = failed = 0
        for start in range(0, len(waiting), BATCH):
            if stop.is_set():
                break
            stored, bad = self._take(connection, waiting[start : start + BATCH], stop)
            taken, failed = taken + stored, failed + bad
            if failed >= TROUBLE_LIMIT:
                break
        if failed:
            raise ImapTrouble("%(n)s messages could not be stored and stay in the mailbox.", n=failed)
        return taken

    def _take(self, connection: Connection, uids: list[int], stop: threading.Event) -> tuple[int, int]:
        sizes = connection.sizes(uids)
        arrived = connection.arrivals(uids) if self._begins is not None else {}
        safe: list[int] = []
        taken = failed = 0
        for uid in uids:
            key = (connection.uidvalidity, uid)
            if stop.is_set() or failed >= TROUBLE_LIMIT:
                break
            if key not in self._stored:
                raw = self._read(connection, uid, sizes.get(uid))
                if raw is None:
                    continue
                if not self._keep(key, raw, arrived.get(uid)):
                    failed += 1
                    continue
                taken += 1
            safe.append(uid)
        if safe:
            connection.move(safe, PROCESSED)
            self._lying = [uid for uid in self._lying if uid not in set(safe)]
            self._stored -= {(connection.uidvalidity, uid) for uid in safe}
        return taken, failed

    def _read(self, connection: Connection, uid: int, size: int | None) -> bytes | None:
        """The whole message, or None when it has vanished or is not to be had in one piece."""
        if size is None:
            return None
        if size > LARGEST:
            self._log.error("message_too_large", uid=uid, size=size)
            return None
        raw = connection.message(uid)
        if raw is None or len(raw) == size:
            return raw
        # Cut short, or a server that only guesses sizes: it then sends the same bytes twice.
        again = connection.message(uid)
        if again != raw or not raw:
            self._log.warning("message_incomplete", uid=uid, size=size, got=len(raw))
            return None
        return raw

    def _keep(self, key: tuple[int, int], raw: bytes, arrived: datetime | None) -> bool:
        validity, uid = key
        old = self._begins is not None and arrived is not None and arrived < self._begins
        try:
            (self._store_old if old else self._store)(f"{validity}:{uid}", raw)
        except Exception as error:
            self._failed[key] = self._failed.get(key, 0) + 1
            self._log.warning("message_not_stored", uid=uid, error=f"{type(error).__name__}: {error}"[:300])
            return False
        self._failed.pop(key, None)
        self._stored.add(key)
        return True

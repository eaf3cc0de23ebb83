"""Fetching from the mailboxes that administrators set up: started, stopped and begun anew as those change."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, replace

import structlog

from helpdesk.actions import manage_mailboxes
from helpdesk.actions.receive_mail import receive
from helpdesk.core import clock
from helpdesk.core.errors import HelpdeskError
from helpdesk.db.locks import Lock
from helpdesk.jobs.loop import Enter
from helpdesk.mail.imap import Fetcher, Round
from helpdesk.mail.imap_connection import Account
from helpdesk.mail.models import MailAccount
from helpdesk.mail.queries import accounts_to_fetch, source_name

log = structlog.get_logger()

LOOK_SECONDS = 2.0
END_SECONDS = 5.0
# A round that went as the one before is written down that often.
SAME_AGAIN_SECONDS = 60.0


class Reporter:
    """Writes down how rounds go: each change at once, the same again once a minute."""

    def __init__(self, enter: Enter, source: str) -> None:
        self._enter, self._source = enter, source
        self._last: tuple[Round, float] | None = None

    def __call__(self, went: Round) -> None:
        at = time.monotonic()
        if self._last is not None and self._last[0] == went and at - self._last[1] < SAME_AGAIN_SECONDS:
            return
        with self._enter():
            manage_mailboxes.report(self._source, went, clock.now())
        self._last = (went, at)


@dataclass
class _Running:
    version: int
    fetcher: Fetcher
    stop: threading.Event
    thread: threading.Thread
    lock: Lock

    def end(self) -> None:
        """Lets a message that is being stored be stored; everything else is cut."""
        self.stop.set()
        self.thread.join(0.5)
        self.fetcher.interrupt()
        self.thread.join(END_SECONDS)
        self.lock.release()


class Accounts:
    """Keeps one fetcher for each account in the database; sources in `taken` are fetched by others."""

    def __init__(self, enter: Enter, lock: Callable[[str], Lock], taken: set[str]) -> None:
        self._enter, self._lock, self._taken = enter, lock, taken
        self._running: dict[int, _Running] = {}
        self._said: dict[int, str] = {}
        self._names: set[str] | None = None

    def run(self, stop: threading.Event) -> None:
        """Looks for changes every few seconds until `stop` is set."""
        while not stop.is_set():
            try:
                self._compare()
            except Exception as error:
                log.warning("mailboxes_not_read", error=f"{type(error).__name__}: {error}"[:300])
            stop.wait(LOOK_SECONDS)
        for running in self._running.values():
            running.stop.set()
        while self._running:
            self._running.popitem()[1].end()

    def interrupt(self) -> None:
        """Cuts all connections, from whichever thread."""
        for running in list(self._running.values()):
            running.stop.set()
            running.fetcher.interrupt()

    def _compare(self) -> None:
        with self._enter():
            wanted = {account.id: (account, account.version) for account in accounts_to_fetch()}
            for account_id, running in list(self._running.items()):
                if account_id not in wanted or wanted[account_id][1] != running.version:
                    self._running.pop(account_id).end()
            names = self._taken | {source_name(account) for account, _version in wanted.values()}
            if names != self._names:
                manage_mailboxes.forget_sources(names)
                self._names = names
            for account_id, (account, _version) in wanted.items():
                if account_id not in self._running:
                    self._start(account)

    def _start(self, account: MailAccount) -> None:
        try:
            address = self._in_context(manage_mailboxes.connected(account))
        except HelpdeskError as error:
            if self._said.get(account.id) != str(error):
                log.error("mailbox_not_fetched", mailbox=account.mailbox.address, error=str(error))
                manage_mailboxes.report(source_name(account), Round(error=str(error)), clock.now())
                self._said[account.id] = str(error)
            return
        if address.source in self._taken:
            return
        lock, stop = self._lock(address.source), threading.Event()
        fetcher = Fetcher(
            address,
            self._store(address.source, account.mailbox.address, silent=False),
            may_fetch=lock.held,
            report=Reporter(self._enter, address.source),
            begins=account.begins_at,
            store_old=self._store(address.source, account.mailbox.address, silent=True),
        )
        thread = threading.Thread(target=fetcher.run, args=(stop,), name="imap", daemon=True)
        self._running[account.id] = _Running(account.version, fetcher, stop, thread, lock)
        thread.start()

    def _in_context(self, address: Account) -> Account:
        """A new refresh token is stored where access tokens are asked for: in the fetcher's thread."""
        ask = address.token
        if ask is None:
            return address

        def token() -> str:
            with self._enter():
                return ask()

        return replace(address, token=token)

    def _store(self, source: str, address: str, *, silent: bool) -> Callable[[str, bytes], None]:
        def store(key: str, raw: bytes) -> None:
            with self._enter():
                stored = receive(
                    raw,
                    source=source,
                    source_key=key,
                    # What lies in this mailbox is for this mailbox, whatever its headers say.
                    envelope_to=[address],
                    through_border=True,
                    silent=silent,
                    now=clock.now(),
                )
                log.info("mail_stored", mail=stored, source=source, key=key, size=len(raw), silent=silent)

        return store

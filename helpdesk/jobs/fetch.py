"""Taking mail in: one process for the SMTP listener, all IMAP mailboxes and all Maildirs.

May run several times: each mailbox is fetched by one process only, the others stand by and take over.
"""

import ipaddress
import threading
from collections.abc import Callable
from uuid import uuid4

import structlog

from helpdesk.actions.receive_mail import receive
from helpdesk.core import clock
from helpdesk.core.errors import Unavailable
from helpdesk.db import db
from helpdesk.db.locks import Lock, lock
from helpdesk.jobs.accounts import Accounts, Reporter
from helpdesk.jobs.loop import Enter
from helpdesk.jobs.sending import public_name
from helpdesk.mail.delivery import Delivery
from helpdesk.mail.imap import Fetcher
from helpdesk.mail.imap_connection import read_account
from helpdesk.mail.listener import Listener
from helpdesk.mail.maildir import Maildir
from helpdesk.mail.queries import mailboxes
from helpdesk.mail.recipients import our_addresses
from helpdesk.settings import Settings

log = structlog.get_logger()

# A port that another process has may become free when that one stops.
PORT_RETRY_SECONDS = 5.0
# Long enough for a command under way, short enough for whoever waits for us to end.
GRACE_SECONDS = 0.5
END_SECONDS = 5.0


class Intake:
    """All doors that mail comes in by. `run` returns soon after `stop`, with nothing half stored."""

    def __init__(self, settings: Settings, enter: Enter) -> None:
        """Raises SettingsError when one of IMAP_URLS makes no sense."""
        self._settings = settings
        self._enter = enter
        self._locks: list[Lock] = []
        self._fetchers = [self._fetcher(url) for url in settings.imap_urls]
        self._accounts = Accounts(enter, self._lock, {fetcher.source for fetcher in self._fetchers})
        self._maildirs = [Maildir(folder, self._store(f"maildir:{folder}")) for folder in settings.maildirs]

    def run(self, stop: threading.Event) -> None:
        """Takes mail in until `stop` is set."""
        works: list[tuple[str, Callable[[], None]]] = []
        for fetcher in self._fetchers:
            works.append(("imap", lambda fetcher=fetcher: fetcher.run(stop)))  # type: ignore[misc]
        works.append(("accounts", lambda: self._accounts.run(stop)))
        for maildir in self._maildirs:
            may = self._lock(maildir.source).held
            works.append(("maildir", lambda maildir=maildir, may=may: maildir.run(stop, may)))  # type: ignore[misc]
        if self._settings.smtp_listen is not None:
            works.append(("smtp", lambda: self._listen(stop)))
        threads = [threading.Thread(target=work, name=name, daemon=True) for name, work in works]
        for thread in threads:
            thread.start()
        log.info("intake_started", imap=len(self._fetchers), maildirs=len(self._maildirs))
        stop.wait()
        self._end(threads)

    def _end(self, threads: list[threading.Thread]) -> None:
        for thread in threads:
            thread.join(GRACE_SECONDS / len(threads))
        for fetcher in self._fetchers:
            fetcher.interrupt()
        self._accounts.interrupt()
        for thread in threads:
            thread.join(END_SECONDS / len(threads))
        for each in self._locks:
            each.release()
        log.info("intake_stopped")

    def _fetcher(self, url: str) -> Fetcher:
        account = read_account(url)
        if account.security == "none" and account.host not in ("localhost", "127.0.0.1", "::1"):
            log.warning("password_in_the_clear", mailbox=account.source)
        return Fetcher(
            account,
            self._store(account.source),
            may_fetch=self._lock(account.source).held,
            report=Reporter(self._enter, account.source),
        )

    def _lock(self, name: str) -> Lock:
        with self._enter():
            made = lock(db.engine, self._settings.data_dir, name)
        self._locks.append(made)
        return made

    def _store(self, source: str) -> Callable[[str, bytes], None]:
        """What a fetcher calls; the server that holds the mailbox has seen the mail at the border."""

        def store(key: str, raw: bytes) -> None:
            with self._enter():
                stored = receive(raw, source=source, source_key=key, through_border=True, now=clock.now())
                log.info("mail_stored", mail=stored, source=source, key=key, size=len(raw))

        return store

    def _listen(self, stop: threading.Event) -> None:
        endpoint = self._settings.smtp_listen
        assert endpoint is not None
        while not stop.is_set():
            listener = Listener(
                endpoint,
                self._accepts,
                self._deliver,
                self._settings.max_message_bytes,
                hostname=public_name(self._settings) or "helpdesk",
            )
            try:
                listener.start()
            except Unavailable as error:
                log.warning("smtp_not_listening", error=str(error), again_in=PORT_RETRY_SECONDS)
                stop.wait(PORT_RETRY_SECONDS)
                continue
            log.info("smtp_listening", host=endpoint.host, port=endpoint.port)
            stop.wait()
            listener.stop()

    def _accepts(self, address: str) -> bool:
        with self._enter():
            return bool(our_addresses([address], mailboxes()))

    def _deliver(self, delivery: Delivery) -> None:
        with self._enter():
            stored = receive(
                delivery.raw,
                source="smtp",
                # Each delivery is its own; a repeated one is recognised by its content (M2).
                source_key=uuid4().hex,
                envelope_from=delivery.envelope_from,
                envelope_to=delivery.envelope_to,
                through_border=_is_local(delivery.peer),
                now=clock.now(),
            )
            log.info("mail_stored", mail=stored, source="smtp", peer=delivery.peer, size=len(delivery.raw))


def _is_local(peer: str) -> bool:
    """Only the mail server on this machine can stand between the world and us; anybody may claim so."""
    try:
        return ipaddress.ip_address(peer).is_loopback
    except ValueError:
        return False

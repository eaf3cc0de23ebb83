"""One IMAP connection: imaplib2 inside a wrapper that keeps its known faults away from us.

What the wrapper corrects (imaplib2 3.6): certificates and host names are not checked; no connect time-out;
STARTTLS hangs when its reader was slow to look; an
argument that is not ASCII leaves a phantom command that hangs the next one; IDLE misses what arrived just
before it and cannot be interrupted; a refused LOGIN repeats the password in the exception; `NO` is returned
and not raised; untagged responses pile up; debug output goes to stderr. After any trouble the connection is
useless and must be closed.
"""

import re
import socket
import ssl
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import unquote, urlsplit

import imaplib2

from helpdesk.core.errors import SettingsError, Unavailable
from helpdesk.mail import imap_names

CONNECT_SECONDS = 15
ANSWER_SECONDS = 60
# A round of IDLE: short enough for routers that forget quiet connections, and a full look follows each.
IDLE_SECONDS = 120
# Before TLS a server has little to say.
LONGEST_LINE = 2_000
# Without IDLE we look this often.
POLL_SECONDS = 15

_SECURITY = {"imap": "none", "imaps": "tls", "imap+starttls": "starttls"}
_PORTS = {"imap": 143, "imaps": 993, "imap+starttls": 143}
_UID = re.compile(rb"\bUID (\d+)")
_SIZE = re.compile(rb"\bRFC822\.SIZE (\d+)")
_ARRIVED = re.compile(rb'\bINTERNALDATE "([^"]{20,40})"')
_DATE = "%d-%b-%Y %H:%M:%S %z"
_FOLDER = re.compile(rb'(?:"((?:[^"\\]|\\.)*)"|([^\s"]+))$')
_PREFIX = re.compile(rb'\(\("((?:[^"\\]|\\.)*)"')


class ImapTrouble(Unavailable):
    """The server refused, vanished or answered nonsense: close the connection and come back later."""


@dataclass(frozen=True, slots=True)
class Account:
    """Where one mailbox is, from a setting such as imaps://user:password@host:993/INBOX."""

    host: str
    port: int
    security: str
    user: str
    password: str
    folder: str
    #: Gives an access token for XOAUTH2; then there is no password.
    token: Callable[[], str] | None = None

    def __repr__(self) -> str:
        return f"Account({self.source})"

    @property
    def source(self) -> str:
        """The name that deliveries from here are stored under."""
        return f"imap:{self.user}@{self.host}/{self.folder}"


def read_account(url: str) -> Account:
    """Reads imap, imaps or imap+starttls; user and password percent-encoded. Raises SettingsError."""
    parts = urlsplit(url)
    if parts.scheme not in _SECURITY or not (parts.hostname and parts.username and parts.password):
        raise SettingsError(
            "Each entry of IMAP_URLS must look like imaps://user:password@mail.example.com/INBOX."
        )
    return Account(
        host=parts.hostname,
        port=parts.port or _PORTS[parts.scheme],
        security=_SECURITY[parts.scheme],
        user=unquote(parts.username),
        password=unquote(parts.password),
        folder=unquote(parts.path.lstrip("/")) or "INBOX",
    )


class _Client(imaplib2.IMAP4):  # type: ignore[misc]  # the library has no types
    """imaplib2 with a connect time-out, with TLS that checks who answers, and without chatter on stderr."""

    sock: socket.socket

    def __init__(self, account: Account, context: ssl.SSLContext) -> None:
        self._security = account.security
        self._context = context
        self._greeting = b""
        super().__init__(account.host, account.port, timeout=ANSWER_SECONDS)

    def open(self, host: str | None = None, port: int | None = None) -> None:
        super().open(host, port)
        try:
            if self._security == "starttls":
                self._start_tls()
            if self._security != "none":
                self.ssl_wrap_socket()
        except BaseException:
            self.sock.close()
            raise

    def _start_tls(self) -> None:
        """Asks for TLS before the library's reader runs: it may take the answer for its last line and stop.

        The greeting is kept for the reader, because a server greets once. Nothing is read beyond the answer:
        what somebody slipped in behind it meets TLS and ends the connection.
        """
        self.sock.settimeout(CONNECT_SECONDS)
        self._greeting = self._plain_line()
        self.sock.sendall(b"T1 STARTTLS\r\n")
        while not (line := self._plain_line()).startswith(b"T1 "):
            if not line.startswith(b"* "):
                raise ImapTrouble("The IMAP server does not offer STARTTLS.")
        if not line.upper().startswith(b"T1 OK"):
            raise ImapTrouble("The IMAP server does not offer STARTTLS.")

    def _plain_line(self) -> bytes:
        line = b""
        while not line.endswith(b"\n"):
            byte = self.sock.recv(1)
            if not byte or len(line) >= LONGEST_LINE:
                raise ImapTrouble("The IMAP server does not offer STARTTLS.")
            line += byte
        return line

    def _reader(self) -> None:
        if self._greeting:
            self.inq.put(self._greeting)
        super()._reader()

    def open_socket(self) -> socket.socket:
        return socket.create_connection((self.host, self.port), timeout=CONNECT_SECONDS)

    def ssl_wrap_socket(self) -> None:
        self.sock.settimeout(CONNECT_SECONDS)
        self.sock = self._context.wrap_socket(self.sock, server_hostname=self.host)
        self.sock.settimeout(None)
        self.read_fd = self.sock.fileno()

    def shutdown(self) -> None:
        with suppress(OSError):
            self.sock.shutdown(socket.SHUT_RDWR)
        self.sock.close()

    def _mesg(self, *_: object) -> None:
        """The library's debug output; it would repeat commands on stderr."""

    def login_with(self, user: str, password: str) -> None:
        """Signs in; nothing of what is sent can reach an exception's text, only what the server said."""
        try:
            if "AUTH=PLAIN" in self.capabilities:
                secret = b"\0%s\0%s" % (user.encode(), password.encode())
                self.authenticate("PLAIN", lambda _: secret)
                return
            arguments = imap_names.quoted(user), imap_names.quoted(password)
            try:
                answer, said = self._simple_command("LOGIN", *arguments)
            finally:
                self._release_state_change()
            self.state = "AUTH"
        except self.error as error:
            answer, said = "NO", [str(error)]
        if answer != "OK":
            raise refused("The IMAP server refused the user name or the password", said, password) from None

    def login_by_token(self, user: str, token: str) -> None:
        """Signs in with an OAuth access token (XOAUTH2, as Microsoft 365 and Google want it)."""
        if "AUTH=XOAUTH2" not in self.capabilities:
            raise ImapTrouble("The IMAP server does not take access tokens (XOAUTH2).")
        # After a failure the server sends a challenge, which asks for an empty answer.
        answers = iter((f"user={user}\1auth=Bearer {token}\1\1".encode(),))
        try:
            self.authenticate("XOAUTH2", lambda _: next(answers, b""))
        except self.error as error:
            raise refused("The IMAP server refused the access token", [str(error)], token) from None


def refused(what: str, said: Sequence[object], secret: str) -> ImapTrouble:
    """The refusal with the server's own words, in which a secret that it repeats is taken out."""
    words = " ".join(_plain(each) for each in said if each)
    words = " ".join(words.replace(secret, "…").split()) if secret else words
    if not words:
        return ImapTrouble(f"{what}.")
    return ImapTrouble(f"{what}: %(words)s", words=words[:300])


def _plain(said: object) -> str:
    return said.decode("utf-8", "replace") if isinstance(said, bytes) else str(said)


class Connection:
    """A signed-in connection with one folder selected; methods raise ImapTrouble when the server fails."""

    def __init__(self, account: Account, context: ssl.SSLContext | None = None) -> None:
        """Connects, starts TLS, signs in and selects the folder."""
        with _trouble():
            self._client = _Client(account, context or ssl.create_default_context())
        try:
            with _trouble():
                self._sign_in(account)
                self.uidvalidity = self._select(account.folder)
        except BaseException:
            self.close()
            raise

    def _sign_in(self, account: Account) -> None:
        client = self._client
        client.sock.settimeout(None)
        if account.token is not None:
            client.login_by_token(account.user, account.token())
        else:
            client.login_with(account.user, account.password)
        client._get_capabilities()  # MOVE and UIDPLUS are often told only to those who signed in
        self.capabilities = frozenset(client.capabilities)

    def _select(self, folder: str) -> int:
        answer, said = self._client.select(imap_names.folder(folder))
        if answer != "OK":
            raise refused(f"The IMAP server does not open the folder {folder}", said, "")
        answer = self._client.response("UIDVALIDITY")[1][-1]
        if answer is None:
            raise ImapTrouble("The IMAP server does not tell UIDVALIDITY.")
        return int(answer)

    def work_list(self) -> list[int]:
        """The UIDs of all messages that are not marked deleted, oldest first; seen ones too."""
        with _trouble():
            self._forget()
            data = self._done(self._client.uid("SEARCH", b"UNDELETED"), "SEARCH")
            return sorted({int(uid) for line in data if line for uid in line.split()})

    def sizes(self, uids: list[int]) -> dict[int, int]:
        """The size in bytes that the server tells for each UID; vanished ones are missing."""
        found = {}
        for header, _ in self._fetch(uids, b"(UID RFC822.SIZE)"):
            uid, size = _UID.search(header), _SIZE.search(header)
            if uid and size:
                found[int(uid[1])] = int(size[1])
        return found

    def arrivals(self, uids: list[int]) -> dict[int, datetime]:
        """When each message arrived in the mailbox, as the server tells; vanished ones are missing."""
        found = {}
        for header, _ in self._fetch(uids, b"(UID INTERNALDATE)"):
            uid, date = _UID.search(header), _ARRIVED.search(header)
            if uid and date:
                with suppress(ValueError):
                    # The format holds the zone: nothing naive comes of it.
                    found[int(uid[1])] = datetime.strptime(date[1].decode("ascii").strip(), _DATE)  # noqa: DTZ007
        return found

    def folders(self) -> list[str]:
        """The names of all folders, as people read them."""
        with _trouble():
            lines = self._done(self._client.list(), "LIST")
        names = (_FOLDER.search(line) for line in lines if isinstance(line, bytes))
        return sorted(
            imap_names.readable((name[1] or name[2]).decode("ascii", "replace")) for name in names if name
        )

    def message(self, uid: int) -> bytes | None:
        """The raw message, not marked as read by this; None when it has vanished."""
        for header, literal in self._fetch([uid], b"(UID BODY.PEEK[])"):
            named = _UID.search(header)
            if literal is not None and named and int(named[1]) == uid:
                return literal
        return None

    def move(self, uids: list[int], folder: str) -> None:
        """Moves messages to a folder of ours, made when it is missing; never expunges anything else."""
        target = imap_names.folder(self._prefix() + folder)
        with _trouble():
            if self._moved(uids, target):
                return
            self._client.create(target)  # a NO means that it exists: the next attempt tells
            if not self._moved(uids, target):
                raise ImapTrouble(
                    "The IMAP server does not let us move mail to the folder %(name)s.", name=folder
                )

    def _moved(self, uids: list[int], target: bytes) -> bool:
        chosen = _uid_set(uids)
        if "MOVE" in self.capabilities:
            return self._accepted(self._client.uid("MOVE", chosen, target))
        if not self._accepted(self._client.uid("COPY", chosen, target)):
            return False
        self._done(self._client.uid("STORE", chosen, b"+FLAGS.SILENT", rb"(\Deleted)"), "STORE")
        if "UIDPLUS" in self.capabilities:
            self._done(self._client.uid("EXPUNGE", chosen), "EXPUNGE")
        return True

    def _prefix(self) -> str:
        """What personal folders start with: nothing, or `INBOX.` on some servers."""
        if "NAMESPACE" not in self.capabilities:
            return ""
        with _trouble():
            answer = self._done(self._client.namespace(), "NAMESPACE")[-1]
        found = _PREFIX.match(answer or b"")
        return found[1].decode("ascii", "replace") if found else ""

    def wait_for_news(self, stop: threading.Event, seconds: int = IDLE_SECONDS) -> None:
        """Returns when mail may have arrived, when `stop` is set, or after `seconds` (or POLL_SECONDS)."""
        with _trouble():
            if "IDLE" not in self.capabilities:
                stop.wait(min(seconds, POLL_SECONDS))
                self._done(self._client.noop(), "NOOP")
                return
            ended = threading.Event()
            # The asynchronous form: it can be interrupted, and we also see what came before IDLE began.
            self._client.idle(timeout=int(seconds), callback=lambda _: ended.set())
            while not (stop.is_set() or self._news() or ended.wait(0.2)):
                pass
            self._done(self._client.noop(), "NOOP")

    def _news(self) -> bool:
        return any(kind == "EXISTS" for kind, _ in list(self._client.untagged_responses))

    def _forget(self) -> None:
        """Drops what piled up; what arrives from here on is news."""
        for _ in list(self._client.pop_untagged_responses()):
            pass

    def _fetch(self, uids: list[int], what: bytes) -> Iterator[tuple[bytes, bytes | None]]:
        """Yields (the words of one answer, its literal or None)."""
        with _trouble():
            data = self._done(self._client.uid("FETCH", _uid_set(uids), what), "FETCH")
        for position, item in enumerate(data):
            if isinstance(item, tuple):
                tail = data[position + 1] if position + 1 < len(data) else b""
                # Items come in any order: the UID may stand behind the literal.
                yield item[0] + (b" " + tail if isinstance(tail, bytes) else b""), item[1]
            elif item:
                yield item, None

    def close(self) -> None:
        """Ends the connection at once, also from another thread while a command waits; never raises."""
        with suppress(Exception):
            self._client.state = "LOGOUT"
            self._client.shutdown()
            self._client._close_threads()

    @staticmethod
    def _accepted(answer: tuple[str, Any]) -> bool:
        return answer[0] == "OK"

    @staticmethod
    def _done(answer: tuple[str, Any], command: str) -> list[Any]:
        if answer[0] != "OK":
            raise ImapTrouble("The IMAP server refused %(command)s.", command=command)
        return list(answer[1])


def _uid_set(uids: list[int]) -> bytes:
    return ",".join(str(int(uid)) for uid in uids).encode("ascii")


@contextmanager
def _trouble() -> Iterator[None]:
    """Turns what the library, TLS and the network raise into ImapTrouble."""
    try:
        yield
    except ssl.SSLCertVerificationError as error:
        raise ImapTrouble(
            "The IMAP server's certificate is not trusted: %(why)s", why=error.verify_message
        ) from None
    except (imaplib2.IMAP4.error, OSError, ValueError) as error:
        raise ImapTrouble("The IMAP connection failed: %(why)s", why=_short(error)) from None


def _short(error: BaseException) -> str:
    return f"{type(error).__name__}: {error}"[:200]


Connect = Callable[[Account], Connection]

"""Sending by SMTP: one connection a message, and an honest answer about what became of it.

Before the final dot a failure is harmless: try again. After it, silence means that nobody knows. smtplib
tells neither apart, and its `with` raises for a failed QUIT after success; so each step is taken by itself.
"""

import smtplib
import socket
import ssl
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Literal
from urllib.parse import unquote, urlsplit

from helpdesk.core.errors import HelpdeskError, SettingsError
from helpdesk.mail.models import OutgoingMail
from helpdesk.mail.outcome import Outcome

CONNECT_SECONDS = 30
# RFC 5321 4.5.3.2: five minutes for commands, ten for the answer to the dot.
COMMAND_SECONDS = 300
DOT_SECONDS = 600
QUIT_SECONDS = 5
# All steps before the dot together; with the wait after it, shorter than the lease on the mail.
BEFORE_DOT_SECONDS = 480

_PORTS = {"smtp": 25, "smtps": 465, "smtp+starttls": 587}
_Refusal = tuple[int, bytes]


@dataclass(frozen=True, slots=True)
class Server:
    """The mail server that everything goes to, from a setting such as smtp+starttls://user:pw@host:587."""

    host: str
    port: int
    security: Literal["none", "tls", "starttls"]
    user: str
    password: str
    #: Signs in with an access token of the mailbox of this name (XOAUTH2); there is no password then.
    by_token: bool = False

    def __repr__(self) -> str:
        return f"Server({self.host}:{self.port})"


def read_server(url: str) -> Server:
    """Reads smtp, smtps or smtp+starttls; user and password percent-encoded, `?auth=xoauth2` for tokens.

    Raises SettingsError.
    """
    parts = urlsplit(url)
    if parts.scheme not in _PORTS or not parts.hostname:
        raise SettingsError("SMTP_URL must look like smtp+starttls://user:password@mail.example.com:587.")
    by_token = parts.query == "auth=xoauth2"
    if (parts.query and not by_token) or (by_token and not parts.username):
        raise SettingsError("SMTP_URL may end with ?auth=xoauth2, and then names the user of a mailbox.")
    security: dict[str, Literal["none", "tls", "starttls"]] = {"smtps": "tls", "smtp+starttls": "starttls"}
    return Server(
        host=parts.hostname,
        port=parts.port or _PORTS[parts.scheme],
        security=security.get(parts.scheme, "none"),
        user=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
        by_token=by_token,
    )


class SmtpSender:
    """Hands messages to one server; safe to use from several threads."""

    def __init__(
        self,
        server: Server,
        *,
        own_name: str | None = None,
        tagged_bounces: bool = False,
        context: ssl.SSLContext | None = None,
        token: Callable[[str], str] | None = None,
        connect_seconds: float = CONNECT_SECONDS,
        dot_seconds: float = DOT_SECONDS,
    ) -> None:
        """`own_name` is what we call ourselves in EHLO; without it, the machine's full name if it has one.

        With `tagged_bounces` the envelope's sender is the signed reply address, so that a bounce finds its
        mail even if it names no Message-ID. `token` gives an access token for a user.
        """
        self._server = server
        # Given to smtplib because it would ask the DNS otherwise, for seconds where there is none.
        self._own_name = own_name or _machine_name()
        self._tagged_bounces = tagged_bounces
        self._context = context or ssl.create_default_context()
        self._token = token
        self._connect_seconds = connect_seconds
        self._dot_seconds = dot_seconds

    def send(self, mail: OutgoingMail, message: bytes) -> Outcome:
        """Tries once. The sender of automatic mail is empty, so that nothing can answer it (RFC 3834 3.3)."""
        own = mail.reply_to if self._tagged_bounces else mail.from_address
        sender = "" if mail.automatic else own
        return self.deliver(sender, mail.to_address, message)

    def deliver(self, sender: str, recipient: str, message: bytes) -> Outcome:
        """One message from one address to one address; never raises for what a server or network does."""
        try:
            client = self._connect()
        except smtplib.SMTPAuthenticationError as error:
            # The operator's mistake, not the receiver's word: it must not fail any mail for good.
            why = f"The mail server refused the user name or password ({error.smtp_code})."
            return Outcome("retry", why, away=True)
        except (smtplib.SMTPException, OSError, ValueError) as error:
            return Outcome("retry", _short(error), away=True)
        except HelpdeskError as error:
            # No access token: a person must connect the mailbox again, and everything waits for that.
            return Outcome("retry", str(error)[:500], away=True)
        try:
            return self._converse(client, sender, recipient, message)
        finally:
            # Success or not was decided above; what QUIT meets changes nothing.
            with suppress(smtplib.SMTPException, OSError):
                _wait_up_to(client, QUIT_SECONDS)
                client.quit()
            client.close()

    def _connect(self) -> smtplib.SMTP:
        server = self._server
        if server.security == "tls":
            client: smtplib.SMTP = smtplib.SMTP_SSL(
                server.host, server.port, self._own_name, timeout=self._connect_seconds, context=self._context
            )
        else:
            client = smtplib.SMTP(server.host, server.port, self._own_name, timeout=self._connect_seconds)
        try:
            client.ehlo_or_helo_if_needed()
            if server.security == "starttls":
                client.starttls(context=self._context)
                client.ehlo()
            if server.by_token:
                _sign_in_by_token(client, server.user, self._token(server.user) if self._token else "")
            elif server.user:
                client.login(server.user, server.password)
            _wait_up_to(client, COMMAND_SECONDS)
        except BaseException:
            client.close()
            raise
        return client

    def _converse(self, client: smtplib.SMTP, sender: str, recipient: str, message: bytes) -> Outcome:
        dot_sent = False
        latest = time.monotonic() + BEFORE_DOT_SECONDS
        try:
            refusal = _envelope(client, sender, recipient, message)
            if refusal is not None:
                return refusal
            code, answer = client.docmd("DATA")
            if code != 354:
                return _judged((code, answer))
            client.send(_with_dots(message))
            if time.monotonic() > latest:
                # The lease on the mail would end before the answer to the dot.
                return Outcome("retry", "The mail server was too slow to take the message in time.")
            _wait_up_to(client, self._dot_seconds)
            dot_sent = True
            client.send(b".\r\n")
            code, answer = client.getreply()
        except (smtplib.SMTPException, OSError, UnicodeError) as error:
            return Outcome("unknown" if dot_sent else "retry", _short(error))
        if 200 <= code < 300:
            return Outcome("accepted", _text((code, answer)))
        if not 400 <= code < 600:
            return Outcome("unknown", _text((code, answer)))
        return _judged((code, answer))


def _sign_in_by_token(client: smtplib.SMTP, user: str, token: str) -> None:
    """XOAUTH2 as Microsoft and Google want it; what they say after a refusal asks for an empty answer."""
    answers = iter((f"user={user}\1auth=Bearer {token}\1\1",))
    client.auth("XOAUTH2", lambda _challenge=None: next(answers, ""))


def _envelope(client: smtplib.SMTP, sender: str, recipient: str, message: bytes) -> Outcome | None:
    """Says from whom and to whom; what the server has against it, or None."""
    options = []
    if client.has_extn("size"):
        options.append(f"size={len(message)}")
    if client.has_extn("8bitmime") and not message.isascii():
        options.append("body=8bitmime")
    if not (sender + recipient).isascii():
        if not client.has_extn("smtputf8"):
            return Outcome(
                "refused", "553 5.6.7 The mail server takes no addresses with letters beyond ASCII"
            )
        client.command_encoding = "utf-8"
        options.append("smtputf8")
    code, answer = client.mail(sender, options)
    if code != 250:
        return _judged((code, answer))
    code, answer = client.rcpt(recipient)
    return None if code in (250, 251) else _judged((code, answer), recipient=True)


def _judged(refusal: _Refusal, *, recipient: bool = False) -> Outcome:
    """5xx is for good, everything else may pass; 421 and nonsense codes are for later too."""
    return Outcome("refused" if 500 <= refusal[0] < 600 else "retry", _text(refusal), recipient=recipient)


def _with_dots(message: bytes) -> bytes:
    """The message with CR LF at each line's end and a second dot before lines that begin with one."""
    lines = message.replace(b"\r\n", b"\n").replace(b"\r", b"\n").removesuffix(b"\n").split(b"\n")
    return b"".join((b"." + line if line.startswith(b".") else line) + b"\r\n" for line in lines)


def _machine_name() -> str:
    name = socket.gethostname()
    return name if "." in name else "[127.0.0.1]"


def _wait_up_to(client: smtplib.SMTP, seconds: float) -> None:
    sock: socket.socket | None = client.sock
    if sock is not None:
        sock.settimeout(seconds)


def _text(answer: _Refusal) -> str:
    return f"{answer[0]} {answer[1].decode('utf-8', 'replace')}"[:1000]


def _short(error: BaseException) -> str:
    return f"{type(error).__name__}: {error}"[:500]

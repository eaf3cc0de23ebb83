"""Fetching from a real Dovecot: nothing lost, nothing twice, nothing that waits for ever."""

import signal
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from helpdesk.core.errors import SettingsError, Unavailable
from helpdesk.mail import imap_connection
from helpdesk.mail.imap import Fetcher
from helpdesk.mail.imap_connection import Account, Connection, ImapTrouble, read_account
from helpdesk.mail.imap_names import folder, quoted
from tests.adapters.dovecot import PASSWORD, USER, Dovecot
from tests.support import require

pytestmark = [pytest.mark.dovecot, pytest.mark.loopback, pytest.mark.timeout(90)]


@pytest.fixture(scope="module")
def _server() -> Iterator[Dovecot]:
    server = Dovecot(require.check("dovecot"))
    yield server
    server.remove()


@pytest.fixture
def dovecot(_server: Dovecot) -> Dovecot:
    """The server of this file with empty folders."""
    for file in (_server.folder / "mail" / USER).glob("**/*"):
        if file.parent.name in ("new", "cur"):
            file.unlink()
    return _server


class Store:
    """Takes messages as the database would; refuses those that `refuse` picks."""

    def __init__(self) -> None:
        self.kept: dict[str, bytes] = {}
        self.calls: list[str] = []
        self.refuse: Callable[[bytes], bool] = lambda raw: False

    def __call__(self, key: str, raw: bytes) -> None:
        self.calls.append(key)
        if self.refuse(raw):
            raise Unavailable("The disk is full.")
        self.kept.setdefault(key, raw)

    @property
    def texts(self) -> list[bytes]:
        return sorted(self.kept.values())


class ScriptedServer:
    """Speaks just enough IMAP to answer each command with the line it was given for it."""

    def __init__(self, answers: dict[str, str]) -> None:
        self._answers = {"CAPABILITY": "OK done", **answers}
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port = self._listening.getsockname()[1]
        self.heard = b""

    def __enter__(self) -> "ScriptedServer":
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._thread.join(5)
        self._listening.close()

    def _serve(self) -> None:
        connection, _ = self._listening.accept()
        with connection, connection.makefile("rwb", buffering=0) as lines:
            lines.write(b"* OK hello\r\n")
            for line in lines:
                self.heard += line
                if not line.isascii():  # the first bytes of TLS, which this server does not speak
                    return
                tag, command = line.decode().split()[:2]
                if command == "CAPABILITY":
                    lines.write(b"* CAPABILITY IMAP4rev1\r\n")
                lines.write(f"{tag} {self._answers.get(command, 'BAD unknown')}\r\n".encode())


def _account(
    server: Dovecot, security: str = "none", name: str = "INBOX", password: str = PASSWORD
) -> Account:
    port = server.imaps if security == "tls" else server.imap
    return Account("localhost", port, security, USER, password, name)


def _trusting(server: Dovecot) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=str(server.certificate))


@contextmanager
def _running(fetcher: Fetcher) -> Iterator[threading.Event]:
    stop = threading.Event()
    thread = threading.Thread(target=fetcher.run, args=(stop,), daemon=True)
    thread.start()
    try:
        yield stop
    finally:
        stop.set()
        fetcher.interrupt()
        thread.join(10)
        assert not thread.is_alive()


def _until(true: Callable[[], object], seconds: float = 30.0) -> float:
    begun = time.monotonic()
    while not true():
        assert time.monotonic() - begun < seconds, "waited in vain"
        time.sleep(0.01)
    return time.monotonic() - begun


def _mail(n: int, body: str = "Guten Tag") -> bytes:
    return f"From: anna@customer.example\r\nSubject: Frage {n}\r\n\r\n{body}\r\n".encode()


@pytest.mark.parametrize("security", ["none", "starttls", "tls"])
def test_mail_is_stored_byte_for_byte_and_then_moved(dovecot: Dovecot, security: str) -> None:
    odd = (
        b"Subject: \xfcber\r\n\r\n)\r\n* BYE\r\nA1 OK {5}\r\n"
        + bytes(set(range(1, 256)) - {10, 13})
        + b"\r\n"
    )
    for raw in (_mail(1), odd, b"\r\n", _mail(2, "x" * 200_000)):
        dovecot.put(raw)
    store = Store()
    with _running(Fetcher(_account(dovecot, security), store, context=_trusting(dovecot))):
        _until(lambda: not dovecot.messages())
    assert store.texts == sorted([_mail(1), odd, b"\r\n", _mail(2, "x" * 200_000)])
    assert sorted(dovecot.messages("Processed")) == store.texts


def test_read_mail_is_work_too_and_deleted_mail_is_not(dovecot: Dovecot) -> None:
    dovecot.put(_mail(1), flags="S")
    dovecot.put(_mail(2), flags="RS")
    dovecot.put(_mail(3), flags="ST")
    store = Store()
    with _running(Fetcher(_account(dovecot), store)):
        _until(lambda: len(dovecot.messages()) == 1)
    assert store.texts == [_mail(1), _mail(2)]
    assert dovecot.messages() == [_mail(3)]


def test_new_mail_wakes_the_waiting_fetcher_long_before_its_poll(dovecot: Dovecot) -> None:
    store = Store()
    with _running(Fetcher(_account(dovecot), store)):
        time.sleep(0.8)
        for n in range(8):
            dovecot.put(_mail(n))
            assert _until(lambda n=n: len(store.kept) == n + 1) < 12
            # Other moments of the round too: while fetching, while moving, just before IDLE.
            time.sleep(0.03 * n)


def test_what_cannot_be_stored_stays_and_does_not_stop_the_next(dovecot: Dovecot) -> None:
    for n in range(6):
        dovecot.put(_mail(n))
    store = Store()
    store.refuse = lambda raw: b"Frage 0" in raw or b"Frage 3" in raw
    with _running(Fetcher(_account(dovecot), store)):
        _until(lambda: len(dovecot.messages()) == 2)
        assert sorted(dovecot.messages()) == [_mail(0), _mail(3)]
        store.refuse = lambda raw: False
        _until(lambda: not dovecot.messages(), 20)
    assert len(store.kept) == 6


def test_a_front_row_of_bad_messages_lets_the_others_pass(dovecot: Dovecot) -> None:
    for n in range(9):
        dovecot.put(_mail(n))
    store = Store()
    store.refuse = lambda raw: any(b"Frage %d" % n in raw for n in range(5))
    with _running(Fetcher(_account(dovecot), store)):
        _until(lambda: len(store.kept) == 4, 30)


def test_after_a_crash_between_storing_and_moving_it_is_moved_and_not_doubled(dovecot: Dovecot) -> None:
    dovecot.put(_mail(1))
    store = Store()

    def crash(connection: Connection, uids: list[int], name: str) -> None:
        raise SystemExit

    first = Connection(_account(dovecot))
    first.move = crash.__get__(first)  # type: ignore[method-assign]
    with pytest.raises(SystemExit):
        Fetcher(_account(dovecot), store).take_all(first, threading.Event())
    first.close()
    assert dovecot.messages()
    with _running(Fetcher(_account(dovecot), store)):
        _until(lambda: not dovecot.messages())
    assert store.calls == [store.calls[0]] * 2
    assert store.texts == [_mail(1)]


def test_when_mail_cannot_be_moved_it_is_fetched_only_once(dovecot: Dovecot) -> None:
    dovecot.put(_mail(1))
    store = Store()
    fetcher = Fetcher(_account(dovecot), store)
    blocked = dovecot.folder / "mail" / USER / ".Processed"
    aside = blocked.with_name("aside")
    if blocked.exists():
        blocked.rename(aside)
    blocked.write_text("a file where the folder should be")
    for _ in range(3):
        connection = Connection(_account(dovecot))
        with pytest.raises(ImapTrouble, match="Processed"):
            fetcher.take_all(connection, threading.Event())
        connection.close()
    blocked.unlink()
    if aside.exists():
        aside.rename(blocked)
    assert len(store.calls) == 1
    assert dovecot.messages() == [_mail(1)]
    with _running(fetcher):
        _until(lambda: not dovecot.messages())
    assert len(store.calls) == 1


def test_mail_that_another_client_takes_meanwhile_is_no_error(dovecot: Dovecot) -> None:
    for n in range(3):
        dovecot.put(_mail(n))
    store = Store()
    connection, other = Connection(_account(dovecot)), Connection(_account(dovecot))
    sizes = connection.sizes

    def gone_meanwhile(uids: list[int]) -> dict[int, int]:
        known = sizes(uids)
        other.move([uids[1]], "Elsewhere")
        return known

    connection.sizes = gone_meanwhile  # type: ignore[method-assign]
    assert Fetcher(_account(dovecot), store).take_all(connection, threading.Event()) == 2
    connection.close()
    other.close()
    assert store.texts == [_mail(0), _mail(2)]
    assert dovecot.messages("Elsewhere") == [_mail(1)]


def test_a_message_cut_short_is_not_stored(dovecot: Dovecot) -> None:
    dovecot.put(_mail(1))
    store = Store()
    connection = Connection(_account(dovecot))
    answers = [_mail(1)[:20], _mail(1)]
    connection.message = lambda uid: answers.pop(0)  # type: ignore[method-assign]
    assert Fetcher(_account(dovecot), store).take_all(connection, threading.Event()) == 0
    connection.close()
    assert not store.kept
    assert dovecot.messages()


def test_a_new_uidvalidity_makes_new_keys(dovecot: Dovecot) -> None:
    store = Store()
    dovecot.put(_mail(1))
    with _running(Fetcher(_account(dovecot), store)):
        _until(lambda: not dovecot.messages())
        dovecot.forget_uids()
        dovecot.put(_mail(2))
        _until(lambda: len(store.kept) == 2, 20)
    first, second = store.kept
    assert first.split(":")[0] != second.split(":")[0]


def test_the_server_may_die_and_come_back(dovecot: Dovecot) -> None:
    store = Store()
    with _running(Fetcher(_account(dovecot), store)):
        time.sleep(0.5)
        dovecot.kill()
        dovecot.put(_mail(1))
        time.sleep(0.5)
        dovecot.start()
        _until(lambda: not dovecot.messages(), 30)
    assert store.texts == [_mail(1)]


def test_stopping_takes_less_than_a_second_even_when_the_server_hangs(dovecot: Dovecot) -> None:
    for hang in (False, True):
        fetcher, stop = Fetcher(_account(dovecot), Store()), threading.Event()
        thread = threading.Thread(target=fetcher.run, args=(stop,), daemon=True)
        thread.start()
        time.sleep(0.7)
        if hang:
            dovecot.signal_sessions(signal.SIGSTOP)
        begun = time.monotonic()
        stop.set()
        thread.join(0.3)
        fetcher.interrupt()
        thread.join(10)
        dovecot.signal_sessions(signal.SIGCONT)
        assert not thread.is_alive()
        assert time.monotonic() - begun < 12


def test_a_certificate_nobody_vouches_for_is_refused(dovecot: Dovecot) -> None:
    for security in ("tls", "starttls"):
        with pytest.raises(ImapTrouble, match="certificate"):
            Connection(_account(dovecot, security))


def test_a_certificate_for_another_host_is_refused(dovecot: Dovecot) -> None:
    account = Account("127.0.0.1", dovecot.imaps, "tls", USER, PASSWORD, "INBOX")
    with pytest.raises(ImapTrouble, match="certificate"):
        Connection(account, _trusting(dovecot))


def test_a_refused_password_is_in_no_message(dovecot: Dovecot, capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(ImapTrouble) as caught:
        Connection(_account(dovecot, password="wrong-secret \u00fc"))
    assert "wrong-secret" not in repr(caught.value) + repr(caught.value.__context__) + repr(_account(dovecot))
    assert "wrong-secret" not in "".join(capfd.readouterr())


@pytest.mark.parametrize("answer", ["BAD what is LOGIN", "NO nobody of that name", "OK welcome"])
def test_an_old_server_gets_quoted_strings_and_no_exception_repeats_them(answer: str) -> None:
    with ScriptedServer({"LOGIN": answer, "SELECT": "BAD not today"}) as server:
        account = Account("127.0.0.1", server.port, "none", 'a"b', 'wrong-secret "\\', "INBOX")
        with pytest.raises(ImapTrouble) as caught:
            Connection(account)
    assert b'LOGIN "a\\"b" "wrong-secret \\"\\\\"' in server.heard
    assert "wrong-secret" not in repr(caught.value) + repr(caught.value.__context__)


def test_a_server_without_starttls_never_sees_the_password() -> None:
    with ScriptedServer({}) as server:
        account = Account("127.0.0.1", server.port, "starttls", "user", "secret", "INBOX")
        with pytest.raises(ImapTrouble):
            Connection(account)
    assert b"secret" not in server.heard


@pytest.mark.parametrize("answer", ["OK go on\r\n* OK [ALERT] slipped in", "OK go on\r\nT2 OK slipped in"])
def test_what_is_slipped_in_before_tls_is_never_read_as_the_servers_word(answer: str) -> None:
    with ScriptedServer({"STARTTLS": answer, "LOGIN": "OK welcome"}) as server:
        account = Account("127.0.0.1", server.port, "starttls", "user", "secret", "INBOX")
        with pytest.raises(ImapTrouble):
            Connection(account)
    assert b"secret" not in server.heard


def test_a_server_with_few_extensions(request: pytest.FixtureRequest) -> None:
    server = Dovecot(require.check("dovecot"), capability="IMAP4rev1 UIDPLUS")
    request.addfinalizer(server.remove)
    server.put(_mail(1))
    server.put(_mail(2), flags="S")
    store = Store()
    with _running(Fetcher(_account(server), store)):
        _until(lambda: not server.messages())
    assert store.texts == [_mail(1), _mail(2)] == sorted(server.messages("Processed"))


def test_without_uidplus_others_deleted_mail_is_not_expunged(request: pytest.FixtureRequest) -> None:
    server = Dovecot(require.check("dovecot"), capability="IMAP4rev1")
    request.addfinalizer(server.remove)
    server.put(_mail(1))
    server.put(_mail(2), flags="T")
    store = Store()
    connection = Connection(_account(server))
    fetcher = Fetcher(_account(server), store)
    assert fetcher.take_all(connection, threading.Event()) == 1
    assert fetcher.take_all(connection, threading.Event()) == 0
    connection.close()
    assert server.messages("Processed") == [_mail(1)]
    assert sorted(server.messages()) == [_mail(1), _mail(2)]


def test_folders_behind_a_prefix_and_with_umlauts(request: pytest.FixtureRequest) -> None:
    server = Dovecot(require.check("dovecot"), separator=".", prefix="INBOX.")
    request.addfinalizer(server.remove)
    server.put(_mail(1), "Anfragen f&APw-r uns")
    store = Store()
    account = _account(server, name="INBOX.Anfragen für uns")
    with _running(Fetcher(account, store)):
        _until(lambda: server.messages("Processed"))
    assert store.texts == [_mail(1)]


def test_a_server_that_says_nothing_is_left_after_a_while(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(imap_connection, "ANSWER_SECONDS", 1)
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        account = Account("127.0.0.1", silent.getsockname()[1], "none", "u", "p", "INBOX")
        with pytest.raises(ImapTrouble):
            Connection(account)


def test_addresses_of_mailboxes_are_read() -> None:
    account = read_account("imaps://help%40firm.example:p%3Aw@mail.firm.example/Inbox%2FHilfe")
    assert account == Account("mail.firm.example", 993, "tls", "help@firm.example", "p:w", "Inbox/Hilfe")
    assert account.source == "imap:help@firm.example@mail.firm.example/Inbox/Hilfe"
    assert read_account("imap+starttls://a:b@h.example:1143").folder == "INBOX"
    for broken in ("imaps://mail.example/INBOX", "imaps://user@mail.example", "pop3://a:b@c.example"):
        with pytest.raises(SettingsError):
            read_account(broken)


def test_names_are_spelt_in_modified_utf_7() -> None:
    assert folder("Erledigt & Früh") == b'"Erledigt &- Fr&APw-h"'
    assert folder("台北") == b'"&U,BTFw-"'
    assert quoted('a"b\\c') == b'"a\\"b\\\\c"'
    with pytest.raises(SettingsError):
        quoted("a\r\nA1 DELETE INBOX")

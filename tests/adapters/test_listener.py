"""Taking mail by SMTP, in conversations with a real client: the standard library's, and a raw socket."""

import smtplib
import socket
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import BinaryIO

import pytest

from helpdesk.core.errors import Unavailable
from helpdesk.mail import listener as listener_module
from helpdesk.mail.delivery import Delivery
from helpdesk.mail.listener import Listener
from helpdesk.settings import Endpoint
from tests.support.ports import free_port

pytestmark = pytest.mark.loopback

OURS = "support@helpdesk.example"
MAIL = b"From: anna@customer.example\r\nSubject: Frage\r\n\r\nGuten Tag\r\n"


class Intake:
    """Keeps what was delivered; may be slow, or fail."""

    def __init__(self) -> None:
        self.kept: list[Delivery] = []
        self.before: Callable[[], None] = lambda: None
        self._lock = threading.Lock()

    def accepts(self, address: str) -> bool:
        return address.lower().split("+")[0].split("@")[0] == "support"

    def store(self, delivery: Delivery) -> None:
        self.before()
        with self._lock:
            self.kept.append(delivery)


@pytest.fixture
def intake() -> Intake:
    return Intake()


@pytest.fixture
def port(intake: Intake) -> Iterator[int]:
    with _listening(intake) as number:
        yield number


@contextmanager
def _listening(intake: Intake, max_bytes: int = 300_000) -> Iterator[int]:
    server = Listener(Endpoint("127.0.0.1", free_port()), intake.accepts, intake.store, max_bytes)
    server.start()
    try:
        yield server.port
    finally:
        server.stop()


def _client(port: int) -> smtplib.SMTP:
    return smtplib.SMTP("127.0.0.1", port, "client.example", timeout=20)


def _talk(port: int, *lines: bytes) -> list[bytes]:
    """Sends raw pieces, each after the answer to the one before; returns the answers."""
    with socket.create_connection(("127.0.0.1", port), timeout=10) as sock, sock.makefile("rb") as heard:
        answers = [_answer(heard)]
        for line in lines:
            sock.sendall(line)
            answers.append(_answer(heard))
    return answers


def _answer(heard: BinaryIO) -> bytes:
    for line in heard:
        if line[3:4] == b" ":
            return line
    return b""


def test_a_message_is_stored_as_sent_with_its_envelope(port: int, intake: Intake) -> None:
    with _client(port) as client:
        client.sendmail("anna@customer.example", [OURS, "support+t1.x@helpdesk.example"], MAIL)
        client.sendmail("", [OURS], MAIL)
    first, second = intake.kept
    assert first.raw == MAIL
    assert first.envelope_from == "anna@customer.example"
    assert first.envelope_to == (OURS, "support+t1.x@helpdesk.example")
    assert first.peer == "127.0.0.1"
    assert second.envelope_from == ""


@pytest.mark.parametrize(
    "raw",
    [
        b"..two dots\r\n.one dot\r\n.\r\n\r\n",
        b"\r\n",
        b"x" * 250_000 + b"\r\n",
        b"Subject: bare\n\nlines\n.\nwith dots\n..\n\r\n",
        b"\x00\xff\x80 any byte\r\n" + bytes(range(256)) + b"\r\n",
        b"carriage\rreturns\r\r\n",
        b"".join(b"line %d\r\n" % n for n in range(20_000)),
    ],
    ids=["dots", "empty", "long line", "bare line feeds", "any byte", "carriage returns", "many lines"],
)
def test_each_byte_survives(port: int, intake: Intake, raw: bytes) -> None:
    with _client(port) as client:
        client.sendmail("a@customer.example", OURS, raw)
    assert [delivery.raw for delivery in intake.kept] == [raw]


def test_an_empty_message_is_a_message(port: int, intake: Intake) -> None:
    answers = _talk(
        port,
        b"EHLO x\r\n",
        b"MAIL FROM:<a@b.example>\r\n",
        b"RCPT TO:<%s>\r\n" % OURS.encode(),
        b"DATA\r\n",
        b".\r\n",
    )
    assert answers[-1].startswith(b"250")
    assert [delivery.raw for delivery in intake.kept] == [b""]


@pytest.mark.parametrize(
    "end", [b"\n.\n", b"\n.\r\n", b"\r\n.\n", b"\r.\r", b"\r\n.\r", b"\x00.\x00", b"\r\n\x00.\r\n"]
)
def test_no_second_message_can_be_smuggled_in(port: int, intake: Intake, end: bytes) -> None:
    smuggled = (
        b"MAIL FROM:<boss@bank.example>\r\nRCPT TO:<%s>\r\nDATA\r\nSubject: x\r\n\r\nPay\r\n" % OURS.encode()
    )
    _talk(
        port,
        b"EHLO x\r\n",
        b"MAIL FROM:<a@b.example>\r\n",
        b"RCPT TO:<%s>\r\n" % OURS.encode(),
        b"DATA\r\n",
        b"Subject: one\r\n\r\nHello" + end + smuggled + b".\r\n",
    )
    assert len(intake.kept) == 1
    assert intake.kept[0].envelope_from == "a@b.example"
    assert b"boss@bank.example" in intake.kept[0].raw


def test_it_is_no_open_relay(port: int, intake: Intake) -> None:
    with _client(port) as client:
        with pytest.raises(smtplib.SMTPRecipientsRefused) as refused:
            client.sendmail("a@b.example", ["victim@elsewhere.example"], MAIL)
        assert refused.value.recipients["victim@elsewhere.example"][0] == 550
        left = client.sendmail("a@b.example", ["victim@elsewhere.example", OURS], MAIL)
    assert list(left) == ["victim@elsewhere.example"]
    assert [delivery.envelope_to for delivery in intake.kept] == [(OURS,)]


def test_what_is_too_large_is_refused_before_and_after_it_was_sent(port: int, intake: Intake) -> None:
    with _client(port) as client:
        with pytest.raises(smtplib.SMTPSenderRefused) as early:
            client.sendmail("a@b.example", OURS, b"x" * 300_001)
        assert early.value.smtp_code == 552
        client.mail("a@b.example")
        client.rcpt(OURS)
        assert client.data(b"line\r\n" * 60_000)[0] == 552
        client.sendmail("a@b.example", OURS, MAIL)
    assert [delivery.raw for delivery in intake.kept] == [MAIL]


def test_many_large_messages_at_once_do_not_fill_the_memory(
    intake: Intake, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listener_module, "LARGEST_AT_ONCE", 1)
    large = b"x" * 990 + b"\r\n"
    with _listening(intake) as port, _client(port) as client, _client(port) as other:
        for each in (client, other):
            each.ehlo()
            each.mail("a@b.example")
            each.rcpt(OURS)
            each.docmd("DATA")
        client.send(large * 200)
        time.sleep(0.2)
        other.send(large * 200 + b".\r\n")
        assert other.getreply()[0] == 452
        client.send(b".\r\n")
        assert client.getreply()[0] == 250
        other.sendmail("a@b.example", OURS, large * 200)
    assert [delivery.raw for delivery in intake.kept] == [large * 200] * 2


def test_what_cannot_be_stored_stays_with_the_sender(port: int, intake: Intake) -> None:
    def full() -> None:
        raise Unavailable("The disk is full.")

    intake.before = full
    with _client(port) as client:
        with pytest.raises(smtplib.SMTPDataError) as refused:
            client.sendmail("a@b.example", OURS, MAIL)
        assert refused.value.smtp_code == 451
        assert b"disk" not in refused.value.smtp_error
        intake.before = lambda: None
        client.sendmail("a@b.example", OURS, MAIL)
    assert len(intake.kept) == 1


def test_when_addresses_cannot_be_looked_up_the_sender_tries_again_later(intake: Intake) -> None:
    def broken(address: str) -> bool:
        raise Unavailable("The database is away.")

    intake.accepts = broken  # type: ignore[method-assign]
    refusal = pytest.raises(smtplib.SMTPRecipientsRefused)
    with _listening(intake) as port, _client(port) as client, refusal as refused:
        client.sendmail("a@b.example", OURS, MAIL)
    assert refused.value.recipients[OURS][0] == 451


def test_the_sender_hears_250_only_after_the_message_is_stored(port: int, intake: Intake) -> None:
    stored_at: list[float] = []

    def slow() -> None:
        time.sleep(0.3)
        stored_at.append(time.monotonic())

    intake.before = slow
    with _client(port) as client:
        client.sendmail("a@b.example", OURS, MAIL)
        answered_at = time.monotonic()
    assert answered_at > stored_at[0]


def test_a_storm_of_a_hundred_senders_at_once(port: int, intake: Intake) -> None:
    def send(n: int) -> None:
        with _client(port) as client:
            client.sendmail(f"sender{n}@b.example", OURS, b"Subject: %d\r\n\r\nx\r\n" % n)

    with ThreadPoolExecutor(100) as senders:
        list(senders.map(send, range(100)))
    assert sorted(d.envelope_from for d in intake.kept) == sorted(f"sender{n}@b.example" for n in range(100))


def test_too_many_connections_are_told_to_come_back(
    port: int, intake: Intake, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listener_module, "MAX_CONNECTIONS", 2)
    with _client(port), _client(port):
        assert _talk(port)[0].startswith(b"421")
    time.sleep(0.1)
    with _client(port) as client:
        client.sendmail("a@b.example", OURS, MAIL)
    assert len(intake.kept) == 1


def test_who_says_nothing_is_put_out(intake: Intake, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listener_module, "IDLE_SECONDS", 0.3)
    with _listening(intake) as port, socket.create_connection(("127.0.0.1", port), timeout=5) as sock:
        assert sock.recv(200).startswith(b"220")
        assert sock.recv(200) == b""


def test_strange_commands_and_addresses_end_no_conversation(port: int, intake: Intake) -> None:
    answers = _talk(
        port,
        b"EHLO x\r\n",
        b"\xff\xfe\r\n",
        b"MAIL FROM:<" + b"(" * 900 + b">\r\n",
        b"MAIL FROM:" + b"a" * 5000 + b"\r\n",
        b"RCPT TO:<%s>\r\n" % OURS.encode(),
        b"VRFY support\r\n",
        b"AUTH PLAIN AGEAYg==\r\n",
        "MAIL FROM:<jörg@bücher.example> SMTPUTF8 BODY=8BITMIME\r\n".encode(),
        b"RCPT TO:<\xff\xfe@helpdesk.example>\r\n",
        b"RCPT TO:<support@helpdesk.example>\r\n",
        b"DATA\r\n",
        MAIL + b".\r\n",
    )
    assert [answer[:1] for answer in answers[2:]] == list(b"5 5 5 5 2 5 2 5 2 3 2".split())
    assert intake.kept[0].envelope_from == "jörg@bücher.example"


def test_it_says_what_it_can(port: int) -> None:
    with _client(port) as client:
        client.ehlo()
        assert client.has_extn("8bitmime")
        assert client.has_extn("smtputf8")
        assert client.esmtp_features["size"] == "300000"


def test_stopping_answers_what_is_being_stored_and_takes_nothing_more(intake: Intake) -> None:
    begun = threading.Event()

    def slow() -> None:
        begun.set()
        time.sleep(0.4)

    intake.before = slow
    server = Listener(Endpoint("127.0.0.1", free_port()), intake.accepts, intake.store, 1000)
    server.start()
    idle, client = _client(server.port), _client(server.port)
    with ThreadPoolExecutor(1) as background:
        sent = background.submit(client.sendmail, "a@b.example", OURS, MAIL)
        begun.wait(5)
        started = time.monotonic()
        server.stop()
        assert time.monotonic() - started < 10
        assert sent.result() == {}
    assert len(intake.kept) == 1
    idle.close()
    client.close()
    with pytest.raises(OSError):  # noqa: PT011  whichever way it is refused
        _client(server.port)


def test_a_taken_port_is_said_in_one_sentence(port: int, intake: Intake) -> None:
    second = Listener(Endpoint("127.0.0.1", port), intake.accepts, intake.store, 1000)
    with pytest.raises(Unavailable, match=f"127.0.0.1:{port}.*in use"):
        second.start()
    second.stop()

"""Sending: what became of a mail is told rightly, whatever the server does."""

import ssl
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest

from helpdesk.core.errors import SettingsError
from helpdesk.mail.eml_folder import EmlFolder
from helpdesk.mail.models import OutgoingMail
from helpdesk.mail.smtp import Server, SmtpSender, read_server
from tests.adapters.certificates import make_certificate
from tests.adapters.smtp_sink import SmtpSink

pytestmark = pytest.mark.loopback

FROM, TO = "support@helpdesk.example", "anna@customer.example"
MESSAGE = b"From: support@helpdesk.example\r\nSubject: Hallo\r\n\r\n.dot\r\n..dots\r\nEnde\r\n"


def _sender(sink: SmtpSink, security: str = "none", **options: object) -> SmtpSender:
    server = Server("localhost", sink.port, security, "", "")  # type: ignore[arg-type]
    return SmtpSender(server, connect_seconds=1, **options)  # type: ignore[arg-type]


def _mail(**values: object) -> OutgoingMail:
    defaults = {
        "id": 7,
        "from_address": FROM,
        "to_address": TO,
        "automatic": False,
        "created_at": datetime.now(UTC),
    }
    return OutgoingMail(**{**defaults, **values})


def test_a_mail_arrives_as_it_was_written() -> None:
    with SmtpSink() as sink:
        assert _sender(sink).deliver(FROM, TO, MESSAGE).state == "accepted"
        assert _sender(sink).deliver(FROM, TO, b"bare\nlines\n\n.\nno end \xfc").state == "accepted"
    assert sink.taken[0] == (FROM, TO, MESSAGE)
    assert sink.taken[1][2] == b"bare\r\nlines\r\n\r\n.\r\nno end \xfc\r\n"
    assert "body=8bitmime" in sink.commands[-4].lower()


@pytest.mark.parametrize(
    ("mode", "state"),
    [
        ("accept", "accepted"),
        ("accept_then_421", "accepted"),
        ("451", "retry"),
        ("greylist", "retry"),
        ("421_greeting", "retry"),
        ("close_before_dot", "retry"),
        ("hang", "retry"),
        ("554_after_dot", "refused"),
        ("close_after_dot", "unknown"),
        ("hang_after_dot", "unknown"),
    ],
)
def test_each_way_to_fail_is_told_apart(mode: str, state: str) -> None:
    # Large enough that the server's leaving is noticed while the message is on its way.
    more = b"x" * 998 + b"\r\n"
    with SmtpSink(mode) as sink:
        outcome = _sender(sink, dot_seconds=0.5).deliver(
            FROM, TO, MESSAGE + more * (10_000 if mode == "close_before_dot" else 1)
        )
    assert outcome.state == state
    assert outcome.detail
    assert len(sink.taken) == (state == "accepted")


def test_only_the_refused_receiver_fails() -> None:
    with SmtpSink("550") as sink:
        sink.refused = {TO}
        refused = _sender(sink).deliver(FROM, TO, MESSAGE)
        other = _sender(sink).deliver(FROM, "other@customer.example", MESSAGE)
    assert (refused.state, other.state) == ("refused", "accepted")
    assert "nobody here" in refused.detail


def test_nobody_listening_is_a_reason_to_try_again() -> None:
    with SmtpSink() as sink:
        pass
    outcome = _sender(sink).deliver(FROM, TO, MESSAGE)
    assert outcome.state == "retry"
    assert "refused" in outcome.detail.lower()


def test_automatic_mail_leaves_with_an_empty_sender() -> None:
    with SmtpSink() as sink:
        _sender(sink).send(_mail(automatic=True), MESSAGE)
        _sender(sink).send(_mail(), MESSAGE)
    assert [sender for sender, _, _ in sink.taken] == ["", FROM]


@pytest.mark.parametrize("security", ["tls", "starttls"])
def test_tls_checks_who_answers_before_anything_is_said(tmp_path: Path, security: str) -> None:
    certificate = make_certificate(tmp_path)
    trusting = ssl.create_default_context(cafile=str(certificate))
    with SmtpSink(certificate=certificate, implicit=security == "tls") as sink:
        server = Server("localhost", sink.port, security, "user", "pass")  # type: ignore[arg-type]
        assert SmtpSender(server, context=trusting).deliver(FROM, TO, MESSAGE).state == "accepted"
        sink.commands.clear()
        stranger = SmtpSender(server).deliver(FROM, TO, MESSAGE)
    assert stranger.state == "retry"
    assert "certificate" in stranger.detail.lower()
    assert not any(command.startswith(("AUTH", "MAIL")) for command in sink.commands)


def test_without_the_promised_starttls_no_mail_and_no_password_leaves() -> None:
    with SmtpSink() as sink:
        server = Server("localhost", sink.port, "starttls", "user", "pass")
        assert SmtpSender(server).deliver(FROM, TO, MESSAGE).state == "retry"
    assert not any(command.startswith(("AUTH", "MAIL")) for command in sink.commands)


def test_a_refused_password_loses_no_mail_and_is_in_no_message(tmp_path: Path) -> None:
    certificate = make_certificate(tmp_path)
    trusting = ssl.create_default_context(cafile=str(certificate))
    with SmtpSink(certificate=certificate) as sink:
        server = Server("localhost", sink.port, "starttls", "user", "wrong-secret")
        outcome = SmtpSender(server, context=trusting).deliver(FROM, TO, MESSAGE)
    assert outcome.state == "retry"
    assert "wrong-secret" not in outcome.detail + repr(server)


def test_addresses_beyond_ascii_go_only_where_they_are_understood() -> None:
    with SmtpSink() as old, SmtpSink(extensions="SMTPUTF8") as new:
        assert _sender(old).deliver(FROM, "jörg@bücher.example", MESSAGE).state == "refused"
        assert _sender(new).deliver(FROM, "jörg@bücher.example", MESSAGE).state == "accepted"
    assert new.taken[0][1] == "jörg@bücher.example"


def test_a_hanging_server_costs_only_the_time_allowed() -> None:
    with SmtpSink("hang") as sink:
        begun = time.monotonic()
        _sender(sink).deliver(FROM, TO, MESSAGE)
        assert time.monotonic() - begun < 12


def test_addresses_of_servers_are_read() -> None:
    assert read_server("smtp+starttls://us%40er:p%3Aw@mail.example") == Server(
        "mail.example", 587, "starttls", "us@er", "p:w"
    )
    assert read_server("smtp://localhost:1025") == Server("localhost", 1025, "none", "", "")
    with pytest.raises(SettingsError):
        read_server("http://mail.example")


def test_without_a_server_mail_becomes_a_file(tmp_path: Path) -> None:
    folder = EmlFolder(tmp_path / "var" / "outbox")
    assert folder.send(_mail(to_address="../Ä n@customer.example"), MESSAGE).state == "accepted"
    assert folder.send(_mail(to_address="../Ä n@customer.example"), MESSAGE + b"2").state == "accepted"
    [file] = (tmp_path / "var" / "outbox").iterdir()
    assert file.name == "000007-..___n@customer.example.eml"
    assert file.read_bytes() == MESSAGE + b"2"


def test_when_the_file_cannot_be_written_it_is_tried_again(tmp_path: Path) -> None:
    (tmp_path / "outbox").write_text("a file where the folder should be")
    assert EmlFolder(tmp_path / "outbox").send(_mail(), MESSAGE).state == "retry"

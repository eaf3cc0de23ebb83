"""Taking mail in through the real doors: each mail is one row, and its source forgets it only then."""

import smtplib
import socket
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest
from flask import Flask
from sqlalchemy import select

from helpdesk.core.errors import SettingsError, Unavailable
from helpdesk.db import db
from helpdesk.jobs import fetch
from helpdesk.jobs.fetch import Intake
from helpdesk.mail.models import RawMail
from helpdesk.settings import Settings, read_settings
from tests.adapters.dovecot import PASSWORD, USER, Dovecot
from tests.jobs.running import running, until
from tests.support import require
from tests.support.builders import a_mailbox
from tests.support.ports import free_port

pytestmark = pytest.mark.loopback

OURS = "support@helpdesk.example"
MAIL = b"From: anna@customer.example\r\nSubject: Frage\r\n\r\nGuten Tag\r\n"


@pytest.fixture
def port() -> int:
    return free_port()


@pytest.fixture
def environment(environment: dict[str, str], port: int, tmp_path: Path) -> dict[str, str]:
    """Mail comes by SMTP and in a Maildir."""
    return environment | {"SMTP_LISTEN": f"127.0.0.1:{port}", "MAILDIRS": str(tmp_path / "Maildir")}


@pytest.fixture
def office(app: Flask) -> Flask:
    """An application with one mailbox."""
    a_mailbox(OURS)
    db.session.remove()
    return app


@pytest.fixture(scope="module")
def dovecot(loopback: None) -> Iterator[Dovecot]:
    """A mailbox on a server."""
    server = Dovecot(require.check("dovecot"))
    yield server
    server.remove()


def _stored(app: Flask) -> list[RawMail]:
    with app.app_context():
        return list(db.session.scalars(select(RawMail).order_by(RawMail.id)))


def _listens(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return False
    return True


def _send(port: int, to: str, raw: bytes = MAIL) -> None:
    with smtplib.SMTP("127.0.0.1", port, "client.example", timeout=20) as client:
        client.sendmail("anna@customer.example", to, raw)


def test_mail_by_smtp_is_a_row_before_the_sender_hears_yes(
    office: Flask, settings: Settings, port: int
) -> None:
    with running(Intake(settings, office.app_context)):
        until(lambda: _listens(port))
        _send(port, OURS)
        [stored] = _stored(office)
        with office.app_context():
            assert db.session.scalar(select(RawMail.raw)) == MAIL
        assert (stored.source, stored.envelope_from, stored.envelope_to) == (
            "smtp",
            "anna@customer.example",
            [OURS],
        )
        assert stored.through_border
        _send(port, "SUPPORT+t1042.abc@helpdesk.EXAMPLE")
        for stranger in ("other@helpdesk.example", "support@elsewhere.example", "support"):
            with pytest.raises(smtplib.SMTPRecipientsRefused):
                _send(port, stranger)
    assert len(_stored(office)) == 2
    assert not _listens(port)


def test_while_nothing_can_be_stored_the_sender_keeps_the_mail(
    office: Flask, settings: Settings, port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> None:
        raise Unavailable("The disk is full.")

    with running(Intake(settings, office.app_context)):
        until(lambda: _listens(port))
        monkeypatch.setattr(fetch, "receive", full)
        with pytest.raises(smtplib.SMTPDataError) as refused:
            _send(port, OURS)
    assert refused.value.smtp_code == 451


@pytest.mark.parametrize(
    ("peer", "near"), [("127.0.0.1", True), ("::1", True), ("192.0.2.7", False), ("", False)]
)
def test_only_this_machine_counts_as_our_border(peer: str, near: bool) -> None:
    assert fetch._is_local(peer) is near


def test_mail_in_a_maildir_is_taken(office: Flask, settings: Settings, tmp_path: Path) -> None:
    folder = tmp_path / "Maildir"
    with running(Intake(settings, office.app_context)):
        until((folder / "cur").exists)
        (folder / "tmp" / "1.a").write_bytes(MAIL)
        (folder / "tmp" / "1.a").rename(folder / "new" / "1.a")
        until(lambda: _stored(office))
        until(lambda: not list((folder / "new").iterdir()))
    assert [(m.source, m.source_key, m.through_border) for m in _stored(office)] == [
        (f"maildir:{folder}", "1.a", True)
    ]


@pytest.mark.dovecot
def test_a_mailbox_is_fetched_by_one_process_and_taken_over_by_the_next(
    office: Flask, environment: dict[str, str], tmp_path: Path, dovecot: Dovecot
) -> None:
    account = f"{quote(USER, safe='')}:{quote(PASSWORD, safe='')}@localhost:{dovecot.imap}"
    changed = environment | {"IMAP_URLS": f"imap://{account}", "SMTP_LISTEN": "off", "MAILDIRS": ""}
    settings = read_settings(changed, tmp_path)
    dovecot.put(MAIL)
    with running(Intake(settings, office.app_context)):
        with running(Intake(settings, office.app_context)):
            until(lambda: not dovecot.messages())
            assert dovecot.connections() == 1
        dovecot.put(MAIL)
        until(lambda: not dovecot.messages())
    assert [m.source for m in _stored(office)] == [f"imap:{USER}@localhost/INBOX"] * 2
    assert len({m.source_key for m in _stored(office)}) == 2


def test_a_taken_port_is_waited_for_and_the_rest_goes_on(
    office: Flask, settings: Settings, port: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fetch, "PORT_RETRY_SECONDS", 0.1)
    other = socket.create_server(("127.0.0.1", port))
    with running(Intake(settings, office.app_context)):
        until((tmp_path / "Maildir" / "cur").exists)
        (tmp_path / "Maildir" / "new" / "1.a").write_bytes(MAIL)
        until(lambda: _stored(office))
        other.close()
        until(lambda: _listens(port))


def test_a_broken_address_is_said_at_the_start(
    office: Flask, environment: dict[str, str], tmp_path: Path
) -> None:
    settings = read_settings(environment | {"IMAP_URLS": "imaps://mail.example.com/INBOX"}, tmp_path)
    with pytest.raises(SettingsError, match="IMAP_URLS"):
        Intake(settings, office.app_context)

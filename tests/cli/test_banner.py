"""What `helpdesk run` says."""

from pathlib import Path

from helpdesk.cli.banner import banner
from helpdesk.settings import Settings, read_settings

KEY = {"SECRET_KEY": "a key for tests, long enough to be taken"}


def said(**environment: str) -> str:
    """The banner under these settings."""
    settings: Settings = read_settings({**KEY, **environment}, Path("/srv/helpdesk"))
    return banner(settings, ["support@helpdesk.example"], [])


def test_without_a_mail_server_it_says_that_nothing_leaves() -> None:
    words = said()
    assert "http://127.0.0.1:8000" in words
    assert "SMTP on 127.0.0.1:2525, for support@helpdesk.example" in words
    assert "/srv/helpdesk/var/outbox (no SMTP_URL is set: nothing leaves)" in words
    assert "Demo" not in words


def test_passwords_are_not_printed() -> None:
    words = said(
        IMAP_URLS="imaps://desk:hunter2@imap.example/INBOX,imaps://two:hunter3@imap.example/INBOX",
        SMTP_URL="smtps://desk:hunter4@smtp.example:465",
        SMTP_LISTEN="off",
    )
    assert "IMAP desk@imap.example\n                 IMAP two@imap.example\n" in words
    assert "through smtp.example:465" in words
    assert "hunter" not in words
    assert "SMTP on" not in words


def test_a_system_that_takes_no_mail_says_so() -> None:
    assert "nowhere: SMTP_LISTEN is off" in said(SMTP_LISTEN="off")


def test_whoever_listens_everywhere_reads_an_address_that_works() -> None:
    assert "http://127.0.0.1:9000" in said(WEB_LISTEN="0.0.0.0:9000")
    assert "http://[::1]:9000" in said(WEB_LISTEN="[::]:9000")

"""Mailboxes that administrators set up: fetched with password or token, tried, paused, and quiet about old mail."""

import json
import os
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select, text

from helpdesk.actions import manage_mailboxes
from helpdesk.actions.handle_mail import handle_due
from helpdesk.actions.live_promises import live_book
from helpdesk.actions.manage_mailboxes import Wish
from helpdesk.core import clock
from helpdesk.core.actors import Actor
from helpdesk.core.errors import Forbidden, InvalidInput, SettingsError
from helpdesk.core.vault import Vault
from helpdesk.db import db
from helpdesk.jobs.fetch import Intake
from helpdesk.mail.models import MailAccount, Mailbox, MailSource, OutgoingMail, RawMail
from helpdesk.settings import Settings
from helpdesk.sla.terms import Place, Whose
from helpdesk.tickets.models import Ticket, TicketMessage
from tests.adapters.dovecot import PASSWORD, USER, Dovecot
from tests.adapters.oauth_server import CLIENT, CLIENT_SECRET, OAuthServer
from tests.jobs.running import running, until
from tests.support import require
from tests.support.builders import a_mailbox, an_agent

pytestmark = [pytest.mark.loopback, pytest.mark.dovecot, pytest.mark.database("sqlite")]

MAIL = b"From: anna@customer.example\r\nSubject: Frage\r\nMessage-ID: <%d@customer.example>\r\n\r\nGuten Tag %d\r\n"


@pytest.fixture(scope="module")
def provider(loopback: None) -> Iterator[OAuthServer]:
    server = OAuthServer(USER)
    yield server
    server.close()


@pytest.fixture(scope="module")
def dovecot(provider: OAuthServer) -> Iterator[Dovecot]:
    server = Dovecot(
        require.check("dovecot"), mechanisms="plain xoauth2", introspection=f"{provider.url}/introspect"
    )
    yield server
    server.remove()


@pytest.fixture(autouse=True)
def empty(dovecot: Dovecot) -> None:
    for folder in ("INBOX", "Processed"):
        dovecot.clear(folder)


@pytest.fixture
def adam(app: Flask) -> Actor:
    """An administrator, in an office with one mailbox of its own."""
    a_mailbox("other@helpdesk.example")
    agent = an_agent("Adam Admin", role="admin")
    return Actor("agent", agent.id, agent.name)


def wish(dovecot: Dovecot, **changes: object) -> Wish:
    """A mailbox on our server, by password."""
    made = Wish(
        address="support@helpdesk.example", name="Support", language="de", host="127.0.0.1", port=dovecot.imap,
        security="none", username=USER, password=PASSWORD, begins_on=date(2020, 1, 1),
    )  # fmt: skip
    return replace(made, **changes)  # type: ignore[arg-type]


def by_token(dovecot: Dovecot, provider: OAuthServer, **changes: object) -> Wish:
    """The same mailbox, by access token."""
    ours = wish(
        dovecot, sign_in="oauth", password="", token_url=provider.token_url, client_id=CLIENT,
        client_secret=CLIENT_SECRET, refresh_token=provider.refresh_token,
    )  # fmt: skip
    return replace(ours, **changes)  # type: ignore[arg-type]


def save(made: Wish, by: Actor, mailbox_id: int | None = None) -> int:
    return manage_mailboxes.save(mailbox_id, made, by=by, now=clock.now())


def rows(app: Flask, model: type) -> list:  # type: ignore[type-arg]
    """All rows, as they are now."""
    with app.app_context():
        return list(db.session.scalars(select(model)))


def test_mail_is_fetched_from_a_mailbox_in_the_database(
    app: Flask, settings: Settings, dovecot: Dovecot, adam: Actor
) -> None:
    save(wish(dovecot), adam)
    db.session.remove()
    dovecot.put(MAIL % (1, 1))
    with running(Intake(settings, app.app_context)):
        until(lambda: dovecot.messages("Processed"), 30)
        until(lambda: [source for source in rows(app, MailSource) if source.succeeded_at], 30)
    [raw] = rows(app, RawMail)
    assert raw.envelope_to == ["support@helpdesk.example"]
    assert not raw.silent


def test_a_mailbox_is_paused_changed_and_added_while_mail_is_fetched(
    app: Flask, settings: Settings, dovecot: Dovecot, adam: Actor
) -> None:
    mailbox = save(wish(dovecot), adam)
    manage_mailboxes.pause(mailbox, paused=True, by=adam)
    db.session.remove()
    dovecot.put(MAIL % (1, 1))
    with running(Intake(settings, app.app_context)):
        with app.app_context():
            save(wish(dovecot, address="third@helpdesk.example", host=""), adam)
            manage_mailboxes.pause(mailbox, paused=False, by=adam)
        until(lambda: dovecot.messages("Processed"), 30)
        with app.app_context():
            manage_mailboxes.pause(mailbox, paused=True, by=adam)
        until(lambda: dovecot.connections() == 0, 30)
        until(lambda: rows(app, MailSource) == [], 30)  # what is paused does not look broken
        dovecot.put(MAIL % (2, 2))
    assert len(rows(app, RawMail)) == 1


def test_mail_is_fetched_by_access_token_and_the_new_refresh_token_is_kept(
    app: Flask, settings: Settings, dovecot: Dovecot, provider: OAuthServer, adam: Actor
) -> None:
    save(by_token(dovecot, provider), adam)
    db.session.remove()
    dovecot.put(MAIL % (1, 1))
    with running(Intake(settings, app.app_context)):
        until(lambda: dovecot.messages("Processed"), 30)
    [account] = rows(app, MailAccount)
    assert manage_mailboxes.secrets_of(account)["refresh_token"] == provider.refresh_token
    dovecot.put(MAIL % (2, 2))
    with running(Intake(settings, app.app_context)):  # a new process, with what was kept
        until(lambda: len(dovecot.messages("Processed")) == 2, 30)


def test_trying_shows_folders_and_what_waits(
    app: Flask, dovecot: Dovecot, provider: OAuthServer, adam: Actor
) -> None:
    dovecot.put(b"Subject: x\r\n\r\n", "Erledigt/Fr&APw-h")
    dovecot.put(MAIL % (1, 1))
    for made in (wish(dovecot), by_token(dovecot, provider)):
        mailbox = save(replace(made, address=f"{made.sign_in}@helpdesk.example"), adam)
        tried = manage_mailboxes.try_connection(mailbox, by=adam)
        assert tried.problem is None
        assert "Erledigt/Früh" in tried.folders
        assert tried.waiting == 1
        assert abs(clock.now() - tried.oldest) < timedelta(minutes=5)  # type: ignore[operator]
    assert len(dovecot.messages()) == 1  # trying takes nothing


def test_mail_is_fetched_from_a_folder_with_an_umlaut(
    app: Flask, settings: Settings, dovecot: Dovecot, adam: Actor
) -> None:
    dovecot.put(MAIL % (7, 7), "Hilfe/Gr&APY-sse")
    save(wish(dovecot, folder="Hilfe/Grösse"), adam)
    db.session.remove()
    with running(Intake(settings, app.app_context)):
        until(lambda: dovecot.messages("Processed"), 30)
    assert len(rows(app, RawMail)) == 1


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"password": "sesame"}, "Authentication failed"),
        ({"folder": "Nowhere"}, "Mailbox doesn't exist"),
        ({"port": 1}, "refused"),
        ({"security": "tls"}, "failed"),
    ],
)
def test_trying_says_it_in_the_servers_own_words_and_never_with_the_password(
    app: Flask, dovecot: Dovecot, adam: Actor, change: dict[str, object], words: str
) -> None:
    tried = manage_mailboxes.try_connection(save(wish(dovecot, **change), adam), by=adam)
    assert words in str(tried.problem)
    assert "sesame" not in str(tried.problem)


def test_trying_says_what_the_token_server_has_against_us(
    app: Flask, dovecot: Dovecot, provider: OAuthServer, adam: Actor
) -> None:
    mailbox = save(by_token(dovecot, provider, address="a@helpdesk.example"), adam)
    manage_mailboxes.keep_refresh_token(manage_mailboxes.account_of(mailbox).id, "an old one")  # type: ignore[union-attr]
    assert "AADSTS700082" in str(manage_mailboxes.try_connection(mailbox, by=adam).problem)
    provider.access_tokens.clear()
    mailbox = save(by_token(dovecot, provider, address="b@helpdesk.example", client_id="nobody"), adam)
    assert "AADSTS7000215" in str(manage_mailboxes.try_connection(mailbox, by=adam).problem)


def test_mail_from_before_the_first_day_becomes_quiet_history(
    app: Flask, settings: Settings, dovecot: Dovecot, adam: Actor
) -> None:
    dovecot.put(MAIL % (1, 1))
    file = next(iter((dovecot.folder / "mail" / USER / "new").iterdir()))
    os.utime(file, (1_600_000_000, 1_600_000_000))  # Dovecot's INTERNALDATE is the file's time
    dovecot.put(MAIL % (2, 2))
    save(wish(dovecot, begins_on=date(2024, 1, 1)), adam)
    db.session.remove()
    with running(Intake(settings, app.app_context)):
        until(lambda: len(dovecot.messages("Processed")) == 2, 30)
    with app.app_context():
        while handle_due(clock.now()):
            pass
        old, new = db.session.scalars(select(Ticket).order_by(Ticket.status))
        assert (old.status, old.due_at, old.label) == ("closed", None, None)
        assert (new.status, new.due_at is None) == ("open", False)
        assert [mail.ticket_number for mail in db.session.scalars(select(OutgoingMail))] == [new.id]
        assert (
            len(list(db.session.scalars(select(TicketMessage).where(TicketMessage.kind == "incoming")))) == 2
        )


def test_secrets_are_sealed_and_another_key_does_not_open_them(
    app: Flask, dovecot: Dovecot, adam: Actor
) -> None:
    mailbox = save(wish(dovecot), adam)
    [(sealed,)] = db.session.execute(text("SELECT sealed FROM mail_account"))
    assert PASSWORD not in sealed
    assert json.loads(Vault(b"a key for tests, long enough to be taken").open(sealed)) == {
        "password": PASSWORD
    }
    with pytest.raises(SettingsError):
        Vault(b"another key, which is also long enough").open(sealed)
    save(wish(dovecot, password="", team="Berne"), adam, mailbox)  # left empty: stays as it is
    assert manage_mailboxes.secrets_of(manage_mailboxes.account_of(mailbox)) == {"password": PASSWORD}  # type: ignore[arg-type]


def test_a_stored_password_never_goes_to_another_server(app: Flask, dovecot: Dovecot, adam: Actor) -> None:
    mailbox = save(wish(dovecot), adam)
    with pytest.raises(InvalidInput) as refusal:
        save(wish(dovecot, password="", host="evil.example"), adam, mailbox)
    assert refusal.value.data["field"] == "password"


def test_only_administrators_set_mailboxes_up(app: Flask, dovecot: Dovecot, adam: Actor) -> None:
    lea = an_agent("Lea Lead", role="lead")
    lead = Actor("agent", lea.id, lea.name)
    with pytest.raises(Forbidden):
        save(wish(dovecot), lead)
    mailbox = save(wish(dovecot), adam)
    with pytest.raises(Forbidden):
        manage_mailboxes.try_connection(mailbox, by=lead)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"language": "it"}, "language"), ({"name": " "}, "name"), ({"zone": "Mars/Olympus"}, "zone"),
        ({"country": "XX"}, "country"), ({"subdivision": "ZH"}, "country"), ({"address": "nobody"}, "address"),
        ({"port": 0}, "port"), ({"host": "a b"}, "host"), ({"username": "a\nb"}, "username"),
        ({"security": "magic"}, "security"), ({"password": ""}, "password"),
        ({"sign_in": "oauth", "token_url": "http://login.example/token"}, "token_url"),
        ({"sign_in": "oauth", "token_url": "https://login.example/token"}, "client_id"),
    ],
)  # fmt: skip
def test_what_makes_no_sense_is_said_at_its_field(
    app: Flask, dovecot: Dovecot, adam: Actor, change: dict[str, object], field: str
) -> None:
    with pytest.raises(InvalidInput) as refusal:
        save(wish(dovecot, **change), adam)
    assert refusal.value.data["field"] == field
    assert [box.address for box in rows(app, Mailbox)] == ["other@helpdesk.example"]


def test_a_mailbox_has_working_days_of_its_own(app: Flask, tmp_path: Path) -> None:
    book = live_book()
    terms = book.terms(Whose())
    ours = book.calendar(book.office_key(terms, Place()))
    theirs = book.calendar(book.office_key(terms, Place("Europe/Stockholm", "SE")))
    national_day, swiss_day = date(2028, 6, 6), date(2028, 8, 1)
    assert (bool(ours.day(national_day).open), bool(theirs.day(national_day).open)) == (True, False)
    assert (bool(ours.day(swiss_day).open), bool(theirs.day(swiss_day).open)) == (False, True)


def test_credentials_that_no_longer_open_are_said_on_the_health_page(
    app: Flask, settings: Settings, dovecot: Dovecot, adam: Actor
) -> None:
    save(wish(dovecot), adam)
    db.session.execute(text("UPDATE mail_account SET sealed = 'from another key'"))
    db.session.commit()
    db.session.remove()
    with running(Intake(settings, app.app_context)):
        until(lambda: [source for source in rows(app, MailSource) if "SECRET_KEY" in source.error], 30)

"""Settings of mailboxes and texts, signatures by language, and who may read the numbers."""

import pytest
from flask import Flask

from helpdesk.actions import manage_macros, manage_mailboxes
from helpdesk.core import clock
from helpdesk.core.errors import InvalidInput
from helpdesk.db import db
from helpdesk.mail.imap import Round
from helpdesk.mail.models import Mailbox, OutgoingMail
from tests.support.desk import Desk
from tests.web.conftest import Browser
from tests.web.factories import a_macro
from tests.web.stage import french_ticket

pytestmark = pytest.mark.database("sqlite")

FORM = {
    "address": "hilfe@helpdesk.example", "name": "Hilfe", "language": "de", "team": "Bern", "active": "y",
    "host": "imap.helpdesk.example", "port": "993", "security": "tls", "username": "hilfe", "folder": "INBOX",
    "sign_in": "password", "password": "top secret", "begins_on": "2026-11-01", "signature": "Muster AG, Bern",
}  # fmt: skip


def test_an_administrator_adds_a_mailbox_whose_password_is_never_shown_again(
    desk: Desk, adam: Browser
) -> None:
    saved = adam.post("/settings/mailboxes", FORM, follow_redirects=True)
    assert saved.status_code == 200
    mailbox = db.session.query(Mailbox).filter_by(address="hilfe@helpdesk.example").one()
    page = adam.page(f"/settings/mailboxes/{mailbox.id}")
    assert "top secret" not in page
    assert 'value="imap.helpdesk.example"' in page
    account = manage_mailboxes.account_of(mailbox.id)
    assert account is not None
    assert manage_mailboxes.secrets_of(account) == {"password": "top secret"}
    assert (account.begins_at.isoformat(), account.paused) == ("2026-10-31T23:00:00+00:00", False)
    adam.post(f"/settings/mailboxes/{mailbox.id}/pause", {"paused": "yes"})
    assert 'name="paused" value="no"' in adam.page("/settings/mailboxes")


def test_what_is_wrong_stands_at_its_field_and_nothing_typed_is_lost(desk: Desk, adam: Browser) -> None:
    answer = adam.post("/settings/mailboxes", {**FORM, "zone": "Mars"})
    assert answer.status_code == 422
    assert 'id="zone-problem"' in answer.text
    assert 'value="imap.helpdesk.example"' in answer.text
    assert "top secret" not in answer.text


def test_microsoft_and_google_need_no_address_for_tokens(desk: Desk, adam: Browser) -> None:
    tokens = {"sign_in": "microsoft", "client_id": "abc", "client_secret": "s", "refresh_token": "r"}
    adam.post("/settings/mailboxes", {**FORM, **tokens})
    mailbox = db.session.query(Mailbox).filter_by(address="hilfe@helpdesk.example").one()
    account = manage_mailboxes.account_of(mailbox.id)
    assert account is not None
    assert account.token_url == manage_mailboxes.TOKEN_URLS["microsoft"]
    assert 'value="microsoft" selected' in adam.page(f"/settings/mailboxes/{mailbox.id}")


def test_the_health_page_shows_each_source(desk: Desk, anna: Browser) -> None:
    manage_mailboxes.report("imap:a@b.example/INBOX", Round(waiting=2, oldest=clock.now()), clock.now())
    manage_mailboxes.report("imap:c@d.example/INBOX", Round(error="Authentication failed"), clock.now())
    page = anna.page("/health")
    assert "a@b.example/INBOX" in page
    assert "Authentication failed" in page


def test_metrics_are_for_this_machine_or_for_the_token(desk: Desk, stranger: Browser) -> None:
    manage_mailboxes.report('imap:a"b@c.example/INBOX', Round(waiting=2), clock.now())
    answer = stranger.get("/metrics")
    assert answer.content_type == "text/plain; version=0.0.4; charset=utf-8"
    assert 'helpdesk_mail_waiting{queue="incoming"} 0\n' in answer.text
    assert 'helpdesk_mailbox_waiting{mailbox="imap:a\\"b@c.example/INBOX"} 2\n' in answer.text
    elsewhere = {"REMOTE_ADDR": "192.0.2.7"}
    assert stranger.get("/metrics", environ_overrides=elsewhere).status_code == 404
    assert stranger.get("/metrics", headers={"X-Forwarded-For": "192.0.2.7"}).status_code == 404


@pytest.mark.settings(METRICS_TOKEN="a long token")
def test_with_a_token_only_the_token_counts(desk: Desk, stranger: Browser) -> None:
    assert stranger.get("/metrics").status_code == 404
    assert stranger.get("/metrics", headers={"Authorization": "Bearer wrong"}).status_code == 404
    assert stranger.get("/metrics", headers={"Authorization": "Bearer a long token"}).status_code == 200


def test_a_text_is_inserted_in_the_customers_language_with_its_places_filled(
    desk: Desk, anna: Browser
) -> None:
    number = french_ticket(desk, subject="{agent} {{7*7}}")
    macro = a_macro("Hello", de="Guten Tag {name}", fr="Bonjour {name}, #{number} {subject}. {agent}")
    filled = f"Bonjour Carla Compta, #{number} {{agent}} {{{{7*7}}}}. Anna Agent"
    assert anna.page(f"/tickets/{number}/macros/{macro}") == filled
    page = anna.post(f"/tickets/{number}/macro", {"text": "Déjà écrit", "macro": str(macro)}).text
    assert f">Déjà écrit\n\n{filled}</textarea>" in page
    assert db.session.query(OutgoingMail).count() == 0


def test_leads_write_texts_and_unknown_places_are_refused(desk: Desk, lea: Browser) -> None:
    answer = lea.post("/settings/macros", {"name": "Gruss", "text-de": "Guten Tag {nome}"})
    assert answer.status_code == 422
    assert "{nome}" in answer.text
    lea.post("/settings/macros", {"name": "Gruss", "text-de": "Guten Tag {name}"})
    [macro] = manage_macros.macros()
    assert macro.texts == {"de": "Guten Tag {name}"}
    with pytest.raises(InvalidInput):
        manage_macros.save(None, "Empty", {}, by=desk.actor(desk.lea))
    lea.post(f"/settings/macros/{macro.id}", {"then": "delete"})
    assert manage_macros.macros() == []


def test_answers_end_with_the_signature_of_their_language_and_of_the_mailbox(
    app: Flask, desk: Desk, anna: Browser, adam: Browser
) -> None:
    form = {"language": "en", "theme": "system", "signature": "Anna", "signature-fr": "Anna, à votre service"}
    anna.post("/profile", form)
    assert "à votre service" in anna.page("/profile")
    own = {"address": desk.mailbox.address, "name": "S", "language": "de", "active": "y"}
    adam.post(f"/settings/mailboxes/{desk.mailbox.id}", {**own, "signature": "Muster Software AG"})
    anna.post(f"/tickets/{french_ticket(desk)}/replies", {"text": "Voilà."})
    [mail] = db.session.query(OutgoingMail).all()
    assert mail.body_text == "Voilà.\n\nAnna, à votre service\n\nMuster Software AG\n"

"""An administrator connects a mailbox at its provider: only in the browser that asked, once, and soon."""

from collections.abc import Iterator
from datetime import date
from urllib.parse import urlsplit

import pytest

from helpdesk.actions import connect_mailbox, manage_mailboxes
from helpdesk.actions.manage_mailboxes import TOKEN_URLS, Wish
from helpdesk.core import clock
from helpdesk.core.errors import InvalidInput
from helpdesk.db import db
from helpdesk.mail.models import MailAccount
from tests.adapters.oauth_server import CLIENT, CLIENT_SECRET, OAuthServer
from tests.support.desk import Desk
from tests.web.conftest import Browser

USER = "hilfe@helpdesk.example"


@pytest.fixture(scope="module")
def provider(loopback: None) -> Iterator[OAuthServer]:
    server = OAuthServer(USER)
    yield server
    server.close()


pytestmark = [pytest.mark.loopback, pytest.mark.database("sqlite")]


@pytest.fixture
def environment(environment: dict[str, str], provider: OAuthServer) -> dict[str, str]:
    return environment | {"OAUTH_AUTHORIZE_URL": provider.authorize_url}


@pytest.fixture
def mailbox(desk: Desk, provider: OAuthServer) -> int:
    """A mailbox that nobody has given access to yet."""
    return _save(desk, token_url=provider.token_url)


def _save(desk: Desk, **changes: str) -> int:
    wish = Wish(
        address=USER, name="Hilfe", language="de", host="imap.example.com", username=USER, sign_in="oauth",
        client_id=CLIENT, client_secret=CLIENT_SECRET, begins_on=date(2026, 11, 1), **changes,
    )  # fmt: skip
    return manage_mailboxes.save(None, wish, by=desk.actor(desk.adam), now=clock.now())


def _account(mailbox: int) -> MailAccount:
    db.session.rollback()
    found = manage_mailboxes.account_of(mailbox)
    assert found is not None
    return found


def _token(mailbox: int) -> str:
    return manage_mailboxes.secrets_of(_account(mailbox))["refresh_token"]


def _asked(browser: Browser, mailbox: int) -> str:
    """Presses the button; where the browser is led."""
    page = browser.post(f"/settings/mailboxes/{mailbox}/connection")
    assert page.status_code == 200
    return (
        page.text.split('rel="noreferrer"')[0].rpartition('href="')[2].partition('"')[0].replace("&amp;", "&")
    )


def _back(address: str) -> str:
    parts = urlsplit(address)
    return f"{parts.path}?{parts.query}"


def test_who_agrees_at_the_provider_has_connected_the_mailbox(
    desk: Desk, adam: Browser, mailbox: int, provider: OAuthServer
) -> None:
    assert _token(mailbox) == ""
    version = _account(mailbox).version
    answer = adam.get(_back(provider.agree(_asked(adam, mailbox))))
    assert answer.location.endswith(f"/settings/mailboxes/{mailbox}")
    assert _token(mailbox) == provider.refresh_token
    assert _account(mailbox).version == version + 1  # the fetcher begins anew
    account = manage_mailboxes.connected(_account(mailbox))
    assert account.token is not None
    assert account.token() in provider.access_tokens
    assert provider.refresh_token not in adam.page(f"/settings/mailboxes/{mailbox}")


def test_an_answer_counts_once_and_only_where_it_was_asked_for(
    desk: Desk, adam: Browser, mailbox: int, provider: OAuthServer, app
) -> None:  # type: ignore[no-untyped-def]
    asked = _asked(adam, mailbox)
    elsewhere = provider.agree(asked.replace("state=", "state=x"))
    adam.get(_back(elsewhere))
    assert _token(mailbox) == ""  # another state: somebody else's answer, and the question is spent
    adam.get(_back(provider.agree(asked)))
    assert _token(mailbox) == ""
    first = _back(provider.agree(_asked(adam, mailbox)))
    assert adam.get(first).status_code == 303
    kept = _token(mailbox)
    assert kept
    adam.get(first)
    assert _token(mailbox) == kept


def test_strangers_agents_and_late_answers_connect_nothing(
    desk: Desk, adam: Browser, anna: Browser, stranger: Browser, mailbox: int, provider: OAuthServer
) -> None:
    back = _back(provider.agree(_asked(adam, mailbox)))
    assert anna.get(back).status_code == 403
    assert "/sign-in" in stranger.get(back).location
    desk.clock.move(minutes=16)
    adam.get(back)
    assert _token(mailbox) == ""


def test_what_the_provider_says_instead_is_told_with_what_to_do(
    desk: Desk, adam: Browser, mailbox: int
) -> None:
    state = _asked(adam, mailbox).partition("state=")[2].partition("&")[0]
    refused = adam.get(
        f"/settings/mailboxes/connected?error=access_denied&error_description=declined&state={state}",
        follow_redirects=True,
    )
    assert "access_denied: declined" in refused.text
    begun = connect_mailbox.start(mailbox, redirect_uri="x", by=desk.actor(desk.adam), now=clock.now())
    with pytest.raises(InvalidInput):
        connect_mailbox.finish(
            begun.sealed + "x", state="", code="c", problem="", redirect_uri="x",
            by=desk.actor(desk.adam), now=clock.now(),
        )  # fmt: skip


@pytest.mark.parametrize(
    ("name", "host", "scope"),
    [
        ("microsoft", "login.microsoftonline.com", "SMTP.Send+offline_access"),
        ("google", "accounts.google.com", "https%3A%2F%2Fmail.google.com%2F"),
    ],
)
def test_microsoft_and_google_are_asked_for_reading_sending_and_lasting_access(
    desk: Desk, adam: Browser, name: str, host: str, scope: str
) -> None:
    address = _asked(adam, _save(desk, token_url=TOKEN_URLS[name]))
    assert urlsplit(address).hostname == host
    for part in (scope, "code_challenge=", "code_challenge_method=S256", "access_type=offline", "state="):
        assert part in address


def test_a_mailbox_that_is_not_connected_says_so(desk: Desk, adam: Browser, mailbox: int) -> None:
    tried = manage_mailboxes.try_connection(mailbox, by=desk.actor(desk.adam))
    assert "not connected" in str(tried.problem)

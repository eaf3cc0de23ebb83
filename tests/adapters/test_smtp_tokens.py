"""Sending with an access token (XOAUTH2): the same that a mailbox is read with, and a refusal harms no mail."""

import base64
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult
from flask import Flask

from helpdesk.actions import manage_mailboxes
from helpdesk.actions.manage_mailboxes import Wish
from helpdesk.core import clock
from helpdesk.core.actors import Actor
from helpdesk.core.errors import SettingsError, Unavailable
from helpdesk.jobs.sending import AccessTokens
from helpdesk.mail.smtp import SmtpSender, read_server
from tests.adapters.oauth_server import CLIENT, CLIENT_SECRET, OAuthServer
from tests.support.builders import an_agent
from tests.support.ports import free_port

pytestmark = [
    pytest.mark.loopback,
    pytest.mark.database("sqlite"),
    # Said when the server is made and when it answers: there is no TLS on loopback, on purpose.
    pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS"),
]

USER = "hilfe@helpdesk.example"


class TokenServer:
    """A mail server that takes mail only from who shows a token that the provider gave out."""

    def __init__(self, tokens: set[str]) -> None:
        self.tokens, self.taken, self.port = tokens, [], free_port()  # type: ignore[var-annotated]
        self._controller = Controller(
            self, hostname="127.0.0.1", port=self.port, auth_required=True, auth_require_tls=False
        )
        self._controller.start()

    async def auth_XOAUTH2(self, server: SMTP, args: list[str]) -> AuthResult:  # noqa: N802  aiosmtpd's name
        """What Microsoft and Google do: after a refusal a challenge, which an empty answer ends."""
        said = base64.b64decode(args[1]).decode()
        user, token = said.split("\1")[0:2]
        if user == f"user={USER}" and token.removeprefix("auth=Bearer ") in self.tokens:
            return AuthResult(success=True, auth_data=user)
        await server.push("334 " + base64.b64encode(b'{"status":"401"}').decode())
        assert await server._reader.readline() == b"\r\n"
        return AuthResult(success=False, handled=False)

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802
        self.taken.append(bytes(envelope.original_content))
        return "250 OK"

    def close(self) -> None:
        self._controller.stop()


@pytest.fixture(scope="module")
def provider(loopback: None) -> Iterator[OAuthServer]:
    server = OAuthServer(USER)
    yield server
    server.close()


@pytest.fixture
def server(provider: OAuthServer) -> Iterator[TokenServer]:
    made = TokenServer(provider.access_tokens)
    yield made
    made.close()


def _sender(port: int, token: Any) -> SmtpSender:
    return SmtpSender(
        read_server(f"smtp://hilfe%40helpdesk.example@127.0.0.1:{port}?auth=xoauth2"), token=token
    )


def test_mail_leaves_with_the_token_of_the_mailbox(
    app: Flask, provider: OAuthServer, server: TokenServer
) -> None:
    agent = an_agent("Adam Admin", role="admin")
    wish = Wish(
        address=USER, name="Hilfe", language="de", host="imap.example.com", username=USER, sign_in="oauth",
        client_id=CLIENT, client_secret=CLIENT_SECRET, token_url=provider.token_url,
        refresh_token=provider.refresh_token, begins_on=date(2026, 11, 1),
    )  # fmt: skip
    manage_mailboxes.save(None, wish, by=Actor("agent", agent.id, agent.name), now=clock.now())
    sender = _sender(server.port, AccessTokens())
    asked = len(provider.asked)
    for n in range(2):
        assert sender.deliver(USER, "vera@kunde.example", b"Subject: %d\r\n\r\nx\r\n" % n).state == "accepted"
    assert len(server.taken) == 2
    assert len(provider.asked) == asked + 1  # one token for both


def test_a_token_that_is_refused_or_missing_lets_mail_wait(app: Flask, server: TokenServer) -> None:
    def none(_user: str) -> str:
        raise Unavailable("This mailbox is not connected yet.")

    for token in (lambda _user: "made up", none, AccessTokens()):
        outcome = _sender(server.port, token).deliver(USER, "vera@kunde.example", b"Subject: x\r\n\r\nx\r\n")
        assert (outcome.state, outcome.away) == ("retry", True)
        assert "made up" not in outcome.detail
    assert server.taken == []


@pytest.mark.parametrize("url", ["smtp://mail.example?auth=xoauth2", "smtp://a@mail.example?auth=plain"])
def test_what_makes_no_sense_is_said(url: str) -> None:
    with pytest.raises(SettingsError):
        read_server(url)

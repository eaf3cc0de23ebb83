"""Browsers with somebody signed in, and posting as a form does, with its token."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from helpdesk.accounts.models import Agent, AgentSession
from helpdesk.accounts.queries import SESSION_PURPOSE
from helpdesk.core import clock
from helpdesk.core.tokens import link_token, token_hash
from helpdesk.db import db, insert_row, transaction
from tests.support.desk import Desk


class Browser:
    """A browser without JavaScript: it keeps cookies, and sends forms with the token of the page."""

    def __init__(self, client: FlaskClient) -> None:
        self.client = client
        self.client.environ_base["HTTP_ACCEPT_LANGUAGE"] = "en"

    def get(self, path: str, **more: Any) -> TestResponse:
        """A page."""
        return self._send("GET", path, **more)

    def page(self, path: str) -> str:
        """The text of a page that must be there."""
        answer = self.get(path, follow_redirects=True)
        assert answer.status_code == 200, f"{path}: {answer.status_code}"
        return answer.text

    def post(
        self, path: str, data: dict[str, Any] | None = None, *, form_on: str = "/profile", **more: Any
    ) -> TestResponse:
        """Sends a form; `form_on` is a page with any form, whose token is used."""
        return self._send("POST", path, data={"csrf_token": self.token(form_on), **(data or {})}, **more)

    def token(self, page: str) -> str:
        """The token in the forms of a page."""
        found = re.search(r'name="csrf_token" value="([^"]+)"', self.get(page).text)
        assert found, f"there is no form on {page}"
        return found[1]

    def _send(self, method: str, path: str, **more: Any) -> TestResponse:
        """Each request in a context of its own, as on a server: the test's own context must not be shared."""
        with self.client.application.app_context():
            answer = self.client.open(path, method=method, **more)
            answer.get_data()
        db.session.rollback()  # what the test reads next is what the request left behind
        return answer


def signed_in(app: Flask, agent: Agent) -> Browser:
    """A browser that holds a session of this agent; hashing a password each time would take the suite minutes."""
    token = link_token()
    now = clock.now()
    with transaction():
        insert_row(
            AgentSession,
            token_hash=token_hash(token, SESSION_PURPOSE),
            agent_id=agent.id,
            started_at=now,
            expires_at=now + timedelta(days=14),
        )
    client = app.test_client()
    with client.session_transaction() as cookie:
        cookie["_user_id"] = token
        cookie["_fresh"] = True
    return Browser(client)


@pytest.fixture
def stranger(app: Flask) -> Browser:
    """Nobody is signed in."""
    return Browser(app.test_client())


@pytest.fixture
def anna(app: Flask, desk: Desk) -> Browser:
    """An agent's browser, in English."""
    return signed_in(app, desk.anna)


@pytest.fixture
def lea(app: Flask, desk: Desk) -> Browser:
    """A lead's browser, in German."""
    return signed_in(app, desk.lea)


@pytest.fixture
def adam(app: Flask, desk: Desk) -> Browser:
    """An administrator's browser, in French."""
    return signed_in(app, desk.adam)


@pytest.fixture
def browser_of(app: Flask) -> Callable[[Agent], Browser]:
    """A browser for any agent."""
    return lambda agent: signed_in(app, agent)

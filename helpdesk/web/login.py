"""Who is signed in: Flask-Login over our own session table, so that every session can be ended at once."""

from typing import Any

from flask import Flask, session
from flask_login import LoginManager, UserMixin, current_user, login_user, logout_user

from helpdesk.accounts.models import Agent
from helpdesk.actions import manage_accounts
from helpdesk.core.clock import now
from helpdesk.db import db


class SignedIn(UserMixin):  # type: ignore[misc]  # Flask-Login has no types
    """An agent together with the session that this browser holds."""

    def __init__(self, agent: Agent, token: str) -> None:
        self.agent = agent
        self.token = token

    def get_id(self) -> str:
        """The session's random token and not the row's number: ending the session ends every copy of it."""
        return self.token


def register(app: Flask) -> None:
    """Installs the manager; sessions are read from the database on each request."""
    manager: Any = LoginManager(app)
    # It would tie sessions to the network address; phones and laptops change theirs all day.
    manager.session_protection = None
    manager.user_loader(_signed_in)


def start_session(token: str, agent: Agent) -> None:
    """Begins with an empty cookie: nothing set before the sign-in survives it (fixation)."""
    session.clear()
    session.permanent = True
    login_user(SignedIn(agent, token))


def end_session() -> str | None:
    """Empties the cookie and returns the token that it held."""
    token = current_user.token if current_user.is_authenticated else None
    logout_user()
    session.clear()
    return token


def current_agent() -> Agent | None:
    """The signed-in agent, or None."""
    return current_user.agent if current_user.is_authenticated else None


def _signed_in(token: str) -> SignedIn | None:
    agent = manage_accounts.agent_of(token, now())
    if agent is None:
        return None
    # Detached: a view may commit or roll back, and the page still names its reader without a new query.
    db.session.expunge(agent)
    return SignedIn(agent, token)

"""Gatekeepers: who may come in, and one function for each noun that an address names."""

from urllib.parse import urlsplit

from flask import redirect, request, url_for
from werkzeug.wrappers import Response

from helpdesk.accounts.models import Agent
from helpdesk.accounts.permissions import Permission, may
from helpdesk.core.actors import Actor
from helpdesk.core.errors import Forbidden
from helpdesk.web.language import speak
from helpdesk.web.login import current_agent


def only_agents() -> Response | None:
    """For a blueprint's before_request: strangers go to the sign-in page, agents get their language."""
    agent = current_agent()
    if agent is not None:
        speak(agent.language)
        return None
    back = request.full_path.rstrip("?") if request.method == "GET" else None
    return redirect(url_for("auth.sign_in", next=back), 303)


def me() -> Agent:
    """The agent whom this page is for; raises Forbidden where no guard let anybody in."""
    agent = current_agent()
    if agent is None:
        raise Forbidden("Sign in first.")
    return agent


def actor() -> Actor:
    """The signed-in agent as the one who acts."""
    agent = me()
    return Actor("agent", agent.id, agent.name)


def require(permission: Permission) -> None:
    """Raises Forbidden when the agent's role does not include it."""
    if not may(me(), permission):
        raise Forbidden("Your role does not include this. Ask a lead or an administrator.")


def same_site_path(target: str | None) -> str | None:
    """`target` if it is a path of this site and nothing else: for redirects after a form."""
    if not target or not target.startswith("/") or target.startswith(("//", "/\\")):
        return None
    if any(character < " " or character in "\\\x7f" for character in target):
        return None
    parts = urlsplit(target)
    return None if parts.scheme or parts.netloc else target


def back_path(default: str) -> str:
    """Where the form was sent from, as a path of this site; else `default`."""
    referrer = urlsplit(request.referrer or "")
    here = f"{referrer.path}?{referrer.query}" if referrer.query else referrer.path
    return (same_site_path(here) if referrer.netloc == request.host else None) or default

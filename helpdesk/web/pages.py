"""Rendering: what every page needs around its content, finished before the template runs (rule 8)."""

from typing import Any

from flask import current_app, g, render_template, request

from helpdesk.accounts.permissions import Permission, may
from helpdesk.core.clock import now
from helpdesk.settings import Settings
from helpdesk.web.login import current_agent


def plain_page(template: str, **values: Any) -> str:
    """A page without the agents' frame: sign-in, errors, offers."""
    settings: Settings = current_app.extensions["helpdesk"]
    agent = None if request.path.startswith("/offers/") else _agent_or_nobody()
    return render_template(
        template,
        vendor=settings.vendor_name,
        theme=agent.theme if agent else "system",
        home="agent.queue" if agent else "auth.sign_in",
        here=request.path,
        **values,
    )


def agent_page(template: str, *, section: str, **values: Any) -> str:
    """A page in the agents' frame; `section` is the entry of the navigation that is marked."""
    agent = current_agent()
    assert agent is not None, "only_agents() guards every page that comes here"
    settings: Settings = current_app.extensions["helpdesk"]
    return render_template(
        template,
        vendor=settings.vendor_name,
        theme=agent.theme,
        me=agent,
        may={permission.value: may(agent, permission) for permission in Permission},
        section=section,
        here=request.full_path.rstrip("?"),
        now=now(),
        **{"rail": g.get("rail"), **values},
    )


def _agent_or_nobody() -> Any:
    # An error page must appear even when the database is the error.
    try:
        return current_agent()
    except Exception:
        return None

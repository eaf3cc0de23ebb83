"""The web door: pages for agents, and token pages for customers."""

from flask import Flask
from flask_wtf import CSRFProtect

from helpdesk.web import (
    agent,
    assets,
    auth,
    booking,
    converters,
    errors,
    filters,
    health,
    icons,
    language,
    login,
    metrics,
    public,
    security,
)


def register(app: Flask) -> None:
    """Installs everything the web needs on the application, in the order in which it runs."""
    app.config.setdefault("WTF_CSRF_TIME_LIMIT", None)  # a tab may stay open overnight; the session ends it
    app.config.setdefault("WTF_CSRF_SSL_STRICT", False)  # proxies and privacy tools drop the Referer
    language.register(app)
    security.register(app)
    errors.register(app)
    login.register(app)
    CSRFProtect(app)
    converters.register(app)
    assets.register(app)
    icons.register(app)
    filters.register(app)
    for part in (auth, agent, public, booking, health, metrics):
        app.register_blueprint(part.blueprint)

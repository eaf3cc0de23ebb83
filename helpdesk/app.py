"""create_app(): the only place where all rooms meet."""

from datetime import time, timedelta

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

from helpdesk import i18n, queue, web
from helpdesk.actions import context
from helpdesk.core.clock import stopwatch
from helpdesk.core.errors import InvalidInput, SettingsError
from helpdesk.core.tokens import Signer
from helpdesk.core.vault import Vault
from helpdesk.db import db
from helpdesk.db.transactions import prepare_engine
from helpdesk.settings import ROOT, Settings, environment, read_settings
from helpdesk.sla.book import first_book
from helpdesk.sla.holidays import PublicHolidays
from helpdesk.tickets.s3_storage import S3Store
from helpdesk.tickets.storage import FileStore
from helpdesk.triage.rules import starter_rules


def create_app(settings: Settings) -> Flask:
    """Builds the application: one Flask object that web, workers and commands run in.

    Raises HelpdeskError with one sentence when a setting or a rule file is broken.
    """
    _check_calendar(settings)
    app = Flask("helpdesk", static_folder=None)
    app.config.update(
        SECRET_KEY=settings.secret_key,
        SQLALCHEMY_DATABASE_URI=settings.database_url,
        SQLALCHEMY_ENGINE_OPTIONS=_engine_options(settings),
        SESSION_COOKIE_SECURE=settings.secure_cookies,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        PERMANENT_SESSION_LIFETIME=timedelta(days=14),
        MAX_CONTENT_LENGTH=settings.max_message_bytes,
    )
    app.extensions["helpdesk"] = settings
    db.init_app(app)
    with app.app_context():
        prepare_engine(db.engine)
    queue.configure(settings.redis_url)
    i18n.live_in(settings.zone)
    context.use(
        context.Context(
            settings=settings,
            signer=Signer(settings.secret_key),
            vault=Vault(settings.secret_key),
            files=S3Store(settings.files_url) if settings.files_url else FileStore(settings.files_dir),
            book=first_book(
                settings.vendor_name,
                settings.zone,
                settings.country,
                settings.subdivision,
                time.fromisoformat(settings.open_from),
                time.fromisoformat(settings.open_until),
            ),
            rules=starter_rules(),
            stopwatch=stopwatch,
        )
    )
    web.register(app)
    if settings.trusted_proxies:
        hops = settings.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]
    return app


def _check_calendar(settings: Settings) -> None:
    """A wrong country is said at the start, not by the first mail."""
    try:
        PublicHolidays(settings.country, settings.subdivision).check()
    except InvalidInput as error:
        raise SettingsError(f"The settings COUNTRY and SUBDIVISION do not fit: {error}") from error


def _engine_options(settings: Settings) -> dict[str, object]:
    if settings.database_url.startswith("sqlite"):
        return {}
    return {"pool_size": settings.web_threads, "max_overflow": 4}


def make_app() -> Flask:
    """The application from the environment, and from the `.env` file beside the code where that is silent."""
    return create_app(read_settings(environment(), ROOT))

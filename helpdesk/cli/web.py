"""`helpdesk web`: the pages, served by gunicorn with threads."""

import os
from typing import TYPE_CHECKING, Any

import click
from gunicorn.app.base import BaseApplication  # type: ignore[import-untyped]
from gunicorn.glogging import Logger  # type: ignore[import-untyped]

from helpdesk.cli import door, lifeline, ports
from helpdesk.db import db, migrate

if TYPE_CHECKING:
    from flask import Flask

# Far below the five seconds in which everything stops: a busy machine needs another one or two to end.
# A request takes far less.
GRACE_SECONDS = 2
_MEMORY = "/dev/shm"  # noqa: S108  gunicorn's heartbeat file, made safely; a slow disk must not look like a hang


class _Logs(Logger):  # type: ignore[misc]  # gunicorn has no types
    """Gunicorn's words go the way of all our logs.

    There is no log of requests: their paths hold the tokens of offers. The proxy in front can keep one.
    """

    def setup(self, cfg: Any) -> None:
        super().setup(cfg)
        self.error_log.handlers = []
        self.error_log.propagate = True


class _Server(BaseApplication):  # type: ignore[misc]  # gunicorn has no types
    """Gunicorn around an application that exists already, so that what is broken was said before."""

    def __init__(self, app: "Flask", options: dict[str, Any]) -> None:
        self._app = app
        self._options = options
        super().__init__()

    def load_config(self) -> None:
        for name, value in self._options.items():
            self.cfg.set(name, value)

    def load(self) -> "Flask":
        return self._app


@click.command()
@click.option(
    "--workers",
    type=click.IntRange(1, 64),
    default=1,
    show_default=True,
    help="Processes, each with WEB_THREADS threads.",
)
@click.pass_context
def web(ctx: click.Context, workers: int) -> None:
    """Serve the pages on WEB_LISTEN."""
    app = door.build(ctx, process="web")
    settings = door.settings_of(app)
    with app.app_context():
        migrate.check(db.engine)
        # No connection may be shared with the processes that are forked next.
        db.engine.dispose()
    ports.check_free(settings.web, "WEB_LISTEN")
    lifeline.hold()
    options = {
        "bind": [settings.web.written],
        "worker_class": "gthread",
        "workers": workers,
        "threads": settings.web_threads,
        "graceful_timeout": GRACE_SECONDS,
        "timeout": 60,
        "loglevel": "warning",
        "logger_class": _Logs,
        "control_socket_disable": True,
        "worker_tmp_dir": _MEMORY if os.path.isdir(_MEMORY) else None,
        # Which forwarded headers count is said by TRUSTED_PROXIES, in one place.
        "secure_scheme_headers": {},
        "forwarder_headers": "",
    }
    _Server(app, options).run()

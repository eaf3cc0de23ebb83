"""Entering the application from a command: built once, with logs, a checked database and a context."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

from helpdesk.core import logs
from helpdesk.db import db, migrate
from helpdesk.settings import Settings

if TYPE_CHECKING:
    from flask import Flask


def build(ctx: click.Context, *, process: str = "", quiet: bool = False) -> "Flask":
    """The application of this command; raises HelpdeskError when a setting is broken.

    `process` names it in the logs; `quiet` leaves out everything below a warning, for commands that people
    type and read the answer of.
    """
    app: Flask = ctx.find_root().obj()
    logs.configure(settings_of(app).log_format, process=process, level="WARNING" if quiet else "INFO")
    return app


def settings_of(app: "Flask") -> Settings:
    """The settings that the application was built with."""
    settings = app.extensions["helpdesk"]
    assert isinstance(settings, Settings)
    return settings


@contextmanager
def inside(ctx: click.Context, *, process: str = "", checked: bool = True) -> Iterator["Flask"]:
    """In the application's context; raises Unavailable unless the database has this version's tables."""
    app = build(ctx, process=process, quiet=not process)
    with app.app_context():
        if checked:
            migrate.check(db.engine)
        yield app

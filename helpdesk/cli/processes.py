"""`helpdesk fetch`, `worker` and `clock`: each may run any number of times, on any number of machines."""

import threading
from typing import TYPE_CHECKING

import click

from helpdesk.cli import door, lifeline
from helpdesk.db import db, migrate
from helpdesk.jobs import clock as clockwork
from helpdesk.jobs.fetch import Intake
from helpdesk.jobs.signals import stop_on_signals
from helpdesk.jobs.worker import Worker

if TYPE_CHECKING:
    from flask import Flask


@click.command()
@click.pass_context
def fetch(ctx: click.Context) -> None:
    """Take mail in, from IMAP_URLS, MAILDIRS and SMTP_LISTEN, and store it before its source forgets it."""
    app, stop = _begin(ctx, "fetch")
    Intake(door.settings_of(app), app.app_context).run(stop)


@click.command()
@click.pass_context
def worker(ctx: click.Context) -> None:
    """Handle stored mail and send what waits in the outbox."""
    app, stop = _begin(ctx, "worker")
    Worker(door.settings_of(app), app.app_context).run(stop)


@click.command()
@click.pass_context
def clock(ctx: click.Context) -> None:
    """Do what is due at a time: expire offers and holds, watch the queues, prove the books each day."""
    app, stop = _begin(ctx, "clock")
    clockwork.run(app.app_context, stop)


def _begin(ctx: click.Context, process: str) -> "tuple[Flask, threading.Event]":
    """The application on a checked database, and the event that TERM, Ctrl-C or a lost parent set."""
    app = door.build(ctx, process=process)
    with app.app_context():
        migrate.check(db.engine)
        db.session.remove()
    stop = stop_on_signals()
    lifeline.hold()
    return app, stop

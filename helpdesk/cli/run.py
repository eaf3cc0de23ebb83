"""`helpdesk run`: the whole system on one machine, in the foreground."""

import http.client
import signal
import threading
from time import monotonic

import click

from helpdesk.cli import demo_sign_ins, door, ports
from helpdesk.cli.banner import banner
from helpdesk.cli.failures import Told
from helpdesk.cli.only_one import only_one
from helpdesk.cli.output import put
from helpdesk.cli.supervisor import Supervisor
from helpdesk.db import db, migrate
from helpdesk.jobs.signals import stop_on_signals
from helpdesk.mail.queries import mailboxes
from helpdesk.settings import Endpoint, Settings

PARTS = ("web", "fetch", "worker", "clock")
# A slow machine that does other things as well; an ordinary one takes two seconds.
START_SECONDS = 90.0
LOOK_SECONDS = 0.2


@click.command()
@click.pass_context
def run(ctx: click.Context) -> None:
    """Start the whole system: web, fetch, worker and clock, each a process of its own.

    A part that dies is started again. Ctrl-C or TERM stops everything within five seconds.
    """
    app = door.build(ctx, process="run")
    settings = door.settings_of(app)
    with only_one(settings.data_dir):
        with app.app_context():
            migrate.check(db.engine)
            words = banner(settings, list(mailboxes()), demo_sign_ins.lines(settings.data_dir))
            db.session.remove()
            db.engine.dispose()
        ports.check_free(settings.web, "WEB_LISTEN")
        if settings.smtp_listen:
            ports.check_free(settings.smtp_listen, "SMTP_LISTEN")
        _supervise(settings, words)


def _supervise(settings: Settings, words: str) -> None:
    stop = stop_on_signals()
    signal.signal(signal.SIGHUP, signal.getsignal(signal.SIGTERM))  # the terminal was closed
    put("Starting ...")
    parts = Supervisor(PARTS)
    try:
        parts.start()
        if _ready(parts, settings, stop):
            put(words)
        while not stop.wait(LOOK_SECONDS):
            parts.tend()
        put("Stopping ...")
    finally:
        parts.stop()
    put("Stopped.")


def _ready(parts: Supervisor, settings: Settings, stop: threading.Event) -> bool:
    """Waits until pages and mail answer; False when told to stop. Raises Told when a part cannot start."""
    until = monotonic() + START_SECONDS
    while not stop.wait(LOOK_SECONDS):
        gone = parts.ended()
        if gone is not None:
            raise Told(f"`helpdesk {gone[0]}` did not start (exit code {gone[1]}); the lines above say why.")
        if _page_answers(settings.web) and (
            settings.smtp_listen is None or ports.answers(settings.smtp_listen)
        ):
            return True
        if monotonic() > until:
            raise Told(f"The system did not answer within {START_SECONDS:.0f} seconds.")
    return False


def _page_answers(endpoint: Endpoint) -> bool:
    connection = http.client.HTTPConnection(endpoint.reachable.host, endpoint.port, timeout=5)
    try:
        connection.request("GET", "/healthz")
        return connection.getresponse().status < 500
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()

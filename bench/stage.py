"""Where a measurement happens: a fresh database and folder with customers and prices."""

from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr
from pathlib import Path
from tempfile import TemporaryDirectory

from flask import Flask

from bench.corpus import CUSTOMERS, LANGUAGES, people
from helpdesk.app import create_app
from helpdesk.core import logs
from helpdesk.core.money import chf
from helpdesk.db import db
from helpdesk.db.migrate import upgrade
from helpdesk.settings import read_settings
from tests.support import require
from tests.support.builders import a_contact, a_customer, a_mailbox, a_price_list
from tests.support.postgres import Cluster

MAILBOX = "support@helpdesk.example"


@contextmanager
def stage(database: str) -> Iterator[Flask]:
    """The application on a new `sqlite` or `postgres` database, durable and logging as in production."""
    with TemporaryDirectory(prefix="helpdesk-bench-") as name, _server(database, Path(name)) as url:
        folder = Path(name) / "data"
        folder.mkdir()
        environment = {
            "HELPDESK_DATA_DIR": str(folder),
            "DATABASE_URL": url,
            "SECRET_KEY": "a key for measuring, long enough to be taken",
            "SMTP_LISTEN": "off",
        }
        settings = read_settings(environment, folder)
        app = create_app(settings)
        logs.configure(settings.log_format)
        with (folder / "log").open("w") as log, redirect_stderr(log), app.app_context():
            upgrade(db.engine)
            _furnish()
            yield app
            db.session.remove()
            db.engine.dispose()


@contextmanager
def _server(database: str, folder: Path) -> Iterator[str]:
    if database == "sqlite":
        yield f"sqlite:///{folder / 'helpdesk.sqlite3'}"
        return
    programs = require.postgres_bin()
    if programs is None:
        raise SystemExit("PostgreSQL is not installed (apt-get install postgresql).")
    cluster = Cluster(programs, durable=True)
    try:
        yield cluster.url(cluster.create())
    finally:
        cluster.remove()


def _furnish() -> None:
    a_price_list()
    a_mailbox(MAILBOX)
    customers = [
        a_customer(
            f"Firma {number:03d}",
            language=LANGUAGES[number % len(LANGUAGES)],
            subscription=("cloud", "update", "cloud", None)[number % 4],
            credit=chf(500) if number % 2 else None,
        )
        for number in range(CUSTOMERS)
    ]
    for person in people():
        a_contact(
            customers[person.customer],
            person.address,
            name=person.name,
            language=person.language,
            limit=chf(1000) if person.customer % 2 else None,
        )

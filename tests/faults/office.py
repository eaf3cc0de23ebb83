"""The whole way of a mail in one process: fetched, stored, handled, answered; every step may be the last.

The steps are each SQL statement that writes, each commit, and both sides of each talk with a mail server. A job may
leave out the statements between a transaction's first and its commit: nothing that they did outlives the process.
"""

import threading
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import event

from helpdesk.actions.deliver_mail import deliver_due
from helpdesk.actions.handle_mail import handle_due
from helpdesk.actions.receive_mail import receive
from helpdesk.app import create_app
from helpdesk.db import db
from helpdesk.mail.imap import Fetcher
from helpdesk.mail.imap_connection import Connection, read_account
from helpdesk.mail.models import OutgoingMail
from helpdesk.mail.outcome import Outcome
from helpdesk.mail.smtp import SmtpSender, read_server
from helpdesk.settings import read_settings
from tests.faults.crash import Fuse


def work(job: dict[str, Any]) -> None:
    """Does a shift: fetches, and at each of the job's `times` does everything that is due then."""
    settings = read_settings(job["environment"], Path(job["environment"]["HELPDESK_DATA_DIR"]))
    fuse = Fuse(job["crash_at"], Path(job["trace"]))
    app = create_app(settings)
    with app.app_context():
        arm(fuse, every_statement=job["every_statement"])
        times = [datetime.fromisoformat(time) for time in job["times"]]
        _fetch(settings.imap_urls[0], fuse, times[0])
        for time in times:
            while handle_due(time):
                fuse.step("after handling")
            while deliver_due(Postman(settings.smtp_url or "", fuse), time):
                fuse.step("after sending")
        db.session.remove()
        db.engine.dispose()


def arm(fuse: Fuse, *, every_statement: bool) -> None:
    """Makes the first write (or each) and both sides of each commit a step of the fuse."""
    written = False

    def statement(_connection: Any, _cursor: Any, sql: str, *_rest: Any) -> None:
        nonlocal written
        words = sql.split()
        if words[0] in ("INSERT", "UPDATE", "DELETE"):
            if every_statement or not written:
                fuse.step("before " + " ".join(words[:3]))
            written = True

    def commit(_connection: Any) -> None:
        nonlocal written
        fuse.step("before COMMIT")
        written = False

    def rolled_back(_connection: Any) -> None:
        nonlocal written
        written = False

    def committed(_session: Any) -> None:
        fuse.in_doubt = False
        fuse.step("after COMMIT")

    event.listen(db.engine, "before_cursor_execute", statement)
    event.listen(db.engine, "commit", commit)
    event.listen(db.engine, "rollback", rolled_back)
    event.listen(db.session, "after_commit", committed)


def _fetch(url: str, fuse: Fuse, now: datetime) -> None:
    account = read_account(url)

    def store(key: str, raw: bytes) -> None:
        fuse.step("after FETCH")
        receive(raw, source=account.source, source_key=key, through_border=True, now=now)
        fuse.step("before MOVE")

    connection = Connection(account)
    try:
        Fetcher(account, store).take_all(connection, threading.Event())
        fuse.step("after MOVE")
    finally:
        connection.close()


class Postman:
    """The real sender, with a step before and after."""

    def __init__(self, url: str, fuse: Fuse) -> None:
        self._sender = SmtpSender(read_server(url))
        self._fuse = fuse

    def send(self, mail: OutgoingMail, message: bytes) -> Outcome:
        """As a Sender does."""
        self._fuse.step("before DATA")
        outcome = self._sender.send(mail, message)
        self._fuse.in_doubt = True
        self._fuse.step("after DATA")
        return outcome

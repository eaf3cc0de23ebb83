"""A mailbox on a real server, its fetcher and the office's worker, each moved by the test and not by time."""

import threading
from collections import Counter
from email import message_from_bytes

from sqlalchemy import select

from helpdesk.actions.receive_mail import receive
from helpdesk.core import clock
from helpdesk.db import db
from helpdesk.mail.imap import Fetcher
from helpdesk.mail.imap_connection import Account, Connection, ImapTrouble
from helpdesk.mail.models import RawMail
from helpdesk.tickets.models import TicketMessage
from tests.adapters.dovecot import PASSWORD, USER, Dovecot
from tests.support.desk import Desk
from tests.support.letters import letter


class Mailroom:
    """What lies in the mailbox becomes tickets of `desk`; `holds` says what must be true in the end."""

    def __init__(self, desk: Desk, dovecot: Dovecot) -> None:
        self.desk, self.dovecot = desk, dovecot
        self.delivered: list[bytes] = []
        for folder in ("INBOX", "Processed"):
            dovecot.clear(folder)

    def deliver(self, count: int, text: str = "Wie drucke ich das?") -> list[bytes]:
        """That many new mails, each of another stranger, arrive."""
        first = len(self.delivered)
        new = [
            letter(f"{text} ({n})", subject=f"Frage {n}", sender=f"person{n}@customer.example")
            for n in range(first, first + count)
        ]
        for raw in new:
            self.dovecot.put(raw)
        self.delivered += new
        return new

    def account(self, port: int | None = None) -> Account:
        """Our account at the server, reached directly or by the port of a line that breaks."""
        return Account("127.0.0.1", port or self.dovecot.imap, "none", USER, PASSWORD, "INBOX")

    def fetch(self, port: int | None = None) -> str | None:
        """A new process connects and looks once; returns what went wrong with the server, None for nothing."""
        account = self.account(port)
        connection: Connection | None = None

        def store(key: str, raw: bytes) -> None:
            receive(raw, source=account.source, source_key=key, through_border=True, now=clock.now())

        try:
            connection = Connection(account)
            Fetcher(account, store).take_all(connection, threading.Event())
        except ImapTrouble as trouble:
            return str(trouble)
        finally:
            if connection is not None:
                connection.close()
        return None

    def raw(self) -> list[bytes]:
        """What is stored, each delivery."""
        db.session.rollback()
        return list(db.session.scalars(select(RawMail.raw)))

    def holds(self) -> None:
        """Each mail that was delivered is one message and one answer, and the mailbox is done with."""
        self.desk.work()
        assert self.dovecot.messages("INBOX") == []
        assert sorted(self.dovecot.messages("Processed")) == sorted(self.delivered)
        self.each_is_one_message()

    def each_is_one_message(self) -> None:
        """Each mail that was delivered is one message and was answered once."""
        db.session.rollback()
        assert {mail.state for mail in self.desk.raw_mails()} == {"done"}
        incoming = (
            select(RawMail.raw)
            .join(TicketMessage, TicketMessage.raw_mail_id == RawMail.id)
            .where(TicketMessage.kind == "incoming")
        )
        assert Counter(db.session.scalars(incoming)) == Counter(self.delivered)
        answers = Counter(message_from_bytes(raw)["Message-ID"] for _to, raw in self.desk.postman.sent)
        assert set(answers.values()) == {1}
        assert len(answers) == len(self.delivered)

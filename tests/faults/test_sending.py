"""F4 to F9 of the fault plan: a mail server that breaks, hangs, refuses or is away, and what becomes of the mail.

F3, the process that dies between the server's yes and our commit, is a step of the kill loop.
"""

from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from email import message_from_bytes

import pytest
from flask import Flask

from helpdesk.actions import answer_ticket
from helpdesk.actions.deliver_mail import deliver_due
from helpdesk.db import db
from helpdesk.jobs.worker import Worker
from helpdesk.mail.models import OutgoingMail
from helpdesk.mail.smtp import SmtpSender, read_server
from helpdesk.settings import Settings, read_settings
from tests.adapters.smtp_sink import SmtpSink
from tests.jobs.running import running, until
from tests.support.desk import Desk
from tests.web.stage import contact, french_ticket, german_ticket

pytestmark = [pytest.mark.loopback, pytest.mark.database("sqlite")]

CARLA, INA = "compta@muster.example", "info@beispiel.example"


@pytest.fixture
def sink() -> Iterator[SmtpSink]:
    with SmtpSink() as server:
        yield server


class Office:
    """Answers that are waiting, and a sender that takes them to the sink as time goes by."""

    def __init__(self, desk: Desk, sink: SmtpSink) -> None:
        self.desk, self.sink = desk, sink

    def answer(self, number: int, text: str) -> None:
        answer_ticket.reply(number, text, by=self.desk.actor(self.desk.anna), now=self.desk.clock.now)

    def send(self, **span: float) -> list[OutgoingMail]:
        """Some time goes by, and everything that is due is tried; all mails as they are then."""
        self.desk.clock.move(**span)
        sender = SmtpSender(read_server(f"smtp://127.0.0.1:{self.sink.port}"))
        while deliver_due(sender, self.desk.clock.now):
            pass
        return self.desk.outbox()


@pytest.fixture
def office(desk: Desk, sink: SmtpSink) -> Office:
    return Office(desk, sink)


def ids(messages: list[bytes]) -> Counter[str]:
    """How often each Message-ID came."""
    return Counter(message_from_bytes(raw)["Message-ID"] for raw in messages)


def states(mails: list[OutgoingMail]) -> Counter[str]:
    return Counter(mail.state for mail in mails)


def test_f4_closed_after_the_dot_goes_once_more_and_then_asks(office: Office, sink: SmtpSink) -> None:
    sink.mode = "close_after_dot"
    for n in range(5):
        office.answer(french_ticket(office.desk), f"Réponse {n}")
    mails = office.send(seconds=11)
    assert states(mails) == {"unknown": 5}
    assert all(mail.due_at - office.desk.clock.now >= timedelta(minutes=10) for mail in mails)
    office.send(minutes=5)
    assert len(sink.arrived) == 5  # nothing before its time
    office.send(minutes=6)
    office.send(days=1)
    assert set(ids(sink.arrived).values()) == {2}  # the very same mail, which receivers recognise
    assert len(ids(sink.arrived)) == 5
    assert office.desk.history().count("mail_in_doubt") == 5


def test_f4_closed_once_after_the_dot_is_sent_in_the_end(office: Office, sink: SmtpSink) -> None:
    sink.mode = "close_after_dot"
    office.answer(french_ticket(office.desk), "Réponse")
    office.send(seconds=11)
    sink.mode = "accept"
    assert states(office.send(minutes=11)) == {"sent": 1}
    assert set(ids(sink.arrived).values()) == {2}


@pytest.mark.settings(SMTP_URL="smtp://127.0.0.1:1")
def test_f5_a_server_that_thinks_after_the_dot_holds_up_nobody_else(
    app: Flask, office: Office, sink: SmtpSink, settings: Settings, environment: dict[str, str]
) -> None:
    sink.hanging.add(CARLA)
    office.answer(french_ticket(office.desk), "Celle-ci attend.")
    for n in range(8):
        office.answer(german_ticket(office.desk), f"Antwort {n}")
    office.desk.clock.move(seconds=11)
    office.desk.work = lambda: None  # type: ignore[method-assign]
    db.session.remove()
    there = environment | {"SMTP_URL": f"smtp://127.0.0.1:{sink.port}"}
    with running(Worker(read_settings(there, settings.data_dir), app.app_context)):
        until(lambda: len(sink.taken) == 8)
        until(lambda: len(sink.arrived) == 9)
        sink.close()
        until(lambda: states(office.desk.outbox()) == {"sent": 8, "unknown": 1})
    assert {recipient for _sender, recipient, _raw in sink.taken} == {INA}


def test_f6_a_goodbye_that_fails_is_no_failed_mail(office: Office, sink: SmtpSink) -> None:
    sink.mode = "accept_then_421"
    office.answer(french_ticket(office.desk), "Réponse")
    assert states(office.send(seconds=11)) == {"sent": 1}
    office.send(days=1)
    assert len(sink.taken) == 1


@pytest.mark.parametrize("mode", ["451", "greylist"])
def test_f7_half_an_hour_of_not_now_loses_doubles_and_reorders_nothing(
    office: Office, sink: SmtpSink, mode: str
) -> None:
    sink.mode = mode
    number = french_ticket(office.desk)
    for n in range(3):
        office.answer(number, f"Réponse {n}")
        office.answer(german_ticket(office.desk), f"Antwort {n}")
        office.send(minutes=1)
    for _ in range(30):
        office.send(minutes=1)
    assert sink.taken == []
    sink.mode = "accept"
    for _ in range(90):
        mails = office.send(minutes=1)
    assert states(mails) == {"sent": 6}
    assert set(ids([raw for *_, raw in sink.taken]).values()) == {1}
    texts = [message_from_bytes(raw) for _from, to, raw in sink.taken if to == CARLA]
    bodies = [part.get_payload(0).get_payload(decode=True).decode() for part in texts]  # type: ignore[union-attr]
    assert [body.split()[1] for body in bodies] == ["0", "1", "2"]


def test_f8_a_refused_receiver_is_seen_and_nobody_else_is_troubled(office: Office, sink: SmtpSink) -> None:
    sink.refused.add(CARLA)
    for n in range(3):
        office.answer(french_ticket(office.desk), f"Réponse {n}")
        office.answer(german_ticket(office.desk), f"Antwort {n}")
    office.send(seconds=11)
    mails = office.send(days=2)
    assert {mail.to_address: mail.state for mail in mails} == {CARLA: "failed", INA: "sent"}
    assert (
        sum(command.lower().startswith("rcpt to:<compta@") for command in sink.commands) == 3
    )  # no storm of retries
    assert [mail.error for mail in mails if mail.state == "failed"] == ["550 5.1.1 nobody here"] * 3
    assert office.desk.history().count("mail_failed") == 3
    assert contact(CARLA).mail_fails_since is not None
    assert contact(INA).mail_fails_since is None


def test_f9_a_server_that_comes_back_gets_everything_at_once_and_once(office: Office, sink: SmtpSink) -> None:
    for n in range(30):
        office.answer(french_ticket(office.desk), f"Réponse {n}")
    sink.close()
    for _ in range(10):
        mails = office.send(seconds=31)
        # One found out for all: the others were not tried one by one.
        assert sum(mail.error is not None for mail in mails) <= 10
    assert states(mails) == {"queued": 30}
    assert {mail.attempts for mail in mails} == {0}
    with SmtpSink(port=sink.port) as again:
        office.sink = again
        assert states(office.send(seconds=31)) == {"sent": 30}
        assert set(ids([raw for *_, raw in again.taken]).values()) == {1}


def test_bounces_come_back_to_the_signed_address_where_the_server_lets_us(
    office: Office, sink: SmtpSink
) -> None:
    office.answer(french_ticket(office.desk), "Réponse")
    office.desk.clock.move(seconds=11)
    [mail] = office.desk.outbox()
    for tagged, expected in ((True, mail.reply_to), (False, mail.from_address)):
        sender = SmtpSender(read_server(f"smtp://127.0.0.1:{sink.port}"), tagged_bounces=tagged)
        sender.send(mail, b"Subject: x\r\n\r\nx\r\n")
        assert sink.taken[-1][0] == expected

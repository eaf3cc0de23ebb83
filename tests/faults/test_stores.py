"""F19, F22 and F23 of the fault plan: a database that answers too late, a full disk, a Redis that forgets."""

import os
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from itertools import count

import pytest
from flask import Flask
from sqlalchemy.exc import OperationalError

from helpdesk import queue
from helpdesk.actions import answer_ticket
from helpdesk.actions.answer_ticket import Upload
from helpdesk.actions.receive_mail import receive
from helpdesk.billing.ledger_check import check_ledger
from helpdesk.core import clock
from helpdesk.core.errors import Unavailable
from helpdesk.core.money import chf
from helpdesk.db import db
from helpdesk.jobs import worker as worker_module
from helpdesk.jobs.worker import Worker
from helpdesk.settings import Settings
from helpdesk.tickets.models import Attachment
from tests.faults.cutting_proxy import CuttingProxy
from tests.faults.small_disk import small_disk
from tests.jobs.running import running, until
from tests.journeys.test_urgent import asked, held, token_of
from tests.support.databases import Databases
from tests.support.desk import Desk
from tests.support.letters import letter
from tests.support.postgres import Cluster
from tests.support.redis import RedisServer
from tests.web.conftest import Browser

FILE = ("liste.pdf", "application/pdf", os.urandom(600_000))


class TestTheAnswerToCommitIsLost:
    """F19: the server has committed, and the line is cut before it can say so."""

    pytestmark = [pytest.mark.loopback, pytest.mark.database("postgres")]

    @pytest.fixture
    def line(self, postgres_cluster: Cluster, loopback: None) -> Iterator[CuttingProxy]:
        with CuttingProxy(f"{postgres_cluster.folder}/.s.PGSQL.5432") as line:
            yield line

    @pytest.fixture
    def environment(
        self, databases: Databases, line: CuttingProxy, environment: dict[str, str]
    ) -> dict[str, str]:
        """Everything goes over that line."""
        name = environment["DATABASE_URL"].partition("@/")[2].partition("?")[0]
        return environment | {"DATABASE_URL": f"postgresql://postgres@127.0.0.1:{line.port}/{name}"}

    def test_f19_a_mail_is_one_message_and_one_answer_whichever_answer_is_lost(
        self, desk: Desk, line: CuttingProxy
    ) -> None:
        delivered = []
        for skip in count():
            raw = letter(f"Wie drucke ich Beleg {skip}?", sender=f"person{skip}@customer.example")
            delivered.append(raw)
            before = line.cuts
            line.after_server_did(rb"COMMIT\0", rb"COMMIT\0", skip=skip)
            for _ in range(2):  # whoever delivers does it again when it got no answer
                with suppress(OperationalError):
                    receive(raw, source="test", source_key=f"key {skip}", now=clock.now())
                    break
            with suppress(OperationalError):
                desk.work()
            if line.cuts == before:
                break
            for _ in range(3):  # past each lease
                desk.clock.move(minutes=25)
                desk.work()
        assert len(delivered) > 4
        assert Counter(mail.state for mail in desk.raw_mails()) == {"done": len(delivered)}
        assert {mail.path[-1]["step"] for mail in desk.raw_mails()} == {"handled"}
        incoming = [message for message in desk.messages() if message.kind == "incoming"]
        assert len(incoming) == len(desk.tickets()) == len(delivered)
        assert len(desk.postman.sent) == len({mail.message_id for mail in desk.outbox()}) == len(delivered)

    def test_f19_a_buyer_is_told_nothing_false_and_pays_once(
        self, app: Flask, desk: Desk, line: CuttingProxy
    ) -> None:
        page = f"/offers/{token_of(asked(desk))}"
        buyer = Browser(app.test_client())
        buyer.get(page)
        form = {"name": "Carla Compta", "csrf_token": buyer.token(page)}
        line.after_server_did(rb"COMMIT\0", rb"COMMIT\0")
        answer = buyer._send("POST", f"{page}/acceptance", data=form)
        assert line.cuts == 1
        assert answer.status_code == 503
        assert held(desk) == chf(200)
        assert "Carla Compta" in buyer.page(page)  # who looks again sees that it was accepted
        buyer._send("POST", f"{page}/acceptance", data=form)
        assert held(desk) == chf(200)
        assert check_ledger() == []


@pytest.mark.database("postgres")
def test_f22_no_message_without_its_files(desk: Desk, settings: Settings) -> None:
    desk.mail_in("Une question", subject="Avant")
    number, before = desk.ticket().id, len(desk.messages())
    with small_disk(settings.files_dir, 300):
        desk.mail_in("Avec un fichier", sender="info@beispiel.example", attachments=[FILE])
        desk.mail_in("Sans fichier", sender="ekonomi@exempel.example")
        assert Counter(mail.state for mail in desk.raw_mails()) == {"done": 2, "due": 1}
        with pytest.raises(Unavailable):
            answer_ticket.reply(
                number,
                "Voici",
                by=desk.actor(desk.anna),
                now=clock.now(),
                attachments=[Upload(*FILE)],
            )
        assert len(desk.messages(number)) == before
        assert db.session.scalars(db.select(Attachment)).all() == []
        for _ in range(5):  # a full disk is nobody's fault: it is no attempt
            desk.clock.move(minutes=2)
            desk.work()
        assert {mail.attempts for mail in desk.raw_mails() if mail.state == "due"} == {0}
    desk.clock.move(minutes=2)
    desk.work()
    assert Counter(mail.state for mail in desk.raw_mails()) == {"done": 3}
    [file] = db.session.scalars(db.select(Attachment))
    assert (settings.files_dir / file.sha256[:2] / file.sha256).read_bytes() == FILE[2]


@pytest.mark.redis
@pytest.mark.database("sqlite")
@pytest.mark.parametrize("fault", ["flushed", "killed", "full"])
def test_f23_redis_forgets_and_the_sweep_does_everything(
    app: Flask, desk: Desk, environment: dict[str, str], redis_server: RedisServer, settings: Settings,
    fault: str, monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setattr(worker_module, "SWEEP_SECONDS", 1.0)
    db.session.remove()
    with running(Worker(settings, app.app_context)):
        for n in range(12):
            raw = letter(f"Wie drucke ich Beleg {n}?", sender=f"person{n}@customer.example")
            receive(raw, source="test", source_key=str(n), now=clock.now())
            if n == 4:
                _break(redis_server, fault)
            if n > 4 and fault == "flushed":
                redis_server.flush()
        until(lambda: len(list(settings.outbox_dir.glob("*.eml"))) == 12, 30)
    assert Counter(mail.state for mail in desk.raw_mails()) == {"done": 12}
    assert {mail.attempts for mail in desk.raw_mails()} == {1}
    assert len(desk.tickets()) == 12


@pytest.fixture
def environment(request: pytest.FixtureRequest, environment: dict[str, str]) -> Iterator[dict[str, str]]:
    """With Redis where a test asks for one."""
    if "redis_server" not in request.fixturenames:
        yield environment
        return
    server: RedisServer = request.getfixturevalue("redis_server")
    server.flush()
    yield environment | {"REDIS_URL": server.url}
    _mend(server)
    queue.configure(None)


def _break(server: RedisServer, fault: str) -> None:
    if fault == "flushed":
        server.flush()
    elif fault == "killed":
        server.kill()
    else:
        with queue.connect(server.url, 1) as connection:
            connection.config_set("maxmemory", 1)


def _mend(server: RedisServer) -> None:
    try:
        with queue.connect(server.url, 1) as connection:
            connection.config_set("maxmemory", 0)
    except queue.QueueAway:
        server.start()

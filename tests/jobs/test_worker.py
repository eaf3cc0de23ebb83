"""The worker: a stored mail is soon a ticket with its answer sent, with Redis and without."""

import email
import threading
import time
from collections.abc import Iterator
from itertools import count
from typing import Any

import pytest
from flask import Flask
from rq import Queue
from rq import Worker as RqWorker
from sqlalchemy import func, select, text

from helpdesk import queue
from helpdesk.actions.receive_mail import receive
from helpdesk.core import clock
from helpdesk.core.errors import SettingsError
from helpdesk.db import db
from helpdesk.jobs import wakes
from helpdesk.jobs import worker as worker_module
from helpdesk.jobs.worker import SWEEP_SECONDS, Worker, run_sweep
from helpdesk.mail.models import OutgoingMail, RawMail
from helpdesk.settings import Settings
from helpdesk.tickets.models import TicketMessage
from tests.jobs.running import running, until
from tests.support.builders import a_mailbox, a_price_list
from tests.support.letters import letter
from tests.support.redis import RedisServer

_numbers = count(1)
# Usually a quarter of a second; a busy machine gets more, but less than a sweep takes to come round.
SOON = SWEEP_SECONDS / 4


@pytest.fixture
def office(app: Flask) -> Flask:
    """An application that can take mail."""
    a_price_list()
    a_mailbox()
    db.session.remove()
    return app


def _mail_in(app: Flask, times: int = 1) -> None:
    for _ in range(times):
        n = next(_numbers)
        raw = letter(f"Wie drucke ich Beleg {n}?", subject=f"Frage {n}", sender=f"person{n}@customer.example")
        with app.app_context():
            receive(
                raw,
                source="test",
                source_key=str(n),
                envelope_to=["support@helpdesk.example"],
                now=clock.now(),
            )


def _count(app: Flask, model: Any, *conditions: Any) -> int:
    with app.app_context():
        return db.session.scalar(select(func.count()).select_from(model).where(*conditions)) or 0


def _done(app: Flask) -> int:
    return _count(app, TicketMessage, TicketMessage.kind == "incoming")


def _sent(app: Flask) -> int:
    return _count(app, OutgoingMail, OutgoingMail.state == "sent")


def test_without_redis_a_mail_is_a_ticket_and_answered_within_a_second(
    office: Flask, settings: Settings
) -> None:
    with running(Worker(settings, office.app_context)):
        time.sleep(0.3)
        _mail_in(office)
        assert until(lambda: _done(office) == 1 and _sent(office) == 1) < SOON
    [file] = settings.outbox_dir.glob("*.eml")
    assert "person" in email.message_from_bytes(file.read_bytes())["To"]


def test_several_workers_do_each_mail_once(office: Flask, settings: Settings) -> None:
    _mail_in(office, 60)
    with running(*(Worker(settings, office.app_context) for _ in range(3))):
        until(lambda: _sent(office) == 60, 40)
    assert _done(office) == 60
    assert _count(office, RawMail, RawMail.attempts != 1) == 0
    assert len(list(settings.outbox_dir.glob("*.eml"))) == 60


@pytest.mark.database("sqlite")
def test_what_is_in_hand_is_finished_before_the_end(
    office: Flask, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun = threading.Event()
    really = worker_module.handle_due

    def slowly(*arguments: Any) -> int:
        begun.set()
        time.sleep(0.5)
        return really(*arguments)

    monkeypatch.setattr(worker_module, "handle_due", slowly)
    _mail_in(office)
    with running(Worker(settings, office.app_context)):
        begun.wait(5)
    assert _done(office) == 1


@pytest.mark.database("sqlite")
def test_a_sweep_that_fails_is_repeated(
    office: Flask, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("helpdesk.jobs.loop.TROUBLE_SECONDS", 0.1)
    with office.app_context(), db.engine.begin() as connection:
        connection.execute(text("ALTER TABLE raw_mail RENAME TO away"))
    with running(Worker(settings, office.app_context)):
        time.sleep(0.5)
        with office.app_context(), db.engine.begin() as connection:
            connection.execute(text("ALTER TABLE away RENAME TO raw_mail"))
        _mail_in(office)
        until(lambda: _done(office) == 1)


def test_no_other_process_can_run_a_wake_up() -> None:
    with pytest.raises(SettingsError):
        run_sweep("handle_mail")


@pytest.fixture
def redis(redis_server: RedisServer) -> Iterator[RedisServer]:
    """An empty Redis."""
    redis_server.flush()
    yield redis_server
    queue.configure(None)


@pytest.fixture
def with_redis(environment: dict[str, str], redis: RedisServer) -> None:
    """Sets REDIS_URL for the application."""
    environment["REDIS_URL"] = redis.url


@pytest.mark.redis
@pytest.mark.usefixtures("with_redis")
class TestWithRedis:
    """The same through RQ, whatever happens to Redis."""

    def test_a_wake_up_is_heard_at_once(self, office: Flask, settings: Settings, redis: RedisServer) -> None:
        with running(Worker(settings, office.app_context)):
            until(lambda: _workers(redis) == 1)
            time.sleep(0.5)
            _mail_in(office)
            assert until(lambda: _sent(office) == 1) < SOON
        assert _workers(redis) == 0

    def test_several_workers_share_the_work(
        self, office: Flask, settings: Settings, redis: RedisServer
    ) -> None:
        with running(*(Worker(settings, office.app_context) for _ in range(3))):
            until(lambda: _workers(redis) == 3)
            _mail_in(office, 40)
            until(lambda: _sent(office) == 40, 40)
        assert _done(office) == 40
        assert _count(office, RawMail, RawMail.attempts != 1) == 0

    def test_redis_may_be_away_at_the_start(
        self, office: Flask, settings: Settings, redis: RedisServer
    ) -> None:
        redis.kill()
        try:
            with running(Worker(settings, office.app_context)):
                _mail_in(office)
                assert until(lambda: _sent(office) == 1) < SOON
                redis.start()
                until(lambda: _workers(redis) == 1, 15)
                _mail_in(office)
                assert until(lambda: _sent(office) == 2) < SOON
        finally:
            _start_again(redis)

    def test_redis_may_die_and_forget_everything(
        self, office: Flask, settings: Settings, redis: RedisServer
    ) -> None:
        with running(Worker(settings, office.app_context)):
            until(lambda: _workers(redis) == 1)
            redis.kill()
            try:
                _mail_in(office, 3)
                until(lambda: _sent(office) == 3, 10)
            finally:
                _start_again(redis)
            until(lambda: _workers(redis) == 1, 15)
            _mail_in(office)
            assert until(lambda: _sent(office) == 4) < SOON

    def test_redis_may_hang(
        self, office: Flask, settings: Settings, redis: RedisServer, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(wakes, "ANSWER_SECONDS", 2)
        with running(Worker(settings, office.app_context)):
            until(lambda: _workers(redis) == 1)
            with queue.connect(redis.url, 1) as connection:
                connection.client_pause(60_000)
            try:
                _mail_in(office)
                assert until(lambda: _sent(office) == 1) < SOON
            finally:
                redis.kill()
                redis.start()

    def test_requests_are_merged_and_none_is_lost(self, office: Flask, redis: RedisServer) -> None:
        _mail_in(office, 5)
        with queue.connect(redis.url, 1) as connection:
            waiting = Queue(queue.QUEUE_NAME, connection=connection, serializer="json")
            assert len(waiting) == 1
            queue.heard(queue.Wake.HANDLE_MAIL)
            _mail_in(office)
            assert len(waiting) == 2

    def test_a_full_redis_holds_up_nobody(
        self, office: Flask, settings: Settings, redis: RedisServer
    ) -> None:
        with queue.connect(redis.url, 1) as connection:
            connection.config_set("maxmemory", 1)
            try:
                with running(Worker(settings, office.app_context)):
                    _mail_in(office)
                    assert until(lambda: _sent(office) == 1) < SOON
            finally:
                connection.config_set("maxmemory", 0)


def _workers(redis: RedisServer) -> int:
    with queue.connect(redis.url, 1) as connection:
        return int(RqWorker.count(connection=connection))


def _start_again(redis: RedisServer) -> None:
    try:
        _workers(redis)
    except queue.QueueAway:
        redis.start()

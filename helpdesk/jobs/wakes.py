"""Hearing wake-ups through RQ: an ordinary RQ worker of its queue, whose jobs only end our loops' pauses.

RQ's own main loop retries a lost Redis for ever and lets nothing else happen meanwhile; so its parts are put
together here, and while Redis is away the loops poll the database.
"""

import logging
import random
import threading
from collections.abc import Callable
from typing import Any

import structlog
from rq import Queue, SimpleWorker
from rq.exceptions import DequeueTimeout
from rq.serializers import JSONSerializer
from rq.timeouts import TimerDeathPenalty

from helpdesk import queue
from helpdesk.mail.backoff import Backoff

log = structlog.get_logger()

# How long one question to Redis blocks; the process stops that much later at most.
LISTEN_SECONDS = 1
# What Redis must answer within; a Redis that hangs counts as one that is away.
ANSWER_SECONDS = 5

# RQ reports each job at INFO; here a job is no more than "look now".
logging.getLogger("rq.worker").setLevel(logging.WARNING)
logging.getLogger("rq.job").setLevel(logging.WARNING)


class _RqWorker(SimpleWorker):
    """RQ's worker without forks, signals and long waits."""

    death_penalty_class = TimerDeathPenalty
    dequeue_timeout = LISTEN_SECONDS
    connection_timeout = ANSWER_SECONDS


class Wakes:
    """Listens for wake-ups; calls `wake(kind)` for each, and `wake(None)` when Redis comes or goes."""

    def __init__(self, redis_url: str, wake: Callable[[str | None], None]) -> None:
        self._url = redis_url
        self._wake = wake
        self._backoff = Backoff(random.random, first=0.5, longest=10.0)
        self._said = False
        self.connected = False

    def run(self, stop: threading.Event) -> None:
        """Listens until `stop` is set; survives that Redis is away at the start, goes, or comes back."""
        while not stop.is_set():
            try:
                self._listen(stop)
            except queue.QueueAway as error:
                if self.connected or not self._said:
                    log.warning("redis_away", error=f"{type(error).__name__}: {error}"[:300])
                    self._said = True
            except Exception:
                log.exception("wake_ups_failed")
            self._change(connected=False)
            stop.wait(self._backoff.failed())

    def _listen(self, stop: threading.Event) -> None:
        connection = queue.connect(self._url, ANSWER_SECONDS)
        try:
            self._serve(connection, stop)
        finally:
            connection.close()

    def _serve(self, connection: Any, stop: threading.Event) -> None:
        waiting = Queue(queue.QUEUE_NAME, connection=connection, serializer=JSONSerializer)
        worker: Any = _RqWorker([waiting], connection=connection, serializer=JSONSerializer, worker_ttl=60)
        worker.register_birth()
        worker.set_state("idle")
        log.info("redis_found", worker=worker.name)
        self._backoff.worked()
        self._change(connected=True)
        while not stop.is_set():
            worker.heartbeat()
            if worker.should_run_maintenance_tasks:
                worker.run_maintenance_tasks()
            self._take(worker, waiting, connection)
        worker.register_death()

    @staticmethod
    def _take(worker: Any, waiting: Any, connection: Any) -> None:
        try:
            found = Queue.dequeue_any(
                [waiting],
                LISTEN_SECONDS,
                connection=connection,
                serializer=JSONSerializer,
                death_penalty_class=TimerDeathPenalty,
            )
        except DequeueTimeout:
            return
        if found is not None:
            worker.execute_job(*found)

    def _change(self, *, connected: bool) -> None:
        if self.connected != connected:
            self.connected = connected
            # The pauses were chosen for the other case; and wake-ups may have been lost.
            self._wake(None)

"""Wake-ups: which kind of work is due. The database is the truth; a lost wake-up only costs a poll (rule 5).

With Redis a wake-up is an RQ job that runs the sweep of its kind; without, the workers poll the database.
"""

from enum import StrEnum
from typing import Any

import structlog
from redis import Redis
from redis.exceptions import RedisError
from rq import Queue
from rq.serializers import JSONSerializer

log = structlog.get_logger()

QUEUE_NAME = "helpdesk"


class Wake(StrEnum):
    """The kinds of work that a commit can leave behind."""

    HANDLE_MAIL = "handle_mail"
    DELIVER_MAIL = "deliver_mail"


class Waker:
    """Tells workers that there is work; harmless when nobody listens or Redis is gone."""

    def __init__(self, redis_url: str | None) -> None:
        self._queue: Queue | None = None
        if redis_url:
            # Short time-outs: a hanging Redis must not hold up a web request.
            connection: Any = Redis.from_url(redis_url, socket_timeout=1, socket_connect_timeout=1)
            self._queue = Queue(QUEUE_NAME, connection=connection, serializer=JSONSerializer)

    def wake(self, kind: Wake) -> None:
        """Asks for a sweep of `kind`; one waiting request is enough, so equal ones are merged."""
        if self._queue is None:
            return
        try:
            self._queue.enqueue("helpdesk.jobs.worker.run_sweep", str(kind), result_ttl=0, failure_ttl=3600)
        except RedisError as error:
            log.warning("wake_up_lost", kind=str(kind), error=type(error).__name__)


_waker = Waker(None)


def configure(redis_url: str | None) -> None:
    """Sets where wake-ups go; called once by the application factory."""
    global _waker
    _waker = Waker(redis_url)


def wake(kind: Wake) -> None:
    """Asks for a sweep of `kind`. Register it with `after_commit`, never call it before."""
    _waker.wake(kind)

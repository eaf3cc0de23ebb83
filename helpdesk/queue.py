"""Wake-ups: which kind of work is due. The database is the truth; a lost wake-up only costs a poll (rule 5).

With Redis a wake-up is an RQ job that runs the sweep of its kind; without, the workers poll the database.
"""

from enum import StrEnum
from typing import Any

import structlog
from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry
from rq import Queue
from rq.serializers import JSONSerializer

log = structlog.get_logger()

QUEUE_NAME = "helpdesk"
# While this mark is there a request waits that nobody has taken up; it must not outlive a lost request long.
_MARK = "helpdesk:waits:%s"
_MARK_SECONDS = 5

#: What talking to Redis raises when it is away, hangs, or takes nothing more.
QueueAway = RedisError


class Wake(StrEnum):
    """The kinds of work that a commit can leave behind."""

    HANDLE_MAIL = "handle_mail"
    DELIVER_MAIL = "deliver_mail"


class Waker:
    """Tells workers that there is work; harmless when nobody listens or Redis is gone."""

    def __init__(self, redis_url: str | None) -> None:
        self._connection: Any = None
        self._queue: Queue | None = None
        if redis_url:
            # Short time-outs: a hanging Redis must not hold up a web request.
            self._connection = connect(redis_url, 1)
            self._queue = Queue(QUEUE_NAME, connection=self._connection, serializer=JSONSerializer)

    def wake(self, kind: Wake) -> None:
        """Asks for a sweep of `kind`; one waiting request is enough, so equal ones are merged."""
        if self._queue is None:
            return
        try:
            if self._connection.set(_MARK % kind, 1, nx=True, ex=_MARK_SECONDS):
                job = "helpdesk.jobs.worker.run_sweep"
                self._queue.enqueue(job, str(kind), result_ttl=0, failure_ttl=3600)
        except RedisError as error:
            log.warning("wake_up_lost", kind=str(kind), error=type(error).__name__)

    def heard(self, kind: Wake) -> None:
        """The request is taken up; whatever is committed from now on asks anew. Call before the sweep."""
        if self._connection is not None:
            try:
                self._connection.delete(_MARK % kind)
            except RedisError as error:
                log.warning("mark_not_deleted", kind=str(kind), error=type(error).__name__)


def connect(redis_url: str, seconds: float) -> Any:
    """A Redis client that waits that long for an answer and asks once; connects when it is first used."""
    return Redis.from_url(
        redis_url, socket_timeout=seconds, socket_connect_timeout=seconds, retry=Retry(NoBackoff(), 0)
    )


_waker = Waker(None)


def configure(redis_url: str | None) -> None:
    """Sets where wake-ups go; called once by the application factory."""
    global _waker
    _waker = Waker(redis_url)


def wake(kind: Wake) -> None:
    """Asks for a sweep of `kind`. Register it with `after_commit`, never call it before."""
    _waker.wake(kind)


def heard(kind: Wake) -> None:
    """Says that a request for `kind` is taken up, before looking for work."""
    _waker.heard(kind)

"""The worker: handles stored mail and sends what waits, both by looking into the database.

Redis only says "look now". Without it, or while it is away, the worker looks several times a second; with it,
every half minute all the same, so that a lost wake-up costs that long and nothing else (rule 5).
"""

import threading
import time
from collections.abc import Callable
from datetime import datetime

import structlog

from helpdesk import queue
from helpdesk.actions.deliver_mail import Sender, deliver_due
from helpdesk.actions.handle_mail import handle_due
from helpdesk.core.errors import SettingsError
from helpdesk.jobs.loop import Enter, Loop
from helpdesk.jobs.sending import sender_for
from helpdesk.jobs.wakes import Wakes
from helpdesk.mail.queries import has_due_mail
from helpdesk.queue import Wake
from helpdesk.settings import Settings

log = structlog.get_logger()

POLL_SECONDS = 0.25
# What handling leaves to send is sent at once; this is for the replies that agents write.
SEND_POLL_SECONDS = 0.5
SWEEP_SECONDS = 30.0
# Few at once: a worker that is told to stop finishes what it has taken.
BATCH = 20
# One mail each: a server that thinks for ten minutes about one holds up none of the others.
SENDERS = 4
# What has not ended then stays leased and is taken up by others after the lease.
GRACE_SECONDS = 4.0


class Worker:
    """The loops of one process. `run` returns when `stop` is set and what was in hand is done."""

    def __init__(self, settings: Settings, enter: Enter) -> None:
        sender = sender_for(settings)
        self._wakes = Wakes(settings.redis_url, self.wake) if settings.redis_url else None
        senders = SENDERS if settings.smtp_url else 1
        self._loops = [
            (Wake.HANDLE_MAIL, Loop("handle mail", self._handle, enter, self._pause(POLL_SECONDS)))
        ]
        for _ in range(senders):
            loop = Loop("send mail", _send_by(sender), enter, self._pause(SEND_POLL_SECONDS))
            self._loops.append((Wake.DELIVER_MAIL, loop))

    def wake(self, kind: str | None) -> None:
        """Lets the loops of this kind look at once; all of them for None."""
        for each, loop in self._loops:
            if kind is None or kind == each:
                loop.wake()

    def run(self, stop: threading.Event) -> None:
        """Works until `stop` is set, then gives what is in hand a few seconds to end."""
        _running.append(self)
        threads = [
            threading.Thread(target=loop.run, args=(stop,), name=loop.name, daemon=True)
            for _, loop in self._loops
        ]
        for thread in threads:
            thread.start()
        log.info("worker_started", redis=self._wakes is not None)
        try:
            if self._wakes is not None:
                self._wakes.run(stop)
            stop.wait()
        finally:
            _running.remove(self)
            self._end(threads)

    def _end(self, threads: list[threading.Thread]) -> None:
        self.wake(None)
        deadline = time.monotonic() + GRACE_SECONDS
        for thread in threads:
            thread.join(max(0.0, deadline - time.monotonic()))
        left = sum(thread.is_alive() for thread in threads)
        log.info("worker_stopped", left_to_others=left)

    def _handle(self, now: datetime) -> int:
        # Asked first without a lock: several times a second, and mostly in vain.
        done = handle_due(now, BATCH) if has_due_mail(now) else 0
        if done:
            self.wake(Wake.DELIVER_MAIL)
        return done

    def _pause(self, polling: float) -> Callable[[], float]:
        return lambda: SWEEP_SECONDS if self._wakes is not None and self._wakes.connected else polling


_running: list[Worker] = []


def run_sweep(kind: str) -> None:
    """What an RQ job calls: the loops of this process look at once. Harmless however often it runs.

    Raises SettingsError in a process that is no worker of ours.
    """
    if not _running:
        raise SettingsError("Only `helpdesk worker` can do this work.")
    queue.heard(Wake(kind))
    for worker in _running:
        worker.wake(Wake(kind))


def _send_by(sender: Sender) -> Callable[[datetime], int]:
    return lambda now: deliver_due(sender, now, limit=1)

"""The clock: looks every second which periodic work is due and does what no other machine has taken."""

import threading
from collections.abc import Sequence
from datetime import timedelta

import structlog

from helpdesk.db import periodic
from helpdesk.jobs import backtests
from helpdesk.jobs.loop import TROUBLE_SECONDS, Enter
from helpdesk.jobs.schedule import SCHEDULE, Periodic

log = structlog.get_logger()

TICK_SECONDS = 1.0
# What a piece of a replay may take when we are told to stop; one that is cut off is done again.
GRACE_SECONDS = 4.0
# A job that failed, or whose machine died, is tried again after this.
LEASE = timedelta(minutes=10)


def run(enter: Enter, stop: threading.Event, schedule: Sequence[Periodic] = SCHEDULE) -> None:
    """Ticks until `stop` is set; a job under way is finished first."""
    log.info("clock_started", jobs=len(schedule))
    replays = backtests.start(enter, stop)
    while not stop.is_set():
        try:
            tick(enter, schedule, stop)
        except Exception as error:
            log.error("clock_trouble", error=f"{type(error).__name__}: {error}"[:500])
            stop.wait(TROUBLE_SECONDS)
        stop.wait(TICK_SECONDS)
    replays.join(GRACE_SECONDS)
    log.info("clock_stopped")


def tick(enter: Enter, schedule: Sequence[Periodic], stop: threading.Event | None = None) -> int:
    """Runs what is due now; returns how many jobs were run. One that fails does not stop the others."""
    ran = 0
    for job in schedule:
        if stop is not None and stop.is_set():
            break
        with enter():
            ran += _run_if_due(job)
    return ran


def _run_if_due(job: Periodic) -> bool:
    now = periodic.take(job.name, job.every, LEASE)
    if now is None:
        return False
    try:
        job.run(now)
    except Exception:
        log.exception("periodic_job_failed", job=job.name, again_in=str(LEASE))
        return True
    periodic.done(job.name, now)
    return True

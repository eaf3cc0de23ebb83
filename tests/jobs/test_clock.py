"""Periodic work: done once however many clocks tick, repeated when its machine died, never doubled by the time."""

import threading
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from flask import Flask

from helpdesk.actions import manage_mailboxes
from helpdesk.db import db, periodic
from helpdesk.jobs.clock import run, tick
from helpdesk.jobs.schedule import SCHEDULE, Periodic
from helpdesk.mail.imap import Round

MINUTE = timedelta(minutes=1)


@pytest.fixture
def moment(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Callable[[float], None]:
    """Moves the clock that the database is asked for."""
    begin = datetime.fromisoformat("2026-11-25T09:00:00+00:00")
    at = [begin]
    monkeypatch.setattr(periodic, "_database_now", lambda: at[0])

    def move(minutes: float) -> None:
        at[0] = begin + timedelta(minutes=minutes)

    return move


class Job:
    """Counts its runs; fails while it is told to."""

    def __init__(self) -> None:
        self.runs: list[datetime] = []
        self.fails = False

    def __call__(self, now: datetime) -> None:
        self.runs.append(now)
        if self.fails:
            raise RuntimeError("not today")


def _schedule(job: Job, every: timedelta = MINUTE) -> tuple[Periodic, ...]:
    return (Periodic("job", every, job),)


def test_a_job_runs_when_its_interval_is_over(app: Flask, moment: Callable[[float], None]) -> None:
    job = Job()
    for minutes in (0, 0.5, 0.99, 1, 1.5, 5, 5.2):
        moment(minutes)
        tick(app.app_context, _schedule(job))
    assert [at.minute + at.second / 60 for at in job.runs] == [0, 1, 5]


def test_a_clock_put_back_runs_nothing_twice(app: Flask, moment: Callable[[float], None]) -> None:
    job = Job()
    for minutes in (10, -180, -100, 5, 11):
        moment(minutes)
        tick(app.app_context, _schedule(job))
    assert len(job.runs) == 2


def test_a_job_that_fails_is_tried_again_later_and_stops_no_other(
    app: Flask, moment: Callable[[float], None]
) -> None:
    bad, good = Job(), Job()
    bad.fails = True
    schedule = (Periodic("bad", MINUTE, bad), Periodic("good", MINUTE, good))
    for minutes in (0, 5, 11):
        moment(minutes)
        tick(app.app_context, schedule)
    assert (len(bad.runs), len(good.runs)) == (2, 3)


def test_a_machine_that_dies_in_the_middle_leaves_the_job_to_others(
    app: Flask, moment: Callable[[float], None]
) -> None:
    assert periodic.take("job", MINUTE, timedelta(minutes=10)) is not None
    job = Job()
    for minutes in (2, 9.9, 10.1):
        moment(minutes)
        tick(app.app_context, _schedule(job))
    assert len(job.runs) == 1


def test_of_many_clocks_one_runs_the_job(app: Flask) -> None:
    job, start = Job(), threading.Barrier(6)

    def machine() -> None:
        start.wait()
        tick(app.app_context, _schedule(job, timedelta(hours=1)))

    machines = [threading.Thread(target=machine) for _ in range(6)]
    for each in machines:
        each.start()
    for each in machines:
        each.join()
    assert len(job.runs) == 1


def test_the_clock_ends_when_it_is_told_to(app: Flask) -> None:
    job, stop = Job(), threading.Event()
    thread = threading.Thread(target=run, args=(app.app_context, stop, _schedule(job)))
    thread.start()
    while not job.runs:
        stop.wait(0.01)
    stop.set()
    thread.join(1)
    assert not thread.is_alive()


def test_every_job_of_the_schedule_runs_on_an_empty_database(app: Flask) -> None:
    assert tick(app.app_context, SCHEDULE) == len(SCHEDULE)
    db.session.remove()
    assert tick(app.app_context, SCHEDULE) == 0
    assert len({job.name for job in SCHEDULE}) == len(SCHEDULE)


def test_a_mailbox_that_is_not_fetched_is_an_alarm_in_the_log(
    app: Flask, capsys: pytest.CaptureFixture[str]
) -> None:
    now = datetime.fromisoformat("2026-11-25T09:00:00+00:00")
    [watch] = [job for job in SCHEDULE if job.name == "watch_mail"]
    manage_mailboxes.report("imap:well@x.example/INBOX", Round(), now - timedelta(minutes=5))
    manage_mailboxes.report("imap:late@x.example/INBOX", Round(), now - timedelta(minutes=16))
    manage_mailboxes.report("imap:broken@x.example/INBOX", Round(error="no"), now)
    watch.run(now)
    said = "".join(capsys.readouterr())
    assert "late@x.example" in said
    assert "broken@x.example" in said
    assert "well@x.example" not in said

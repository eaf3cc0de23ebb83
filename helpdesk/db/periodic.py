"""Taking a periodic job so that of all machines one runs it; by the database's clock, not by theirs."""

from datetime import datetime, timedelta

from sqlalchemy import func, or_, select, update

from helpdesk.core import clock
from helpdesk.db.base import db
from helpdesk.db.models import PeriodicJob
from helpdesk.db.transactions import dialect, insert_new, transaction


def take(name: str, every: timedelta, lease: timedelta) -> datetime | None:
    """The present moment if this caller may run the job now, else None: not due, or somebody has it.

    A clock that was put back never runs a job twice; after one that was put forward it runs once.
    """
    now = _database_now()
    job = PeriodicJob
    due = or_(job.last_run_at.is_(None), job.last_run_at <= now - every)
    free = or_(job.lease_until.is_(None), job.lease_until <= now)
    # Asked first without a lock; mostly the answer is no.
    known = db.session.execute(select(due, free).where(job.name == name)).one_or_none()
    if known is not None and not all(known):
        return None
    with transaction():
        insert_new(job, name=name)
        taken = db.session.execute(
            update(job)
            .where(job.name == name, due, free)
            .values(lease_until=now + lease)
            .returning(job.name),
            execution_options={"synchronize_session": False},
        ).one_or_none()
    return None if taken is None else now


def done(name: str, taken_at: datetime) -> None:
    """The job ran: it is due again one interval after it was taken."""
    with transaction():
        db.session.execute(
            update(PeriodicJob)
            .where(PeriodicJob.name == name)
            .values(last_run_at=taken_at, lease_until=None),
            execution_options={"synchronize_session": False},
        )


def _database_now() -> datetime:
    if dialect() == "postgresql":
        now: datetime = db.session.execute(select(func.clock_timestamp())).scalar_one()
        return now
    return clock.now()  # SQLite is a file on this machine: its clock is ours

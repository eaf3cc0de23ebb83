"""When each periodic job ran last, and who holds it: the clocks of several machines share one table."""

from datetime import datetime

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from helpdesk.db.base import Base


class PeriodicJob(Base):
    """One row a job, made when it is first due."""

    __tablename__ = "periodic_job"

    name: Mapped[str] = mapped_column(String(60), primary_key=True)
    last_run_at: Mapped[datetime | None]
    #: Whoever took the job has it until then; a crashed or failed run is repeated afterwards.
    lease_until: Mapped[datetime | None]

"""What is promised to whom: who comes first, and how much working time an answer may take."""

from dataclasses import dataclass
from datetime import time, timedelta
from enum import IntEnum


class Priority(IntEnum):
    """The order of the queue, smallest first; within one priority the earliest deadline comes first."""

    URGENT = 0  # accepted and paid for
    ON_PREMISE = 1
    NORMAL = 2


@dataclass(frozen=True, slots=True)
class Policy:
    """A promise: the same working day, or `target`, a length of working time; `within` brings it forward.

    `cut_off` belongs to the same working day: what arrives at this wall time or later counts for the next
    one; None: closing time decides. `target` and `within`: working time, longer than zero.
    """

    priority: Priority = Priority.NORMAL
    cut_off: time | None = None
    within: timedelta | None = None
    target: timedelta | None = None

    def __post_init__(self) -> None:
        if any(each is not None and each <= timedelta() for each in (self.within, self.target)):
            raise ValueError("a promise within no time cannot be kept")


NORMAL = Policy()
ON_PREMISE = Policy(Priority.ON_PREMISE)
URGENT = Policy(Priority.URGENT, within=timedelta(hours=2))

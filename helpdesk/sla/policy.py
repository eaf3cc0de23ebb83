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
    """A promise. The same working day holds for all; `within` can only bring it forward.

    `cut_off`: what arrives at this wall time or later on a working day counts for the next one; None: closing
    time decides. `within`: working time, longer than zero.
    """

    priority: Priority = Priority.NORMAL
    cut_off: time | None = None
    within: timedelta | None = None

    def __post_init__(self) -> None:
        if self.within is not None and self.within <= timedelta():
            raise ValueError("a promise within no time cannot be kept")


NORMAL = Policy()
ON_PREMISE = Policy(Priority.ON_PREMISE)
URGENT = Policy(Priority.URGENT, within=timedelta(hours=2))


def policy_for(*, urgent_accepted: bool, on_premise: bool) -> Policy:
    """Accepted urgency outranks all, then on-premise customers come first (product rule "Same day")."""
    if urgent_accepted:
        return URGENT
    return ON_PREMISE if on_premise else NORMAL

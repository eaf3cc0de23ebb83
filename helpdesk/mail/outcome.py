"""What became of one try to send a mail; a closed list, because each asks for something else."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Outcome:
    """accepted: the server took it. refused: it never will. retry: later. unknown: broken after the dot."""

    state: Literal["accepted", "refused", "retry", "unknown"]
    detail: str = ""
    #: The server itself could not be reached: nothing was said about this mail, the others need not try now.
    away: bool = False
    #: It was the receiver's address that was refused.
    recipient: bool = False

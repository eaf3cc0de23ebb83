"""What became of one try to send a mail; a closed list, because each asks for something else."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Outcome:
    """accepted: the server took it. refused: it never will. retry: later. unknown: broken after the dot."""

    state: Literal["accepted", "refused", "retry", "unknown"]
    detail: str = ""

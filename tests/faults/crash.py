"""Ending a process at the n-th step of its work, the way a power cut would: no handler, no rollback."""

import os
import signal
from pathlib import Path


class Fuse:
    """Counts steps and kills this process at step `at`; 0 never does. `trace` learns the step's name.

    `in_doubt` is set while a mail server has a mail that the database does not know of yet.
    """

    def __init__(self, at: int, trace: Path) -> None:
        self._left = at
        self._trace = trace
        self.in_doubt = False

    def step(self, name: str) -> None:
        """Something was done, and what comes next may never be."""
        if not self._left:
            return
        self._left -= 1
        if not self._left:
            self._trace.write_text(f"{name}, mail in doubt" if self.in_doubt else name)
            os.kill(os.getpid(), signal.SIGKILL)

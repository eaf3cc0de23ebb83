"""One kind of due work, swept until there is none, then again when woken or when the pause is over."""

import threading
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import datetime

import structlog
from sqlalchemy.exc import OperationalError

from helpdesk.core import clock
from helpdesk.core.errors import Unavailable

log = structlog.get_logger()

# After a failed sweep: the database may be away, and asking it all the time does not help.
TROUBLE_SECONDS = 3.0

Enter = Callable[[], AbstractContextManager[object]]


class Loop:
    """A thread's work. `sweep(now)` does a piece of what is due and says how much; 0: nothing is left."""

    def __init__(
        self, name: str, sweep: Callable[[datetime], int], enter: Enter, pause: Callable[[], float]
    ) -> None:
        """`enter` gives each sweep a fresh context; `pause` says how long to wait when nothing is due."""
        self.name = name
        self._sweep = sweep
        self._enter = enter
        self._pause = pause
        self._woken = threading.Event()

    def wake(self) -> None:
        """Ends the pause: there may be work."""
        self._woken.set()

    def run(self, stop: threading.Event) -> None:
        """Sweeps until `stop` is set (wake the loop then); what is in hand is finished first."""
        while not stop.is_set():
            try:
                with self._enter():
                    done = self._sweep(clock.now())
            except Exception as error:
                # A database that is away is known by its name; anything else wants its traceback.
                unknown = not isinstance(error, OperationalError | Unavailable)
                said = f"{type(error).__name__}: {error}"[:500]
                log.error("sweep_failed", work=self.name, error=said, exc_info=unknown)
                stop.wait(TROUBLE_SECONDS)
                continue
            if not done and not stop.is_set():
                self._woken.wait(self._pause())
                self._woken.clear()

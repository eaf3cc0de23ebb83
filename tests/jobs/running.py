"""Running a process's work in a thread, and waiting for what comes of it."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Protocol


class Process(Protocol):
    """What `helpdesk worker`, `fetch` and `clock` consist of."""

    def run(self, stop: threading.Event) -> None:
        """Works until told to stop."""


@contextmanager
def running(*processes: Process) -> Iterator[None]:
    """The processes work as long as the block lasts; each must end soon after it."""
    stop = threading.Event()
    threads = [threading.Thread(target=process.run, args=(stop,)) for process in processes]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        stop.set()
        for thread in threads:
            thread.join(8)
        assert not any(thread.is_alive() for thread in threads)


def until(true: Callable[[], object], seconds: float = 10.0) -> float:
    """Waits until it is true; returns how long that took."""
    begun = time.monotonic()
    while not true():
        assert time.monotonic() - begun < seconds, "waited in vain"
        time.sleep(0.01)
    return time.monotonic() - begun

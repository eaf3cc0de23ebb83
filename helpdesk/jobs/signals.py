"""Ending in an orderly way: TERM and Ctrl-C ask a process to finish what it has in hand."""

import signal
import threading
from types import FrameType


def stop_on_signals() -> threading.Event:
    """An event that TERM and INT set from now on; a second INT ends the process as usual."""
    stop = threading.Event()

    def ask(number: int, _frame: FrameType | None) -> None:
        stop.set()
        if number == signal.SIGINT:
            signal.signal(signal.SIGINT, signal.default_int_handler)

    signal.signal(signal.SIGTERM, ask)
    signal.signal(signal.SIGINT, ask)
    return stop

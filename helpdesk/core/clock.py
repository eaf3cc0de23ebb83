"""The one place that reads the clock; everything pure takes the time as an argument."""

import time
from collections.abc import Callable
from datetime import UTC, datetime


def now() -> datetime:
    """The present moment, aware, in UTC."""
    return datetime.now(UTC)


def stopwatch() -> Callable[[], float]:
    """Starts one; what it returns says how many milliseconds ago that was, whatever the clock is put to."""
    begun = time.monotonic()
    return lambda: 1000 * (time.monotonic() - begun)

"""The record of a message's path: what was decided about it and why (M7); code and data, spoken late."""

from collections.abc import Callable
from datetime import datetime
from typing import Any


class Path:
    """Collects steps while a message is handled; stored with it in the same transaction."""

    def __init__(self, at: datetime, elapsed: Callable[[], float] = lambda: 0.0) -> None:
        """`elapsed` says how many milliseconds the handling has taken so far."""
        self._at = at
        self._elapsed = elapsed
        self.steps: list[dict[str, Any]] = []

    def note(self, step: str, **data: Any) -> None:
        """Adds a step: `threaded`, by="reply_address", ticket=1042."""
        ms = round(self._elapsed(), 1)
        self.steps.append({"step": step, "at": self._at.isoformat(), "ms": ms, **data})

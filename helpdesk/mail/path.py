"""The record of a message's path: what was decided about it and why (M7); code and data, spoken late."""

from datetime import datetime
from typing import Any


class Path:
    """Collects steps while a message is handled; stored with it in the same transaction."""

    def __init__(self, at: datetime) -> None:
        self._at = at
        self.steps: list[dict[str, Any]] = []

    def note(self, step: str, **data: Any) -> None:
        """Adds a step: `threaded`, by="reply_address", ticket=1042."""
        self.steps.append({"step": step, "at": self._at.isoformat(), **data})

"""A clock that stands still until a story moves it."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import time_machine

OFFICE = ZoneInfo("Europe/Zurich")
# A Wednesday without a holiday: nothing is special unless a story says so.
BEGINNING = datetime(2026, 11, 25, 10, 0, tzinfo=OFFICE)


class StandingClock:
    """The time everybody reads, in the office's zone."""

    def __init__(self, at: datetime = BEGINNING) -> None:
        self._travel = time_machine.travel(at, tick=False)
        self._place = self._travel.start()

    @property
    def now(self) -> datetime:
        """The present moment."""
        return datetime.now(OFFICE)

    def move(self, **span: float) -> datetime:
        """Goes on by `hours=2, minutes=5`; returns the new moment."""
        self._place.shift(timedelta(**span))
        return self.now

    def to(self, moment: str) -> datetime:
        """Goes to an office time such as "2026-11-27 16:59"."""
        self._place.move_to(datetime.fromisoformat(moment).replace(tzinfo=OFFICE))
        return self.now

    def stop(self) -> None:
        """Gives the real time back."""
        self._travel.stop()

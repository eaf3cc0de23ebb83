"""How long to wait after trouble: doubling, with a random part so that clients do not come back at once."""

from collections.abc import Callable


class Backoff:
    """Pauses in seconds: `first`, doubled up to `longest`, each shortened by up to a half at random."""

    def __init__(self, chance: Callable[[], float], first: float = 1.0, longest: float = 300.0) -> None:
        """`chance` returns a number from 0 up to 1, as random.random does."""
        self._chance = chance
        self._first = first
        self._longest = longest
        self._failures = 0

    def failed(self) -> float:
        """Counts one more failure and says how long to wait now."""
        pause = min(self._first * 2.0 ** min(self._failures, 30), self._longest)
        self._failures += 1
        return pause * (1.0 - 0.5 * self._chance())

    def worked(self) -> None:
        """Everything is well again: the next pause is the first one."""
        self._failures = 0

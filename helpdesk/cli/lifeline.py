"""Parts that end with the whole: each child holds the read end of a pipe and stops when it closes.

The system closes our end whichever way we die, kill -9 included; no part is left behind that holds a port.
"""

import os
import signal
import threading

NAME = "HELPDESK_LIFELINE"


class Lifeline:
    """The parent's end. Children are started with `environ` and `pass_fds=(line.far_end,)`."""

    def __init__(self) -> None:
        self.far_end, self._near_end = os.pipe()

    @property
    def environ(self) -> dict[str, str]:
        """The environment of a child."""
        return {**os.environ, NAME: str(self.far_end)}

    def close(self) -> None:
        """Lets go: whoever still listens stops."""
        os.close(self.far_end)
        os.close(self._near_end)


def hold() -> None:
    """In a child: asks this process to stop (TERM) when its parent is gone; without a parent does nothing."""
    number = os.environ.pop(NAME, "")
    if number.isdecimal():
        threading.Thread(target=_wait, args=(int(number),), name="lifeline", daemon=True).start()


def _wait(line: int) -> None:
    os.read(line, 1)
    os.kill(os.getpid(), signal.SIGTERM)

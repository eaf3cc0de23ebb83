"""crash_point(): where tests kill the process in the middle of its work; does nothing in production.

`HELPDESK_CRASH_AT=3` ends the process at the third point it passes, the way a power cut would: no handler,
no `finally`, no rollback. A test moves the number one further until a run survives.
"""

import os
import signal

_left = int(os.environ.get("HELPDESK_CRASH_AT") or 0)


def crash_point(name: str) -> None:
    """A step after which a crash may come; `name` tells the reader which."""
    global _left
    if not _left:
        return
    _left -= 1
    if not _left:
        os.write(2, f"crash point: {name}\n".encode())
        os.kill(os.getpid(), signal.SIGKILL)

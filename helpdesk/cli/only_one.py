"""One `helpdesk run` for each data folder: a lock that the system drops when its holder dies."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from helpdesk.core.errors import Conflict, SettingsError


@contextmanager
def only_one(data_dir: Path) -> Iterator[None]:
    """Holds the folder's lock; raises Conflict when somebody else does."""
    try:
        # Closed on exec by default: no child keeps the lock when we are gone.
        lock = (data_dir / "run.lock").open("a")
    except FileNotFoundError as error:
        raise SettingsError(
            "The data folder %(folder)s does not exist. Run `helpdesk setup` first.", folder=data_dir
        ) from error
    except OSError as error:
        raise SettingsError(
            "The data folder %(folder)s cannot be used: %(why)s.", folder=data_dir, why=error.strerror
        ) from error
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise Conflict("The helpdesk is running already on %(folder)s.", folder=data_dir) from error
        yield

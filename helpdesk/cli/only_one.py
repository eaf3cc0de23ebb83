"""One `helpdesk run` for each data folder."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from helpdesk.core.errors import Conflict, SettingsError
from helpdesk.db.locks import FileLock


@contextmanager
def only_one(data_dir: Path) -> Iterator[None]:
    """Holds the folder's lock; raises Conflict when somebody else does."""
    if not data_dir.is_dir():
        raise SettingsError(
            "The data folder %(folder)s does not exist. Run `helpdesk setup` first.", folder=data_dir
        )
    with FileLock(data_dir / "run.lock") as lock:
        if not _held(lock, data_dir):
            raise Conflict("The helpdesk is running already on %(folder)s.", folder=data_dir)
        yield


def _held(lock: FileLock, data_dir: Path) -> bool:
    try:
        return lock.held()
    except OSError as error:
        raise SettingsError(
            "The data folder %(folder)s cannot be written: %(why)s.", folder=data_dir, why=error.strerror
        ) from error

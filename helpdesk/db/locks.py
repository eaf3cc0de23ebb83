"""Who may do what only one process at a time may do: fetch a mailbox, or run the system on a data folder."""

import fcntl
import hashlib
import os
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Protocol, Self

from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import SQLAlchemyError


class Lock(Protocol):
    """Held by one process; lost when that process or its connection dies."""

    def held(self) -> bool:
        """Whether we have it now; tries to take it when we do not."""
        ...

    def release(self) -> None:
        """Gives it back; harmless when we do not have it."""
        ...


class FileLock:
    """For one machine: a lock on a file, which the system drops when the process ends in whatever way."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._descriptor: int | None = None

    def held(self) -> bool:
        if self._descriptor is not None:
            return True
        self._file.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(self._file, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            os.close(descriptor)
            return False
        self._descriptor = descriptor
        return True

    def release(self) -> None:
        descriptor, self._descriptor = self._descriptor, None
        if descriptor is not None:
            os.close(descriptor)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.release()


class AdvisoryLock:
    """For several machines: PostgreSQL's advisory lock on a connection of its own."""

    def __init__(self, engine: Engine, name: str) -> None:
        self._engine = engine
        self._key = int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], "big", signed=True)
        self._connection: Connection | None = None

    def held(self) -> bool:
        try:
            if self._connection is not None:
                # A lost connection is a lost lock: somebody else may have it already.
                self._connection.execute(text("SELECT 1"))
                return True
            return self._take()
        except SQLAlchemyError:
            self.release()
            return False

    def _take(self) -> bool:
        connection = self._engine.connect().execution_options(isolation_level="AUTOCOMMIT")
        query = text("SELECT pg_try_advisory_lock(:key)")
        if not connection.execute(query, {"key": self._key}).scalar():
            connection.close()
            return False
        # Out of the pool: a pooled connection would keep the lock, and each lock would cost a place there.
        connection.detach()
        self._connection = connection
        return True

    def release(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            with suppress(SQLAlchemyError):
                connection.close()


def lock(engine: Engine, folder: Path, name: str) -> Lock:
    """The lock of this name: on PostgreSQL for all machines, on SQLite for this one."""
    if engine.dialect.name == "postgresql":
        return AdvisoryLock(engine, name)
    short = hashlib.sha256(name.encode()).hexdigest()[:16]
    return FileLock(folder / "locks" / f"{short}.lock")

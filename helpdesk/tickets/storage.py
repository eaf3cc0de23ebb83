"""The file store [adapter]: attachments under the hash of their content, durable before the commit."""

import hashlib
import os
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Protocol
from uuid import uuid4

import structlog

from helpdesk.core.errors import HelpdeskError, NotFound, Unavailable

log = structlog.get_logger()


class Damaged(HelpdeskError):
    """What is stored under a hash has another one: nobody may take it for what was attached."""


class Files(Protocol):
    """Files by the SHA-256 of their content. Writing twice is harmless; reading verifies."""

    def put(self, content: bytes) -> str:
        """Stores the bytes durably and returns their hash; raises Unavailable when the store refuses."""
        ...

    def get(self, sha256: str) -> bytes:
        """The bytes; raises NotFound when they are gone, Damaged when they changed, Unavailable for now."""
        ...

    def older_than(self, at: datetime) -> Iterator[str]:
        """The hashes of files that were put before `at` and not since."""
        ...

    def set_aside(self, sha256: str, at: datetime) -> bool:
        """Takes a file that nothing names out of the way, unless it was put since `at`."""
        ...

    def bring_back(self, sha256: str) -> None:
        """Undoes set_aside(): something names it after all."""
        ...

    def forget_aside(self, at: datetime) -> int:
        """Deletes what was set aside before `at`; returns how many files."""
        ...


def verified(sha256: str, content: bytes) -> bytes:
    """The content, if it is what was stored; else Damaged, and a line in the log."""
    if hashlib.sha256(content).hexdigest() != sha256:
        log.error("file_damaged", sha256=sha256, size=len(content))
        raise Damaged("This file was damaged where it is stored. Restore it from a backup.")
    return content


def checked_hash(sha256: str) -> str:
    """The hash, if it can be one: it becomes a part of a path."""
    if len(sha256) != 64 or not (sha256.isascii() and sha256.isalnum()):
        raise NotFound("This file is no longer here.")
    return sha256


class FileStore:
    """Files below one folder of this machine; what nothing names lies in `aside` before it is deleted."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def put(self, content: bytes) -> str:
        """As in Files. File and folder are synced before this returns, so that a committed row never names
        a file that a power cut took away.
        """
        sha256 = hashlib.sha256(content).hexdigest()
        target = self._path(sha256)
        try:
            # Says that it is wanted again: set_aside() looks at this time after it moved the file.
            os.utime(target)
            return sha256
        except FileNotFoundError:
            pass
        except OSError as error:
            raise Unavailable("An attachment could not be stored.") from error
        scratch = target.with_name(f".{uuid4().hex}")
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            with scratch.open("wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            scratch.replace(target)
            _sync_folder(target.parent)
        except OSError as error:
            with suppress(OSError):
                scratch.unlink(missing_ok=True)
            raise Unavailable("An attachment could not be stored.") from error
        return sha256

    def get(self, sha256: str) -> bytes:
        path = self._path(sha256)
        try:
            content = path.read_bytes()
        except FileNotFoundError:
            content = self._read_aside(sha256)
        except OSError as error:
            raise Unavailable("This file cannot be read now.") from error
        return verified(sha256, content)

    def older_than(self, at: datetime) -> Iterator[str]:
        for file in self._folder.glob("[0-9a-f][0-9a-f]/*"):
            with suppress(FileNotFoundError):
                if len(file.name) == 64 and file.stat().st_mtime < at.timestamp():
                    yield file.name

    def set_aside(self, sha256: str, at: datetime) -> bool:
        path, aside = self._path(sha256), self._aside(sha256)
        aside.parent.mkdir(parents=True, exist_ok=True)
        try:
            path.replace(aside)
        except FileNotFoundError:
            return False
        if aside.stat().st_mtime >= at.timestamp():
            # Somebody put it in the very moment: their row will name it.
            self.bring_back(sha256)
            return False
        os.utime(aside)
        return True

    def bring_back(self, sha256: str) -> None:
        path = self._path(sha256)
        with suppress(FileNotFoundError):
            if not path.exists():
                self._aside(sha256).replace(path)

    def forget_aside(self, at: datetime) -> int:
        """Deletes what was set aside before `at`; returns how many files."""
        n = 0
        for file in (self._folder / "aside").glob("*"):
            with suppress(FileNotFoundError):
                if file.stat().st_mtime < at.timestamp():
                    file.unlink()
                    n += 1
        return n

    def _read_aside(self, sha256: str) -> bytes:
        self.bring_back(sha256)
        try:
            content = self._path(sha256).read_bytes()
        except OSError as error:
            raise NotFound("This file is no longer here.") from error
        log.warning("file_brought_back", sha256=sha256)
        return content

    def _path(self, sha256: str) -> Path:
        return self._folder / checked_hash(sha256)[:2] / sha256

    def _aside(self, sha256: str) -> Path:
        return self._folder / "aside" / checked_hash(sha256)


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)

"""The file store [adapter]: attachments under the hash of their content, durable before the commit."""

import hashlib
import os
from pathlib import Path
from uuid import uuid4

from helpdesk.core.errors import NotFound, Unavailable


class FileStore:
    """Files by SHA-256 below one folder. Writing twice is harmless; reading verifies."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def put(self, content: bytes) -> str:
        """Stores the bytes durably and returns their hash; raises Unavailable when the disk refuses.

        The file and its folder are synced before this returns, so that a committed row never names a
        file that a power cut took away.
        """
        sha256 = hashlib.sha256(content).hexdigest()
        target = self._path(sha256)
        if target.exists():
            return sha256
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            scratch = target.with_name(f".{uuid4().hex}")
            with scratch.open("wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            scratch.replace(target)
            _sync_folder(target.parent)
        except OSError as error:
            raise Unavailable("An attachment could not be stored.") from error
        return sha256

    def get(self, sha256: str) -> bytes:
        """The bytes; raises NotFound when they are gone and Unavailable when they are not what they were."""
        try:
            content = self._path(sha256).read_bytes()
        except OSError as error:
            raise NotFound("This file is no longer here.") from error
        if hashlib.sha256(content).hexdigest() != sha256:
            raise Unavailable("This file was damaged on disk.")
        return content

    def _path(self, sha256: str) -> Path:
        if len(sha256) != 64 or not sha256.isalnum():
            raise NotFound("This file is no longer here.")
        return self._folder / sha256[:2] / sha256


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)

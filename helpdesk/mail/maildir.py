"""Fetching from a Maildir: what lies in new/ is undone work; stored first, then moved to cur/ as seen.

Only whole messages are ever in new/ (they are written in tmp/ and renamed), so nothing half written is read.
"""

import os
import threading
from collections.abc import Callable
from pathlib import Path

import structlog

log = structlog.get_logger()

POLL_SECONDS = 0.3
# After trouble: the file or the database gets time to recover.
TROUBLE_SECONDS = 10.0


class Maildir:
    """One Maildir folder. `store(key, raw)` returns only when the message is durable."""

    def __init__(self, folder: Path, store: Callable[[str, bytes], None]) -> None:
        self._folder = folder
        self._store = store
        self._failed: set[str] = set()
        self._log = log.bind(maildir=str(folder))

    @property
    def source(self) -> str:
        """The name that deliveries from here are stored under."""
        return f"maildir:{self._folder}"

    def run(self, stop: threading.Event, may_fetch: Callable[[], bool] = lambda: True) -> None:
        """Takes messages until `stop` is set. Makes the folder when it is missing."""
        while not stop.is_set():
            trouble = True
            try:
                if may_fetch():
                    self._prepare()
                    trouble = not self.take_all(stop)
                else:
                    trouble = False
            except OSError as error:
                self._log.error("maildir_trouble", error=f"{type(error).__name__}: {error.strerror}")
            stop.wait(TROUBLE_SECONDS if trouble else POLL_SECONDS)

    def take_all(self, stop: threading.Event | None = None) -> bool:
        """Stores and moves what is in new/, failed files last; False when a message has to stay there."""
        well = True
        names = sorted(name for name in os.listdir(self._folder / "new") if not name.startswith("."))
        names.sort(key=lambda name: name in self._failed)
        for name in names:
            if stop is not None and stop.is_set():
                break
            well = self._take(name) and well
        self._failed &= set(names)
        return well

    def _take(self, name: str) -> bool:
        file = self._folder / "new" / name
        # The part before the colon is unique for all time; what follows are flags, which may change.
        unique = name.partition(":")[0]
        try:
            raw = file.read_bytes()
            self._store(unique, raw)
            file.rename(self._folder / "cur" / f"{unique}:2,S")
        except FileNotFoundError:
            return True  # somebody else took it: no error
        except Exception as error:
            # Whatever it is, this message stays where it is and the next one gets its turn (M3).
            self._failed.add(name)
            self._log.warning("message_not_stored", file=name, error=f"{type(error).__name__}: {error}"[:300])
            return False
        return True

    def _prepare(self) -> None:
        for part in ("tmp", "new", "cur"):
            (self._folder / part).mkdir(parents=True, exist_ok=True)

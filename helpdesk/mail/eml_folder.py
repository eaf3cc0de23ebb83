"""Outgoing mail as .eml files, while no SMTP server is configured: readable with any mail program."""

import os
import re
from pathlib import Path

from helpdesk.mail.models import OutgoingMail
from helpdesk.mail.outcome import Outcome

_STRANGE = re.compile(r"[^a-z0-9@._+-]")


class EmlFolder:
    """Writes each mail into one file; a crash leaves the whole file or none."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def send(self, mail: OutgoingMail, message: bytes) -> Outcome:
        """Writes `<id>-<to>.eml`; the same mail again replaces its own file."""
        name = f"{mail.id:06d}-{_STRANGE.sub('_', mail.to_address.lower())[:100]}.eml"
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            write_durably(self._folder / name, message)
        except OSError as error:
            return Outcome("retry", f"The file could not be written: {error.strerror}")
        return Outcome("accepted", name)


def write_durably(file: Path, content: bytes) -> None:
    """Writes a file that is there whole after a power cut, or not at all."""
    scratch = file.with_name(f".{file.name}.{os.getpid()}")
    try:
        with scratch.open("wb") as out:
            out.write(content)
            out.flush()
            os.fsync(out.fileno())
        scratch.replace(file)
    finally:
        scratch.unlink(missing_ok=True)
    folder = os.open(file.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)

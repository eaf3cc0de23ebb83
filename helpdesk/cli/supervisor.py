"""Keeps the parts of the system running: started together, started again when one dies, stopped together."""

import signal
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from time import monotonic

import structlog

from helpdesk.cli.lifeline import Lifeline

log = structlog.get_logger()

# Ctrl-C ends everything within five seconds: what has not stopped by then is killed, and loses nothing.
GRACE_SECONDS = 4.5
# Between two starts of a part that keeps dying: 1, 2, 4 ... seconds, at most this many.
LONGEST_PAUSE = 30.0
# A part that ran that long was well; the next pause is a short one again.
WELL_AFTER = 60.0


@dataclass
class Part:
    """One process of the system: `helpdesk <name>`."""

    name: str
    process: "subprocess.Popen[bytes] | None" = None
    started_at: float = 0.0
    failures: int = 0
    again_at: float = 0.0


class Supervisor:
    """The parts by name. Call `tend` several times a second."""

    def __init__(self, names: Sequence[str]) -> None:
        self._parts = [Part(name) for name in names]
        self._lifeline = Lifeline()

    def start(self) -> None:
        """Starts all parts."""
        for part in self._parts:
            self._start(part)

    def tend(self) -> None:
        """Notices parts that ended and starts them again after a pause."""
        for part in self._parts:
            if part.process is None:
                if monotonic() >= part.again_at:
                    self._start(part)
                continue
            code = part.process.poll()
            if code is not None:
                self._ended(part, code)

    def ended(self) -> tuple[str, int] | None:
        """A part that is not running, with its exit code, or None while all are."""
        for part in self._parts:
            code = part.process.poll() if part.process else None
            if code is not None:
                return part.name, code
        return None

    def stop(self) -> None:
        """Asks all parts to stop, waits, and kills what is left; a second Ctrl-C kills at once."""
        running = [part.process for part in self._parts if part.process and part.process.poll() is None]
        for process in running:
            process.send_signal(signal.SIGTERM)
        until = monotonic() + GRACE_SECONDS
        try:
            for process in running:
                _wait(process, until)
        finally:
            for process in running:
                if process.poll() is None:
                    process.kill()
                    process.wait()
            self._lifeline.close()

    def _start(self, part: Part) -> None:
        part.started_at = monotonic()
        part.process = subprocess.Popen(  # noqa: S603  our own interpreter and our own names
            [sys.executable, "-m", "helpdesk", part.name],
            stdin=subprocess.DEVNULL,
            env=self._lifeline.environ,
            pass_fds=(self._lifeline.far_end,),
            # A group of its own: Ctrl-C in the terminal reaches us only, and we stop the parts in order.
            process_group=0,
        )

    def _ended(self, part: Part, code: int) -> None:
        ran = monotonic() - part.started_at
        part.failures = 1 if ran > WELL_AFTER else part.failures + 1
        pause = min(2.0 ** (part.failures - 1), LONGEST_PAUSE)
        part.process, part.again_at = None, monotonic() + pause
        log.warning("part_ended", part=part.name, code=code, again_in_seconds=pause)


def _wait(process: "subprocess.Popen[bytes]", until: float) -> None:
    try:
        process.wait(max(0.0, until - monotonic()))
    except subprocess.TimeoutExpired:
        log.warning("part_killed", pid=process.pid)

"""The command line as operators use it: real processes, on data folders of their own."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.house.code import ROOT
from tests.support.ports import free_port

# What a developer's own `.env` may say must not reach the tests.
_UNSET = (
    "DATABASE_URL",
    "REDIS_URL",
    "SECRET_KEY",
    "SMTP_URL",
    "IMAP_URLS",
    "MAILDIRS",
    "AUTHSERV_ID",
    "PUBLIC_URL",
)


@dataclass
class Place:
    """A data folder with ports of its own, and the commands that are typed there."""

    data_dir: Path
    settings: dict[str, str] = field(default_factory=dict)

    @property
    def environment(self) -> dict[str, str]:
        """What a command started here sees."""
        kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
        return {**kept, **dict.fromkeys(_UNSET, ""), "HELPDESK_DATA_DIR": str(self.data_dir), **self.settings}

    def type(
        self, *words: str, stdin: bytes = b"", settings: Mapping[str, str] | None = None
    ) -> "subprocess.CompletedProcess[bytes]":
        """Types `helpdesk words...` and waits for the end."""
        return subprocess.run(
            [sys.executable, "-m", "helpdesk", *words],
            cwd=ROOT,
            env={**self.environment, **(settings or {})},
            input=stdin,
            capture_output=True,
            timeout=60,
            check=False,
        )


@pytest.fixture(scope="session")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder after `helpdesk setup`."""
    place = Place(tmp_path_factory.mktemp("prepared") / "data")
    done = place.type("setup")
    assert done.returncode == 0, done.stderr.decode()
    return place.data_dir


@pytest.fixture
def place(prepared: Path, tmp_path: Path, loopback: None) -> Place:
    """A copy of that folder, with two ports of its own."""
    shutil.copytree(prepared, tmp_path / "data")
    return Place(tmp_path / "data", ports())


def ports() -> dict[str, str]:
    """Two ports that nobody uses now."""
    return {"WEB_LISTEN": f"127.0.0.1:{free_port()}", "SMTP_LISTEN": f"127.0.0.1:{free_port()}"}


class Running:
    """`helpdesk run`, as somebody sees it in a terminal."""

    def __init__(self, place: Place) -> None:
        self.place = place
        self._screen = place.data_dir / "screen"
        with self._screen.open("wb") as screen:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "helpdesk", "run"],
                cwd=ROOT,
                env=place.environment,
                stdin=subprocess.DEVNULL,
                stdout=screen,
                stderr=subprocess.STDOUT,
            )
        wait_until(lambda: "Ctrl-C stops it" in self.screen or self.process.poll() is not None, 60)
        assert self.process.poll() is None, self.screen

    @property
    def screen(self) -> str:
        """Everything that was printed so far."""
        return self._screen.read_text()

    def end(self, number: signal.Signals = signal.SIGKILL) -> int:
        """Ends the supervisor; returns its exit code."""
        self.process.send_signal(number)
        return self.process.wait(30)

    def children(self) -> dict[str, int]:
        """The parts that run now, with their process ids."""
        found = {}
        for entry in Path("/proc").glob("[0-9]*"):
            try:
                parent = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
                words = (entry / "cmdline").read_bytes().split(b"\0")
            except (OSError, ValueError):
                continue  # it ended while we looked
            # One that just died has no words left, one that was just forked still has ours.
            if parent == self.process.pid and words[3:4] not in ([], [b"run"]):
                found[words[3].decode()] = int(entry.name)
        return found


def wait_until(true: Callable[[], object], seconds: float) -> None:
    """Looks often, and fails when it does not come true."""
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.05)


@pytest.fixture
def running(place: Place) -> Iterator[Running]:
    """The whole system, started and answering."""
    system = Running(place)
    yield system
    if system.process.poll() is None:
        system.end()


def is_free(endpoint: str) -> bool:
    """Whether somebody could listen there."""
    host, _, port = endpoint.rpartition(":")
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, int(port)))
        except OSError:
            return False
        return True

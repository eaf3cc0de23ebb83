"""Which servers are here: tests without theirs are skipped with a reason, or fail where they are required.

`HELPDESK_TEST_REQUIRE=dovecot,postgres,redis,browser` turns a skip into a failure; CI sets all four.
"""

import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

# Servers live in /usr/sbin, which the PATH of an ordinary user leaves out.
_PATH = os.pathsep.join([os.environ.get("PATH", ""), "/usr/sbin", "/usr/local/sbin", "/sbin"])


@dataclass(frozen=True)
class Server:
    """A program that some tests need, and what is left out without it."""

    mark: str
    find: Callable[[], str | None]
    package: str
    left_out: str


def program(*names: str) -> str | None:
    """The path of the first of `names` that is installed."""
    return next((path for name in names if (path := shutil.which(name, path=_PATH))), None)


def postgres_bin() -> str | None:
    """The folder with PostgreSQL's server programs; the newest version where there are several."""
    folders = [p.parent for p in Path("/usr/lib/postgresql").glob("*/bin/initdb")]
    if folders:
        return str(max(folders, key=lambda folder: int(folder.parent.name)))
    initdb = program("initdb")
    return str(Path(initdb).resolve().parent) if initdb else None


SERVERS = {
    server.mark: server
    for server in (
        Server("dovecot", lambda: program("dovecot"), "dovecot-imapd", "fetching from a real mailbox"),
        Server("postgres", postgres_bin, "postgresql", "everything on PostgreSQL"),
        Server("redis", lambda: program("redis-server"), "redis-server", "waking workers through Redis"),
        Server("browser", lambda: program("chromium", "google-chrome"), "chromium", "screens in a browser"),
    )
}


def required() -> set[str]:
    """The servers that must be here."""
    return {part.strip() for part in os.environ.get("HELPDESK_TEST_REQUIRE", "").split(",") if part.strip()}


def missing() -> list[Server]:
    """The servers that are not installed on this machine."""
    return [server for server in SERVERS.values() if server.find() is None]


def check(mark: str) -> str:
    """The path of the server's program; skips the test without it, or fails it where it is required."""
    server = SERVERS[mark]
    path = server.find()
    if path is None:
        reason = f"{mark} is not installed (apt-get install {server.package})"
        if mark in required():
            pytest.fail(f"{reason}, and HELPDESK_TEST_REQUIRE names it", pytrace=False)
        pytest.skip(reason)
    return path

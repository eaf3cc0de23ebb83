"""A PostgreSQL cluster of our own: made in a temporary folder, reached by a Unix socket, gone afterwards."""

import os
import pwd
import shutil
import subprocess
import tempfile
from itertools import count
from pathlib import Path

import psycopg

# The machine may be lost, the cluster then too: no test needs the disk to be sure.
_FAST = ("fsync=off", "synchronous_commit=off", "full_page_writes=off")
# Making a database creates about a thousand files, for most tests that touch one: in memory that is ten times as
# quick as on a disk. Some machines have a small one, and journals of a cluster may take a gigabyte.
_MEMORY, _ROOM = Path("/dev/shm"), 4 * 2**30
_ALWAYS = ("listen_addresses=", "max_connections=100", "timezone=UTC", "log_min_messages=fatal")


class Cluster:
    """One running server. `durable` keeps fsync on, for tests that kill it."""

    def __init__(self, programs: str, *, durable: bool = False) -> None:
        self._programs = Path(programs)
        self._account = _account()
        # Short: the path of a Unix socket may have 107 letters at most.
        where = "/tmp" if durable or not _room_in_memory() else _MEMORY
        self.folder = Path(tempfile.mkdtemp(prefix="helpdesk-pg-", dir=where))
        self._options = _ALWAYS if durable else _ALWAYS + _FAST
        self._numbers = count(1)
        if self._account:
            shutil.chown(self.folder, self._account)
        self._run(
            "initdb", "-D", "data", "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "-N"
        )
        self.start()

    def start(self) -> None:
        """Starts the server and waits until it answers."""
        options = " ".join(
            f"-c {option}" for option in (*self._options, f"unix_socket_directories={self.folder}")
        )
        self._run("pg_ctl", "-D", "data", "-l", "log", "-o", options, "-w", "-t", "60", "start")

    def stop(self, mode: str = "fast") -> None:
        """Stops the server; `immediate` is the way a crash would."""
        self._run("pg_ctl", "-D", "data", "-m", mode, "-w", "stop")

    def remove(self) -> None:
        """Stops the server and deletes everything."""
        try:
            self.stop("immediate")
        finally:
            shutil.rmtree(self.folder, ignore_errors=True)

    def url(self, database: str) -> str:
        """The address of a database as DATABASE_URL takes it."""
        return f"postgresql://postgres@/{database}?host={self.folder}"

    def create(self, template: str = "template1") -> str:
        """Makes a database as a copy of `template`; returns its name."""
        name = f"test_{next(self._numbers)}"
        self._say(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
        return name

    def drop(self, name: str) -> None:
        """Deletes a database, whoever is still connected to it."""
        self._say(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')

    def _say(self, statement: str) -> None:
        with psycopg.connect(
            f"host={self.folder} user=postgres dbname=postgres", autocommit=True
        ) as connection:
            connection.execute(statement)

    def _run(self, name: str, *arguments: str) -> None:
        done = subprocess.run(
            [str(self._programs / name), *arguments],
            cwd=self.folder,
            user=self._account,
            group=pwd.getpwnam(self._account).pw_gid if self._account else None,
            extra_groups=[] if self._account else None,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE if name == "initdb" else subprocess.DEVNULL,
            check=False,
        )
        if done.returncode:
            log = self.folder / "log"
            said = (done.stderr or b"").decode() + (log.read_text() if log.exists() else "")
            raise RuntimeError(f"{name} failed: {said}")


def _room_in_memory() -> bool:
    return _MEMORY.is_dir() and os.access(_MEMORY, os.W_OK) and shutil.disk_usage(_MEMORY).free > _ROOM


def _account() -> str | None:
    """PostgreSQL refuses to run as root; then it runs as `postgres`, or as `nobody`."""
    if os.geteuid() != 0:
        return None
    names = {entry.pw_name for entry in pwd.getpwall()}
    return "postgres" if "postgres" in names else "nobody"

"""What only one process may do at a time: whoever has the lock has it alone, and loses it by dying."""

import subprocess
import sys
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import text

from helpdesk.db import db
from helpdesk.db.locks import FileLock, lock
from tests.jobs.running import until


def test_one_has_it_and_the_other_waits_until_it_is_given_back(app: Flask, tmp_path: Path) -> None:
    first, second = lock(db.engine, tmp_path, "mailbox a"), lock(db.engine, tmp_path, "mailbox a")
    other = lock(db.engine, tmp_path, "mailbox b")
    assert first.held()
    assert first.held()
    assert not second.held()
    assert other.held()
    first.release()
    assert second.held()
    assert not first.held()
    second.release()
    other.release()
    second.release()


@pytest.mark.database("postgres")
def test_a_lost_connection_is_a_lost_lock(app: Flask, tmp_path: Path) -> None:
    first, second = lock(db.engine, tmp_path, "mailbox"), lock(db.engine, tmp_path, "mailbox")
    assert first.held()
    with db.engine.connect() as connection:
        connection.execute(
            text("SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND granted")
        )
    until(second.held)
    assert not first.held()
    assert not first.held()
    second.release()
    until(first.held)
    first.release()


def test_a_killed_process_leaves_no_file_lock_behind(tmp_path: Path) -> None:
    code = (
        "import sys, pathlib; from helpdesk.db.locks import FileLock\n"
        "lock = FileLock(pathlib.Path(sys.argv[1])); assert lock.held(); print('held', flush=True); input()"
    )
    holder = subprocess.Popen(
        [sys.executable, "-c", code, str(tmp_path / "a" / "lock")],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    with holder:
        assert holder.stdout
        assert holder.stdout.readline() == b"held\n"
        assert not FileLock(tmp_path / "a" / "lock").held()
        holder.kill()
        holder.wait()
    with FileLock(tmp_path / "a" / "lock") as mine:
        assert mine.held()

"""A connection to PostgreSQL that died while nobody used it."""

import pytest
from flask import Flask
from sqlalchemy import create_engine, text

from helpdesk.db import connection, transaction
from tests.jobs.running import until

pytestmark = pytest.mark.database("postgres")


def backend() -> int:
    """The server's process behind the connection of one transaction."""
    with transaction():
        return int(connection().execute(text("SELECT pg_backend_pid()")).scalar_one())


def end(backend: int, url: str) -> None:
    """What a restart of the server does to a connection, seen through to its end."""
    other = create_engine(url)
    gone = text("SELECT count(*) = 0 FROM pg_stat_activity WHERE pid = :pid")
    with other.connect().execution_options(isolation_level="AUTOCOMMIT") as theirs:
        theirs.execute(text("SELECT pg_terminate_backend(:pid)"), {"pid": backend})
        until(lambda: bool(theirs.execute(gone, {"pid": backend}).scalar_one()))
    other.dispose()


def test_it_is_replaced_before_it_is_used(app: Flask, database_url: str) -> None:
    first = backend()
    assert backend() == first
    end(first, database_url)
    assert backend() != first

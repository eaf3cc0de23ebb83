"""Fixtures that all tests share: databases, settings, application, servers; and the network guard."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import urllib3  # noqa: F401  tries out IPv6 when it is imported, which the guard would blame on a test
from flask import Flask
from flask.testing import FlaskClient
from jinja2 import FileSystemBytecodeCache

from helpdesk.db import db
from helpdesk.i18n import compile_catalogues
from helpdesk.settings import Settings, read_settings
from tests.support import require
from tests.support.databases import Databases, PostgresDatabases, SqliteDatabases
from tests.support.network_guard import guard
from tests.support.postgres import Cluster
from tests.support.redis import RedisServer

if TYPE_CHECKING:
    from tests.support.desk import Desk

DATABASES = ("sqlite", "postgres")
# Whoever talks to one of these talks to this machine.
_LOOPBACK = {"loopback", "dovecot", "browser"}


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Each test that touches the database runs on both, unless its `database` mark names one."""
    if "databases" in metafunc.fixturenames:
        mark = metafunc.definition.get_closest_marker("database")
        names = mark.args if mark else DATABASES
        metafunc.parametrize(
            "databases",
            [
                pytest.param(name, marks=[getattr(pytest.mark, name)] if name == "postgres" else [])
                for name in names
            ],
            indirect=True,
        )


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Iterator[None]:
    """Watches the network from the first fixture of a test to its last."""
    names = {mark.name for mark in item.iter_markers()} | set(getattr(item, "fixturenames", ()))
    guard.begin(loopback=bool(names & _LOOPBACK))
    try:
        return (yield)
    finally:
        guard.end()


@pytest.hookimpl(trylast=True)
def pytest_runtest_teardown(item: pytest.Item) -> None:
    """Fails a test whose reach for the network was swallowed by the code under test."""
    if guard.refused:
        refused, guard.refused = guard.refused, []
        pytest.fail("network touched unasked: " + "; ".join(refused), pytrace=False)


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Skips what needs a server that is not here; fails it where the server is required."""
    for mark in require.SERVERS:
        if item.get_closest_marker(mark):
            require.check(mark)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Says which parts of the product this machine could not test."""
    for server in require.missing():
        terminalreporter.write_line(
            f"NOT TESTED HERE: {server.left_out} (no {server.mark}; apt-get install {server.package})",
            yellow=True,
        )


@pytest.fixture(scope="session", autouse=True)
def texts() -> None:
    """Tests read what people read: the translations as they are now, compiled as `helpdesk setup` does it."""
    compile_catalogues()


@pytest.fixture(scope="session")
def loopback() -> None:
    """Asking for it allows a test to open and accept connections on this machine."""


@pytest.fixture(scope="session")
def sqlite_databases(tmp_path_factory: pytest.TempPathFactory) -> SqliteDatabases:
    """SQLite files for the tests of this process."""
    return SqliteDatabases(tmp_path_factory.mktemp("sqlite"))


@pytest.fixture(scope="session")
def postgres_cluster() -> Iterator[Cluster]:
    """PostgreSQL for the tests of this process."""
    cluster = Cluster(require.check("postgres"))
    yield cluster
    cluster.remove()


@pytest.fixture(scope="session")
def postgres_databases(postgres_cluster: Cluster) -> PostgresDatabases:
    """PostgreSQL databases for the tests of this process."""
    return PostgresDatabases(postgres_cluster)


@pytest.fixture
def databases(request: pytest.FixtureRequest) -> Databases:
    """Makes databases: the test runs with those of SQLite and with those of PostgreSQL."""
    made: Databases = request.getfixturevalue(f"{request.param}_databases")
    return made


@pytest.fixture
def database_url(databases: Databases) -> Iterator[str]:
    """The address of a fresh, migrated database."""
    url = databases.new()
    yield url
    databases.drop(url)


@pytest.fixture(scope="session")
def redis_server() -> Iterator[RedisServer]:
    """Redis for the tests of this process; the `redis` mark says that a test uses it."""
    server = RedisServer(require.check("redis"))
    yield server
    server.remove()


@pytest.fixture
def environment(request: pytest.FixtureRequest, database_url: str, tmp_path: Path) -> dict[str, str]:
    """The environment of the test application; the `settings` mark adds to it."""
    mark = request.node.get_closest_marker("settings")
    return {
        "HELPDESK_DATA_DIR": str(tmp_path),
        "DATABASE_URL": database_url,
        "SECRET_KEY": "a key for tests, long enough to be taken",
        "SMTP_LISTEN": "off",
        "AUTHSERV_ID": "mx.helpdesk.example",
        "BLIND_PERCENT": "0",
        **(mark.kwargs if mark else {}),
    }


@pytest.fixture
def settings(environment: dict[str, str], tmp_path: Path) -> Settings:
    """Settings as an operator would make them, on the test's own database and folder."""
    return read_settings(environment, tmp_path)


@pytest.fixture(scope="session")
def compiled_templates(tmp_path_factory: pytest.TempPathFactory) -> FileSystemBytecodeCache:
    """Templates are compiled once for all applications of this process; it was half the time of a page's test."""
    return FileSystemBytecodeCache(str(tmp_path_factory.mktemp("templates")))


@pytest.fixture
def app(settings: Settings, compiled_templates: FileSystemBytecodeCache) -> Iterator[Flask]:
    """The application, in its context."""
    # Imported here: tests of pure functions start without the whole application.
    from helpdesk.app import create_app

    application = create_app(settings)
    application.jinja_env.bytecode_cache = compiled_templates
    with application.app_context():
        yield application
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A browser without JavaScript that nobody has signed in with yet."""
    return app.test_client()


@pytest.fixture
def desk(app: Flask) -> Iterator["Desk"]:
    """The story's stage: an office with customers, agents, a mailbox and a clock that is ours."""
    from tests.support.desk import Desk

    with Desk(app) as stage:
        yield stage

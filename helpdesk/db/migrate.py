"""Bringing a database to this version's tables: once, whole or not at all, whoever starts first."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import OperationalError

from helpdesk.core.errors import Unavailable

_FOLDER = Path(__file__).resolve().parents[2] / "migrations"
_LOCK = 0x68656C70  # any number that only we use

State = Literal["empty", "behind", "current", "newer"]


def upgrade(engine: Engine) -> None:
    """Runs the migrations that are missing, in one transaction; others who start meanwhile wait.

    Raises Unavailable when the database was made by a newer version, or cannot be reached.
    """
    try:
        with _alone(engine) as connection:
            _refuse_newer(connection)
            command.upgrade(config(connection), "head")
            _check_references(connection)
    except OperationalError as error:
        raise _unreachable(engine) from error


def check(engine: Engine) -> None:
    """Raises Unavailable, with what to do, unless the database has exactly this version's tables."""
    try:
        with engine.connect() as connection:
            state = state_of(connection)
            _refuse_newer(connection)
    except OperationalError as error:
        raise _unreachable(engine) from error
    if state == "empty":
        raise Unavailable("The database is empty. Run `helpdesk setup` first.")
    if state == "behind":
        raise Unavailable("The database is from an older version. Run `helpdesk setup` to update it.")


def state_of(connection: Connection) -> State:
    """How the database stands to this version."""
    heads = set(MigrationContext.configure(connection).get_current_heads())
    script = scripts(connection)
    if not heads:
        return "empty"
    if heads == set(script.get_heads()):
        return "current"
    known = {revision.revision for revision in script.walk_revisions()}
    return "behind" if heads <= known else "newer"


def config(connection: Connection) -> Config:
    """Alembic's configuration for one open connection; there is no alembic.ini."""
    made = Config()
    made.set_main_option("path_separator", "os")
    made.set_main_option("script_location", str(_FOLDER).replace("%", "%%"))
    made.attributes["connection"] = connection
    return made


def scripts(connection: Connection) -> ScriptDirectory:
    """The migrations that this version knows."""
    return ScriptDirectory.from_config(config(connection))


@contextmanager
def _alone(engine: Engine) -> Iterator[Connection]:
    """A transaction that only one process at a time can have."""
    with engine.connect() as connection:
        connection = connection.execution_options(begin_immediate=True)
        if engine.dialect.name == "sqlite":
            # To change a table SQLite makes it anew; dropping the old one must not cascade. The pragma
            # has no effect once a transaction is open, so it goes round SQLAlchemy, which would open one.
            driver = connection.connection.driver_connection
            assert driver is not None
            driver.execute("PRAGMA foreign_keys=OFF")
            try:
                with connection.begin():
                    yield connection
            finally:
                driver.execute("PRAGMA foreign_keys=ON")
        else:
            with connection.begin():
                connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
                yield connection


def _refuse_newer(connection: Connection) -> None:
    if state_of(connection) == "newer":
        raise Unavailable(
            "The database was made by a newer version of the helpdesk. Start that one, or restore a backup."
        )


def _check_references(connection: Connection) -> None:
    """What `foreign_keys=OFF` let through, if anything, stops the migration."""
    if connection.dialect.name == "sqlite":
        broken = connection.exec_driver_sql("PRAGMA foreign_key_check").first()
        if broken is not None:
            raise RuntimeError(f"a migration left a row of {broken[0]} without its row of {broken[2]}")


def _unreachable(engine: Engine) -> Unavailable:
    # The address is shown without its password.
    return Unavailable(
        "The database at %(url)s cannot be opened. Is it running, and does it exist?",
        url=engine.url.render_as_string(hide_password=True),
    )


def compared(name: str | None, kind: str, _parents: object) -> bool:
    """Whether Alembic may compare it with the models: it knows nothing of word indexes and their tables."""
    return kind not in ("table", "index") or "_words" not in (name or "")

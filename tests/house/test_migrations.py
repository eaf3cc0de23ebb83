"""A migrated database has the tables of the models: columns, constraints, indexes and triggers."""

from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, Engine, create_engine, inspect, text

from helpdesk.core.errors import Unavailable
from helpdesk.db import Base, migrate
from helpdesk.db.transactions import prepare_engine


@pytest.fixture
def engine(database_url: str) -> Any:
    """The engine of a migrated database."""
    made = _engine(database_url)
    yield made
    made.dispose()


@pytest.fixture
def from_models(database_url: str, tmp_path: Path, request: pytest.FixtureRequest) -> Any:
    """The engine of a database made from the models instead."""
    if database_url.startswith("sqlite"):
        made = _engine(f"sqlite:///{tmp_path}/models.sqlite3")
        Base.metadata.create_all(made)
        yield made
        made.dispose()
        return
    cluster = request.getfixturevalue("postgres_cluster")
    name = cluster.create()
    made = _engine(cluster.url(name))
    Base.metadata.create_all(made)
    yield made
    made.dispose()
    cluster.drop(name)


def _engine(url: str) -> Engine:
    engine = create_engine(url.replace("postgresql://", "postgresql+psycopg://"))
    prepare_engine(engine)
    return engine


def _shape(connection: Connection) -> dict[str, Any]:
    """Everything a database knows of its tables, in a form to compare."""
    look = inspect(connection)
    tables = [name for name in look.get_table_names() if name != "alembic_version"]
    return {
        name: {
            "columns": [
                (c["name"], str(c["type"]), c["nullable"], c["default"]) for c in look.get_columns(name)
            ],
            "key": look.get_pk_constraint(name),
            "foreign keys": _sorted(look.get_foreign_keys(name)),
            "unique": _sorted(look.get_unique_constraints(name)),
            "checks": _sorted(look.get_check_constraints(name)),
            "indexes": _sorted(look.get_indexes(name)),
        }
        for name in tables
    }


def _sorted(rows: list[Any]) -> list[str]:
    return sorted(repr(_plain(row)) for row in rows)


def _plain(value: Any) -> Any:
    """Texts and lists only: clauses are compared by what they say."""
    if isinstance(value, dict):
        return [(key, _plain(value[key])) for key in sorted(value)]
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    return " ".join(str(value).split())


def _triggers(connection: Connection) -> dict[str, str]:
    """Name and text of each trigger, on PostgreSQL with the text of its function."""
    if connection.dialect.name == "sqlite":
        query = "SELECT name, sql FROM sqlite_master WHERE type = 'trigger'"
    else:
        query = """SELECT t.tgname || ' on ' || t.tgrelid::regclass, pg_get_triggerdef(t.oid) || p.prosrc
            FROM pg_trigger t JOIN pg_proc p ON p.oid = t.tgfoid WHERE NOT t.tgisinternal"""
    return {str(name): str(sql) for name, sql in connection.execute(text(query))}


def test_alembic_sees_no_difference_to_the_models(engine: Engine) -> None:
    with engine.connect() as connection:
        opts = {"compare_type": True, "include_name": migrate.compared}
        context = MigrationContext.configure(connection, opts=opts)
        assert compare_metadata(context, Base.metadata) == []


def test_the_tables_are_those_of_the_models(engine: Engine, from_models: Engine) -> None:
    with engine.connect() as migrated, from_models.connect() as modelled:
        assert _shape(migrated) == _shape(modelled)


def test_the_triggers_are_those_of_the_models(engine: Engine, from_models: Engine) -> None:
    with engine.connect() as migrated, from_models.connect() as modelled:
        triggers = _triggers(migrated)
        assert triggers == _triggers(modelled)
        assert triggers


def test_migrating_twice_is_migrating_once(engine: Engine) -> None:
    migrate.upgrade(engine)
    migrate.check(engine)


def test_a_database_of_a_newer_version_is_left_alone(engine: Engine) -> None:
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    for act in (migrate.upgrade, migrate.check):
        with pytest.raises(Unavailable, match="newer version"):
            act(engine)


def test_an_empty_database_is_told_apart(tmp_path: Path) -> None:
    engine = _engine(f"sqlite:///{tmp_path}/empty.sqlite3")
    with pytest.raises(Unavailable, match="helpdesk setup"):
        migrate.check(engine)
    engine.dispose()


def test_a_database_that_is_not_there_is_one_sentence(tmp_path: Path) -> None:
    engine = _engine(f"sqlite:///{tmp_path}/nowhere/helpdesk.sqlite3")
    for act in (migrate.upgrade, migrate.check):
        with pytest.raises(Unavailable, match="cannot be opened"):
            act(engine)
    engine.dispose()


def test_a_migration_that_fails_leaves_nothing_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = _engine(f"sqlite:///{tmp_path}/half.sqlite3")
    whole = command.upgrade

    def breaks_at_the_end(*arguments: Any) -> None:
        whole(*arguments)
        raise RuntimeError("power cut")

    monkeypatch.setattr(command, "upgrade", breaks_at_the_end)
    with pytest.raises(RuntimeError):
        migrate.upgrade(engine)
    with engine.connect() as connection:
        assert inspect(connection).get_table_names() == []
    engine.dispose()

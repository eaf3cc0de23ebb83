"""A fresh database for each test: a copy of one that was migrated once."""

import shutil
from itertools import count
from pathlib import Path
from typing import Protocol
from urllib.parse import urlsplit

from sqlalchemy import create_engine

from helpdesk.db import migrate
from helpdesk.db.transactions import prepare_engine
from tests.support.postgres import Cluster


def migrate_url(url: str) -> None:
    """Brings the database at `url` (in SQLAlchemy's words) to the newest revision."""
    engine = create_engine(url)
    prepare_engine(engine)
    try:
        migrate.upgrade(engine)
    finally:
        engine.dispose()


class Databases(Protocol):
    """Makes databases of one kind."""

    def new(self, source: str | None = None) -> str:
        """The address of a fresh, migrated database, or of a copy of the one at `source` (nobody may use it)."""
        ...

    def drop(self, url: str) -> None:
        """Deletes a database."""
        ...


class SqliteDatabases:
    """Files; closing the last connection to the template has put all of its journal into it."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._template = folder / "template.sqlite3"
        self._numbers = count(1)
        migrate_url(f"sqlite:///{self._template}")

    def new(self, source: str | None = None) -> str:
        """Copies the file."""
        target = self._folder / f"{next(self._numbers)}.sqlite3"
        shutil.copyfile(source.removeprefix("sqlite:///") if source else self._template, target)
        return f"sqlite:///{target}"

    def drop(self, url: str) -> None:
        """Deletes the file and its journal."""
        for suffix in ("", "-wal", "-shm"):
            Path(url.removeprefix("sqlite:///") + suffix).unlink(missing_ok=True)


class PostgresDatabases:
    """Databases in our own cluster."""

    def __init__(self, cluster: Cluster) -> None:
        self._cluster = cluster
        self._template = cluster.create()
        migrate_url(cluster.url(self._template).replace("postgresql://", "postgresql+psycopg://"))

    def new(self, source: str | None = None) -> str:
        """Copies the template inside the server."""
        return self._cluster.url(self._cluster.create(_name(source) if source else self._template))

    def drop(self, url: str) -> None:
        """Deletes it, whoever is still connected."""
        self._cluster.drop(_name(url))


def _name(url: str) -> str:
    return urlsplit(url).path.lstrip("/")

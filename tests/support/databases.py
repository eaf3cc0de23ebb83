"""A fresh database for each test: a copy of one that was migrated once."""

import shutil
from pathlib import Path

from sqlalchemy import create_engine

from helpdesk.db import migrate
from helpdesk.db.transactions import prepare_engine
from tests.support.postgres import Cluster


def migrate_url(url: str) -> None:
    """Brings the database at `url` (in SQLAlchemy's words) to the newest revision."""
    engine = create_engine(url)
    prepare_engine(engine)
    migrate.upgrade(engine)
    engine.dispose()


class SqliteTemplate:
    """One migrated file; closing the last connection has put all of its journal into it."""

    def __init__(self, folder: Path) -> None:
        self._file = folder / "template.sqlite3"
        migrate_url(f"sqlite:///{self._file}")

    def copy(self, folder: Path) -> str:
        """The address of a new copy in `folder`."""
        target = folder / "helpdesk.sqlite3"
        shutil.copyfile(self._file, target)
        return f"sqlite:///{target}"


class PostgresTemplate:
    """One migrated database in our own cluster."""

    def __init__(self, cluster: Cluster) -> None:
        self.cluster = cluster
        self._name = cluster.create()
        migrate_url(cluster.url(self._name).replace("postgresql://", "postgresql+psycopg://"))

    def copy(self) -> str:
        """The name of a new copy."""
        return self.cluster.create(self._name)

"""Writes the next migration from what changed in the models: python scripts/new_migration.py "what changed".

Read it before you commit it: a comparison sees neither CHECK constraints nor what to do with the rows.
"""

import sys
from tempfile import TemporaryDirectory

from alembic import command
from sqlalchemy import create_engine

from helpdesk.db import migrate
from helpdesk.db.transactions import prepare_engine


def main(message: str) -> None:
    """Compares a fresh, migrated database with the models and writes the difference."""
    if not message:
        sys.exit('Say what changed: make migration M="tickets get a colour"')
    with TemporaryDirectory() as folder:
        engine = create_engine(f"sqlite:///{folder}/compare.sqlite3")
        prepare_engine(engine)
        migrate.upgrade(engine)
        with engine.connect() as connection:
            config = migrate.config(connection)
            number = len(list(migrate.scripts(connection).walk_revisions())) + 1
            command.revision(config, message=message, autogenerate=True, rev_id=f"{number:04d}")
        engine.dispose()


if __name__ == "__main__":
    main(" ".join(sys.argv[1:]).strip())

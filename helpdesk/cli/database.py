"""`helpdesk db upgrade`: this version's tables."""

import click

from helpdesk.cli import door
from helpdesk.cli.output import put
from helpdesk.db import db as database
from helpdesk.db import migrate


@click.group()
def db() -> None:
    """The database."""


@db.command()
@click.pass_context
def upgrade(ctx: click.Context) -> None:
    """Bring the database to this version's tables, as a whole or not at all.

    May be started on several machines at once: one does it, the others wait.
    """
    with door.inside(ctx, checked=False):
        migrate.upgrade(database.engine)
    put("The database is up to date.")

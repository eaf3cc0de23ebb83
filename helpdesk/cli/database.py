"""`helpdesk db`: this version's tables, and the indexes for searching."""

import click

from helpdesk.actions import rebuild_search
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


@db.command()
@click.pass_context
def reindex(ctx: click.Context) -> None:
    """Make the indexes for searching anew, from the texts in the database.

    They are kept by the database itself; this is for after a repair. Mail is taken in as soon as it is done.
    """
    with door.inside(ctx):
        rebuild_search.rebuild()
    put("Every text can be found.")

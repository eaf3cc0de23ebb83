"""`helpdesk setup`: from nothing to a system that can start; harmless when repeated, and then quick."""

import os
import secrets
from collections.abc import Mapping
from pathlib import Path

import click

from helpdesk.actions.set_up import prepare
from helpdesk.cli import door
from helpdesk.cli.demo import seed
from helpdesk.cli.output import put
from helpdesk.core.clock import now
from helpdesk.core.errors import SettingsError, Unavailable
from helpdesk.db import db, migrate
from helpdesk.i18n import compile_catalogues
from helpdesk.settings import ROOT, data_dir_of, environment, secret_key_file


@click.command()
@click.option("--demo", is_flag=True, help="Add customers and mails to try it out, once, if there are none.")
@click.pass_context
def setup(ctx: click.Context, demo: bool) -> None:
    """Create or update what the system needs: data folder, secret key, texts, tables, mailbox and prices."""
    environ = environment()
    data_dir = data_dir_of(environ, ROOT)
    make_folder(data_dir)
    make_key(environ, data_dir)
    if compile_catalogues():
        put("Compiled the texts.")
    with door.inside(ctx, checked=False) as app:
        try:
            migrate.check(db.engine)
        except Unavailable:
            put("Bringing the database up to date ...")
            migrate.upgrade(db.engine)
        prepare(now())
        if demo:
            seed(door.settings_of(app), now())


def make_folder(data_dir: Path) -> None:
    """Creates the data folder for its owner only; raises SettingsError when that does not work."""
    if data_dir.is_dir():
        return
    try:
        data_dir.mkdir(mode=0o700, parents=True)
    except OSError as error:
        raise SettingsError(
            "The data folder %(folder)s cannot be created: %(why)s.", folder=data_dir, why=error.strerror
        ) from error
    put(f"Created the data folder {data_dir}.")


def make_key(environ: Mapping[str, str], data_dir: Path) -> None:
    """Writes a secret key unless there is one; two set-ups at once agree on the first one's."""
    if environ.get("SECRET_KEY", "").strip():
        return
    try:
        opened = os.open(secret_key_file(data_dir), os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return
    with open(opened, "w", encoding="ascii") as file:
        file.write(secrets.token_urlsafe(48) + "\n")
    put("Made a secret key.")

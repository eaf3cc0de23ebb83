"""`helpdesk mail inspect`: why did that mail do that? Reads files, stores nothing, needs no settings."""

import sys
from pathlib import Path

import click

from helpdesk.cli.failures import Told, say
from helpdesk.cli.output import put_json
from helpdesk.mail.inspection import inspect


@click.command("inspect")
@click.argument("files", nargs=-1, required=True, metavar="FILE...")
@click.option("--jsonl", is_flag=True, help="One JSON object a line and message.")
def inspect_files(files: tuple[str, ...], jsonl: bool) -> None:
    """Show as JSON what the system makes of raw messages; `-` is standard input.

    Nothing is stored, and no settings are needed. Ends with 1 when a file could not be read.
    """
    unread = 0
    for name in files:
        try:
            raw = sys.stdin.buffer.read() if name == "-" else Path(name).read_bytes()
        except OSError as error:
            say(f"{name} cannot be read: {error.strerror}.")
            unread += 1
            continue
        put_json(inspect(raw), pretty=not jsonl)
    if unread:
        raise Told(f"{unread} of {len(files)} files could not be read.")

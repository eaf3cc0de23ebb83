"""The `helpdesk` command: `helpdesk --help`, or `python -m helpdesk`."""

from typing import TYPE_CHECKING

from helpdesk.cli.root import cli

if TYPE_CHECKING:
    from flask import Flask


def make_app() -> "Flask":
    """The whole application; imported here because `mail inspect` and its like start faster without it."""
    from helpdesk.app import make_app as build

    return build()


def main() -> None:
    """The console entry point."""
    cli(obj=make_app, prog_name="helpdesk")


if __name__ == "__main__":
    main()

"""Every command of the command line is described in docs/commands.md, and nothing that is not there."""

import re
from collections.abc import Iterator

import click

from helpdesk.cli.root import cli
from tests.house.code import ROOT

TEXT = (ROOT / "docs" / "commands.md").read_text(encoding="utf-8")


def _commands(
    command: click.Command, path: tuple[str, ...]
) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    if isinstance(command, click.Group):
        for name, child in command.commands.items():
            yield from _commands(child, (*path, name))
    else:
        yield path, command


COMMANDS = {" ".join(path): command for path, command in _commands(cli, ("helpdesk",))}


def test_every_command_is_described() -> None:
    assert [name for name in COMMANDS if f"`{name}" not in TEXT] == []


def test_every_option_is_described() -> None:
    missing = [
        f"{name} {option}"
        for name, command in COMMANDS.items()
        for parameter in command.params
        if isinstance(parameter, click.Option)
        for option in [max(parameter.opts, key=len)]
        if option not in TEXT
    ]
    assert missing == []


def test_no_command_is_described_that_does_not_exist() -> None:
    written = {
        " ".join(match.split()) for match in re.findall(r"^#+ `(helpdesk[a-z -]*)", TEXT, re.MULTILINE)
    }
    groups = {" ".join(name.split()[:-1]) for name in COMMANDS}
    assert {name for name in written if name not in COMMANDS and name not in groups} == set()


def test_every_command_has_a_help_text() -> None:
    assert [name for name, command in COMMANDS.items() if not command.help] == []

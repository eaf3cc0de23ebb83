"""Every command of the command line is described in docs/commands.md, and nothing that is not there."""

import re
from collections.abc import Iterator

import click
import pytest

from helpdesk.cli.root import cli
from tests.house.code import ROOT


@pytest.fixture(scope="module")
def described() -> str:
    """The text of docs/commands.md."""
    return (ROOT / "docs" / "commands.md").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def commands() -> dict[str, click.Command]:
    """All commands by the words that are typed."""
    return {" ".join(path): command for path, command in _below(cli, ("helpdesk",))}


def _below(command: click.Command, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    if isinstance(command, click.Group):
        for name, child in command.commands.items():
            yield from _below(child, (*path, name))
    else:
        yield path, command


def test_every_command_is_described(described: str, commands: dict[str, click.Command]) -> None:
    assert [name for name in commands if f"`{name}" not in described] == []


def test_every_option_is_described(described: str, commands: dict[str, click.Command]) -> None:
    missing = [
        f"{name} {max(parameter.opts, key=len)}"
        for name, command in commands.items()
        for parameter in command.params
        if isinstance(parameter, click.Option) and max(parameter.opts, key=len) not in described
    ]
    assert missing == []


def test_no_command_is_described_that_does_not_exist(
    described: str, commands: dict[str, click.Command]
) -> None:
    words = re.findall(r"^#+ `(helpdesk[a-z -]*)", described, re.MULTILINE)
    groups = {" ".join(name.split()[:-1]) for name in commands}
    assert {" ".join(word.split()) for word in words} - commands.keys() - groups == set()


def test_every_command_has_a_help_text(commands: dict[str, click.Command]) -> None:
    assert [name for name, command in commands.items() if not command.help] == []

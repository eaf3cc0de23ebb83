"""Groups whose commands are imported when they are asked for: `mail inspect` starts without the database."""

from collections.abc import Iterator, Mapping, MutableMapping
from importlib import import_module
from typing import Any, NamedTuple

import click


class Later(NamedTuple):
    """Where a command is (`helpdesk.cli.web:web`), and its line in the list of commands."""

    where: str
    short_help: str


class Commands(MutableMapping[str, click.Command]):
    """Names to commands; each is imported by the first one who looks at it."""

    def __init__(self, later: Mapping[str, Later]) -> None:
        self._later = dict(later)
        self._loaded: dict[str, click.Command] = {}

    def __getitem__(self, name: str) -> click.Command:
        if name not in self._loaded:
            module, _, attribute = self._later[name].where.partition(":")
            command = getattr(import_module(module), attribute)
            command.short_help = self._later[name].short_help
            self._loaded[name] = command
        return self._loaded[name]

    def __setitem__(self, name: str, command: click.Command) -> None:
        self._later.setdefault(name, Later("", command.short_help or ""))
        self._loaded[name] = command

    def __delitem__(self, name: str) -> None:
        del self._later[name]
        self._loaded.pop(name, None)

    def __iter__(self) -> Iterator[str]:
        return iter(self._later)

    def __len__(self) -> int:
        return len(self._later)

    def short_helps(self) -> list[tuple[str, str]]:
        """Name and line of every command, without importing any."""
        return [(name, later.short_help) for name, later in self._later.items()]


class LazyGroup(click.Group):
    """A group made of `Later`s; listing it imports nothing."""

    def __init__(self, *args: Any, later: Mapping[str, Later], **options: Any) -> None:
        super().__init__(*args, **options)
        self._known = Commands(later)
        self.commands = self._known

    def list_commands(self, ctx: click.Context) -> list[str]:
        """In the order they were written down, which is the order people need them in."""
        return list(self._known)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The list below `--help`."""
        with formatter.section("Commands"):
            formatter.write_dl(self._known.short_helps())

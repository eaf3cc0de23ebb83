"""`helpdesk`: the list of all commands, and what happens when one fails."""

import sys
from collections.abc import Sequence
from typing import Any

import click

from helpdesk.cli.failures import TRY_AGAIN, say, told
from helpdesk.cli.lazy import Later, LazyGroup

COMMANDS = {
    "setup": Later("helpdesk.cli.setup:setup", "Create or update the data folder and the database."),
    "run": Later("helpdesk.cli.run:run", "Start the whole system; Ctrl-C stops it."),
    "web": Later("helpdesk.cli.web:web", "Serve the pages."),
    "fetch": Later("helpdesk.cli.processes:fetch", "Take mail in: IMAP, SMTP, Maildir."),
    "worker": Later("helpdesk.cli.processes:worker", "Handle stored mail and send what waits."),
    "clock": Later("helpdesk.cli.processes:clock", "Do what is due at a time."),
    "mail": Later("helpdesk.cli.mail:mail", "Look at mail, take it in, follow it."),
    "triage": Later("helpdesk.cli.triage:triage", "Ask the rules."),
    "rules": Later("helpdesk.cli.rules:rules", "The rules as files."),
    "ledger": Later("helpdesk.cli.ledger:ledger", "Prove the books."),
    "agent": Later("helpdesk.cli.agent:agent", "People who work here."),
    "db": Later("helpdesk.cli.database:db", "The database."),
    "translations": Later("helpdesk.cli.translations:translations", "Texts in de, fr and sv."),
}


class Root(LazyGroup):
    """Errors become one sentence here, whichever command they come from."""

    def main(self, args: Sequence[str] | None = None, *rest: Any, **options: Any) -> Any:
        """As click's; but `mail deliver` answers a mail server, which must never take a failure for a yes."""
        given = list(sys.argv[1:] if args is None else args)
        if given[:2] != ["mail", "deliver"] or "--help" in given:
            return super().main(given, *rest, **options)
        try:
            super().main(given, *rest, **options)
        except SystemExit as end:
            sys.exit(0 if end.code in (0, None) else TRY_AGAIN)
        except BaseException as error:
            say(f"The message was not stored ({type(error).__name__}: {error}).")
            sys.exit(TRY_AGAIN)

    def invoke(self, ctx: click.Context) -> Any:
        """Runs the command; see failures.told()."""
        with told():
            return super().invoke(ctx)


@click.group(cls=Root, later=COMMANDS)
@click.version_option(package_name="helpdesk", message="helpdesk %(version)s")
def cli() -> None:
    """A support helpdesk that knows what is free, what is paid, and what was agreed.

    Settings come from the environment and from the file `.env`; see `.env.example`.
    """

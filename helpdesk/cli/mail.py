"""`helpdesk mail`: the list of its commands."""

import click

from helpdesk.cli.lazy import Later, LazyGroup


@click.group(
    cls=LazyGroup,
    later={
        "inspect": Later("helpdesk.cli.mail_inspect:inspect_files", "Show what we make of a raw message."),
        "deliver": Later("helpdesk.cli.mail_deliver:deliver", "Take one raw message from standard input."),
        "quarantine": Later("helpdesk.cli.mail_desk:quarantine", "List messages that could not be handled."),
        "retry": Later("helpdesk.cli.mail_desk:retry", "Hand a message from quarantine to the workers."),
        "trace": Later("helpdesk.cli.mail_desk:trace", "Show the path of one message."),
        "replay": Later("helpdesk.cli.mail_desk:replay", "Run a message again with today's code."),
    },
)
def mail() -> None:
    """Look at mail, take it in, follow it."""

"""`helpdesk mail deliver`: the pipe of a mail server. 0 is "durably stored", 75 is "keep it, come back"."""

import signal
import sys
from types import FrameType
from uuid import uuid4

import click

from helpdesk.actions.receive_mail import receive
from helpdesk.cli import door
from helpdesk.core.clock import now
from helpdesk.core.errors import InvalidInput, Unavailable


@click.command()
@click.option("--to", "recipients", multiple=True, metavar="ADDRESS", help="Envelope recipient; repeatable.")
@click.option("--from", "sender", default="", metavar="ADDRESS", help="Envelope sender; empty for bounces.")
@click.pass_context
def deliver(ctx: click.Context, recipients: tuple[str, ...], sender: str) -> None:
    """Take one raw message from standard input, as a mail server hands it over.

    Ends with 0 when the message is durably stored, and with 75 ("try again") in every other case.
    """
    # A server that loses patience stops us with TERM; that is not a yes either.
    signal.signal(signal.SIGTERM, _stopped)
    with door.inside(ctx) as app:
        limit = door.settings_of(app).max_message_bytes
        raw = sys.stdin.buffer.read(limit + 1)
        if not raw:
            raise InvalidInput("There is no message on standard input.")
        if len(raw) > limit:
            raise InvalidInput("The message is larger than MAX_MESSAGE_BYTES.")
        stored = receive(
            raw,
            source="pipe",
            # Each call is a delivery of its own; a repeated one is recognised by its content (M2).
            source_key=uuid4().hex,
            envelope_from=sender.strip(),
            envelope_to=[address.strip() for address in recipients],
            through_border=True,
            now=now(),
        )
        if stored is None:
            raise Unavailable("The message was not stored.")


def _stopped(_number: int, _frame: FrameType | None) -> None:
    raise Unavailable("The delivery was stopped from outside.")

"""`helpdesk triage`: free or paid, urgent or not, and why; asked about a text, or again about a ticket."""

import json
import sys
from typing import Any

import click

from helpdesk.cli.lazy import Later, LazyGroup
from helpdesk.cli.output import put_json
from helpdesk.core.errors import HelpdeskError, InvalidInput
from helpdesk.triage.engine import explain_item


@click.group(
    cls=LazyGroup,
    later={
        "explain": Later("helpdesk.cli.triage:explain", "Judge a message with the starter rules."),
        "replay": Later("helpdesk.cli.triage_replay:replay", "Judge a ticket again, as it was judged then."),
    },
)
def triage() -> None:
    """Ask the rules."""


@click.command()
@click.option("--jsonl", is_flag=True, help="One JSON object a line in, one JSON object a line out.")
def explain(jsonl: bool) -> None:
    """Judge a message with the starter rules and print the verdict with its reasons as JSON.

    Reads from standard input a JSON object with subject, body, attachments (file names) and, optionally,
    customer facts. With --jsonl the order is kept, and a line that is broken is answered by an object with
    "error" and the label null.
    """
    if not jsonl:
        put_json(explain_item(_item(sys.stdin.buffer.read())), pretty=True)
        return
    for line in sys.stdin.buffer:
        if line.strip():
            put_json(_verdict(line))


def _verdict(line: bytes) -> dict[str, Any]:
    try:
        return explain_item(_item(line))
    except HelpdeskError as error:
        return {"label": None, "error": str(error)}
    except Exception as error:  # one bad line must not silence the ones after it
        return {"label": None, "error": f"{type(error).__name__}: {error}"[:500]}


def _item(text: bytes) -> dict[str, Any]:
    try:
        item = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise InvalidInput("This is not JSON in UTF-8: %(why)s", why=str(error)) from error
    if not isinstance(item, dict):
        raise InvalidInput("This is JSON, but not an object with subject and body.")
    return item

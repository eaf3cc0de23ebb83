"""`helpdesk mail quarantine`, `retry` and `trace`: what became of stored messages."""

import json
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import click

from helpdesk.actions import quarantine as quarantined
from helpdesk.cli import door
from helpdesk.cli.output import put, put_json, put_table
from helpdesk.core.actors import Actor
from helpdesk.core.clock import now
from helpdesk.mail.models import RawMail
from helpdesk.mail.queries import raw_mail
from helpdesk.reports import mail_queues

OPERATOR = Actor("system", name="helpdesk mail")


@click.command()
@click.option("--jsonl", is_flag=True, help="One JSON object a line.")
@click.pass_context
def quarantine(ctx: click.Context, jsonl: bool) -> None:
    """List the messages that could not be handled, the newest first, with the reason."""
    with door.inside(ctx):
        mails = list(_quarantined())
        if jsonl:
            for mail in mails:
                put_json(_summary(mail))
        elif mails:
            put_table(
                ("id", "received", "from", "size", "reason"),
                [(m.id, _moment(m.received_at), m.envelope_from, m.size, m.error or "") for m in mails],
            )
        else:
            put("Nothing is in quarantine.")


@click.command()
@click.argument("mail_id", type=int, metavar="ID")
@click.pass_context
def retry(ctx: click.Context, mail_id: int) -> None:
    """Hand a message from quarantine to the workers again, with three fresh attempts."""
    with door.inside(ctx):
        quarantined.retry(mail_id, by=OPERATOR, now=now())
        put(f"Message {mail_id} is with the workers again.")


@click.command()
@click.argument("mail_id", type=int, metavar="ID")
@click.option("--jsonl", is_flag=True, help="One JSON object on one line.")
@click.pass_context
def trace(ctx: click.Context, mail_id: int, jsonl: bool) -> None:
    """Show the path of one message: where it came from, what was decided and why, what followed."""
    with door.inside(ctx):
        found = raw_mail(mail_id)
        whole = _summary(found) | {"ticket": mail_queues.ticket_of(mail_id), "path": found.path}
        if jsonl:
            put_json(whole)
            return
        for name, value in whole.items():
            if name != "path":
                put(f"{name:<13}{'' if value is None else value}")
        for step in found.path:
            put(f"  {_step(step)}")


def _summary(mail: RawMail) -> dict[str, Any]:
    return {
        "id": mail.id,
        "state": mail.state,
        "source": f"{mail.source} {mail.source_key}",
        "from": mail.envelope_from,
        "to": " ".join(mail.envelope_to),
        "message_id": mail.message_id,
        "size": mail.size,
        "received": _moment(mail.received_at),
        "handled": _moment(mail.handled_at) if mail.handled_at else None,
        "attempts": mail.attempts,
        "copy_of": mail.copy_of_id,
        "error": mail.error,
    }


def _quarantined() -> Iterator[RawMail]:
    mails, mark = mail_queues.quarantine_page()
    yield from mails
    while mark is not None:
        mails, mark = mail_queues.quarantine_page(mark)
        yield from mails


def _step(step: dict[str, Any]) -> str:
    said = {name: value for name, value in step.items() if name not in ("step", "at")}
    pairs = [f"{name}={json.dumps(value, ensure_ascii=False)}" for name, value in said.items()]
    return " ".join([str(step.get("at", ""))[:19], str(step.get("step", "")), *pairs])


def _moment(at: datetime) -> str:
    return at.isoformat(timespec="seconds")

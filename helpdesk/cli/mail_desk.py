"""`helpdesk mail quarantine`, `retry`, `trace` and `replay`: what became of stored messages."""

import json
from collections.abc import Iterator
from dataclasses import asdict
from datetime import datetime
from typing import Any

import click

from helpdesk.actions import quarantine as quarantined
from helpdesk.actions import replay_mail as replaying
from helpdesk.actions.replay_mail import Rehearsal
from helpdesk.cli import door
from helpdesk.cli.output import put, put_json, put_table
from helpdesk.core.actors import Actor
from helpdesk.core.clock import now
from helpdesk.mail.models import RawMail
from helpdesk.mail.queries import raw_mail
from helpdesk.reports import mail_queues
from helpdesk.reports.flight import flight

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
        found = flight(mail_id)
        whole = _summary(found.mail) | {
            "ticket": found.ticket,
            "deliveries": [
                {"id": each.id, "source": f"{each.source} {each.key}", "received": _moment(each.received_at)}
                for each in found.deliveries
            ],
            "rules_missed": (found.verdict.data.get("misses") or []) if found.verdict else [],
            "mails": [
                {"id": each.id, "to": each.to_address, "subject": each.subject, "state": each.state}
                for each in found.mails
            ],
            "path": found.mail.path,
        }
        if jsonl:
            put_json(whole)
            return
        for name, value in whole.items():
            if isinstance(value, list):
                continue
            put(f"{name:<13}{'' if value is None else value}")
        for delivery in found.deliveries:
            put(f"delivered    {delivery.id} by {delivery.source} {delivery.key}")
        for step in found.mail.path:
            put(f"  {_step(step)}")
        if whole["rules_missed"]:
            put(f"missed       {' '.join(whole['rules_missed'])}")
        for each in found.mails:
            put(f"caused       mail {each.id} to {each.to_address}: {each.state}")


@click.command()
@click.argument("mail_id", type=int, metavar="ID", required=False)
@click.option("--failed", is_flag=True, help="All messages in quarantine instead of one.")
@click.option("--for-real", is_flag=True, help="Not only show it: handle what has led to nothing yet.")
@click.option("--jsonl", is_flag=True, help="One JSON object a line and message.")
@click.pass_context
def replay(ctx: click.Context, mail_id: int | None, failed: bool, for_real: bool, jsonl: bool) -> None:
    """Run a message through today's code and show what would be different; changes nothing by itself."""
    if (mail_id is None) != failed:
        raise click.UsageError("Name one message, or --failed for all in quarantine.")
    with door.inside(ctx):
        ids = replaying.failed_ids() if mail_id is None else [mail_id]
        if not ids and not jsonl:
            put("Nothing is in quarantine.")
        for each in ids:
            if for_real:
                state = replaying.replay(each, by=OPERATOR, now=now())
                shown: dict[str, Any] = {"id": each, "state": state, "error": raw_mail(each).error}
                lines = [f"Message {each} is now: {state}."]
            else:
                told = replaying.rehearse(each, now())
                shown = {"id": each} | asdict(told)
                lines = list(_rehearsed(each, told))
            if jsonl:
                put_json(shown)
            else:
                put("\n".join(lines))


def _rehearsed(mail_id: int, told: Rehearsal) -> Iterator[str]:
    if told.error is not None:
        yield f"Message {mail_id} would fail: {told.error}"
    elif told.changes:
        yield f"Message {mail_id} would end as {told.state}, with other decisions than on record:"
    else:
        yield f"Message {mail_id} would end as {told.state}, as on record."
    for step, before, after in told.changes:
        yield f"  {step}"
        yield f"    on record  {_pairs(before)}"
        yield f"    now        {_pairs(after)}"


def _pairs(said: dict[str, Any] | None) -> str:
    if said is None:
        return "(no such step)"
    return " ".join(f"{name}={json.dumps(value, ensure_ascii=False)}" for name, value in said.items())


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
    found, mark = mail_queues.quarantine_page()
    yield from (each.mail for each in found)
    while mark is not None:
        found, mark = mail_queues.quarantine_page(mark)
        yield from (each.mail for each in found)


def _step(step: dict[str, Any]) -> str:
    said = {name: value for name, value in step.items() if name not in ("step", "at", "ms")}
    took = f"+{step['ms']:.1f}ms" if isinstance(step.get("ms"), int | float) else ""
    return " ".join(
        filter(None, [str(step.get("at", ""))[:19], took, str(step.get("step", "")), _pairs(said)])
    )


def _moment(at: datetime) -> str:
    return at.isoformat(timespec="seconds")

"""/metrics in Prometheus' text format (version 0.0.4): queues, mailboxes, the brake; no names of people."""

import hmac
import ipaddress
from collections.abc import Iterator
from datetime import datetime

from flask import Blueprint, Response, abort, current_app, request

from helpdesk.core.clock import now
from helpdesk.mail.queries import mail_sources
from helpdesk.reports import mail_queues
from helpdesk.settings import Settings
from helpdesk.tickets.queue_queries import QUARANTINE_ALARM

blueprint = Blueprint("metrics", __name__)


@blueprint.get("/metrics")
def metrics() -> Response:
    """The numbers, for whoever has the token; without one for this machine only. Others find nothing."""
    if not _may_read():
        abort(404)
    return Response("".join(_lines(now())), content_type="text/plain; version=0.0.4; charset=utf-8")


def _may_read() -> bool:
    settings: Settings = current_app.extensions["helpdesk"]
    if settings.metrics_token is not None:
        shown = request.headers.get("Authorization", "")
        return hmac.compare_digest(shown.encode(), f"Bearer {settings.metrics_token}".encode())
    # A proxy on this machine passes strangers on; it says so.
    if "X-Forwarded-For" in request.headers or "Forwarded" in request.headers:
        return False
    try:
        return ipaddress.ip_address(request.remote_addr or "").is_loopback
    except ValueError:
        return False


def _lines(at: datetime) -> Iterator[str]:
    health = mail_queues.health()
    yield _help("helpdesk_mail_waiting", "Mails that wait, by queue.")
    waiting = {
        "incoming": health.incoming,
        "outgoing": health.outgoing,
        "failed": health.failed,
        "in_doubt": health.doubtful,
        "quarantine": health.quarantined,
        "braked": health.braked,
    }
    for queue, n in waiting.items():
        yield f'helpdesk_mail_waiting{{queue="{queue}"}} {n}\n'
    yield _help("helpdesk_mail_oldest_seconds", "Age of the oldest mail in a queue.")
    oldest = {
        "incoming": health.oldest_incoming,
        "outgoing": health.oldest_outgoing,
        "quarantine": health.oldest_quarantined,
    }
    for queue, since in oldest.items():
        yield f'helpdesk_mail_oldest_seconds{{queue="{queue}"}} {_age(since, at)}\n'
    yield _help("helpdesk_quarantine_alarm", "1 while a mail waits for a person longer than 15 minutes.")
    since = health.oldest_quarantined
    yield f"helpdesk_quarantine_alarm {int(since is not None and at - since > QUARANTINE_ALARM)}\n"
    yield _help("helpdesk_automatic_mail_stopped", "1 while the brake on automatic mail is pulled.")
    yield f"helpdesk_automatic_mail_stopped {int(health.brake is not None)}\n"
    yield from _mailboxes(at)


def _mailboxes(at: datetime) -> Iterator[str]:
    sources = mail_sources()
    yield _help("helpdesk_mailbox_waiting", "Messages that lie in a mailbox and could not be taken.")
    for source in sources:
        yield f"helpdesk_mailbox_waiting{_named(source.name)} {source.waiting}\n"
    yield _help("helpdesk_mailbox_oldest_seconds", "Age of the oldest undone message in a mailbox.")
    for source in sources:
        yield f"helpdesk_mailbox_oldest_seconds{_named(source.name)} {_age(source.oldest_at, at)}\n"
    yield _help("helpdesk_mailbox_success_timestamp_seconds", "When fetching last worked; 0 for never.")
    for source in sources:
        last = source.succeeded_at.timestamp() if source.succeeded_at else 0
        yield f"helpdesk_mailbox_success_timestamp_seconds{_named(source.name)} {last:.0f}\n"
    yield _help("helpdesk_mailbox_failing", "1 while fetching from a mailbox fails.")
    for source in sources:
        yield f"helpdesk_mailbox_failing{_named(source.name)} {int(bool(source.error))}\n"


def _help(name: str, text: str) -> str:
    return f"# HELP {name} {text}\n# TYPE {name} gauge\n"


def _named(mailbox: str) -> str:
    escaped = mailbox.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'{{mailbox="{escaped}"}}'


def _age(since: datetime | None, at: datetime) -> int:
    return int((at - since).total_seconds()) if since else 0

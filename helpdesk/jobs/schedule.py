"""All periodic work in one table: what, how often, and what does it; the clock runs each on one machine."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from helpdesk.actions.change_appointment import remind_due as remind_due_appointments
from helpdesk.actions.credit_letters import tell_of_expiry
from helpdesk.actions.expire_offers import expire_offers
from helpdesk.actions.hold_slot import let_stale_go
from helpdesk.actions.learn_rules import learn
from helpdesk.actions.manage_accounts import sweep_attempts
from helpdesk.actions.manage_credit import expire_credit
from helpdesk.actions.manage_invoices import remind_due
from helpdesk.actions.sweep_files import sweep_files
from helpdesk.actions.track_sla import follow_book
from helpdesk.actions.watch_promises import watch_promises
from helpdesk.actions.watch_quotes import remind_of_quotes, warn_of_overruns
from helpdesk.billing.ledger_check import check_ledger
from helpdesk.jobs.statements import mail_statements
from helpdesk.mail.queries import mail_sources
from helpdesk.reports import mail_queues
from helpdesk.tickets.queue_queries import QUARANTINE_ALARM

log = structlog.get_logger()

# Mail that waits longer than this means that no worker runs, or that none gets anything done.
LATE = timedelta(minutes=5)
# A mailbox that was not looked into for so long is not fetched, whatever the reason.
MAILBOX_LATE = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class Periodic:
    """One job; `run(now)` must be harmless when it is run twice."""

    name: str
    every: timedelta
    run: Callable[[datetime], object]


def _check_books(_now: datetime) -> None:
    findings = check_ledger()
    for finding in findings[:100]:
        log.error("ledger_broken", code=finding.code, row=finding.row)
    log.info("ledger_checked", findings=len(findings))


def _watch_mail(now: datetime) -> None:
    health = mail_queues.health()
    if health.oldest_quarantined is not None and now - health.oldest_quarantined > QUARANTINE_ALARM:
        since = health.oldest_quarantined.isoformat()
        log.error("mail_in_quarantine_too_long", count=health.quarantined, since=since)
    elif health.quarantined:
        log.warning("mail_in_quarantine", count=health.quarantined)
    if health.oldest_incoming is not None and now - health.oldest_incoming > LATE:
        log.error("mail_waits_too_long", count=health.incoming, since=health.oldest_incoming.isoformat())
    if health.brake is not None:
        log.error("automatic_mail_stopped", since=health.brake.pulled_at.isoformat(), waiting=health.braked)
    for source in mail_sources():
        late = source.succeeded_at is None or now - source.succeeded_at > MAILBOX_LATE
        if source.error or late or source.waiting:
            log.error(
                "mailbox_not_well",
                mailbox=source.name,
                error=source.error,
                succeeded=source.succeeded_at.isoformat() if source.succeeded_at else None,
                waiting=source.waiting,
            )
    if health.doubtful:
        log.warning("outgoing_mail_in_doubt", count=health.doubtful)
    if health.failed:
        log.info("outgoing_mail_failed", count=health.failed)


SCHEDULE = (
    Periodic("expire_offers", timedelta(minutes=1), expire_offers),
    Periodic("remind_of_quotes", timedelta(hours=1), remind_of_quotes),
    Periodic("warn_of_overruns", timedelta(minutes=5), warn_of_overruns),
    Periodic("follow_promises", timedelta(minutes=1), follow_book),
    Periodic("let_slots_go", timedelta(minutes=5), let_stale_go),
    Periodic("remind_of_appointments", timedelta(minutes=1), remind_due_appointments),
    Periodic("watch_mail", timedelta(minutes=5), _watch_mail),
    Periodic("watch_promises", timedelta(minutes=1), watch_promises),
    Periodic("sweep_sign_in_attempts", timedelta(hours=1), sweep_attempts),
    Periodic("remind_of_invoices", timedelta(hours=1), remind_due),
    Periodic("expire_credit", timedelta(hours=1), expire_credit),
    Periodic("tell_of_expiry", timedelta(hours=1), tell_of_expiry),
    Periodic("mail_statements", timedelta(hours=1), mail_statements),
    Periodic("sweep_files", timedelta(days=1), sweep_files),
    Periodic("learn_rules", timedelta(hours=1), learn),
    Periodic("check_books", timedelta(days=1), _check_books),
)

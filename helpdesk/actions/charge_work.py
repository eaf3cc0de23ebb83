"""Logging minutes: what they would cost, and saving them with the charge in one transaction."""

from datetime import datetime

from helpdesk.actions.context import context
from helpdesk.billing.work import Preview, Work, record_work
from helpdesk.billing.work import preview as preview_work
from helpdesk.contracts.queries import coverage
from helpdesk.core.actors import Actor
from helpdesk.core.errors import Forbidden, InvalidInput
from helpdesk.db import transaction
from helpdesk.tickets.models import Ticket, locked, record
from helpdesk.tickets.queries import ticket_by_number


def preview(number: int, minutes: int, activity: str, *, waived_because: str = "", now: datetime) -> Preview:
    """What logging `minutes` would cost now; changes nothing."""
    return preview_work(_work(ticket_by_number(number), "preview", minutes, activity, now, waived_because))


def log_work(
    number: int,
    minutes: int,
    activity: str,
    *,
    text: str,
    internal: str = "",
    waived_because: str = "",
    key: str,
    by: Actor,
    now: datetime,
) -> int:
    """Logs the minutes and charges what they cost, once a `key`; returns the work entry's id.

    Raises NotAllowedYet while nothing is agreed (B4), InsufficientCredit when nobody could pay (B2).
    """
    if by.kind != "agent" or by.id is None:
        raise Forbidden("Only an agent can log work.")
    if not key:
        raise InvalidInput("This form is out of date. Open the ticket again.")
    with transaction():
        ticket = locked(number)
        work = _work(ticket, key, minutes, activity, now, waived_because, text, internal)
        entry = record_work(work, agent_id=by.id, by=by)
        ticket.updated_at = now
        record(
            number,
            "work_logged",
            by,
            now,
            entry=entry.id,
            minutes=minutes,
            billed=entry.billed_minutes,
            net=entry.net_minor,
            currency=entry.currency,
            billing=entry.billing,
        )
        return entry.id


def _work(
    ticket: Ticket,
    key: str,
    minutes: int,
    activity: str,
    now: datetime,
    waived_because: str = "",
    text: str = "",
    internal: str = "",
) -> Work:
    day = now.astimezone(context().settings.zone).date()
    return Work(
        key=key,
        ticket_id=ticket.id,
        customer_id=ticket.customer_id,
        label=ticket.label,
        subscriber=coverage(ticket.customer_id, day).active,
        minutes=minutes,
        activity=activity,
        at=now,
        local_day=day,
        text=text.strip()[:500],
        internal=internal.strip()[:5000],
        waived_because=waived_because.strip()[:300],
    )

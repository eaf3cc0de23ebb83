"""Logging minutes: what they would cost, and saving them with the charge in one transaction."""

from dataclasses import replace
from datetime import datetime

from helpdesk.actions import change_appointment, credit_notices
from helpdesk.actions.context import context
from helpdesk.actions.live_promises import live_book
from helpdesk.actions.triage_ticket import billed_as, note_billing
from helpdesk.billing import ledger
from helpdesk.billing.offers import surcharge_key, waive_surcharge
from helpdesk.billing.queries import hold_is_open, live_charges, transfer_by_key, work_of
from helpdesk.billing.terms_models import CaseWaiver
from helpdesk.billing.work import Preview, Work, logged, record_work
from helpdesk.billing.work import preview as preview_work
from helpdesk.contracts.queries import coverage
from helpdesk.core.actors import SYSTEM, Actor
from helpdesk.core.errors import Forbidden, InvalidInput
from helpdesk.db import db, insert_new, transaction
from helpdesk.tickets.models import Ticket, locked, record
from helpdesk.tickets.queries import ticket_by_number


def preview(
    number: int,
    minutes: int,
    activity: str,
    *,
    waived_because: str = "",
    corrects: int | None = None,
    now: datetime,
) -> Preview:
    """What logging `minutes` would cost now; changes nothing."""
    if change_appointment.holds(number, now):
        return _preview_after_session(number, minutes, activity, waived_because, corrects, now)
    work = _work(ticket_by_number(number), "preview", minutes, activity, now, waived_because)
    return preview_work(replace(work, corrects=corrects))


def _preview_after_session(
    number: int, minutes: int, activity: str, waived_because: str, corrects: int | None, now: datetime
) -> Preview:
    """The same where a session's hold will pay: tried out and taken back."""
    with transaction():
        ticket = locked(number)
        try:
            with db.session.begin_nested():
                change_appointment.settle(number, SYSTEM, now)
                work = _work(ticket, "preview", minutes, activity, now, waived_because)
                raise _TakenBack(preview_work(replace(work, corrects=corrects)))
        except _TakenBack as trial:
            return trial.seen


class _TakenBack(Exception):
    """Ends a trial: what was tried never happened, what was seen is kept."""

    def __init__(self, seen: Preview) -> None:
        super().__init__()
        self.seen = seen


def log_work(
    number: int,
    minutes: int,
    activity: str,
    *,
    text: str,
    internal: str = "",
    waived_because: str = "",
    corrects: int | None = None,
    why: str = "",
    key: str,
    by: Actor,
    now: datetime,
) -> int:
    """Logs the minutes and charges what they cost, once a `key`; returns the work entry's id.

    With `corrects` the entry takes the place of an earlier one of the ticket, whose cost is booked back;
    `why` says what was wrong. Raises NotAllowedYet while nothing is agreed (B4), InsufficientCredit when
    nobody could pay (B2), Conflict for an entry that was corrected already.
    """
    if corrects is not None and not (why.strip() or waived_because.strip()):
        raise InvalidInput("Write what was wrong.", field="why")
    if by.kind != "agent" or by.id is None:
        raise Forbidden("Only an agent can log work.")
    if not key:
        raise InvalidInput("This form is out of date. Open the ticket again.")
    with transaction():
        ticket = locked(number)
        work = replace(
            _work(ticket, key, minutes, activity, now, waived_because, text, internal),
            corrects=corrects,
            why=why.strip()[:300],
        )
        before = logged(work)
        if before is not None:  # the same form once more: it was logged, and told, already
            return before.id
        change_appointment.settle(number, by, now)
        entry = record_work(work, agent_id=by.id, by=by)
        note_billing(number, billed_as(number))
        ticket.updated_at = now
        credit_notices.tell_if_low(ticket.customer_id, now=now)
        record(
            number,
            "work_corrected" if corrects is not None else "work_logged",
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


def waive_case(number: int, kind: str, reason: str, *, by: Actor, now: datetime) -> None:
    """Makes a paid case free of charge, with the reason: a defect of the product, or goodwill.

    What was charged is booked back and stays visible as given away; a surcharge that is held is let go.
    """
    if by.kind != "agent" or by.id is None:
        raise Forbidden("Only an agent can log work.")
    if kind not in ("defect", "goodwill") or not reason.strip():
        raise InvalidInput("Write why this case is not charged.", field="reason")
    with transaction():
        ticket = locked(number)
        for entry in live_charges(number):
            log_work(
                number,
                entry.minutes,
                entry.activity,
                text=entry.text,
                internal=entry.internal,
                waived_because=reason,
                corrects=entry.id,
                key=f"waive:{entry.id}",
                by=by,
                now=now,
            )
        _let_surcharge_go(number, reason, by, now)
        _settle_case(number, kind, reason, by, now)
        note_billing(number, kind)
        ticket.updated_at = now
        record(number, "case_waived", by, now, kind=kind, reason=reason.strip()[:300])


def note_unbilled(ticket: Ticket, *, by: Actor, now: datetime) -> None:
    """Closing a paid case on which nothing was logged leaves a reason, so that no case is forgotten (B3)."""
    if ticket.label == "support" and not work_of(ticket.id):
        _settle_case(ticket.id, "nothing", "Closed without logged work", by, now)
        note_billing(ticket.id, "nothing")


def _settle_case(number: int, kind: str, reason: str, by: Actor, now: datetime) -> None:
    insert_new(
        CaseWaiver,
        ticket_id=number,
        kind=kind,
        reason=reason.strip()[:300],
        actor_kind=by.kind,
        actor_id=by.id,
        at=now,
    )


def _let_surcharge_go(number: int, reason: str, by: Actor, now: datetime) -> None:
    key = surcharge_key(number)
    if hold_is_open(key):
        waive_surcharge(number, by=by, now=now, reason=reason)
    elif transfer_by_key(f"{key}:done") is not None:
        ledger.reverse(f"{key}:back", f"{key}:done", by=by, now=now, reason=reason)


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
    office = live_book().main
    zone, day = office.zone, office.local_date(now)
    covered = coverage(ticket.customer_id, day)
    return Work(
        key=key,
        ticket_id=ticket.id,
        customer_id=ticket.customer_id,
        label=ticket.label,
        subscriber=covered.active,
        plan=covered.plan,
        time_box=context().settings.hotline_minutes,
        zone=zone,
        minutes=minutes,
        activity=activity,
        at=now,
        local_day=day,
        text=text.strip()[:500],
        internal=internal.strip()[:5000],
        waived_because=waived_because.strip()[:300],
    )

"""What becomes of an appointment: moved, cancelled by the customer or by us, a no-show, or done (A6)."""

from datetime import datetime, timedelta

from helpdesk.actions import appointment_mail, booking_price, find_times
from helpdesk.actions.hold_slot import MANAGE
from helpdesk.billing import ledger, lots
from helpdesk.billing.queries import hold_is_open, transfer_by_key
from helpdesk.billing.terms_models import CaseWaiver
from helpdesk.booking import appointments, queries
from helpdesk.booking.cancelling import NO_SHOW_AFTER, UNDO, free_until, is_late
from helpdesk.booking.models import Appointment
from helpdesk.core.actors import Actor
from helpdesk.core.errors import Conflict, Forbidden, NotAllowedYet, NotFound
from helpdesk.core.tokens import token_hash
from helpdesk.db import insert_new, transaction
from helpdesk.tickets.models import close, locked, record

#: Reminders leave so many hours before; none for what was booked later than that.
REMINDERS = (24, 2)


def see(token: str) -> Appointment:
    """The appointment behind the link to change or cancel; reading changes nothing. Raises NotFound."""
    return queries.by_hash("manage_hash", token_hash(token, MANAGE))


def cancel(token: str, now: datetime) -> Appointment:
    """The customer cancels: free until the stated moment, then the announced fee; once."""
    with transaction():
        row = _locked(see(token))
        if row.state.startswith("cancelled"):
            return row
        _ahead(row, now)
        late = row.free_until is not None and is_late(row.free_until, now)
        by = Actor("contact", row.contact_id, row.name)
        if late:
            _charge_fee(row, by, now)
        else:
            _release(row, by, now, "cancelled in time")
        _end(row, "cancelled_late" if late else "cancelled_free", now)
        _close_case(row, now)
        _record(row, "appointment_cancelled", by, now, late=late)
        appointment_mail.cancelled(row, now, charged=late)
        return row


def move(token: str, start: datetime, now: datetime) -> Appointment:
    """The customer takes another time of the same service: free until the stated moment, not after it.

    Id and UID stay; calendars move the event. Raises Conflict when the new time is taken or it is too late.
    """
    with transaction():
        row = _locked(see(token))
        _ahead(row, now)
        if row.free_until is not None and is_late(row.free_until, now):
            raise Conflict("It is too late to move this appointment free of charge. Write to us.")
        agents = find_times.who_could(
            row.service, start, agent_id=None, email=row.email, language=row.language, now=now
        )
        by = Actor("contact", row.contact_id, row.name)
        _moved(row, agents, start, by, now)
        return row


def call_off(appointment_id: int, reason: str, *, by: Actor, now: datetime) -> None:
    """We cancel: always free, what was held is released, and the customer gets three other times."""
    _only_us(by)
    with transaction():
        row = _locked(queries.appointment(appointment_id))
        if row.state == "cancelled_by_us":
            return
        if row.state != "confirmed":
            raise Conflict("This appointment is over already.")
        _release(row, by, now, "we cancelled")
        _end(row, "cancelled_by_us", now)
        _record(row, "appointment_called_off", by, now, reason=reason.strip()[:300])
        appointment_mail.cancelled_by_us(row, reason.strip()[:300], find_times.choices(row.service, now), now)


def mark_no_show(appointment_id: int, *, by: Actor, now: datetime) -> None:
    """Nobody came: the announced fee is charged. Raises NotAllowedYet in the first quarter of an hour."""
    _only_us(by)
    with transaction():
        row = _locked(queries.appointment(appointment_id))
        if row.state == "no_show":
            return
        if row.state != "confirmed":
            raise Conflict("This appointment is over already.")
        if now < row.starts_at + NO_SHOW_AFTER:
            raise NotAllowedYet("Wait a quarter of an hour before you mark a no-show.")
        _charge_fee(row, by, now)
        _end(row, "no_show", now)
        _record(row, "appointment_no_show", by, now)


def undo_no_show(appointment_id: int, *, by: Actor, now: datetime) -> None:
    """They were there after all: the fee goes back. Work that is logged is charged as agreed."""
    _only_us(by)
    with transaction():
        row = _locked(queries.appointment(appointment_id))
        if row.state != "no_show":
            raise Conflict("This appointment is no no-show.")
        if row.ended_at is None or now > row.ended_at + UNDO:
            raise Conflict("This can be undone for 24 hours.")
        key = _fee_key(row)
        ledger.reverse(f"{key}:back", key, by=by, now=now, reason="no-show undone")
        lots.recognise_vat(f"{key}:back", by=by, now=now)
        _end(row, "done", now)
        _record(row, "appointment_no_show_undone", by, now)


def holds(ticket_id: int, now: datetime) -> bool:
    """Whether a session of this ticket has begun and what is held for it waits for the logged time."""
    return any(each.state == "confirmed" and each.starts_at <= now for each in queries.of_ticket(ticket_id))


def settle(ticket_id: int, by: Actor, now: datetime) -> None:
    """Work on the session is about to be charged: what was held for it pays (B7).

    The hold ends and the charge takes its place in the same transaction, so nobody else can spend it in
    between, and what is left of it is free again. Call inside transaction().
    """
    for each in queries.of_ticket(ticket_id):
        if each.state == "confirmed" and each.starts_at <= now:
            row = appointments.locked(each.id)
            _release(row, by, now, "charged by the time really needed")
            _end(row, "done", now)
            _record(row, "appointment_done", by, now)


def remind_due(now: datetime) -> int:
    """Writes the reminders that are due; returns how many. Harmless when run twice or after a crash."""
    written = 0
    for hours in REMINDERS:
        before = timedelta(hours=hours)
        for each in queries.ahead(now, now + before):
            if each.booked_at is not None and each.booked_at <= each.starts_at - before:
                written += _remind(each.id, hours, now)
    return written


def _remind(appointment_id: int, hours: int, now: datetime) -> bool:
    with transaction():
        row = _locked(queries.appointment(appointment_id))
        # After a long standstill yesterday's reminder would arrive together with today's.
        nearer = max((each for each in REMINDERS if each < hours), default=0)
        if row.state != "confirmed" or row.starts_at <= now + timedelta(hours=nearer):
            return False
        return appointment_mail.remind(row, hours, now)


def _moved(row: Appointment, agents: list[int], start: datetime, by: Actor, now: datetime) -> None:
    was = row.starts_at
    appointments.take_again(row, agents, start, now=now)
    row.sequence += 1
    row.free_until = free_until(start, row.service.free_hours)
    assert row.ticket is not None
    ticket = row.ticket
    ticket.assignee_id, ticket.updated_at = row.agent_id, now
    _record(row, "appointment_moved", by, now, was=was.isoformat(), starts=start.isoformat())
    appointment_mail.moved(row, now)


def _locked(row: Appointment) -> Appointment:
    """The appointment for changing; its ticket is locked first, as by everybody who bills on it."""
    if row.ticket_id is None:
        raise NotFound("There is no such appointment.")
    locked(row.ticket_id)
    return appointments.locked(row.id)


def _ahead(row: Appointment, now: datetime) -> None:
    if row.state != "confirmed" or row.starts_at <= now:
        raise Conflict("This appointment is over already.")


def _end(row: Appointment, state: str, now: datetime) -> None:
    row.state, row.ended_at = state, now
    row.sequence += 1


def _close_case(row: Appointment, now: datetime) -> None:
    ticket = row.ticket
    if ticket is not None and ticket.status != "closed" and ticket.merged_into_id is None:
        close(ticket, now)
        insert_new(
            CaseWaiver,
            ticket_id=ticket.id,
            kind="nothing",
            reason="Appointment cancelled",
            actor_kind="contact",
            actor_id=row.contact_id,
            at=now,
        )


def _record(row: Appointment, code: str, by: Actor, now: datetime, **data: object) -> None:
    assert row.ticket_id is not None
    record(row.ticket_id, code, by, now, **({"starts": row.starts_at.isoformat()} | data))


def _release(row: Appointment, by: Actor, now: datetime, reason: str) -> None:
    key = row.hold_key
    if key is not None and hold_is_open(key):
        ledger.void(f"{key}:released", key, by=by, now=now, reason=reason)


def _fee_key(row: Appointment) -> str:
    return f"appointment:{row.id}:late"


def _charge_fee(row: Appointment, by: Actor, now: datetime) -> None:
    """The announced fee, from what was held for the session, once (B3); the rest is free again."""
    assert row.customer_id is not None
    _release(row, by, now, "the fee is charged instead")
    key = _fee_key(row)
    if not row.fee or transfer_by_key(key) is not None:
        return
    ledger.transfer(
        key,
        debit=booking_price.payer(row.customer_id, row.fee, now),
        credit=ledger.open_account("revenue_other", row.fee.currency, now=now),
        amount=row.fee,
        cause="late_cancel",
        cause_ref=str(row.id),
        ticket_id=row.ticket_id,
        by=by,
        now=now,
    )
    lots.recognise_vat(key, by=by, now=now)


def _only_us(by: Actor) -> None:
    if by.kind != "agent" or by.id is None:
        raise Forbidden("Only an agent can do this.")

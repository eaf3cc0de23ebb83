"""The verbs on appointments' rows: hold a slot, move it, let stale ones go. Call them in transaction()."""

import secrets
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.exc import DBAPIError

from helpdesk.booking.constraints import REFUSED
from helpdesk.booking.models import Appointment, Service
from helpdesk.core.errors import Conflict, NotFound
from helpdesk.db import alone_with, db, insert_row
from helpdesk.i18n import lazy

#: How long a slot is held; it can be kept once as long again.
HELD_FOR = timedelta(minutes=10)
#: A visitor has to fetch a mail in between: that long the slot waits for them.
PROOF_TIME = timedelta(minutes=20)
#: One booking at a time, so that none waits for another that waits for it; it is taken before any row.
_DIARIES = "diaries"
GONE = lazy("This time has just been taken. What you wrote is kept. Choose another time.")


def hold(service: Service, agents: Sequence[int], start: datetime, *, now: datetime, **values: Any) -> int:
    """Holds the slot for the first of `agents` whose time is free; returns the appointment's id.

    The constraint decides, not what was read before. Raises Conflict when nobody is free.
    """
    alone_with(_DIARIES)
    for agent_id in agents:
        _let_stale_go(agent_id, service, start, now)
        row = {
            **_when(service, start),
            "uid": f"booking-{secrets.token_hex(16)}",
            "service_id": service.id,
            "agent_id": agent_id,
            "state": "hold",
            "held_until": now + HELD_FOR,
            "created_at": now,
            **values,
        }
        made = _unless_taken(partial(insert_row, Appointment, **row))
        if made is not None:
            return int(made)
    raise Conflict(GONE)


def take_again(
    appointment: Appointment, agents: Sequence[int], start: datetime, *, now: datetime, **values: Any
) -> int:
    """Moves a slot that is held, was held, or is booked to another time (or the same one again); its agent.

    Raises Conflict when nobody of `agents` is free then; what stood before stands.
    """
    alone_with(_DIARIES)
    for agent_id in agents:
        _let_stale_go(agent_id, appointment.service, start, now, but=appointment.id)
        row = {**_when(appointment.service, start), "agent_id": agent_id, **values}
        change = update(Appointment).where(Appointment.id == appointment.id).values(**row)
        quietly = {"synchronize_session": False}
        moved = _unless_taken(partial(db.session.execute, change, execution_options=quietly))
        if moved is not None:
            db.session.refresh(appointment)
            return agent_id
    raise Conflict(GONE)


def locked(appointment_id: int) -> Appointment:
    """The appointment for changing, read afresh and locked until the commit; raises NotFound."""
    alone_with(_DIARIES)
    found = db.session.scalar(
        select(Appointment)
        .where(Appointment.id == appointment_id)
        .with_for_update(of=Appointment)
        .execution_options(populate_existing=True)
    )
    if found is None:
        raise NotFound("There is no such appointment.")
    return found


def expire_stale(now: datetime, limit: int = 200) -> int:
    """Lets slots go whose time is over; returns how many. Harmless when run twice or together."""
    due = select(Appointment.id).where(Appointment.state == "hold", Appointment.held_until <= now)
    ids = list(db.session.scalars(due.order_by(Appointment.held_until).limit(limit)))
    if ids:
        _expire(Appointment.id.in_(ids), now)
    return len(ids)


def _let_stale_go(agent_id: int, service: Service, start: datetime, now: datetime, but: int = 0) -> None:
    """The constraint does not know the time: slots whose time is over stop counting before we ask it."""
    wanted = service.pattern.taken(start)
    _expire(
        (Appointment.agent_id == agent_id)
        & (Appointment.id != but)
        & (Appointment.starts_at < wanted.end)
        & (Appointment.busy_until > wanted.start),
        now,
    )


def _expire(which: Any, now: datetime) -> None:
    db.session.execute(
        update(Appointment)
        .where(which, Appointment.state == "hold", Appointment.held_until <= now)
        .values(state="expired", address=""),
        execution_options={"synchronize_session": False},
    )


def _when(service: Service, start: datetime) -> dict[str, datetime]:
    return {
        "starts_at": start,
        "ends_at": start + timedelta(minutes=service.minutes),
        "busy_until": service.pattern.taken(start).end,
    }


def _unless_taken(write: Callable[[], Any]) -> Any:
    """What `write` returns, or None when the database refuses an overlap."""
    db.session.flush()
    try:
        with db.session.connection().begin_nested():
            return write()
    except DBAPIError as error:
        if any(code in str(error.orig) for code in REFUSED):
            return None
        raise

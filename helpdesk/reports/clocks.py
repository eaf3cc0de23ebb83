"""How a promise stands at a moment: the words of the queue's clock. [pure]"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol

from helpdesk.core.business_hours import Calendar

#: Under this share of the working time the clock warns.
SOON = 0.25


class Owed(Protocol):
    """What a ticket and a line of the queue have in common."""

    @property
    def status(self) -> str: ...

    @property
    def waiting_for(self) -> str | None: ...

    @property
    def promised_from(self) -> datetime | None: ...

    @property
    def due_at(self) -> datetime | None: ...


class State(StrEnum):
    """What the clock says."""

    IN_TIME = "in-time"
    SOON = "soon"
    OVERDUE = "overdue"
    PAUSED = "paused"
    MET = "met"


@dataclass(frozen=True, slots=True)
class Clock:
    """The state, the moment that is promised, and the working time left (or, overdue, passed since)."""

    state: State
    due_at: datetime | None
    left: timedelta


def clock_of(ticket: Owed, calendar: Calendar, now: datetime) -> Clock:
    """Closed or nothing owed: met; the customer's turn: paused; else by the working time left."""
    if ticket.status == "waiting":
        return Clock(State.PAUSED, ticket.due_at, timedelta())
    if ticket.status == "closed" or ticket.due_at is None:
        return Clock(State.MET, None, timedelta())
    if now >= ticket.due_at:
        return Clock(State.OVERDUE, ticket.due_at, calendar.working_between(ticket.due_at, now))
    left = calendar.working_between(now, ticket.due_at)
    whole = calendar.working_between(ticket.promised_from or now, ticket.due_at)
    soon = left <= SOON * whole
    return Clock(State.SOON if soon else State.IN_TIME, ticket.due_at, left)

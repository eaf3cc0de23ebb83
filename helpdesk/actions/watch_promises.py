"""Promises in danger: a warning in the last quarter of the time, a person on duty when one is broken.

Each is said once for each promise, and only while the office that keeps it is open: never at midnight.
"""

from collections.abc import Collection
from datetime import datetime
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from sqlalchemy import exists, select

from helpdesk.accounts.models import Agent
from helpdesk.accounts.queries import on_duty, present
from helpdesk.actions.context import context
from helpdesk.actions.live_promises import live_book
from helpdesk.actions.send_mail import put_beside_ticket
from helpdesk.core.actors import SYSTEM
from helpdesk.db import db, insert_new, transaction
from helpdesk.mail.queries import box
from helpdesk.mail.render import render
from helpdesk.sla.book import Book
from helpdesk.sla.models import PromiseAlarm
from helpdesk.tickets.models import Ticket, locked, record

_BATCH = 100
# A column; mypy takes it for what it holds.
Moment = Any


class Watched(NamedTuple):
    """One of the clocks on a ticket: its name, from when it counts, when it warns, when it is due."""

    name: str
    counted_from: Moment
    warn_at: Moment
    due_at: Moment


CLOCKS = (
    Watched("answer", Ticket.promised_from, Ticket.warn_at, Ticket.due_at),
    Watched("resolution", Ticket.resolve_from, Ticket.resolve_warn_at, Ticket.resolve_by),
)


def watch_promises(now: datetime) -> int:
    """Says what is in danger now and was not said yet; returns how many. May run on two machines."""
    book, said = live_book(), 0
    offices = db.session.scalars(select(Ticket.office).where(Ticket.status == "open").distinct()).all()
    awake = [key for key in offices if book.calendar(key).is_open(now)]
    for clock in CLOCKS:
        for kind in ("broken", "warning"):
            for number in _in_danger(clock, kind, awake, now):
                said += _say(number, clock, kind, book, now)
    return said


def _in_danger(clock: Watched, kind: str, offices: Collection[str], now: datetime) -> list[int]:
    told = exists().where(
        PromiseAlarm.ticket_id == Ticket.id,
        PromiseAlarm.clock == clock.name,
        PromiseAlarm.kind == kind,
        PromiseAlarm.counted_from == clock.counted_from,
    )
    reached = clock.due_at <= now
    if kind == "warning":
        reached = (clock.warn_at <= now) & (clock.due_at > now)
    query = select(Ticket.id).where(Ticket.status == "open", Ticket.office.in_(offices), reached, ~told)
    return list(db.session.scalars(query.order_by(clock.due_at, Ticket.id).limit(_BATCH)))


def _say(number: int, clock: Watched, kind: str, book: Book, now: datetime) -> bool:
    """One alarm in one transaction: the row that makes it once, the mail, and a line of history."""
    with transaction():
        ticket = locked(number)
        counted_from = getattr(ticket, clock.counted_from.key)
        due_at = getattr(ticket, clock.due_at.key)
        if ticket.status != "open" or counted_from is None or due_at is None:
            return False  # answered since it was found
        if (due_at <= now) != (kind == "broken"):
            return False  # moved since
        day = book.calendar(ticket.office).local_date(now)
        first = None if kind == "broken" else present(ticket.assignee_id, day)
        agent = db.session.get(Agent, first or on_duty(day) or present(ticket.assignee_id, day) or 0)
        new = insert_new(
            PromiseAlarm,
            ticket_id=number,
            clock=clock.name,
            kind=kind,
            counted_from=counted_from,
            due_at=due_at,
            fired_at=now,
            agent_id=agent.id if agent else None,
        )
        if not new:
            return False
        if agent is not None:
            key = f"promise:{number}:{clock.name}:{kind}:{int(counted_from.timestamp())}"
            _mail(ticket, agent, clock.name, kind, due_at, key, book.calendar(ticket.office).zone, now)
        record(number, f"promise_{kind}", SYSTEM, now, to=agent.name if agent else None, clock=clock.name)
        return True


def _mail(
    ticket: Ticket,
    agent: Agent,
    clock: str,
    kind: str,
    due_at: datetime,
    key: str,
    zone: ZoneInfo,
    now: datetime,
) -> None:
    settings = context().settings
    put_beside_ticket(
        render(
            "agent-promise",
            agent.language,
            zone=zone,
            number=ticket.id,
            name=agent.name,
            subject=ticket.subject,
            broken=kind == "broken",
            resolution=clock == "resolution",
            due_at=due_at,
            now=now,
            link=f"{settings.public_url}/tickets/{ticket.id}",
            vendor=settings.vendor_name,
        ),
        key=key,
        ticket_id=ticket.id,
        mailbox=box(ticket.mailbox_id),
        to_address=agent.email,
        to_name=agent.name,
        language=agent.language,
        now=now,
    )

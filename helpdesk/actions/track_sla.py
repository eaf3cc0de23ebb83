"""Promises: what is owed until when, moved by pauses, brought forward by accepted urgency (S1, S2).

Two clocks run on a ticket: the next answer from us (the first one has a target of its own), and the end of
the matter where a policy promises one.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import bindparam, or_, select

from helpdesk.accounts.models import Agent
from helpdesk.actions.context import settings
from helpdesk.actions.live_promises import live_book
from helpdesk.contracts.queries import coverage_of_all
from helpdesk.core.business_hours import Calendar
from helpdesk.db import connection, db, table_of, transaction
from helpdesk.mail.queries import mailbox_places
from helpdesk.sla import deadlines, timeline
from helpdesk.sla.book import Book
from helpdesk.sla.deadlines import Deadline
from helpdesk.sla.policy import Priority
from helpdesk.sla.terms import Clock, Place, Terms, Whose
from helpdesk.tickets.models import Pause, Ticket, locked

#: Below this share of the working time people are warned.
LAST_SHARE = 0.25
_BATCH = 100


@dataclass(frozen=True, slots=True)
class Promised:
    """What a book promises: until when answer and end of the matter are owed, and by which terms."""

    book: Book
    terms: Terms
    office: str
    answer: Deadline | None
    resolution: Deadline | None

    @property
    def calendar(self) -> Calendar:
        """That of the office which keeps the promise."""
        return self.book.calendar(self.office)

    def columns(self) -> dict[str, Any]:
        """The values of a ticket's row; what is not owed is empty."""
        values: dict[str, Any] = {"office": self.office, "promise_version": self.book.number}
        if self.answer is not None:
            why = {
                **self.answer.as_data(),
                "policy": {"name": self.terms.name, "for": list(self.terms.conditions)},
                "office": self.office,
            }
            values |= {
                "due_at": self.answer.due_at,
                "warn_at": self.answer.left_at(LAST_SHARE),
                "due_reason": why,
            }
        values["resolve_by"] = self.resolution.due_at if self.resolution else None
        values["resolve_warn_at"] = self.resolution.left_at(LAST_SHARE) if self.resolution else None
        return values


def first_promise(received_at: datetime, whose: Whose, book: Book, *, on_premise: bool) -> Promised:
    """The promise for a message that just came in."""
    priority = Priority.ON_PREMISE if on_premise else Priority.NORMAL
    return _work_out(book, whose, priority, Clock.FIRST, received_at, received_at)


def owe(ticket: Ticket, since: datetime, book: Book | None = None) -> None:
    """From `since` on we owe an answer; pauses before are forgotten for it, not for the end of the matter."""
    ticket.promised_from = since
    ticket.resolve_from = ticket.resolve_from or since
    update(ticket, book)


def update(ticket: Ticket, book: Book | None = None) -> None:
    """Works the deadlines out anew after a pause, an acceptance, or a change of hours or policies.

    `book` is the one that holds, where this transaction has asked for it already.
    """
    if ticket.promised_from is None and ticket.resolve_from is None:
        return
    for column, value in foreseen(ticket, book or live_book()).columns().items():
        setattr(ticket, column, value)


def foreseen(
    ticket: Ticket, book: Book, *, whose: Whose | None = None, pauses: Sequence[timeline.Pause] | None = None
) -> Promised:
    """What this book promises for a ticket as it stands; changes nothing. What is known is not read again."""
    priority = Priority.URGENT if ticket.urgent_since is not None else Priority(ticket.priority)
    began = min(filter(None, (ticket.promised_from, ticket.resolve_from)))
    return _work_out(
        book,
        whose or whose_is(ticket, book),
        priority,
        Clock.FIRST if ticket.answered_at is None else Clock.NEXT,
        ticket.promised_from,
        ticket.resolve_from,
        pauses_since({ticket.id: began}).get(ticket.id, ()) if pauses is None else pauses,
        ticket.urgent_since,
    )


def met(ticket: Ticket, at: datetime) -> None:
    """An answer left: nothing is owed until the customer writes again."""
    ticket.answered_at = ticket.answered_at or at
    ticket.promised_from = ticket.due_at = ticket.warn_at = None


def follow_book(now: datetime) -> int:
    """Works out anew what an older version of the book had promised; returns how many tickets.

    In small transactions, each of them whole: a crash in between leaves the rest for the next time.
    """
    version, done = live_book().number, 0
    old = select(Ticket.id).where(
        Ticket.status == "open",
        or_(Ticket.promised_from.is_not(None), Ticket.resolve_from.is_not(None)),
        Ticket.promise_version != version,
    )
    while numbers := db.session.scalars(old.order_by(Ticket.id).limit(_BATCH)).all():
        with transaction():
            for number in numbers:
                update(locked(number))
        done += len(numbers)
        if live_book().number != version:
            break  # somebody saved meanwhile: the next round follows that one
    return done


def whose_is(ticket: Ticket, book: Book) -> Whose:
    """What decides the terms; the plan and the team are read only where a policy asks for them."""
    return whose_are([ticket], book)[ticket.id]


def whose_are(tickets: Sequence[Ticket], book: Book) -> dict[int, Whose]:
    """The same for many tickets, in three queries at most."""
    boxes = mailbox_places({each.mailbox_id for each in tickets})

    def asked(ticket: Ticket) -> tuple[int, date]:
        began = ticket.promised_from or ticket.created_at
        return ticket.customer_id or 0, began.astimezone(settings().zone).date()

    plans = coverage_of_all({asked(each) for each in tickets if each.customer_id}) if book.asks_plan else {}
    teams = dict[int, str]()
    if book.asks_team:
        ids = {each.assignee_id for each in tickets if each.assignee_id}
        rows = db.session.execute(select(Agent.id, Agent.team).where(Agent.id.in_(ids))).all()
        teams.update((row.id, row.team) for row in rows)
    return {
        each.id: Whose(
            each.customer_id,
            plans[asked(each)].plan if asked(each) in plans else None,
            teams.get(each.assignee_id or 0, "") or boxes[each.mailbox_id].team,
            each.mailbox_id,
            Place(*boxes[each.mailbox_id][:3]),
        )
        for each in tickets
    }


def team_at_first(agent_id: int | None, mailbox_id: int, book: Book) -> str:
    """The team of a ticket that is about to be opened; read only where a policy asks for it."""
    if not book.asks_team:
        return ""
    own = db.session.scalar(select(Agent.team).where(Agent.id == agent_id)) if agent_id else ""
    return own or mailbox_places([mailbox_id])[mailbox_id].team


def pauses_since(tickets: dict[int, datetime]) -> dict[int, list[timeline.Pause]]:
    """The ended pauses of tickets (number: from when on they matter), one query for all of them."""
    rows = connection().execute(_PAUSES, {"tickets": list(tickets)})
    found: dict[int, list[timeline.Pause]] = {}
    for row in rows:
        if row.until > tickets[row.ticket_id]:
            found.setdefault(row.ticket_id, []).append(timeline.Pause(row.since, row.until, row.cause))
    return found


# Built once, over the bare table: the intake asks it for each reply. Pauses are written by statements, never
# changed on objects, so nothing waits to be flushed.
_PAUSE = table_of(Pause).c
_PAUSES = select(_PAUSE.ticket_id, _PAUSE.since, _PAUSE.until, _PAUSE.cause).where(
    _PAUSE.ticket_id.in_(bindparam("tickets", expanding=True)), _PAUSE.until.is_not(None)
)


def _work_out(
    book: Book,
    whose: Whose,
    priority: Priority,
    clock: Clock,
    answer_from: datetime | None,
    resolve_from: datetime | None,
    pauses: Sequence[timeline.Pause] = (),
    accepted_at: datetime | None = None,
) -> Promised:
    terms = book.terms(whose)
    office = book.office_key(terms, whose.place)
    calendar = book.calendar(office)

    def deadline(which: Clock, since: datetime | None) -> Deadline | None:
        policy = terms.policy(which, priority)
        if policy is None or since is None:
            return None
        # A pause that had begun before counts from then on.
        own = [timeline.Pause(max(p.start, since), p.end, p.cause) for p in pauses if p.end > since]
        return deadlines.promise(since, calendar, policy, own, accepted_at=accepted_at)

    return Promised(
        book, terms, office, deadline(clock, answer_from), deadline(Clock.RESOLUTION, resolve_from)
    )

"""The queue as agents see it: tickets with their clock, plan and credit."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from helpdesk.core.business_hours import Calendar
from helpdesk.reports.clocks import Clock, clock_of
from helpdesk.reports.credit import Credit, credits_of
from helpdesk.sla.book import Book
from helpdesk.tickets.queue_queries import Page, Row, plans
from helpdesk.tickets.views import Asker, Cursor


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a list of tickets."""

    ticket: Row
    clock: Clock
    plan: str | None
    on_premise: bool
    credit: Credit | None


@dataclass(frozen=True, slots=True)
class Listing:
    """One page of lines, and from where the next one goes on."""

    lines: Sequence[Line]
    next: Cursor | None


def asker(agent_id: int, calendar: Calendar, now: datetime) -> Asker:
    """The agent, with the end of their day in the office's zone."""
    return Asker(agent_id, calendar.day(calendar.local_date(now)).ends, now)


def listing(page: Page, book: Book, now: datetime, *, known: dict[int, Credit] | None = None) -> Listing:
    """Adds to a page of tickets what stands in other rooms: two statements whatever its length.

    `known`: the credit of all their customers, where the caller has read it already.
    """
    customers = sorted({row.customer_id for row in page.rows if row.customer_id is not None})
    covered = plans(customers, book.main.local_date(now))
    credit = credits_of(customers) if known is None else known
    return Listing([_line(row, covered, credit, book, now) for row in page.rows], page.next)


def _line(
    row: Row,
    covered: dict[int, tuple[str, str]],
    credit: dict[int, Credit],
    book: Book,
    now: datetime,
) -> Line:
    plan, deployment = covered.get(row.customer_id or 0, (None, None))
    return Line(
        row,
        clock_of(row, book.calendar(row.office), now),
        plan,
        deployment == "on_premise",
        credit.get(row.customer_id or 0),
    )

"""Reads of the queue: one page of a view, bounded counts, a simple search; the same effort at any size."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import (
    ColumnElement,
    ScalarSelect,
    Select,
    Subquery,
    func,
    literal,
    or_,
    select,
    text,
    tuple_,
    union_all,
)
from sqlalchemy.orm import aliased

from helpdesk.accounts.models import Agent
from helpdesk.contracts.models import Subscription
from helpdesk.customers.models import Contact, Customer
from helpdesk.db import db
from helpdesk.mail.models import RawMail
from helpdesk.tickets.models import Ticket, TicketMessage
from helpdesk.tickets.question import Question
from helpdesk.tickets.search_queries import conditions
from helpdesk.tickets.views import BY_CHANGE, Asker, Band, Cursor, View, bands

PAGE = 50
#: Counting stops here; people read "999+".
COUNTED = 999
#: A mail that waits longer for a person is an alarm: in the log, on the health page, for leads on each page.
QUARANTINE_ALARM = timedelta(minutes=15)
_EXCERPT = 200

# As text and not as parameters: a partial index is used only where the planner sees the very condition.
_OPEN = text("ticket.status = 'open'")
_WAITING = text("ticket.status = 'waiting'")
_CLOSED = text("ticket.status = 'closed'")
_NOT_CLOSED = text("ticket.status <> 'closed'")
# The same in words that the index of all that is not closed does not fit: open offers have a smaller one.
_STILL_OPEN = text("ticket.status IN ('open', 'waiting')")
_OFFER_OPEN = text("ticket.offer_open")
_QUARANTINED = text("raw_mail.state = 'quarantine'")


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the queue."""

    number: int
    subject: str
    excerpt: str
    status: str
    waiting_for: str | None
    offer_open: bool
    priority: int
    promised_from: datetime | None
    due_at: datetime | None
    office: str
    answered_at: datetime | None
    created_at: datetime
    updated_at: datetime
    label: str | None
    label_source: str
    urgent_asked: bool
    language: str
    customer_id: int | None
    customer: str | None
    contact: str
    assignee_id: int | None
    assignee: str | None


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a list, and from where the next one goes on (None: this is the last)."""

    rows: Sequence[Row]
    next: Cursor | None


def view_page(view: View, asker: Asker, after: Cursor | None = None) -> Page:
    """The next 50 tickets of a view, by what is due next, or by the last change where nothing is due."""
    query = select(Ticket.id).where(*_conditions(view, asker))
    if view in BY_CHANGE:
        return _by_change(query, after, newest_first=view is View.CLOSED)
    return due_page(_conditions(view, asker), asker, after)


def due_page(wanted: Sequence[Any], asker: Asker, after: Cursor | None = None) -> Page:
    """The next 50 tickets that meet the conditions, in the order of bands(): one statement."""
    parts = [
        _walk(band, wanted, after)
        for band in bands(asker.now, asker.end_of_day)
        if after is None or band.rank >= after.rank
    ]
    if not parts:
        return Page([], None)
    rows = union_all(*(select(part) for part in parts)).subquery()
    order = (rows.c.rank, rows.c.due_at, rows.c.priority, rows.c.id)
    found = db.session.execute(select(rows).order_by(*order).limit(PAGE + 1)).all()
    shown = _in_order([row.id for row in found[:PAGE]])
    if len(found) <= PAGE:
        return Page(shown, None)
    last = found[PAGE - 1]
    return Page(shown, Cursor(last.due_at, last.id, last.rank, last.priority, asker.now))


def _walk(band: Band, wanted: Sequence[Any], after: Cursor | None) -> Subquery:
    """The first tickets of a band behind the cursor."""
    query = select(
        literal(band.rank).label("rank"), Ticket.priority.label("priority"), Ticket.due_at, Ticket.id
    ).where(*wanted, Ticket.priority == band.priority)
    query = query.where(Ticket.due_at.is_not(None) if band.dated else Ticket.due_at.is_(None))
    if band.since is not None:
        query = query.where(Ticket.due_at >= band.since)
    if band.until is not None:
        query = query.where(Ticket.due_at < band.until)
    if after is not None and after.rank == band.rank:
        query = query.where(_behind(band, after))
    return query.order_by(Ticket.due_at, Ticket.id).limit(PAGE + 1).subquery()


def _behind(band: Band, after: Cursor) -> ColumnElement[bool]:
    """Rows of the cursor's own rank that come after it: by time, then priority, then number."""
    if after.at is None:
        return Ticket.id > after.number
    if band.priority != after.priority:
        return Ticket.due_at >= after.at if band.priority > after.priority else Ticket.due_at > after.at
    return tuple_(Ticket.due_at, Ticket.id) > (after.at, after.number)


def customers_page(customer_id: int, after: Cursor | None = None) -> Page:
    """The tickets of one customer, newest change first."""
    return _by_change(select(Ticket.id).where(Ticket.customer_id == customer_id), after, newest_first=True)


def search_page(question: Question, asker: Asker, after: Cursor | None = None) -> Page:
    """Tickets that answer the question, newest change first."""
    return _by_change(select(Ticket.id).where(*conditions(question, asker)), after, newest_first=True)


@dataclass(frozen=True, slots=True)
class Counts:
    """How many tickets each view holds, closed ones left out, and how many mails wait in quarantine."""

    views: dict[View, int]
    quarantine: int
    #: Since when the first of those waits for a person.
    quarantine_since: datetime | None
    #: What else was asked in the same statement, by name.
    also: Mapping[str, Any]


def counts(asker: Asker, also: Mapping[str, ScalarSelect[Any]] | None = None) -> Counts:
    """The numbers beside the views: one statement, each count stops at 1,000.

    `also` are single values of features above, so that a page asks for its frame once.
    """
    more = [value.label(name) for name, value in (also or {}).items()]
    views = [view for view in View if view is not View.CLOSED]
    bounded = [
        select(func.count()).select_from(_some(_conditions(view, asker))).scalar_subquery().label(view.name)
        for view in views
    ]
    shunted = select(text("1")).select_from(RawMail).where(_QUARANTINED).limit(COUNTED + 1).subquery()
    rest = select(func.count()).select_from(shunted).scalar_subquery().label("quarantine")
    since = select(func.min(RawMail.due_at)).where(_QUARANTINED).scalar_subquery().label("since")
    found = db.session.execute(select(*bounded, rest, since, *more)).one()
    others = {name: getattr(found, name) for name in also or {}}
    return Counts(dict(zip(views, found, strict=False)), found.quarantine, found.since, others)


def counts_of(wanted: Sequence[Sequence[Any]]) -> list[int]:
    """How many tickets meet each of these lists of conditions: one statement, each count stops at 1,000."""
    if not wanted:
        return []
    counted = [select(func.count()).select_from(_some(each)).scalar_subquery() for each in wanted]
    return list(db.session.execute(select(*counted)).one())


def plans(customer_ids: Sequence[int], day: date) -> dict[int, tuple[str, str]]:
    """Plan and deployment of each customer on that day; on-premise wins where two are in force."""
    if not customer_ids:
        return {}
    rows = db.session.execute(
        select(Subscription.customer_id, Subscription.plan, Subscription.deployment)
        .where(
            Subscription.customer_id.in_(customer_ids),
            Subscription.valid_from <= day,
            or_(Subscription.valid_until.is_(None), Subscription.valid_until >= day),
        )
        # "cloud" sorts before "on_premise", so the later row wins below.
        .order_by(Subscription.deployment, Subscription.id)
    ).all()
    return {row.customer_id: (row.plan, row.deployment) for row in rows}


def _some(wanted: Sequence[Any]) -> Subquery:
    rows = select(text("1")).select_from(Ticket).where(*wanted)
    return rows.limit(COUNTED + 1).subquery()


def _conditions(view: View, asker: Asker) -> list[ColumnElement[bool] | Any]:
    match view:
        case View.MINE:
            return [_NOT_CLOSED, _OPEN, Ticket.assignee_id == asker.agent_id]
        case View.UNASSIGNED:
            return [_OPEN, Ticket.assignee_id.is_(None)]
        case View.DUE_TODAY:
            # Each priority is a range of the index of its own.
            return [_OPEN, Ticket.priority.in_((0, 1, 2)), Ticket.due_at < asker.end_of_day]
        case View.ACCEPTANCE:
            return [_OFFER_OPEN, _STILL_OPEN]
        case View.URGENT:
            return [_OPEN, Ticket.priority == 0]
        case View.CUSTOMER:
            return [_WAITING]
        case View.OPEN:
            return [_OPEN]
        case View.CLOSED:
            return [_CLOSED]


def _by_change(query: Select[int], after: Cursor | None, *, newest_first: bool) -> Page:
    key = tuple_(Ticket.updated_at, Ticket.id)
    if newest_first:
        query = query.order_by(Ticket.updated_at.desc(), Ticket.id.desc())
    else:
        query = query.order_by(Ticket.updated_at, Ticket.id)
    if after is not None and after.at is not None:
        mark = (after.at, after.number)
        query = query.where(key < mark if newest_first else key > mark)
    return _page(query)


def _page(query: Select[int]) -> Page:
    """Numbers first, details of those fifty after: a sort never carries the texts along."""
    numbers = list(db.session.scalars(query.limit(PAGE + 1)))
    rows = _in_order(numbers[:PAGE])
    if len(numbers) <= PAGE:
        return Page(rows, None)
    return Page(rows, Cursor(rows[-1].updated_at, rows[-1].number))


def _in_order(numbers: Sequence[int]) -> list[Row]:
    found = {row.number: row for row in _details(numbers)}
    return [found[number] for number in numbers]


def _details(numbers: Sequence[int]) -> list[Row]:
    if not numbers:
        return []
    message = aliased(TicketMessage)
    excerpt = (
        select(func.substr(message.new_text, 1, _EXCERPT))
        .where(message.ticket_id == Ticket.id, message.kind.in_(("incoming", "automatic")))
        .order_by(message.id)
        .limit(1)
        .scalar_subquery()
    )
    rows = db.session.execute(
        select(
            Ticket.id.label("number"),
            Ticket.subject,
            func.coalesce(excerpt, "").label("excerpt"),
            Ticket.status,
            Ticket.waiting_for,
            Ticket.offer_open,
            Ticket.priority,
            Ticket.promised_from,
            Ticket.due_at,
            Ticket.office,
            Ticket.answered_at,
            Ticket.created_at,
            Ticket.updated_at,
            Ticket.label,
            Ticket.label_source,
            Ticket.urgent_asked,
            Ticket.language,
            Ticket.customer_id,
            Customer.name.label("customer"),
            func.coalesce(func.nullif(Contact.name, ""), Contact.email).label("contact"),
            Ticket.assignee_id,
            Agent.name.label("assignee"),
        )
        .join(Contact, Contact.id == Ticket.contact_id)
        .outerjoin(Customer, Customer.id == Ticket.customer_id)
        .outerjoin(Agent, Agent.id == Ticket.assignee_id)
        .where(Ticket.id.in_(numbers))
    ).all()
    return [Row(**row._mapping) for row in rows]

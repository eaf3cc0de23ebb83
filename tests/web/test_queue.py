"""The queue as agents see it: views, order, counts, pages, search; and what it costs the database."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from sqlalchemy import event, select, text

from helpdesk.actions import offer_work
from helpdesk.core import clock
from helpdesk.core.actors import Actor
from helpdesk.db import db
from helpdesk.tickets.models import Ticket
from helpdesk.tickets.queue_queries import _conditions
from helpdesk.tickets.views import Asker, View
from tests.web.factories import a_ticket, many_tickets
from tests.web.stage import contact, french_ticket, german_ticket

HOUR = timedelta(hours=1)


def numbers(page: str) -> list[int]:
    """The tickets of a page, in their order."""
    return [int(number) for number in re.findall(r'<a href="/tickets/(\d+)"><span lang', page)]


@contextmanager
def statements() -> Iterator[list[str]]:
    """The statements that the database is asked meanwhile."""
    asked: list[str] = []

    def note(_connection, _cursor, statement, *_rest):
        asked.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        yield asked
    finally:
        event.remove(db.engine, "before_cursor_execute", note)


def test_urgent_comes_first_then_on_premise_then_what_is_due_next(desk, anna):
    late = french_ticket(desk, due_in=6 * HOUR)
    soon = french_ticket(desk, due_in=1 * HOUR)
    on_premise = french_ticket(desk, due_in=5 * HOUR, priority=1)
    urgent = french_ticket(desk, due_in=7 * HOUR, priority=0)
    assert numbers(anna.page("/queue")) == [urgent, on_premise, soon, late]


def test_what_is_overdue_does_not_hide_behind_on_premise_customers_who_have_time(desk, anna):
    """Pages of both databases agree, and each rank is sorted by time across its two priorities."""
    nothing_owed = french_ticket(desk, due_in=None, priority=1)
    in_three_days = french_ticket(desk, due_in=72 * HOUR)
    in_two_days = french_ticket(desk, due_in=48 * HOUR, priority=1)
    today = french_ticket(desk, due_in=1 * HOUR)
    today_on_premise = french_ticket(desk, due_in=2 * HOUR, priority=1)
    overdue = french_ticket(desk, due_in=-2 * HOUR)
    overdue_on_premise = french_ticket(desk, due_in=-1 * HOUR, priority=1)
    urgent = french_ticket(desk, due_in=30 * HOUR, priority=0)
    next_day = french_ticket(desk, due_in=24 * HOUR)
    assert numbers(anna.page("/queue")) == [
        urgent, overdue_on_premise, overdue, today_on_premise, today,
        next_day, in_two_days, in_three_days, nothing_owed,
    ]  # fmt: skip


@pytest.mark.database("sqlite")
def test_what_becomes_overdue_between_two_pages_is_not_lost(desk, anna):
    """The mark keeps the moment for which the first page was made."""
    made = {french_ticket(desk, due_in=timedelta(minutes=5 + n), priority=1 + n % 2) for n in range(60)}
    first = anna.page("/queue")
    following = re.search(r'id="next-page" href="([^"]+)"', first)
    desk.clock.move(minutes=50)
    second = anna.page(following[1])
    assert set(numbers(first)) | set(numbers(second)) == made
    assert len(numbers(first)) + len(numbers(second)) == 60


def test_each_view_holds_what_its_name_says(desk, anna):
    now = clock.now()
    mine = french_ticket(desk, assignee_id=desk.anna.id, due_in=30 * HOUR)
    hers = french_ticket(desk, assignee_id=desk.lea.id, due_in=2 * HOUR)
    urgent = french_ticket(desk, priority=0, due_in=40 * HOUR)
    offered = french_ticket(desk, due_in=50 * HOUR)
    offer_work.offer_support(offered, 30, by=Actor("agent", desk.anna.id, "Anna"), now=now)
    waiting = german_ticket(desk, status="waiting", waiting_for="answer", due_in=None)
    closed = german_ticket(desk, status="closed", closed_at=now, due_in=None, assignee_id=desk.anna.id)
    seen = {view.value: sorted(numbers(anna.page(f"/queue/{view.value}"))) for view in View}
    assert seen == {
        "mine": [mine],
        "unassigned": [urgent],
        "due-today": [hers],
        "waiting-for-acceptance": [offered],
        "urgent": [urgent],
        "waiting-for-customer": [offered, waiting],
        "open": [mine, hers, urgent],
        "closed": [closed],
    }


def test_the_rail_counts_what_is_not_closed(desk, anna):
    for _ in range(3):
        french_ticket(desk, assignee_id=desk.anna.id)
    french_ticket(desk, status="closed", closed_at=clock.now(), due_in=None)
    page = anna.page("/queue/closed")
    counted = dict(re.findall(r"<span>([A-Z][a-z ]+)</span><span class=\"count[^\"]*\">([^<]+)</span>", page))
    assert counted == {"All open": "3", "Mine": "3", "Due today": "3"}


def test_an_empty_view_says_so_and_offers_one_way_on(desk, anna):
    page = anna.page("/queue/mine")
    assert "Nothing is assigned to you." in page
    assert 'class="button" href="/queue/unassigned"' in page


def test_pages_follow_each_other_without_gap_or_repeat(desk, anna):
    many_tickets(desk.mailbox, contact("compta@muster.example"), 120)
    seen, page, pages = [], "/queue", 0
    while True:
        html = anna.page(page)
        seen += numbers(html)
        pages += 1
        following = re.search(r'id="next-page" href="([^"]+)"', html)
        if following is None:
            break
        page = following[1]
    assert (pages, len(seen), len(set(seen))) == (3, 120, 120)


@pytest.mark.parametrize("view", ["open", "closed", "waiting-for-customer"])
def test_tickets_without_a_deadline_or_with_the_same_one_are_not_lost_between_pages(desk, anna, view):
    """Both databases: they sort empty values to different ends."""
    now = clock.now()
    states = {
        "open": {"status": "open"},
        "closed": {"status": "closed", "closed_at": now},
        "waiting-for-customer": {"status": "waiting", "waiting_for": "answer"},
    }
    made = {
        french_ticket(desk, due_in=None if n % 2 or view != "open" else HOUR, priority=n % 3, **states[view])
        for n in range(110)
    }
    seen, page = [], f"/queue/{view}"
    while page:
        html = anna.page(page)
        seen += numbers(html)
        following = re.search(r'id="next-page" href="([^"]+)"', html)
        page = following[1] if following else ""
    assert (len(seen), set(seen)) == (110, made)


@pytest.mark.database("sqlite")
@pytest.mark.parametrize(
    "mark",
    ["x", "1.2", "....", "9" * 30 + ".1.1.1.1", "2.1.999999999999999999.1.", "2.1.-1.5.", "1.1.1.1.1.1"],
)
def test_a_broken_mark_shows_the_first_page(desk, anna, mark):
    number = french_ticket(desk)
    assert numbers(anna.get("/queue", query_string={"after": mark}).text) == [number]


def test_the_clock_says_how_a_promise_stands(desk, anna):
    french_ticket(desk, due_in=4 * HOUR, age=HOUR)
    french_ticket(desk, due_in=timedelta(minutes=12), age=HOUR)
    french_ticket(desk, due_in=timedelta(minutes=-30), age=HOUR)
    page = anna.page("/queue")
    assert "4 h 00 left" in page
    assert "only 12 min left" in page
    assert "30 min overdue" in page


def test_credit_and_its_absence_are_seen_in_the_row(desk, anna):
    french_ticket(desk)
    german_ticket(desk)
    a_ticket(desk.mailbox, contact("ekonomi@exempel.example"))
    page = anna.page("/queue")
    assert "CHF\u00a0500.00" in page
    assert "No credit" in page
    assert re.search(r'class="money warn">.*CHF\u00a0100\.00', page)


@pytest.mark.parametrize(
    "path", ["/queue", "/queue/mine", "/queue/closed", "/search?q=question", "/customers/1"]
)
def test_a_list_asks_the_database_twelve_times_at_most_whatever_its_length(desk, anna, path):
    many_tickets(desk.mailbox, contact("compta@muster.example"), 50)
    anna.page(path)
    with statements() as few:
        anna.page(path)
    many_tickets(desk.mailbox, contact("compta@muster.example"), 2000)
    with statements() as many:
        anna.page(path)
    asked = [s for s in many if s.startswith(("SELECT", "WITH"))]
    assert len(asked) <= 12
    assert len(asked) <= len([s for s in few if s.startswith(("SELECT", "WITH"))]) + 1


def test_counting_stops_at_a_thousand(desk, anna):
    many_tickets(desk.mailbox, contact("compta@muster.example"), 1100)
    assert "999+" in anna.page("/queue")


@pytest.mark.database("sqlite")
@pytest.mark.parametrize(
    ("view", "index"),
    [
        (View.OPEN, "ix_ticket_queue"),
        (View.UNASSIGNED, "ix_ticket_"),
        (View.DUE_TODAY, "ix_ticket_queue"),
        (View.URGENT, "ix_ticket_queue"),
        (View.MINE, "ix_ticket_mine"),
        (View.ACCEPTANCE, "ix_ticket_offer_open"),
        (View.CUSTOMER, "ix_ticket_waiting"),
    ],
)
def test_each_view_walks_an_index_of_what_is_not_closed(app, view, index):
    query = select(Ticket.id).where(*_conditions(view, Asker(1, clock.now(), clock.now())))
    sql = query.compile(db.engine, compile_kwargs={"literal_binds": True})
    plan = " ".join(str(row) for row in db.session.execute(text(f"EXPLAIN QUERY PLAN {sql}")))
    assert index in plan
    assert "SCAN ticket'" not in plan

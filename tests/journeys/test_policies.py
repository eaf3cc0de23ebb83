"""What a saved version of the book of promises does to mail that comes, and to tickets that are open."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from sqlalchemy import event

from helpdesk.actions import answer_ticket, manage_accounts, manage_tickets, track_sla
from helpdesk.actions.live_promises import live_book
from helpdesk.actions.save_promises import save_book
from helpdesk.core import clock
from helpdesk.core.errors import Conflict
from helpdesk.core.week_hours import read_day
from helpdesk.db import db
from helpdesk.sla.book import EVERYBODY, MAIN, Book
from helpdesk.sla.terms import Terms
from tests.support.desk import Desk

CARLA = "Carla Compta <compta@muster.example>"


def saved(desk: Desk, book: Book) -> None:
    save_book(book, base=live_book().number, what="policy", name="", by=desk.actor(desk.lea), now=clock.now())


def with_terms(desk: Desk, **values: object) -> None:
    saved(desk, live_book().with_terms(Terms("gold", "Gold", MAIN, **values)))  # type: ignore[arg-type]


def test_the_environment_says_what_holds_before_anybody_saved(desk: Desk) -> None:
    desk.mail_in("Where is the report?", sender=CARLA)
    assert live_book().number == 0
    assert (desk.ticket().office, desk.ticket().promise_version) == (MAIN, 0)
    assert desk.ticket().due_at == datetime(2026, 11, 25, 16, tzinfo=UTC)


def test_a_policy_for_a_plan_holds_for_its_customers_and_says_so(desk: Desk) -> None:
    with_terms(desk, plan="business", first="120", next="60", resolution="960")
    desk.mail_in("Where is the report?", sender=CARLA)
    ticket = desk.ticket()
    assert ticket.due_at == clock.now() + timedelta(hours=2)
    assert ticket.due_reason["policy"] == {"name": "Gold", "for": ["plan"]}
    assert ticket.resolve_by == datetime(2026, 11, 27, 9, tzinfo=UTC)
    assert ticket.warn_at == clock.now() + timedelta(minutes=90)


def test_the_next_answer_has_a_target_of_its_own_and_the_end_of_the_matter_waits_with_the_customer(
    desk: Desk,
) -> None:
    with_terms(desk, customer_id=desk.muster.id, first="120", next="60", resolution="480")
    desk.mail_in("Where is the report?", sender=CARLA)
    desk.clock.move(hours=1)
    answer_ticket.reply(desk.ticket().id, "Which one?", by=desk.actor(desk.anna), now=clock.now())
    desk.clock.move(hours=24)
    desk.work()
    desk.reply(desk.mails_to("compta@muster.example")[-1], "The one of VAT.")
    ticket = desk.ticket()
    assert ticket.due_at == clock.now() + timedelta(hours=1)
    # Eight hours from Wednesday ten; the customer had eight of them from eleven to eleven.
    assert ticket.resolve_by == datetime(2026, 11, 27, 9, tzinfo=UTC)


def test_reopening_is_never_late_at_once(desk: Desk) -> None:
    with_terms(desk, plan="business", first="60", next="60", resolution="60")
    desk.mail_in("Where is the report?", sender=CARLA)
    number = desk.ticket().id
    manage_tickets.close(number, by=desk.actor(desk.anna), now=clock.now())
    assert desk.ticket().resolve_by is None
    desk.clock.move(days=7)
    manage_tickets.reopen(number, by=desk.actor(desk.anna), now=clock.now())
    later = clock.now() + timedelta(hours=1)
    assert (desk.ticket().due_at, desk.ticket().resolve_by) == (later, later)


def test_an_out_of_office_mail_restarts_nothing(desk: Desk) -> None:
    desk.mail_in("Where is the report?", sender=CARLA)
    before = desk.ticket()
    first = (before.due_at, before.promised_from, before.promise_version)
    desk.clock.move(hours=1)
    desk.reply(
        desk.mails_to("compta@muster.example")[0], "I am away.", headers={"Auto-Submitted": "auto-replied"}
    )
    after = desk.ticket()
    assert (after.due_at, after.promised_from, after.promise_version) == first
    assert desk.messages(after.id)[-1].kind == "automatic"


def test_the_team_of_whoever_takes_the_ticket_decides(desk: Desk) -> None:
    manage_accounts.set_team(desk.anna.id, "Payroll")
    with_terms(desk, team="payroll", first="30")
    desk.mail_in("Where is the report?", sender=CARLA)
    number, same_day = desk.ticket().id, desk.ticket().due_at
    manage_tickets.assign(number, desk.anna.id, by=desk.actor(desk.lea), now=clock.now())
    assert desk.ticket().due_at == clock.now() + timedelta(minutes=30)
    manage_tickets.assign(number, None, by=desk.actor(desk.lea), now=clock.now())
    assert desk.ticket().due_at == same_day


def test_open_tickets_follow_a_new_version_and_only_once(desk: Desk) -> None:
    desk.mail_in("Where is the report?", sender=CARLA)
    book = live_book()
    main = book.office(MAIN)
    saved(desk, book.with_office(replace(main, week=(read_day("09:00-12:00"),) * 5 + ((), ()))))
    assert track_sla.follow_book(clock.now()) == 1
    assert desk.ticket().due_at == datetime(2026, 11, 25, 11, tzinfo=UTC)
    assert desk.ticket().promise_version == 1
    assert track_sla.follow_book(clock.now()) == 0


def test_of_two_who_save_at_once_the_second_is_told(desk: Desk) -> None:
    base = live_book()
    saved(desk, base.with_terms(Terms("gold", "Gold", MAIN, plan="gold")))
    try:
        save_book(
            base.without(EVERYBODY).with_terms(Terms(EVERYBODY, "", MAIN, first="60")),
            base=base.number,
            what="policy",
            name="",
            by=desk.actor(desk.lea),
            now=clock.now(),
        )
    except Conflict:
        assert [terms.key for terms in live_book().policies] == [EVERYBODY, "gold"]
    else:
        raise AssertionError("the second overwrote the first")


def test_the_intake_asks_once_a_mail_which_version_holds(desk: Desk) -> None:
    with_terms(desk, plan="business", first="120")
    desk.mail_in("Warm up", sender=CARLA)
    desk.mail_in("Where is the report?", sender=CARLA, work=False)
    asked: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        asked.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    desk.work()
    event.remove(db.engine, "before_cursor_execute", note)
    assert sum("promise_book" in statement for statement in asked) == 1

"""Which policy holds for a ticket, and what it promises."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from helpdesk.core.errors import InvalidInput
from helpdesk.core.week_hours import read_day
from helpdesk.sla.book import EVERYBODY, MAIN, Book, first_book
from helpdesk.sla.deadlines import promise
from helpdesk.sla.offices import Office, SpecialDays
from helpdesk.sla.policy import Policy, Priority
from helpdesk.sla.terms import Clock, Terms, Whose

ZONE = ZoneInfo("Europe/Zurich")
BOOK = first_book("Zurich")


def book(*terms: Terms) -> Book:
    made = BOOK
    for each in terms:
        made = made.with_terms(each)
    made.check()
    return made


def terms(key: str, **conditions: object) -> Terms:
    return Terms(key, key.title(), MAIN, **conditions)  # type: ignore[arg-type]


ALL = book(
    terms("mailbox", mailbox_id=1),
    terms("team", team="Payroll"),
    terms("team-mailbox", team="Payroll", mailbox_id=1),
    terms("plan", plan="gold"),
    terms("plan-team-mailbox", plan="gold", team="Payroll", mailbox_id=2),
    terms("customer", customer_id=7),
    terms("customer-mailbox", customer_id=7, mailbox_id=2),
)


@pytest.mark.parametrize(
    ("whose", "key"),
    [
        (Whose(), EVERYBODY),
        (Whose(3, "standard", "", 3), EVERYBODY),
        (Whose(3, "standard", "", 1), "mailbox"),
        (Whose(3, "standard", "Payroll", 3), "team"),
        (Whose(3, "standard", "payroll", 1), "team-mailbox"),
        (Whose(3, "GOLD", "Payroll", 1), "plan"),  # one heavy condition outranks two light ones
        (Whose(3, "gold", "Payroll", 2), "plan-team-mailbox"),
        (Whose(7, "gold", "Payroll", 1), "customer"),
        (Whose(7, "gold", "Payroll", 2), "customer-mailbox"),
        (Whose(None, None, "", 2), EVERYBODY),
    ],
)
def test_the_most_specific_policy_that_fits_holds(whose: Whose, key: str) -> None:
    assert ALL.terms(whose).key == key


def test_the_order_in_which_policies_were_written_does_not_matter() -> None:
    back = Book(1, ALL.offices, tuple(reversed(ALL.policies)))
    everyone = [
        Whose(c, p, t, m)
        for c in (None, 7)
        for p in (None, "gold")
        for t in ("", "Payroll")
        for m in (1, 2, 3)
    ]
    assert [ALL.terms(w).key for w in everyone] == [back.terms(w).key for w in everyone]


@pytest.mark.parametrize(
    ("clock", "priority", "policy"),
    [
        (Clock.FIRST, Priority.NORMAL, Policy(Priority.NORMAL, time(15), None, timedelta(hours=4))),
        (Clock.NEXT, Priority.ON_PREMISE, Policy(Priority.ON_PREMISE, time(15))),
        (Clock.RESOLUTION, Priority.URGENT, Policy(Priority.URGENT, time(15), None, timedelta(hours=40))),
        (
            Clock.FIRST,
            Priority.URGENT,
            Policy(Priority.URGENT, time(15), timedelta(hours=1), timedelta(hours=4)),
        ),
    ],
)
def test_each_clock_has_a_promise_of_its_own(clock: Clock, priority: Priority, policy: Policy) -> None:
    gold = terms("gold", plan="gold", cut_off="15:00", first="240", resolution="2400", urgent=60)
    assert gold.policy(clock, priority) == policy


def test_without_a_word_no_end_of_the_matter_is_promised() -> None:
    assert terms("x").policy(Clock.RESOLUTION, Priority.NORMAL) is None


@pytest.mark.parametrize(
    ("field", "values"),
    [
        ("first", {"first": "0"}),
        ("next", {"next": "none"}),
        ("next", {"next": "-5"}),
        ("resolution", {"resolution": "60001"}),
        ("resolution", {"resolution": "\u0663"}),
        ("urgent", {"urgent": 0}),
        ("cut_off", {"cut_off": "25:00"}),
    ],
)
def test_a_promise_nobody_can_keep_is_refused_at_its_field(field: str, values: dict[str, object]) -> None:
    with pytest.raises(InvalidInput) as refused:
        book(terms("x", plan="gold", **values))
    assert refused.value.data["field"] == field


def test_two_policies_for_the_same_tickets_are_refused() -> None:
    with pytest.raises(InvalidInput):
        book(terms("a", plan="gold"), terms("b", plan="Gold"))


def test_the_policy_and_the_office_for_everybody_stay() -> None:
    for broken in (BOOK.without(EVERYBODY), BOOK.with_terms(Terms(EVERYBODY, "x", MAIN, plan="gold"))):
        with pytest.raises(InvalidInput):
            broken.check()


def test_the_policies_of_an_office_that_closes_down_go_to_the_main_one() -> None:
    two = BOOK.with_office(office("bern")).with_terms(Terms("b", "Bern", "bern", plan="gold"))
    two.check()
    left = two.without("bern")
    left.check()
    assert left.terms(Whose(plan="gold")).office == MAIN


# Offices.


def office(key: str = MAIN, **values: object) -> Office:
    day = read_day("09:00-12:00, 14:00-17:00")
    usual = {"name": "Office", "zone": "Europe/Zurich", "week": (day,) * 5 + ((), ()), "country": "CH"}
    return Office(key, **{**usual, "subdivision": "ZH", **values})  # type: ignore[arg-type]


def days(first: str, last: str, hours: str, name: str) -> SpecialDays:
    from_day, to_day = datetime.fromisoformat(first).date(), datetime.fromisoformat(last).date()
    return SpecialDays(from_day, to_day, read_day(hours), name)


SPECIAL = office(
    special=(
        days("2026-12-28", "2026-12-31", "", "Company holidays"),
        days("2026-12-12", "2026-12-12", "10:00-14:00", "Open Saturday"),
        days("2026-12-25", "2026-12-25", "10:00-11:00", "Christmas duty"),
        days("2026-12-24", "2026-12-24", "09:00-12:00", "Christmas Eve"),
    )
)


@pytest.mark.parametrize(
    ("received", "due", "reason"),
    [
        ("2026-12-12 09:00", "2026-12-12 14:00", "same_day_before_opening"),
        ("2026-12-11 17:00", "2026-12-12 14:00", "next_day_after_hours"),
        ("2026-12-24 11:59", "2026-12-24 12:00", "same_day_inside_hours"),
        ("2026-12-24 12:00", "2026-12-25 11:00", "next_day_after_hours"),
        ("2026-12-25 11:00", "2027-01-04 17:00", "next_day_after_hours"),
        ("2026-12-26 10:00", "2027-01-04 17:00", "holiday"),
        ("2026-12-28 10:00", "2027-01-04 17:00", "closure"),
    ],
)
def test_closures_and_special_days_outrank_week_and_holiday(received: str, due: str, reason: str) -> None:
    calendar = SPECIAL.calendar()
    at = datetime.fromisoformat(received).replace(tzinfo=ZONE)
    deadline = promise(at, calendar, Policy())
    assert (deadline.due_at, deadline.reason) == (datetime.fromisoformat(due).replace(tzinfo=ZONE), reason)


def test_a_closure_is_told_by_its_name() -> None:
    at = datetime(2026, 12, 27, 10, tzinfo=ZONE)
    spans = promise(at, SPECIAL.calendar(), Policy()).spans
    assert [(span.kind.value, span.name) for span in spans[:3]] == [
        ("closed", "weekend"),
        ("closure", "Company holidays"),
        ("holiday", "New Year's Day"),
    ]


def test_a_book_survives_the_way_through_the_database() -> None:
    full = ALL.with_office(SPECIAL).with_office(
        office("night", week=(read_day("22:00-24:00"),) * 7, country="")
    )
    full.check()
    again = Book.from_data(full.number, full.as_data())
    assert (again, again.fingerprint) == (full, full.fingerprint)
    assert Book.from_data(full.number + 1, full.as_data()).fingerprint != full.fingerprint


@pytest.mark.parametrize(
    ("field", "values"),
    [
        ("zone", {"zone": "Europe/Zuerich"}),
        ("zone", {"zone": "../../etc/passwd"}),
        ("name", {"name": ""}),
        ("day0", {"week": ((),) * 7}),
        (None, {"country": "XX"}),
        (None, {"subdivision": "XX"}),
    ],
)
def test_an_office_that_cannot_be_is_refused_at_its_field(
    field: str | None, values: dict[str, object]
) -> None:
    with pytest.raises(InvalidInput) as refused:
        BOOK.with_office(office(**values)).check()
    assert refused.value.data.get("field") == field


@pytest.mark.parametrize("hours", ["9-17", "09:00", "12:00-09:00", "09:00-12:00 11:00-17:00", "09:00-25:00"])
def test_hours_that_make_no_sense_are_refused(hours: str) -> None:
    with pytest.raises(InvalidInput):
        read_day(hours)


def test_an_office_that_never_opens_again_is_refused_before_it_is_saved() -> None:
    first = date(2027, 1, 1)
    starts = [first + timedelta(days=100 * n) for n in range(5)]
    closed = [SpecialDays(day, day + timedelta(days=99), (), "Closed") for day in starts]
    with pytest.raises(InvalidInput):
        BOOK.with_office(office(special=tuple(closed))).check()


def test_a_closure_without_a_reason_or_end_is_refused() -> None:
    for first, last, name in (
        ("2026-12-02", "2026-12-01", "x"),
        ("2026-12-01", "2027-12-01", "x"),
        ("2026-12-01", "2026-12-01", ""),
    ):
        with pytest.raises(InvalidInput):
            days(first, last, "", name)


# The last quarter.


@pytest.mark.parametrize(
    ("received", "target", "warned"),
    [
        ("2026-11-25 09:00", None, "2026-11-25 15:00"),
        ("2026-11-25 16:00", None, "2026-11-25 16:45"),
        ("2026-11-25 18:00", None, "2026-11-26 15:00"),
        ("2026-11-25 16:00", timedelta(hours=4), "2026-11-26 11:00"),
        ("2026-11-27 16:00", timedelta(hours=2), "2026-11-30 09:30"),
    ],
)
def test_the_last_quarter_begins_in_working_time(
    received: str, target: timedelta | None, warned: str
) -> None:
    at = datetime.fromisoformat(received).replace(tzinfo=ZONE)
    found = promise(at, BOOK.main, Policy(target=target)).left_at(0.25)
    assert found == datetime.fromisoformat(warned).replace(tzinfo=ZONE)

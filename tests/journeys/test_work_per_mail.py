"""What a mail costs the database does not grow with what is in it, and what holds is asked of it each time."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta

from sqlalchemy import create_engine, event, insert

from bench.growth import grow
from helpdesk.actions.live_promises import live_book
from helpdesk.core import clock
from helpdesk.db import db, table_of
from helpdesk.sla.book import MAIN, Book
from helpdesk.sla.models import PromiseBook
from helpdesk.sla.terms import Terms
from tests.support.desk import Desk

CARLA = "Carla Compta <compta@muster.example>"
URGENT = "Bitte dringend: die Zahlung muss heute noch raus."
#: What grows with each mail; the rest is as small as the business.
GROWING = "raw_mail|outgoing_mail|ticket|ticket_message|participant"

Statement = tuple[str, object]


@contextmanager
def overheard() -> Iterator[list[Statement]]:
    """The statements that are said meanwhile, with their values."""
    said: list[Statement] = []

    def note(_connection: object, _cursor: object, statement: str, values: object, *_rest: object) -> None:
        said.append((statement, values))

    event.listen(db.engine, "before_cursor_execute", note)
    yield said
    event.remove(db.engine, "before_cursor_execute", note)


def a_round(desk: Desk) -> list[Statement]:
    """A question, the reply to its answer, and an urgent mail."""
    with overheard() as said:
        desk.mail_in("Where is the report of last year?", sender=CARLA)
    answer = desk.mails_to("compta@muster.example")[-1]
    with overheard() as more:
        desk.reply(answer, "The one with VAT.")
        desk.clock.move(hours=1)
        desk.mail_in(URGENT, sender=CARLA, subject="Zahlung")
    desk.clock.move(hours=1)
    said += more
    return [each for each in said if not each[0].startswith("BEGIN")]


def test_it_is_the_same_for_few_tickets_and_for_many(desk: Desk) -> None:
    a_round(desk)  # what is loaded once
    few = a_round(desk)
    grow(1_000)
    many = a_round(desk)
    assert [statement for statement, _values in many] == [statement for statement, _values in few]
    assert [each for each in many if any(map(walks, plans(each)))] == []


def plans(said: Statement) -> list[str]:
    """How the database finds the rows of a statement."""
    statement, values = said
    if not statement.lstrip().startswith(("SELECT", "UPDATE", "WITH")):
        return []
    explain = "EXPLAIN QUERY PLAN" if db.engine.dialect.name == "sqlite" else "EXPLAIN"
    with db.engine.connect() as connection:
        rows = connection.exec_driver_sql(f"{explain} {statement}", values).all()  # type: ignore[arg-type]
    return [str(row[-1]) for row in rows]


def walks(plan: str) -> bool:
    """Whether it goes through a whole growing table, row by row."""
    return re.search(rf"(?:SCAN|Seq Scan on) (?:{GROWING})\b(?! USING)", plan) is not None


def test_a_version_that_another_process_saves_holds_for_the_next_mail(desk: Desk) -> None:
    desk.mail_in("Where is the report?", sender=CARLA)
    assert desk.tickets()[-1].promise_version == 0
    saved_elsewhere(
        desk,
        replace(live_book().with_terms(Terms("gold", "Gold", MAIN, plan="business", first="60")), number=1),
    )
    desk.mail_in("Where is the list?", sender=CARLA)
    assert desk.tickets()[-1].promise_version == 1
    assert desk.tickets()[-1].due_at == clock.now() + timedelta(hours=1)


def saved_elsewhere(desk: Desk, book: Book) -> None:
    """By a process that shares nothing with this one but the database."""
    other = create_engine(db.engine.url)
    row = {
        "number": book.number,
        "fingerprint": book.fingerprint,
        "content": book.as_data(),
        "what": "policy",
        "saved_at": clock.now(),
        "saved_by_id": desk.lea.id,
    }
    with other.begin() as connection:
        connection.execute(insert(table_of(PromiseBook)), row)
    other.dispose()

"""Search over everything that agents may see; the same on both databases."""

from datetime import timedelta

import pytest
from sqlalchemy import text, update

from helpdesk.actions import rebuild_search
from helpdesk.core import clock
from helpdesk.customers.models import Customer
from helpdesk.db import db, transaction
from helpdesk.tickets.models import TicketMessage
from tests.web.factories import a_message, an_attachment
from tests.web.stage import contact, french_ticket, german_ticket
from tests.web.test_queue import numbers

HOUR = timedelta(hours=1)


@pytest.fixture
def search(anna):
    """The tickets that a question finds, the latest change first."""
    return lambda words: numbers(anna.get("/search", query_string={"q": words}).text)


def test_a_ticket_is_found_by_everything_that_stands_in_it(desk, search):
    number = french_ticket(desk, subject="Décompte TVA", text="Le relevé des cotisations manque.")
    other = german_ticket(desk, subject="Rechnungen drucken", text="Der Drucker schweigt.")
    message = a_message(number, contact("compta@muster.example"), "Zuletzt: die Häuser in der Straße")
    an_attachment(message, "Lohnausweis_2025.PDF", "a" * 64)
    for words in (
        "décompte", "DECOMPTE tva", "cotisation", "Haus", "strasse", "hauser straße", "lohnausweis 2025", "pdf",
        "Muster", "compta@muster.example", "Carla", f"{number}", '"relevé des cotisations"', "tva haus muster",
        "tva -drucker", "subject:tva", "file:lohnausweis", "customer:muster", "from:compta",
    ):  # fmt: skip
        assert search(words) == [number], words
    for words in ("rechnung", "Beispiel", "-tva", "drucker schweigt"):
        assert search(words) == [other], words
    for words in (
        "tva drucker",
        '"cotisations relevé"',
        "subject:cotisations",
        "file:tva",
        "compta@beispiel",
    ):
        assert search(words) == [], words


def test_filters_narrow_the_search(desk, search):
    now = clock.now()
    late = french_ticket(desk, due_in=-HOUR, assignee_id=desk.anna.id, age=30 * HOUR)
    urgent = german_ticket(desk, priority=0, due_in=30 * HOUR, label="support", age=3 * HOUR)
    waiting = german_ticket(
        desk, status="waiting", waiting_for="answer", due_in=None, label=None, age=2 * HOUR
    )
    closed = french_ticket(desk, status="closed", closed_at=now, due_in=None, assignee_id=desk.lea.id)
    for words, found in {
        "status:open": [urgent, late],
        "status:waiting": [waiting],
        "-status:open": [closed, waiting],
        "due:<2h": [late],
        "due:>2h": [urgent],
        "-due:<2h": [closed, waiting, urgent],
        "due:today": [late],
        "due:overdue": [late],
        "due:none": [closed, waiting],
        "is:urgent": [urgent],
        "is:mine": [late],
        "assigned:me": [late],
        "assigned:lea": [closed],
        "assigned:nobody lang:de": [waiting, urgent],
        "class:paid": [urgent],
        "class:undecided": [waiting],
        "lang:fr": [closed, late],
        "created:>1d": [late],
        "created:<150min": [closed, waiting],
        "mailbox:support report": [closed, waiting, urgent, late],
        "is:merged": [],
    }.items():
        assert search(words) == found, words


def test_nothing_that_is_typed_reaches_the_database_as_a_command(desk, anna, search):
    number = french_ticket(desk)
    hostile = (
        "'; DROP TABLE ticket; --", '"', '""', '"vat', "*", "vat*", "NEAR(vat report)", "vat AND report",
        "NOT", "(", "^vat", "vat:*", "& | !", "\\", "%", "_", "{vat}", "col : vat", "'vat' <-> 'x'", "-", "--vat",
        "x" * 300, "\U0001f600", "\u0301", "customer:'", 'customer:"', "due:<9999w", "created:>9999w", "99999999999999999999",
    )  # fmt: skip
    for words in hostile:
        assert anna.get("/search", query_string={"q": words}).status_code in (200, 422), words
    assert search("vat") == [number]


def test_a_broken_filter_is_explained_at_the_field(anna):
    answer = anna.get("/search", query_string={"q": "dua:<2h"})
    assert answer.status_code == 422
    assert "Did you mean “due:”?" in answer.text
    assert 'value="dua:&lt;2h"' in answer.text


def test_the_index_follows_every_change(desk, search):
    number = french_ticket(desk, text="Zeiterfassung klemmt")
    other = german_ticket(desk)
    with transaction():
        moved = update(TicketMessage).where(TicketMessage.ticket_id == number).values(ticket_id=other)
        db.session.execute(moved)
        db.session.execute(
            update(Customer).where(Customer.name == "Muster SA").values(name="Fiduciaire Lémanique")
        )
    assert search("zeiterfassung") == [other]
    assert search("lemanique") == [number]
    assert search("muster sa") == []


def test_the_index_can_be_made_anew(desk, search):
    """A damaged one finds nothing or too much; what it is made of was never touched."""
    number = french_ticket(desk, text="Zeiterfassung klemmt")
    if db.engine.dialect.name == "sqlite":
        with transaction():
            gone = "INSERT INTO ticket_message_words (ticket_message_words) VALUES ('delete-all')"
            db.session.execute(text(gone))
        assert search("zeiterfassung") == []
    rebuild_search.rebuild()
    assert search("zeiterfassung") == [number]


def test_a_text_of_any_size_is_taken(desk, search):
    """PostgreSQL's tsvector has a limit; a mail beyond it must not be refused."""
    words = " ".join(f"wörtchen{n}" for n in range(60_000))
    number = french_ticket(desk, text=words + " " + "é" * 20_000)
    assert search("wörtchen77") == [number]


@pytest.mark.database("sqlite")
def test_a_number_after_a_hash_opens_the_ticket(desk, anna):
    number = french_ticket(desk)
    assert anna.get("/search", query_string={"q": f"#{number}"}).location == f"/tickets/{number}"


@pytest.mark.database("sqlite")
def test_an_empty_search_explains_itself(anna):
    assert "Write words, a number or filters" in anna.page("/search?q=+")
    assert "No ticket answers this" in anna.page("/search?q=nothing-like-this")

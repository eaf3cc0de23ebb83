"""On the page of a ticket each mail says why it is there, and one click puts it elsewhere and back."""

import re

import pytest

from helpdesk.actions import merge_tickets
from helpdesk.i18n import gettext, speaking
from tests.support.desk import Desk
from tests.web.conftest import Browser

pytestmark = pytest.mark.database("sqlite")

QUESTION = "Bonjour,\n\nOù est la commande pour créer un nouvel exercice ?"


@pytest.fixture
def number(desk: Desk) -> int:
    """A ticket with a question, our acknowledgement, and another question as a reply."""
    desk.mail_in(QUESTION, subject="Nouvel exercice")
    desk.reply(desk.outbox()[0], "Et comment imprimer la balance ?")
    return desk.ticket().id


def test_each_mail_says_why_it_is_here_in_the_readers_language(
    desk: Desk, number: int, anna: Browser, lea: Browser, adam: Browser
) -> None:
    for browser, language in ((anna, "en"), (lea, "de"), (adam, "fr")):
        page = browser.page(f"/tickets/{number}")
        with speaking(language):
            for sentence in (
                "It names no earlier ticket.",
                "It came to our signed reply address, and its sender belongs to the ticket.",
            ):
                assert gettext(sentence) in page
    assert re.search("100.%", page)


def test_a_reply_becomes_a_ticket_of_its_own_and_comes_back(desk: Desk, number: int, anna: Browser) -> None:
    message = desk.messages(number)[-1].id
    page = anna.page(f"/tickets/{number}")
    assert page.count("This is a new ticket") == 1  # not for the mail that opened it
    answer = anna.post(f"/tickets/{number}/messages/{message}/own-ticket")
    new = desk.tickets()[-1].id
    assert answer.location.endswith(f"/tickets/{new}#m{message}")
    page = anna.page(f"/tickets/{new}")
    assert f"Anna Agent made it a ticket of its own; it was on ticket #{number}." in page
    anna.post(f"/tickets/{new}/messages/{message}/return")
    assert desk.messages(number)[-1].id == message
    assert f"#{number}" in anna.page(f"/tickets/{new}")


def test_a_mail_that_only_names_a_ticket_goes_there_with_one_click(
    desk: Desk, number: int, anna: Browser
) -> None:
    desk.reply(desk.outbox()[0], "Licences", subject="Trois licences de plus")
    linked = desk.tickets()[-1]
    page = anna.page(f"/tickets/{linked.id}")
    assert "under a subject about something else" in page
    assert "Do not quote from there" not in page
    assert f"This belongs to #{number}" in page
    message = desk.messages(linked.id)[0].id
    anna.post(f"/tickets/{linked.id}/messages/{message}/ticket", {"target": f"#{number}"})
    assert desk.messages(number)[-1].id == message
    assert "Undo" in anna.page(f"/tickets/{number}")


@pytest.mark.parametrize("typed", ["", "x", "999999", "-1", "1" * 30, "١"])
def test_a_number_that_is_no_ticket_is_said_on_the_same_page(
    desk: Desk, number: int, anna: Browser, typed: str
) -> None:
    message = desk.messages(number)[-1].id
    for path in (f"/tickets/{number}/messages/{message}/ticket", f"/tickets/{number}/merger"):
        answer = anna.post(path, {"target": typed}, follow_redirects=True)
        assert answer.status_code == 200
        assert 'class="toast error"' in answer.text
    assert desk.messages(number)[-1].id == message


def test_merging_shows_where_everything_went_and_can_be_undone(
    desk: Desk, number: int, anna: Browser
) -> None:
    desk.clock.move(minutes=11)
    desk.mail_in("La balance ?", subject="Balance")
    other = desk.tickets()[-1].id
    anna.post(f"/tickets/{other}/merger", {"target": str(number)})
    page = anna.page(f"/tickets/{other}")
    assert "Undo the merge" in page
    assert 'class="composer"' not in page
    assert f"It came from ticket #{other} when Anna Agent merged the two." in anna.page(f"/tickets/{number}")
    anna.post(f"/tickets/{other}/merger/undoing")
    assert desk.ticket(other).status == "open"


def test_another_customers_ticket_is_refused_with_the_reason(desk: Desk, number: int, anna: Browser) -> None:
    desk.mail_in("Frage", sender="Ina Info <info@beispiel.example>", subject="Frage")
    other = desk.tickets()[-1].id
    answer = anna.post(f"/tickets/{other}/merger", {"target": str(number)}, follow_redirects=True)
    assert "The two belong to different customers." in answer.text


def test_a_message_is_moved_only_under_its_own_ticket(desk: Desk, number: int, anna: Browser) -> None:
    desk.clock.move(minutes=11)
    desk.mail_in("La balance ?", subject="Balance")
    other = desk.tickets()[-1].id
    message = desk.messages(number)[-1].id
    for act in ("own-ticket", "return"):
        anna.post(f"/tickets/{other}/messages/{message}/{act}")
    anna.post(f"/tickets/{other}/messages/{message}/ticket", {"target": str(number)})
    assert desk.messages(number)[-1].id == message
    merge_tickets.merge(other, number, by=desk.actor(desk.anna), now=desk.clock.now)
    assert desk.messages(other) == []

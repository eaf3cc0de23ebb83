"""Views that agents make from questions: own and shared ones, counted, paged, removed."""

import re
from datetime import timedelta

import pytest

from helpdesk.core import clock
from tests.web.factories import many_tickets
from tests.web.stage import contact, french_ticket, german_ticket
from tests.web.test_queue import numbers, statements

HOUR = timedelta(hours=1)


def keep(browser, name: str, question: str, **more: str) -> str:
    """Keeps a question as a view; returns the address that follows."""
    answer = browser.post("/views", {"name": name, "q": question, **more})
    assert answer.status_code == 303
    return str(answer.location)


def rail(page: str) -> dict[str, str]:
    """The kept views of a page with their counts."""
    entry = r'href="(/views/\d+)"[^>]*>.*?</svg><span>([^<]+)</span>(?:<span class="count">([^<]+))?'
    return {name: count for _path, name, count in re.findall(entry, page)}


def test_a_view_shows_what_answers_its_question_by_what_is_due_next(desk, anna):
    late = french_ticket(desk, due_in=5 * HOUR)
    first = french_ticket(desk, due_in=HOUR)
    waiting = french_ticket(desk, status="waiting", waiting_for="answer", due_in=None)
    closed = french_ticket(desk, status="closed", closed_at=clock.now(), due_in=None)
    german_ticket(desk)
    view = keep(anna, "In French", "lang:fr")
    assert numbers(anna.page(view)) == [first, late, waiting]
    assert rail(anna.page("/queue")) == {"In French": "3"}
    assert numbers(anna.page(keep(anna, "Done", "lang:fr status:closed"))) == [closed]
    # Words and closed tickets are not counted on every page.
    keep(anna, "Reports", "report")
    assert rail(anna.page("/queue")) == {"Done": "", "In French": "3", "Reports": ""}
    assert set(rail(anna.page("/profile"))) == {"Done", "In French", "Reports"}


def test_only_shared_views_are_seen_by_others_and_only_leads_remove_those(desk, anna, lea, browser_of):
    own, shared = keep(anna, "Own", "is:mine"), keep(anna, "Team", "is:unassigned", shared="y")
    assert set(rail(lea.page("/profile"))) == {"Team"}
    assert lea.get(own).status_code == 404
    assert lea.post(f"{own}/removal").status_code == 404
    leas = keep(lea, "Leas", "is:urgent", shared="y")
    assert anna.post(f"{leas}/removal").status_code == 403
    assert lea.post(f"{shared}/removal").status_code == 303
    assert set(rail(anna.page("/profile"))) == {"Own", "Leas"}


def test_a_mine_filter_is_about_whoever_looks(desk, anna, lea):
    hers = french_ticket(desk, assignee_id=desk.lea.id)
    mine = french_ticket(desk, assignee_id=desk.anna.id)
    view = keep(anna, "Personal", "is:mine", shared="y")
    assert (numbers(anna.page(view)), numbers(lea.page(view))) == ([mine], [hers])


@pytest.mark.database("sqlite")
@pytest.mark.parametrize(
    ("name", "question", "sentence"),
    [
        ("", "lang:fr", "Write a name."),
        ("X", "dua:<2h", "Did you mean “due:”?"),
        ("X", "%", "Write words, a number or filters"),
    ],
)
def test_a_view_that_cannot_be_kept_says_why(anna, name, question, sentence):
    assert sentence in anna.get(keep(anna, name, question)).text
    assert rail(anna.page("/profile")) == {}


@pytest.mark.database("sqlite")
def test_a_rail_takes_twenty_views(anna):
    for n in range(21):
        last = keep(anna, f"View {n:02}", "lang:fr")
    assert "You have 20 views already" in anna.page(last)
    assert len(rail(anna.page("/profile"))) == 20


def test_views_ask_the_database_no_oftener_however_many_and_long_they_are(desk, anna):
    view = keep(anna, "French", "lang:fr")
    anna.page(view)
    many_tickets(desk.mailbox, contact("compta@muster.example"), 120)
    for n in range(15):
        keep(anna, f"View {n}", "lang:fr class:undecided -is:mine")
    with statements() as asked:
        first = anna.page(view)
    assert len([s for s in asked if s.startswith(("SELECT", "WITH"))]) <= 12
    seen, following = numbers(first), re.search(r'id="next-page" href="([^"]+)"', first)
    while following:
        page = anna.page(following[1].replace("&amp;", "&"))
        seen += numbers(page)
        following = re.search(r'id="next-page" href="([^"]+)"', page)
    assert (len(seen), len(set(seen))) == (120, 120)

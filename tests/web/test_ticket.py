"""The page of a ticket: what it shows, what its buttons do, and that foreign text stays text."""

import re
from io import BytesIO

import pytest
from sqlalchemy import select

from helpdesk.actions import offer_work
from helpdesk.actions.context import context
from helpdesk.core import clock
from helpdesk.core.actors import Actor
from helpdesk.db import db, transaction
from helpdesk.mail.models import OutgoingMail
from helpdesk.tickets.models import Attachment, Ticket, TicketMessage
from helpdesk.triage.models import Correction, StoredVerdict
from tests.web.factories import a_message, an_attachment, an_event, an_outgoing_mail
from tests.web.stage import contact, french_ticket, german_ticket
from tests.web.test_queue import statements

pytestmark = pytest.mark.database("sqlite")

POISON = "<script>alert(1)</script><img src=x onerror=alert(2)>\"'><svg onload=alert(3)>{{7331*1337}}"


def ticket(number: int) -> Ticket:
    """As it stands in the database now."""
    db.session.expire_all()
    found = db.session.get(Ticket, number)
    assert found is not None
    return found


def judge(number: int, text: str, **data: object) -> None:
    """A verdict as the rules would have stored it."""
    message = db.session.scalars(select(TicketMessage.id).where(TicketMessage.ticket_id == number)).first()
    reason = {
        "rule": "error_reported",
        "concept": "error_word",
        "words": text,
        "zone": "new",
        "start": 0,
        "end": 5,
        "weight": 3.0,
        "effect": "support",
        "text": "an error is reported",
    }
    with transaction():
        db.session.add(
            StoredVerdict(
                ticket_id=number,
                message_id=message,
                ruleset_version="starter-1",
                label="support",
                confidence=0.91,
                data={"kind": "error", "reasons": [reason], **data},
                created_at=clock.now(),
            )
        )


def test_text_from_outside_stays_text_everywhere(desk, anna, browser_of):
    with transaction():
        person = contact("compta@muster.example")
        person.name = POISON
        assert person.customer is not None
        person.customer.name = POISON
    number = french_ticket(desk, subject=POISON, text=POISON)
    message = a_message(
        number, contact("compta@muster.example"), POISON, from_name=POISON, body=POISON + "\n> quoted"
    )
    an_attachment(message, POISON, context().files.put(b"x"))
    an_event(number, "assigned", POISON, "agent", clock.now(), to=POISON)
    an_event(number, "no_such_code" + POISON[:20], POISON, "agent", clock.now())
    judge(
        number,
        "script",
        ignored=[{"concept": "x", "words": POISON, "zone": "", "start": 0, "end": 1, "why": POISON}],
    )
    mail = an_outgoing_mail(
        number, "compta@muster.example", POISON, subject=POISON, to_name=POISON, error=POISON
    )
    paths = [
        "/queue", f"/tickets/{number}", "/customers", f"/customers/{desk.muster.id}", "/outbox", f"/outbox/{mail}",
        f"/tickets/{number}/work/new", f"/tickets/{number}/offers/new", "/search?q=" + "%3Cscript%3E",
    ]  # fmt: skip
    for path in paths:
        page = anna.page(path)
        assert not re.search(r"<script>|<svg onload|<img src=x|9801547", page), path
    assert "&lt;script&gt;" in anna.page(f"/tickets/{number}")


def test_the_words_that_led_to_the_class_are_marked_in_the_mail(desk, anna):
    number = french_ticket(desk, text="There is an Error <b> in the report.")
    judge(number, "error")
    page = anna.page(f"/tickets/{number}")
    assert 'There is an <mark class="for-support">Error</mark> &lt;b&gt; in the report.' in page
    assert re.search(r"<p>Paid support, 91.% sure: .*“error”", page)
    assert "error_reported" in page


@pytest.mark.parametrize("words", ["(", "a|", "[", "\\", ".*", ""])
def test_words_that_look_like_patterns_are_only_words(desk, anna, words):
    number = french_ticket(desk, text="Costs (a|b) and [c] are fine")
    judge(number, words)
    assert anna.get(f"/tickets/{number}").status_code == 200


def test_one_click_corrects_the_class_and_outranks_the_rules(desk, anna):
    number = french_ticket(desk, label="hotline")
    assert (
        anna.post(f"/tickets/{number}/correction", {"field": "label", "value": "support"}).status_code == 303
    )
    assert (ticket(number).label, ticket(number).label_source) == ("support", "agent")
    assert "Decided by a person" in anna.page(f"/tickets/{number}")


@pytest.mark.parametrize(
    ("field", "value"), [("label", "free"), ("status", "closed"), ("urgent", "maybe"), ("", "")]
)
def test_only_what_can_be_corrected_is_corrected(desk, anna, field, value):
    number = french_ticket(desk)
    assert anna.post(f"/tickets/{number}/correction", {"field": field, "value": value}).status_code == 422
    assert db.session.scalars(select(Correction)).all() == []


def test_a_reply_leaves_to_the_address_on_the_button_and_a_note_never_leaves(desk, anna):
    number = french_ticket(desk)
    page = anna.page(f"/tickets/{number}")
    assert "Send to compta@muster.example" in page
    anna.post(f"/tickets/{number}/notes", {"text": "The customer is difficult"})
    assert db.session.scalars(select(OutgoingMail)).all() == []
    anna.post(f"/tickets/{number}/replies", {"text": "Bonjour Madame"})
    [mail] = db.session.scalars(select(OutgoingMail)).all()
    assert (mail.to_address, "Bonjour Madame" in mail.body_text) == ("compta@muster.example", True)
    assert "difficult" not in mail.body_text
    assert ticket(number).status == "waiting"


def test_a_second_click_on_send_sends_once(desk, anna):
    number = french_ticket(desk)
    for _ in range(2):
        anna.post(f"/tickets/{number}/replies", {"text": "Bonjour", "key": "same-form"})
    assert len(db.session.scalars(select(OutgoingMail)).all()) == 1


def test_send_and_close_does_both(desk, anna):
    number = french_ticket(desk)
    anna.post(f"/tickets/{number}/replies", {"text": "Bonjour", "then": "close"})
    assert ticket(number).status == "closed"


def test_an_empty_answer_is_refused_in_place_and_the_other_text_survives(desk, anna):
    number = french_ticket(desk)
    answer = anna.post(f"/tickets/{number}/replies", {"text": "  \n "})
    assert answer.status_code == 422
    assert "Write something first." in answer.text
    assert db.session.scalars(select(OutgoingMail)).all() == []


def test_a_note_that_is_too_long_comes_back_in_the_note_field(desk, anna):
    number = french_ticket(desk)
    answer = anna.post(f"/tickets/{number}/notes", {"text": "x" * 200_001})
    assert answer.status_code == 422
    assert re.search(r'id="to-note" checked', answer.text)
    assert "x" * 1000 in answer.text


def test_files_leave_with_the_answer(desk, anna):
    number = french_ticket(desk)
    data = {"text": "Voici le fichier", "files": [(BytesIO(b"one"), "one.txt"), (BytesIO(b"two"), "two.txt")]}
    assert (
        anna.post(f"/tickets/{number}/replies", data, content_type="multipart/form-data").status_code == 303
    )
    assert sorted(db.session.scalars(select(Attachment.filename))) == ["one.txt", "two.txt"]


def test_assigning_closing_and_reopening(desk, anna):
    number = french_ticket(desk)
    anna.post(f"/tickets/{number}/assignment", {"agent": str(desk.lea.id)})
    assert ticket(number).assignee_id == desk.lea.id
    anna.post(f"/tickets/{number}/assignment", {"agent": ""})
    assert ticket(number).assignee_id is None
    anna.post(f"/tickets/{number}/closure")
    assert ticket(number).status == "closed"
    anna.post(f"/tickets/{number}/reopening")
    assert (ticket(number).status, ticket(number).due_at is not None) == ("open", True)


@pytest.mark.parametrize("agent", ["999", "x", "-1", "1" * 40])
def test_nobody_unknown_is_given_a_ticket(desk, anna, agent):
    number = french_ticket(desk)
    assert anna.post(f"/tickets/{number}/assignment", {"agent": agent}).status_code == 422


def test_a_failed_answer_is_a_red_line_in_the_thread(desk, anna):
    number = french_ticket(desk)
    mail = an_outgoing_mail(
        number, "compta@muster.example", state="failed", error="550 no such user", sent_at=None
    )
    a_message(number, None, "Bonjour", kind="outgoing", outgoing_mail_id=mail, agent_id=desk.anna.id)
    page = anna.page(f"/tickets/{number}")
    assert "This mail did not reach compta@muster.example." in page
    assert "550 no such user" in page


def test_quoted_text_is_folded_and_never_lost(desk, anna):
    number = french_ticket(desk)
    a_message(number, contact("compta@muster.example"), "Merci\n\n> What you wrote", new_text="Merci")
    page = anna.page(f"/tickets/{number}")
    assert "Whole text with the quoted part" in page
    assert "&gt; What you wrote" in page


def test_each_message_says_its_language(desk, anna):
    number = french_ticket(desk)
    assert re.search(r'<div class="text" lang="fr"', anna.page(f"/tickets/{number}"))


def test_a_long_conversation_is_read_page_by_page(desk, anna):
    number = french_ticket(desk)
    with transaction():
        for n in range(110):
            a_message(number, contact("compta@muster.example"), f"message {n:03d}")
    page = anna.page(f"/tickets/{number}")
    assert ("message 109" in page, "message 000" in page) == (True, False)
    earlier = re.search(r'href="(/tickets/\d+\?before=\d+)"', page)
    assert earlier is not None
    assert "message 000" in anna.page(earlier[1])


@pytest.mark.parametrize("offered", [False, True])
def test_the_page_asks_the_database_twelve_times_at_most(desk, anna, offered):
    number = french_ticket(desk, label="support")
    judge(number, "report")
    by = Actor("agent", desk.anna.id, "Anna")
    if offered:
        offer_work.offer_support(number, 30, by=by, now=clock.now())
        offer_work.offer_urgent(number, by=by, now=clock.now())
    for n in range(30):
        message = a_message(number, contact("compta@muster.example"), f"message {n}")
        an_attachment(message, f"{n}.txt", context().files.put(b"x"))
    anna.page(f"/tickets/{number}")
    with statements() as asked:
        anna.page(f"/tickets/{number}")
    assert len([s for s in asked if s.startswith("SELECT")]) <= 12


def test_paid_support_says_what_it_usually_costs_and_the_hotline_nothing(desk, anna):
    paid = anna.page(f"/tickets/{french_ticket(desk, label='support')}")
    assert "Usually about 30 min, CHF\N{NO-BREAK SPACE}90.00 excl. VAT" in paid
    assert "Usually about" not in anna.page(f"/tickets/{german_ticket(desk, label='hotline')}")


def test_a_ticket_that_waits_for_a_yes_says_that_nothing_can_be_charged(desk, anna):
    number = french_ticket(desk, label="support")
    offer_work.offer_support(number, 30, by=Actor("agent", desk.anna.id, "Anna"), now=clock.now())
    assert "Not chargeable yet: waiting for acceptance." in anna.page(f"/tickets/{number}")


def test_a_mail_that_only_claims_to_belong_is_marked(desk, anna):
    first = french_ticket(desk)
    second = german_ticket(desk, linked_to_id=first)
    assert "claims to belong to another ticket" in anna.page(f"/tickets/{second}")


def test_the_promise_explains_itself(desk, anna):
    deadline = {
        "due_at": "2026-11-25T16:00:00+00:00",
        "reason": "same_day_inside_hours",
        "data": {},
        "spans": [["2026-11-25T09:00:00+00:00", "2026-11-25T16:00:00+00:00", "counted", ""]],
        "zone": "Europe/Zurich",
    }
    number = french_ticket(desk, due_reason=deadline)
    page = anna.page(f"/tickets/{number}")
    assert "It arrived inside office hours: closing time of the same day." in page
    assert "Counted: 7 h 00" in page


def test_an_endless_text_shows_its_beginning_and_where_the_rest_is(desk, anna):
    desk.mail_in("Une ligne de mots.\n" * 60_000)
    shown = anna.get(f"/tickets/{desk.ticket().id}")
    assert len(shown.data) < 300_000
    assert "The rest of this long text is in the original mail." in shown.text

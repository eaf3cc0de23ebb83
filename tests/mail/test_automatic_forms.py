"""Automatic mail without a mark of its own, in four languages and more, and people who write about the same."""

import pytest

from helpdesk.mail.parse import parse
from tests.mail.forms import lines

ANSWER = "In-Reply-To: <1@anbieter.example>\r\n"


def mail(entry, headers="", sender="Vera Muster <vera@kunde.example>"):
    subject, _, body = entry.partition("|")
    return parse(
        f"From: {sender}\r\nTo: hilfe@anbieter.example\r\nSubject: {subject}\r\n{headers}"
        f"Content-Type: text/plain; charset=utf-8\r\n\r\n{body}".encode()
    )


@pytest.mark.parametrize("entry", lines("automatic"))
def test_a_program_answered_for_a_person(entry):
    found = mail(entry)
    assert found.is_auto
    assert not found.is_bounce
    assert found.automatic.why


@pytest.mark.parametrize("entry", lines("absences"))
def test_an_absence_notice_is_known_by_its_words(entry):
    found = mail(entry, ANSWER)
    assert found.is_auto
    assert not found.is_bounce


@pytest.mark.parametrize(
    "headers", ["", ANSWER, "X-Auto-Response-Suppress: OOF\r\n", "Auto-Submitted: no\r\n"]
)
@pytest.mark.parametrize("entry", lines("people"))
def test_a_person_who_writes_of_absences_bounces_or_receipts_is_a_person(entry, headers):
    found = mail(entry, headers)
    assert not found.is_auto
    assert not found.is_bounce


@pytest.mark.parametrize(
    "sender",
    ["noreply", "no-reply", "no_reply", "donotreply", "do-not-reply", "NoReply", "noreply-abc", "nepasrepondre",
     "nicht-antworten", "keine-antwort", "billing-noreply", "autoreply", "mailer-daemon", "postmaster"],
)  # fmt: skip
def test_an_address_that_takes_no_answers_is_a_machines(sender):
    assert mail("Ihre Bestellung|Hallo", sender=f"{sender}@shop.example").is_auto


def test_a_form_that_names_the_person_behind_it_is_no_machines():
    found = mail("Anfrage|Hallo", "Reply-To: vera@kunde.example\r\n", "noreply@shop.example")
    assert not found.is_auto


@pytest.mark.parametrize(
    "header",
    ["X-Precedence: bulk", "X-Mailer: vacation", "X-Mailer: Autoresponder 2", "X-Notes-Autoreply: 1", "X-Autosubmitted: yes",
     "X-OTRS-Loop: yes", "X-MS-Exchange-Generated-Message-Source: Mailbox Rules Agent", "X-Mail-Autoreply: yes"],
)  # fmt: skip
def test_marks_of_many_programs_are_known(header):
    assert mail("Ticket|Hallo", header + "\r\n").is_auto

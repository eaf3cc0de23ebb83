"""A mail comes in, and within one transaction it is a ticket: who, what, how much, until when, and told so."""

from datetime import datetime, timedelta

from helpdesk.actions.context import context
from helpdesk.core.money import chf
from helpdesk.i18n import amount, speaking
from tests.support.desk import SUPPORT, Desk

ERROR_FR = "Bonjour,\n\nJ'obtiens une erreur lorsque j'importe le fichier ci-joint.\n\nCarla Compta"
WHERE_DE = "Guten Tag\n\nWo ist der Befehl, um ein neues Geschäftsjahr anzulegen?\n\nIna Info"


def said(language: str, money: object) -> str:
    with speaking(language):
        return amount(money)  # type: ignore[arg-type]


def test_a_paid_question_is_answered_with_number_promise_and_price(desk: Desk) -> None:
    desk.mail_in(ERROR_FR, subject="Erreur d'importation")
    ticket = desk.ticket()
    assert (ticket.customer_id, ticket.language, ticket.label) == (desk.muster.id, "fr", "support")
    assert ticket.due_at is not None
    assert desk.clock.now < ticket.due_at < desk.clock.now + timedelta(hours=10)
    [answer] = desk.mails_to("compta@muster.example")
    assert f"#{ticket.id}" in answer.subject
    assert answer.language == "fr"
    assert "17:00" in answer.body_text
    assert said("fr", chf(90)) in answer.body_text
    assert said("fr", chf(500)) in answer.body_text
    assert desk.credit("Muster SA") == chf(500)  # told, not charged (T3)


def test_a_hotline_question_of_a_subscriber_is_free_and_says_so(desk: Desk) -> None:
    desk.mail_in(WHERE_DE, sender="Ina Info <info@beispiel.example>", subject="Neues Geschäftsjahr")
    assert desk.ticket().label == "hotline"
    [answer] = desk.mails_to("info@beispiel.example")
    assert answer.language == "de"
    assert "CHF" not in answer.body_text


def test_an_unknown_sender_becomes_a_contact_without_a_customer_and_reads_nothing_of_their_own(
    desk: Desk,
) -> None:
    desk.mail_in(
        "Buy pills at spam.test", sender="Stranger <stranger@elsewhere.example>", subject="Cheap pills"
    )
    ticket = desk.ticket()
    assert ticket.customer_id is None
    assert ticket.contact.email == "stranger@elsewhere.example"
    [answer] = desk.mails_to("stranger@elsewhere.example")
    for text in (answer.subject, answer.body_text, answer.body_html, answer.to_name):
        assert "pills" not in (text or "")
        assert "Stranger" not in (text or "")


def test_the_language_of_the_contact_counts_not_that_of_the_mail(desk: Desk) -> None:
    desk.mail_in("Where can I find the invoice settings?", subject="Invoice settings")
    [answer] = desk.mails_to("compta@muster.example")
    assert answer.language == "fr"


def test_what_comes_after_hours_is_promised_for_the_next_working_day(desk: Desk) -> None:
    desk.clock.to("2026-11-27 18:30")  # a Friday evening
    desk.mail_in(WHERE_DE, sender="Ina Info <info@beispiel.example>")
    due = desk.ticket().due_at
    assert due == datetime.fromisoformat("2026-11-30T17:00:00+01:00")


def test_attachments_arrive_byte_for_byte(desk: Desk) -> None:
    content = bytes(range(256)) * 40
    desk.mail_in(ERROR_FR, attachments=[("données été.xls", "application/vnd.ms-excel", content)])
    [message] = [each for each in desk.messages() if each.kind == "incoming"]
    [file] = message.attachments
    assert file.filename == "données été.xls"
    assert context().files.get(file.sha256) == content


def test_every_step_of_a_mail_is_on_record(desk: Desk) -> None:
    desk.mail_in(ERROR_FR)
    [mail] = desk.raw_mails()
    steps = [step["step"] for step in mail.path]
    assert steps == [
        "stored", "read", "mailbox", "placed", "sender", "opened", "triaged", "promised", "acknowledged",
        "handled",
    ]  # fmt: skip
    assert mail.state == "done"


def test_the_answer_threads_for_the_customer(desk: Desk) -> None:
    desk.mail_in(ERROR_FR, message_id="<first@mail.muster.example>")
    [answer] = desk.mails_to("compta@muster.example")
    assert answer.in_reply_to == "first@mail.muster.example"
    assert answer.from_address == SUPPORT
    assert answer.reply_to.startswith("support+")
    [(_to, message)] = desk.postman.sent
    assert b"In-Reply-To: <first@mail.muster.example>" in message
    assert b"Auto-Submitted: auto-replied" in message

"""M2, M3, M4: one message once, however it comes; machines are never answered; what breaks waits visibly."""

import pytest

from helpdesk.actions import handle_mail, quarantine
from helpdesk.actions.handle_mail import handle_due
from tests.support.desk import Desk
from tests.support.letters import letter

QUESTION = "Bonjour,\n\nOù est la commande pour créer un nouvel exercice ?"


def test_the_same_delivery_is_stored_once(desk: Desk) -> None:
    raw = letter(QUESTION)
    assert desk.mail_in(raw, source_key="7:1") is not None
    assert desk.mail_in(raw, source_key="7:1") is None
    assert len(desk.raw_mails()) == 1


def test_the_same_bytes_under_another_name_are_one_ticket_message(desk: Desk) -> None:
    raw = letter(QUESTION)
    desk.mail_in(raw, source_key="7:1")
    desk.mail_in(raw, source_key="8:1")
    first, second = desk.raw_mails()
    assert second.copy_of_id == first.id
    assert len(desk.tickets()) == 1
    assert len(desk.mails_to("compta@muster.example")) == 1


def test_a_copy_that_took_another_way_is_the_same_mail(desk: Desk) -> None:
    raw = letter(QUESTION)
    desk.mail_in(raw)
    desk.mail_in(b"Received: from elsewhere.example; Wed, 25 Nov 2026 10:00:01 +0100\r\n" + raw)
    assert len(desk.tickets()) == 1


def test_copies_that_arrive_together_are_one_message(desk: Desk) -> None:
    raw = letter(QUESTION)
    desk.mail_in(raw, work=False)
    desk.mail_in(b"Received: from elsewhere.example; Wed, 25 Nov 2026 10:00:01 +0100\r\n" + raw, work=False)
    desk.work()
    assert len(desk.tickets()) == 1


def test_a_reused_message_id_does_not_hide_another_mail(desk: Desk) -> None:
    desk.mail_in(letter(QUESTION, message_id="<same@mail.muster.example>"))
    desk.mail_in(letter("Tout autre chose.", message_id="<same@mail.muster.example>"))
    assert len(desk.tickets()) == 2


def test_an_out_of_office_joins_its_ticket_and_changes_nothing(desk: Desk) -> None:
    desk.mail_in(QUESTION)
    before = desk.ticket()
    [ours] = desk.mails_to("compta@muster.example")
    desk.reply(ours, "Je suis absente jusqu'au 30 novembre.", headers={"Auto-Submitted": "auto-replied"})
    after = desk.ticket()
    assert (after.status, after.due_at) == (before.status, before.due_at)
    assert desk.messages()[-1].kind == "automatic"
    assert len(desk.mails_to("compta@muster.example")) == 1


def test_a_machine_that_opens_a_ticket_gets_no_answer(desk: Desk) -> None:
    desk.mail_in("Your report is ready.", headers={"Auto-Submitted": "auto-generated"})
    assert len(desk.tickets()) == 1
    assert desk.outbox() == []


def test_our_own_mail_that_comes_back_opens_nothing(desk: Desk) -> None:
    desk.mail_in("Hello", sender="Support <support@helpdesk.example>")
    assert desk.tickets() == []
    [mail] = desk.raw_mails()
    assert mail.state == "discarded"
    assert [step["step"] for step in mail.path][-2:] == ["own_mail", "handled"]


def test_a_stranger_cannot_have_us_write_again_and_again(desk: Desk) -> None:
    for n in range(5):
        desk.mail_in(f"Question {n}", sender="Bot <bot@elsewhere.example>", subject=f"Subject {n}")
    assert len(desk.tickets()) == 5
    assert len(desk.mails_to("bot@elsewhere.example")) == 1


def test_a_mail_that_cannot_be_handled_waits_in_quarantine_and_stops_nobody(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = handle_mail.parse_contained

    def broken(raw: bytes) -> object:
        if b"poison" in raw:
            raise RuntimeError("this message is poison")
        return real(raw)

    monkeypatch.setattr(handle_mail, "parse_contained", broken)
    desk.mail_in("poison", work=False)
    desk.mail_in(QUESTION, work=False)
    for _ in range(6):
        handle_due(desk.clock.now)
        desk.clock.move(minutes=2)
    poison, fine = desk.raw_mails()
    assert (poison.state, poison.attempts, fine.state) == ("quarantine", 3, "done")
    assert "this message is poison" in (poison.error or "")
    monkeypatch.setattr(handle_mail, "parse_contained", real)
    quarantine.retry(poison.id, by=desk.actor(desk.lea), now=desk.clock.now)
    desk.work()
    assert len(desk.tickets()) == 2


def test_a_bounce_finds_the_mail_it_speaks_of(desk: Desk) -> None:
    desk.mail_in(QUESTION)
    [ours] = desk.mails_to("compta@muster.example")
    report = (
        "From: MAILER-DAEMON@mx.muster.example\r\nTo: support@helpdesk.example\r\n"
        "Subject: Undelivered Mail Returned to Sender\r\nMIME-Version: 1.0\r\n"
        "Message-ID: <bounce-1@mx.muster.example>\r\n"
        'Content-Type: multipart/report; report-type=delivery-status; boundary="b"\r\n\r\n'
        "--b\r\nContent-Type: text/plain\r\n\r\nThe mail could not be delivered.\r\n"
        "--b\r\nContent-Type: message/delivery-status\r\n\r\n"
        "Reporting-MTA: dns; mx.muster.example\r\n\r\n"
        "Final-Recipient: rfc822; compta@muster.example\r\nAction: failed\r\nStatus: 5.1.1\r\n\r\n"
        "--b\r\nContent-Type: text/rfc822-headers\r\n\r\n"
        f"Message-ID: <{ours.message_id}>\r\nSubject: {ours.subject}\r\n\r\n--b--\r\n"
    )
    desk.mail_in(report.encode())
    assert desk.mails_to("compta@muster.example")[0].state == "failed"
    assert len(desk.tickets()) == 1
    assert "mail_bounced" in desk.history()
    assert len(desk.outbox()) == 1


BARE_BOUNCE = (
    "From: MAILER-DAEMON@mx.muster.example\r\nTo: {to}\r\nSubject: failure notice\r\n"
    "Message-ID: <bare@mx.muster.example>\r\n\r\n"
    "Hi. This is the qmail-send program at mx.muster.example.\r\n"
    "I'm afraid I wasn't able to deliver your message to the following addresses.\r\n"
    "This is a permanent error; I've given up. Sorry it didn't work out.\r\n\r\n"
    "<{failed}>:\r\nSorry, no mailbox here by that name. (#5.1.1)\r\n"
)


def test_a_bounce_that_names_nothing_of_ours_is_found_by_the_address_it_came_back_to(desk: Desk) -> None:
    desk.mail_in(QUESTION)
    [ours] = desk.mails_to("compta@muster.example")
    raw = BARE_BOUNCE.format(to=ours.reply_to, failed="compta@muster.example").encode()
    desk.mail_in(raw, envelope_to=[ours.reply_to])
    assert desk.mails_to("compta@muster.example")[0].state == "failed"
    assert len(desk.tickets()) == 1
    assert desk.messages()[-1].threading["proof"] == "bounce_address"


def test_a_bounce_cannot_mark_an_address_that_its_tag_was_not_made_for(desk: Desk) -> None:
    desk.mail_in(QUESTION)
    [ours] = desk.mails_to("compta@muster.example")
    raw = BARE_BOUNCE.format(to=ours.reply_to, failed="info@beispiel.example").encode()
    desk.mail_in(raw, envelope_to=[ours.reply_to])
    assert desk.mails_to("compta@muster.example")[0].state == "sent"

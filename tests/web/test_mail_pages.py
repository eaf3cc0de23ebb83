"""The path of a mail on a page of its own, and the quarantine with what can be done about it."""

import pytest

from helpdesk.i18n import gettext, speaking
from tests.support.desk import Desk
from tests.support.letters import letter
from tests.web.conftest import Browser
from tests.web.factories import a_raw_mail
from tests.web.test_queue import statements

pytestmark = pytest.mark.database("sqlite")

ERROR_FR = "Bonjour,\n\nC'est urgent : j'obtiens une erreur lorsque j'importe le fichier ci-joint."


def test_the_path_of_a_mail_shows_everything_that_led_to_what_followed(
    desk: Desk, anna: Browser, lea: Browser
) -> None:
    raw = letter(ERROR_FR, subject="URGENT")
    first = desk.mail_in(raw, source_key="7:1")
    second = desk.mail_in(raw, source_key="8:1")
    page = anna.page(f"/mail/{first}")
    for said in (
        "Stored from test, delivery 7:1",
        "Addressed to support@helpdesk.example",
        "It names no earlier ticket.",
        "known by the address compta@muster.example",
        "ms later",
        "8:1",
        "rules did not apply",
        "Mails that followed",
        f"Opened ticket #{desk.ticket().id}",
    ):
        assert said in page, said
    assert page.count('href="/outbox/') == len(desk.outbox()) > 1
    copy = anna.page(f"/mail/{second}")
    assert f"Copy of mail {first}" in copy
    with speaking("de"):
        assert gettext("Deliveries") in lea.page(f"/mail/{first}")


def test_the_pages_ask_the_database_twelve_times_at_most(desk: Desk, anna: Browser) -> None:
    desk.mail_in(ERROR_FR, subject="URGENT")
    for n in range(60):
        a_raw_mail(f"Mail {n}", state="quarantine", error="ValueError")
    for path in (f"/mail/{desk.raw_mails()[0].id}", "/quarantine", "/quarantine?state=discarded"):
        with statements() as asked:
            anna.page(path)
        assert len(asked) <= 12, path


def test_a_mail_in_quarantine_becomes_a_ticket_or_is_put_away_and_taken_back(
    desk: Desk, anna: Browser, lea: Browser
) -> None:
    first, second = (a_raw_mail(text, state="quarantine", error="ValueError: no") for text in ("One", "Two"))
    page = anna.page("/quarantine")
    assert page.count("Test</a>") == 2  # the subject, read from the header
    assert "ValueError: no" in page
    answer = anna.post(f"/quarantine/{first}/ticket")
    assert answer.location.endswith(f"/tickets/{desk.ticket().id}")
    page = anna.page(f"/tickets/{desk.ticket().id}")
    assert f"mail-{first}.eml" in page
    assert "Anna Agent made it a ticket" in page
    lea.post(f"/quarantine/{second}/discarding", {"reason": "An advertisement"})
    put_away = lea.page("/quarantine?state=discarded")
    assert f'href="/mail/{second}"' in put_away
    with speaking("de"):
        assert gettext("Put away: %(reason)s", reason="An advertisement") in put_away
    lea.post(f"/quarantine/{second}/taking-back")
    assert f'href="/mail/{second}"' in lea.page("/quarantine")


def test_leads_are_told_on_each_page_when_a_mail_waits_too_long(
    desk: Desk, anna: Browser, lea: Browser
) -> None:
    a_raw_mail(state="quarantine")
    with speaking("de"):
        begin = gettext("Mail that could not be handled waits for a person since %(time)s.", time="|").split(
            "|"
        )[0]
    assert begin not in lea.page("/queue")
    assert "helpdesk_quarantine_alarm 0\n" in anna.page("/metrics")
    desk.clock.move(minutes=16)
    assert "helpdesk_quarantine_alarm 1\n" in anna.page("/metrics")
    assert 'helpdesk_mail_oldest_seconds{queue="quarantine"} 960\n' in anna.page("/metrics")
    alarmed = lea.page("/queue")
    assert begin + '<time datetime="' in alarmed  # the time is read by machines, not shown as code
    assert "alarm" not in anna.page("/queue").split("<main")[1]
    assert 'class="chip bad"' in anna.page("/health")


def test_hostile_headers_are_only_text(desk: Desk, anna: Browser) -> None:
    poison = "<script>alert(1)</script>"
    raw = f"From: {poison} <a@b.example>\r\nSubject: {poison}\r\nMessage-ID: <{poison}@x>\r\n\r\nx".encode()
    for state in ("quarantine", "discarded"):
        number = a_raw_mail(raw=raw, state=state, error=poison)
        path = "/quarantine" + ("?state=discarded" if state == "discarded" else "")
        for page in (path, f"/mail/{number}"):
            assert poison not in anna.page(page)


def test_a_mail_nobody_could_read_says_so_on_its_ticket(desk: Desk, anna: Browser) -> None:
    raw = letter("x").replace(b"Content-Type: text/plain", b"Content-Type: multipart/mixed; boundary=b")
    many = b"\r\n".join([b"--b"] * 20_500)
    desk.mail_in(raw + many)
    assert "This mail could not be read." in anna.page(f"/tickets/{desk.ticket().id}")

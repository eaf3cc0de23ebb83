"""An answer that leaves: taken back from toast and ticket, edited and sent again, and the brake on the health page."""

import re
from io import BytesIO

import pytest
from sqlalchemy import select

from helpdesk.core import clock
from helpdesk.db import db, transaction
from helpdesk.mail.models import MailBrake, OutgoingMail
from tests.support.desk import Desk
from tests.web.conftest import Browser
from tests.web.stage import french_ticket

pytestmark = pytest.mark.database("sqlite")


def newest() -> OutgoingMail:
    """The outgoing mail that was written last, as it is now."""
    query = select(OutgoingMail).order_by(OutgoingMail.id.desc()).execution_options(populate_existing=True)
    return db.session.scalars(query).first()  # type: ignore[return-value]


def change(mail: OutgoingMail, **values: object) -> None:
    """Lets something have happened to a mail."""
    with transaction():
        row = db.session.get_one(OutgoingMail, mail.id)
        for name, value in values.items():
            setattr(row, name, value)


def test_an_answer_is_taken_back_with_the_button_of_the_toast_and_stands_in_the_composer(
    desk: Desk, anna: Browser, lea: Browser
) -> None:
    number = french_ticket(desk)
    data = {"text": "Bonjour,\r\n\r\nvoilà.", "then": "send", "files": (BytesIO(b"menu"), "menu.txt")}
    page = anna.post(f"/tickets/{number}/replies", data, follow_redirects=True).text
    mail = newest()
    undo = f'action="/outbox/{mail.id}/withdrawal"'
    assert page.count(undo) == 2  # in the toast, and on the ticket for who closed it
    assert 'data-leaves="10"' in page
    back = anna.post(f"/outbox/{mail.id}/withdrawal")
    assert back.location.endswith(f"/tickets/{number}#composer")
    page = anna.page(f"/tickets/{number}")
    assert ">Bonjour,\n\nvoilà.</textarea>" in page
    assert re.search(r'name="kept" value="[0-9a-f]{64}" checked', page)
    assert undo not in page
    assert "voilà" not in lea.page(f"/tickets/{number}")  # a draft is its writer's
    kept = re.search(r'name="kept" value="([0-9a-f]{64})"', page)[1]  # type: ignore[index]
    form = {"text": "Voilà mieux.", "instead_of": str(mail.id), "kept": kept}
    anna.post(f"/tickets/{number}/replies", form)
    assert [file["filename"] for file in newest().attachments] == ["menu.txt"]
    assert ">Bonjour" not in anna.page(f"/tickets/{number}")


def test_a_draft_can_be_thrown_away_by_its_writer_only(desk: Desk, anna: Browser, lea: Browser) -> None:
    number = french_ticket(desk)
    anna.post(f"/tickets/{number}/replies", {"text": "Voilà."})
    anna.post(f"/outbox/{newest().id}/withdrawal")
    assert lea.post(f"/outbox/{newest().id}/dropping").status_code == 404
    assert "Voilà." in anna.page(f"/tickets/{number}")
    anna.post(f"/outbox/{newest().id}/dropping")
    assert "Voilà." not in anna.page(f"/tickets/{number}")


def test_a_failed_answer_offers_to_edit_it_and_to_try_again(desk: Desk, anna: Browser) -> None:
    number = french_ticket(desk)
    anna.post(f"/tickets/{number}/replies", {"text": "Voilà la réponse."})
    mail = newest()
    change(mail, state="failed", error="550 5.7.1 refused as spam", undo=None)
    for page in (anna.page(f"/tickets/{number}"), anna.page(f"/outbox/{mail.id}")):
        assert "550 5.7.1 refused as spam" in page
        assert f"/tickets/{number}?edit={mail.id}#composer" in page
        assert f'action="/outbox/{mail.id}/retry"' in page
    assert f'action="/outbox/{mail.id}/retry"' in anna.page("/outbox?state=failed")
    assert ">Voilà la réponse.</textarea>" in anna.page(f"/tickets/{number}?edit={mail.id}")
    anna.post(f"/outbox/{mail.id}/retry")
    assert newest().state == "queued"
    assert anna.get(f"/tickets/{number}?edit={mail.id}").status_code == 404
    assert anna.get(f"/tickets/{french_ticket(desk)}?edit={mail.id}").status_code == 404


def test_an_answer_cannot_take_the_place_of_another_tickets(desk: Desk, anna: Browser) -> None:
    first, second = french_ticket(desk), french_ticket(desk)
    anna.post(f"/tickets/{first}/replies", {"text": "Secret."})
    mail = newest()
    change(mail, state="failed", error="554 no", undo=None)
    answer = anna.post(f"/tickets/{second}/replies", {"text": "x", "instead_of": str(mail.id)})
    assert answer.status_code == 404


def test_a_mail_in_doubt_asks_the_agent(desk: Desk, anna: Browser) -> None:
    number = french_ticket(desk)
    anna.post(f"/tickets/{number}/replies", {"text": "Voilà."})
    mail = newest()
    change(mail, state="unknown", doubts=2, error="closed", undo=None)
    assert f'action="/outbox/{mail.id}/arrival"' in anna.page(f"/tickets/{number}")
    assert "mail in doubt" in anna.page("/health")
    anna.post(f"/outbox/{mail.id}/arrival")
    assert newest().state == "sent"


def test_the_brake_shows_on_the_health_page_and_a_lead_releases_it(
    desk: Desk, anna: Browser, lea: Browser
) -> None:
    with transaction():
        db.session.add(MailBrake(pulled_at=clock.now(), sent=501, released_at=None, released_by=""))
    assert "brake-release" not in anna.page("/health")
    assert "501 automatic mails" in anna.page("/health")
    assert "brake-release" in lea.page("/health")
    lea.post("/health/brake-release", {"waiting": "send"}, form_on="/health")
    assert "501 automatic mails" not in lea.page("/health")

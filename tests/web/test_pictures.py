"""Pictures from elsewhere: not loaded until an agent says so, for one message, and from the original only."""

import pytest
from sqlalchemy import select

from helpdesk.db import db
from helpdesk.tickets.models import TicketMessage
from tests.support.desk import Desk
from tests.web.conftest import Browser

pytestmark = pytest.mark.database("sqlite")

HTML = (
    '<p>Bonjour</p><img src="https://pictures.example/a.png?who=42" alt="logo"><img src="http://plain.example/b.png">'
    '<img src="x" onerror="alert(1)"><script>alert(2)</script>'
)


def frames(desk: Desk, anna: Browser) -> list[TicketMessage]:
    """Two messages with pictures from elsewhere, on two tickets."""
    for n in range(2):
        desk.mail_in("Bonjour", html=HTML, subject=f"Question {n}")
    return list(db.session.scalars(select(TicketMessage).where(TicketMessage.kind == "incoming")))


def test_pictures_are_loaded_for_the_one_message_that_an_agent_chose(desk: Desk, anna: Browser) -> None:
    one, other = frames(desk, anna)
    place = f"/tickets/{one.ticket_id}/messages/{one.id}"
    before = anna.get(f"{place}/html")
    assert "pictures.example" not in before.text
    assert "https:" not in before.headers["Content-Security-Policy"]
    assert f'action="{place}/pictures"' in anna.page(f"/tickets/{one.ticket_id}")
    anna.post(f"{place}/pictures", {"pictures": "show"})
    after = anna.get(f"{place}/html")
    assert 'src="https://pictures.example/a.png?who=42"' in after.text
    assert "plain.example" not in after.text
    assert "onerror" not in after.text
    assert "alert" not in after.text
    assert "img-src data: https:;" in after.headers["Content-Security-Policy"]
    assert "script-src" not in after.headers["Content-Security-Policy"]
    assert after.headers["X-Frame-Options"] == "SAMEORIGIN"
    assert after.headers["Referrer-Policy"] == "no-referrer"
    elsewhere = anna.get(f"/tickets/{other.ticket_id}/messages/{other.id}/html")
    assert "pictures.example" not in elsewhere.text
    anna.post(f"{place}/pictures", {"pictures": "hide"})
    assert "pictures.example" not in anna.get(f"{place}/html").text
    assert desk.history(one.ticket_id)[-2:] == ["pictures_allowed", "pictures_blocked"]


def test_reading_never_allows_pictures(desk: Desk, anna: Browser) -> None:
    one, other = frames(desk, anna)
    place = f"/tickets/{one.ticket_id}/messages/{one.id}"
    assert anna.get(f"{place}/pictures?pictures=show").status_code == 405
    wrong = f"/tickets/{one.ticket_id}/messages/{other.id}/pictures"
    assert anna.post(wrong, {"pictures": "show"}).status_code == 404
    assert "pictures.example" not in anna.get(f"{place}/html").text

"""What only the customer may have: an agent reads our mail without the link and the code that accept (B4)."""

import pytest

from helpdesk.actions import offer_work
from helpdesk.core import clock
from tests.web.stage import french_ticket

pytestmark = [pytest.mark.database("sqlite"), pytest.mark.settings(SMTP_URL="smtp://127.0.0.1:1")]


def test_agents_read_an_offers_mail_without_its_code_and_link(desk, anna):
    number = french_ticket(desk)
    offer_work.offer_urgent(number, by=desk.actor(desk.anna), now=clock.now())
    [mail] = [mail for mail in desk.outbox() if mail.key.startswith("offer:")]
    before, after = mail.body_text.split("/offers/")
    code, token = before.split()[-2], after.split()[0]
    assert len(code) == 9
    pages = [f"/tickets/{number}", f"/outbox/{mail.id}", f"/outbox/{mail.id}/html"]
    for path in pages:
        text = anna.get(path).text
        assert code not in text, path
        assert token not in text, path
    assert "/offers/…" in anna.page(pages[1])


def test_a_serial_number_in_a_customers_words_stays(desk, anna):
    desk.mail_in("Bonjour, notre licence 7KQ4-2MXR ne fonctionne plus.", sender="compta@muster.example")
    assert "7KQ4-2MXR" in anna.page(f"/tickets/{desk.ticket().id}")

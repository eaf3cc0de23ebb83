"""The main job, done by hand in a real browser."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import Site
from tests.browser.test_consent import an_open_ticket, last_offer, offer_urgent, state

pytestmark = pytest.mark.browser


def test_from_the_queue_to_a_sent_answer_with_the_keyboard(
    open_page: Callable[..., Page], site: Site
) -> None:
    page = open_page()
    page.goto("/queue")
    page.wait_for_timeout(400)
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    page.wait_for_url("**/tickets/*")
    number = page.url.rsplit("/", 1)[1].split("?")[0]
    page.wait_for_timeout(400)
    page.keyboard.press("r")
    page.keyboard.type("Guten Tag, so geht es.")
    page.keyboard.press("Control+Enter")
    page.wait_for_selector("text=Guten Tag, so geht es.")
    [(state, threaded)] = site.read(
        "SELECT m.body_text, m.in_reply_to FROM outgoing_mail m"
        f" WHERE m.ticket_number = {int(number)} AND NOT m.automatic ORDER BY m.id DESC LIMIT 1"
    )
    assert "so geht es" in str(state)
    assert threaded
    [(status,)] = site.read(f"SELECT status FROM ticket WHERE id = {int(number)}")
    assert status == "waiting"


def test_one_click_corrects_the_class(open_page: Callable[..., Page], site: Site) -> None:
    page = open_page(role="lead")
    page.goto("/tickets/1011")
    page.click("button[name=value][value=hotline]")
    page.wait_for_load_state()
    assert site.read("SELECT label, label_source FROM ticket WHERE id = 1011") == [("hotline", "agent")]


@pytest.mark.parametrize("language", ["de", "fr", "sv", "en"])
def test_pages_change_their_language_and_mails_do_not(
    open_page: Callable[..., Page], site: Site, language: str
) -> None:
    page = open_page(role="admin")
    before = site.read("SELECT count(*), max(language) FROM outgoing_mail")
    page.goto(f"/queue?lang={language}")
    page.goto("/queue")
    assert page.title()
    assert site.read("SELECT count(*), max(language) FROM outgoing_mail") == before


def test_opening_the_offer_accepts_nothing_and_a_person_with_a_name_does(
    open_page: Callable[..., Page], site: Site
) -> None:
    number = an_open_ticket(site)
    offer_urgent(open_page(), number)
    path, line, _address, _reply_to = last_offer(site)
    page = open_page(role=None, width=390, height=800)
    for _ in range(2):
        page.goto(path)
    assert state(site, number) == [("open",)]
    page.click("button.main")  # as a scanner does: the form as it is
    page.wait_for_load_state()
    assert state(site, number) == [("open",)]
    page.fill("#name", "Petra Baumgartner")  # nobody whom we know: only our mail can have sent her here
    page.click("button.main")
    page.fill("#code", line.split()[-1])
    page.click("button.main")
    page.wait_for_selector("[role=status]")
    assert state(site, number) == [("accepted",)]
    held = f"SELECT kind, amount_minor FROM transfer WHERE cause = 'surcharge' AND ticket_id = {number}"
    assert site.read(held) == [("pending", 20_000)]

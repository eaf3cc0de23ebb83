"""Agreements from the offer to the evidence, by hand in a real browser."""

import os
import re
import subprocess
import sys
import time
from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from tests.browser.conftest import Site

pytestmark = pytest.mark.browser


def an_open_ticket(site: Site) -> int:
    """A ticket of a customer whose requester may order, on which nothing was offered yet."""
    [(number,)] = site.read(
        "SELECT t.id FROM ticket t JOIN contact c ON c.id = t.contact_id WHERE t.status <> 'closed'"
        " AND c.may_order AND c.order_limit_minor >= 40000"
        " AND NOT EXISTS (SELECT 1 FROM offer o WHERE o.ticket_id = t.id) ORDER BY t.id LIMIT 1"
    )
    return int(str(number))


def last_offer(site: Site) -> tuple[str, str, str, str]:
    """The newest offer's mail: the page's path, the line to reply with, to whom and from where it went."""
    [(text, to, reply_to)] = site.read(
        "SELECT body_text, to_address, reply_to FROM outgoing_mail WHERE key LIKE 'offer:%' ORDER BY id DESC LIMIT 1"
    )
    token = str(text).split("/offers/")[1].split()[0]
    [line] = re.findall(r"^(.+ [0-9A-Z]{4}-[0-9A-Z]{4})$", str(text), re.MULTILINE)
    return f"/offers/{token}", line, str(to), str(reply_to)


def approver(site: Site) -> str:
    """The name of the person whom the newest offer asks."""
    [(name,)] = site.read(
        "SELECT c.name FROM offer o JOIN contact c ON c.id = o.to_contact_id ORDER BY o.id DESC LIMIT 1"
    )
    return str(name)


def offer_urgent(page: Page, number: int) -> None:
    """As an agent does."""
    page.goto(f"/tickets/{number}/offers/new?kind=urgent")
    page.click("form.fields button.main")
    page.wait_for_url(f"**/tickets/{number}")


def command(site: Site, *words: str) -> "subprocess.Popen[bytes]":
    """The command, on the data of the running site."""
    environment = {**os.environ, "HELPDESK_DATA_DIR": str(site.data), "SMTP_LISTEN": "off"}
    for name in ("DATABASE_URL", "REDIS_URL", "SMTP_URL", "PUBLIC_URL"):
        environment.pop(name, None)
    return subprocess.Popen(
        [sys.executable, "-m", "helpdesk", *words],
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def answer_by_mail(site: Site, text: str) -> None:
    """The customer's mail program replies to the newest offer, and a worker handles it."""
    _path, _line, address, reply_to = last_offer(site)
    mail = (
        f"From: {address}\r\nTo: {reply_to}\r\nSubject: Re: Offer\r\n"
        f"Message-ID: <{reply_to}@customer.example>\r\n\r\n{text}\r\n"
    )
    delivery = command(site, "mail", "deliver", "--from", address, "--to", reply_to)
    delivery.communicate(mail.encode(), timeout=60)
    assert delivery.returncode == 0
    worker = command(site, "worker")
    try:
        for _ in range(300):
            if site.read("SELECT count(*) FROM raw_mail WHERE state = 'due'") == [(0,)]:
                break
            time.sleep(0.2)
    finally:
        worker.terminate()
        worker.communicate(timeout=60)


def state(site: Site, number: int) -> list[tuple[object, ...]]:
    return site.read(f"SELECT state FROM offer WHERE ticket_id = {number} ORDER BY id DESC LIMIT 1")


def test_urgency_is_accepted_by_mail_proven_and_waived(open_page: Callable[..., Page], site: Site) -> None:
    number = an_open_ticket(site)
    page = open_page(role="lead")
    offer_urgent(page, number)
    answer_by_mail(site, last_offer(site)[1])
    assert state(site, number) == [("accepted",)]
    page.goto(f"/tickets/{number}")
    page.click(".panel a[href$='/evidence']")
    page.wait_for_selector(".banner.ok")
    assert Axe().run(page).response["violations"] == []
    page.go_back()
    page.click("details:has(#waiver) summary")
    page.fill("#waiver", "Our own server was down")
    page.click("details:has(#waiver) button.danger")
    page.wait_for_load_state()
    moved = (
        f"SELECT kind FROM transfer WHERE ticket_id = {number} AND cause = 'surcharge' ORDER BY created_at"
    )
    assert site.read(moved) == [("pending",), ("void",)]


def test_urgency_is_declined_on_the_page_and_costs_nothing(
    open_page: Callable[..., Page], site: Site
) -> None:
    number = an_open_ticket(site)
    offer_urgent(open_page(), number)
    page = open_page(role=None, width=360, height=740)
    page.goto(last_offer(site)[0])
    page.fill("#name", approver(site))
    page.fill("#why", "Too dear")
    page.click("button[formaction]")
    page.wait_for_selector("[role=status]")
    assert state(site, number) == [("declined",)]
    assert site.read(f"SELECT count(*) FROM transfer WHERE ticket_id = {number}") == [(0,)]


def test_a_quote_from_its_lines_to_its_acceptance(open_page: Callable[..., Page], site: Site) -> None:
    number = an_open_ticket(site)
    agent = open_page()
    agent.goto(f"/tickets/{number}")
    agent.click(f"a[href='/tickets/{number}/quotes/new']")
    agent.fill("#title", "Import")
    agent.locator("input[name=text]").first.fill("Import")
    agent.locator("input[name=price]").first.fill("300.00")
    agent.click("form.fields button.main")
    agent.wait_for_url("**/quotes/*")
    assert Axe().run(agent).response["violations"] == []
    agent.click("form[action$='/sending'] button")
    agent.wait_for_load_state()
    customer = open_page(role=None, width=360, height=740)
    customer.goto(last_offer(site)[0])
    assert Axe().run(customer).response["violations"] == []
    customer.fill("#name", approver(site))
    customer.keyboard.press("Tab")  # to the reason
    customer.keyboard.press("Tab")  # to the button with the amount
    customer.keyboard.press("Enter")
    customer.wait_for_selector(".banner.ok")
    assert state(site, number) == [("accepted",)]
    agent.reload()
    assert agent.locator("form[action$='/completion']").count() == 1
    agent.goto("/quotes?state=accepted")
    assert Axe().run(agent).response["violations"] == []
    assert "Import" in agent.content()

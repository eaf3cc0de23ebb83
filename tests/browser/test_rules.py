"""The rules in a real browser: edited, replayed, published, brought back; and a class corrected by one key."""

import os
import subprocess
import sys
from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from tests.browser.conftest import Site

pytestmark = pytest.mark.browser

EDITOR = ("/rules", "/rules/where_something_is", "/concepts/where_is")
AROUND = ("/rules/draft", "/rules/learning", "/rules/versions")


@pytest.mark.parametrize(
    ("width", "theme", "language", "pages"), [(360, "dark", "sv", EDITOR), (360, "light", "de", AROUND)]
)
def test_the_pages_of_the_rules_are_accessible_and_fit(
    open_page: Callable[..., Page], width: int, theme: str, language: str, pages: tuple[str, ...]
) -> None:
    page = open_page(role="lead", width=width, theme=theme)
    page.goto(f"/queue?lang={language}")
    found = {}
    for path in pages:
        page.goto(path)
        wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        violations = Axe().run(page).response["violations"]
        if wide > 0 or violations:
            found[path] = [wide, *((each["id"], each["nodes"][0]["html"][:200]) for each in violations)]
    assert found == {}


def test_a_rule_is_edited_replayed_published_and_brought_back(
    open_page: Callable[..., Page], site: Site
) -> None:
    page = open_page(role="lead")
    page.goto("/rules/where_something_is")
    page.fill("[name=priority]", "69")
    page.click("button[name=then][value=save]")
    page.goto("/rules/draft")
    page.click("form[action$='/rules/backtests'] button")
    page.wait_for_url("**/rules/backtests/*")
    quiet = {"DATABASE_URL": "", "REDIS_URL": "", "HELPDESK_DATA_DIR": str(site.data)}
    clock = subprocess.Popen(
        [sys.executable, "-m", "helpdesk", "clock"],
        env={**os.environ, **quiet},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        # The page looks again by itself, and can be left meanwhile.
        page.wait_for_selector("#replay:not([data-again])", timeout=60_000)
    finally:
        clock.terminate()
        clock.wait(15)
    assert site.read("SELECT state FROM backtest ORDER BY id DESC LIMIT 1") == [("done",)]
    page.goto("/rules/draft")
    page.click("form[action$='/rules/publication'] button")
    page.wait_for_url("**/rules/versions")
    page.click("form[action$='/restoration'] button")
    page.wait_for_load_state()
    rows = site.read("SELECT number, fingerprint FROM rule_version WHERE number IS NOT NULL ORDER BY number")
    assert [number for number, _ in rows] == [1, 2, 3]
    assert rows[0][1] == rows[2][1] != rows[1][1]


def test_one_key_says_that_the_class_is_wrong(open_page: Callable[..., Page], site: Site) -> None:
    [(number, label)] = site.read(
        "SELECT id, label FROM ticket WHERE label IS NOT NULL AND label_source = 'rule'"
        " AND status <> 'closed' ORDER BY id DESC LIMIT 1"
    )
    page = open_page(role="agent")
    page.goto(f"/tickets/{number}")
    page.wait_for_timeout(400)
    with page.expect_navigation():
        page.keyboard.press("x")
    other = "support" if label == "hotline" else "hotline"
    assert site.read(f"SELECT label, label_source FROM ticket WHERE id = {number}") == [(other, "agent")]

"""Makes the pictures in docs/img: `.venv/bin/python scripts/screenshots.py ADDRESS DATA_FOLDER`.

Start `helpdesk setup --demo` and `helpdesk web` on an empty data folder first.
"""

import sqlite3
import sys
from contextlib import closing
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

OUT = Path(__file__).resolve().parent.parent / "docs" / "img"
ARGS = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"]


def main(address: str, data: Path) -> None:
    """Each picture: name, path, role, width, height, theme."""
    people = [line.split("\t") for line in (data / "demo-sign-ins.txt").read_text("utf-8").splitlines()]
    who = {role: (email, password) for role, _language, email, password in people}
    pictures = (
        ("queue", "/queue", "agent", 1280, 760, "light"),
        ("ticket", "/tickets/1010", "agent", 1280, 900, "light"),
        ("ticket-fr-dark", "/tickets/1002", "lead", 1280, 900, "dark"),
        ("customer-sv", "/customers/1", "admin", 1280, 760, "light"),
        ("queue-phone", "/queue", "agent", 390, 780, "light"),
        ("ticket-phone", "/tickets/1010", "lead", 390, 780, "dark"),
        ("acceptance", _offer(data), None, 820, 900, "light"),
    )
    OUT.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=ARGS)
        for name, path, role, width, height, theme in pictures:
            page = _window(browser, address, width, height, theme)
            if role:
                _sign_in(page, *who[role])
            page.goto(path)
            page.screenshot(path=OUT / f"{name}.png")
            page.context.close()
        browser.close()


def _window(browser: Browser, address: str, width: int, height: int, theme: str) -> Page:
    viewport = {"width": width, "height": height}
    return browser.new_context(viewport=viewport, color_scheme=theme, base_url=address).new_page()  # type: ignore[arg-type]


def _sign_in(page: Page, email: str, password: str) -> None:
    page.goto("/sign-in")
    page.fill("input[type=email]", email)
    page.fill("input[type=password]", password)
    page.keyboard.press("Enter")
    page.wait_for_url("**/queue*")


def _offer(data: Path) -> str:
    query = "SELECT body_text FROM outgoing_mail WHERE key LIKE 'offer:%' ORDER BY id DESC LIMIT 1"
    with closing(sqlite3.connect(data / "helpdesk.sqlite3")) as database:
        [text] = database.execute(query).fetchone()
    return "/offers/" + text.split("/offers/")[1].split()[0]


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))

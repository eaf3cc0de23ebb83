"""A real server with demo data and a real Chromium, for tests that look at pages as people do."""

import os
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from tests.support import require
from tests.support.ports import free_port

# Chromium asks for nothing but what a test opens.
QUIET = (
    "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync"
).split()


@dataclass(frozen=True)
class Site:
    """A running helpdesk: where its pages are, where its data lies, who can sign in."""

    address: str
    data: Path
    sign_ins: dict[str, tuple[str, str]]

    def read(self, query: str) -> list[tuple[object, ...]]:
        """Rows as they stand in the database now."""
        with closing(sqlite3.connect(self.data / "helpdesk.sqlite3", timeout=15)) as database:
            return database.execute(query).fetchall()


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """Set up with demo data by the real command, served by the real server."""
    require.check("browser")
    data = tmp_path_factory.mktemp("site")
    port = free_port()
    environment = {
        **os.environ,
        "HELPDESK_DATA_DIR": str(data),
        "WEB_LISTEN": f"127.0.0.1:{port}",
        "SMTP_LISTEN": "off",
        "BLIND_PERCENT": "0",
    }
    for name in ("DATABASE_URL", "REDIS_URL", "SMTP_URL", "PUBLIC_URL"):
        environment.pop(name, None)
    command = [sys.executable, "-m", "helpdesk"]
    subprocess.run([*command, "setup", "--demo"], env=environment, check=True, capture_output=True)
    server = subprocess.Popen([*command, "web"], env=environment, stderr=subprocess.DEVNULL)
    try:
        _wait_for(port)
        lines = (data / "demo-sign-ins.txt").read_text("utf-8").splitlines()
        people = [line.split("\t") for line in lines]
        yield Site(f"http://127.0.0.1:{port}", data, {role: (who, word) for role, _, who, word in people})
    finally:
        server.terminate()
        server.wait(15)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """One browser for all tests of this process."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=require.check("browser"), args=QUIET)
        yield browser
        browser.close()


@pytest.fixture
def open_page(chromium: Browser, site: Site) -> Iterator[Callable[..., Page]]:
    """Opens windows of a size and theme; fails on script errors, refused content and foreign requests."""
    complaints: list[str] = []
    contexts = []

    def make(
        *, width: int = 1440, height: int = 900, theme: str = "light", role: str | None = "agent"
    ) -> Page:
        context = chromium.new_context(
            viewport={"width": width, "height": height},
            color_scheme=theme,  # type: ignore[arg-type]
            base_url=site.address,
        )
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda said: _script_error(said.type, said.text, complaints))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("request", lambda asked: _only_ours(asked.url, site.address, complaints))
        if role is not None:
            sign_in(page, *site.sign_ins[role])
        return page

    yield make
    for context in contexts:
        context.close()
    assert complaints == []


def sign_in(page: Page, email: str, password: str) -> None:
    """As a person does."""
    page.goto("/sign-in")
    page.fill("input[type=email]", email)
    page.fill("input[type=password]", password)
    page.keyboard.press("Enter")
    page.wait_for_url("**/queue*")


def _script_error(kind: str, text: str, complaints: list[str]) -> None:
    # A form that comes back with what is wrong answers 422; browsers write that to the console.
    if kind == "error" and "status of 422" not in text:
        complaints.append(text)


def _only_ours(url: str, address: str, complaints: list[str]) -> None:
    if not url.startswith((address, "data:", "about:", "blob:")):
        complaints.append(f"asked for {url}")


def _wait_for(port: int) -> None:
    for _ in range(300):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise AssertionError("the server did not start")

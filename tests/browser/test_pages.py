"""Each screen in a real browser: accessible, without sideways scrolling, small enough."""

import gzip
import urllib.request
from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from tests.browser.conftest import Site

pytestmark = pytest.mark.browser

SCREENS = ("/queue", "/search?q=class:hotline", "/search?q=due:soon", "/tickets/1010", "/tickets/1002", "/tickets/1010/work/new", "/customers", "/customers/1",
           "/outbox", "/quarantine", "/profile", "/settings", "/health", "/keys")  # fmt: skip
# Together they cover each language, theme and width, without taking the full product of them.
LOOKS = (("agent", 1440, "light"), ("lead", 768, "dark"), ("admin", 360, "light"), ("agent", 360, "dark"))


@pytest.mark.parametrize(("role", "width", "theme"), LOOKS)
def test_every_screen_is_accessible_and_fits(
    open_page: Callable[..., Page], role: str, width: int, theme: str
) -> None:
    page = open_page(role=role, width=width, theme=theme)
    found = {}
    for path in SCREENS:
        page.goto(path)
        assert _sideways(page) <= 0, path
        violations = Axe().run(page).response["violations"]
        if violations:
            found[path] = [(each["id"], each["nodes"][0]["html"][:200]) for each in violations]
    assert found == {}


@pytest.mark.parametrize("language", ["de", "fr", "sv", "en"])
def test_signing_in_and_accepting_are_accessible_in_each_language(
    open_page: Callable[..., Page], site: Site, language: str
) -> None:
    page = open_page(role=None, width=320, height=640)
    for path in ("/sign-in", offer_path(site)):
        page.goto(f"{path}?lang={language}")
        assert page.get_attribute("html", "lang") in (language, {"de": "de-CH", "fr": "fr-CH"}.get(language))
        assert _sideways(page) <= 0, path
        assert Axe().run(page).response["violations"] == []


def test_styles_and_scripts_stay_small(open_page: Callable[..., Page], site: Site) -> None:
    page = open_page()
    page.goto("/queue")
    for kind, query in (("css", "link[rel=stylesheet]"), ("js", "script[src]")):
        paths = page.eval_on_selector_all(query, "all => all.map(one => one.href || one.src)")
        sizes = [len(gzip.compress(urllib.request.urlopen(path).read())) for path in paths]
        assert sum(sizes) <= 14 * 1024, (kind, sizes)


def offer_path(site: Site) -> str:
    """The page that the demo's urgency offer links to."""
    [(text,)] = site.read("SELECT body_text FROM outgoing_mail WHERE key LIKE 'offer:%' ORDER BY id LIMIT 1")
    return "/offers/" + str(text).split("/offers/")[1].split()[0]


def _sideways(page: Page) -> int:
    """By how many pixels the page is wider than its window."""
    return int(page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth"))

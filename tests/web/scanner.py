"""A mail scanner: it opens every link of a mail and of the pages behind, and presses every button it finds."""

from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit

from tests.web.conftest import Browser


@dataclass
class Form:
    """A form as it stands on a page."""

    action: str
    method: str
    fields: list[tuple[str, str]] = field(default_factory=list)
    typed: list[str] = field(default_factory=list)
    #: Name, value and address of each button.
    buttons: list[tuple[str, str, str]] = field(default_factory=list)


class Page(HTMLParser):
    """Links and forms of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.forms: list[Form] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = {name: value or "" for name, value in attrs}
        if tag == "a" and said.get("href"):
            self.links.append(said["href"])
        elif tag == "form":
            self.forms.append(Form(said.get("action", ""), said.get("method", "get").upper()))
        elif self.forms and tag in ("input", "textarea", "select") and said.get("name"):
            self.forms[-1].fields.append((said["name"], said.get("value", "")))
            if said.get("type", "text") == "text":
                self.forms[-1].typed.append(said["name"])
        elif self.forms and tag == "button":
            self.forms[-1].buttons.append(
                (said.get("name", ""), said.get("value", ""), said.get("formaction", ""))
            )


class Scanner:
    """Goes on until nothing is new; `fill` is typed into every text field, or only into those that it `sees`."""

    def __init__(self, browser: Browser, *, fill: str = "", sees: frozenset[str] | None = None) -> None:
        self._browser, self._fill, self._sees = browser, fill, sees
        self._seen: set[str] = set()
        self.pressed = 0

    def scan(self, path: str) -> None:
        """Opens the path, what it links to, and sends each form with each of its buttons, twice."""
        if path in self._seen or urlsplit(path).netloc or not path.startswith("/"):
            return
        self._seen.add(path)
        self._browser.client.head(path)
        self._browser.client.options(path)
        self._read(path, self._browser.get(path))

    def _read(self, path: str, answer) -> None:  # type: ignore[no-untyped-def]
        if answer.mimetype != "text/html":
            return
        page = Page(answer.text)
        for link in page.links:
            self.scan(urljoin(path, link).split("#")[0])
        for form in page.forms:
            for name, value, address in form.buttons or [("", "", "")]:
                self._press(path, form, name, value, address)

    def _press(self, path: str, form: Form, name: str, value: str, address: str) -> None:
        typed = [name for name in form.typed if self._sees is None or name in self._sees]
        data = dict(form.fields) | (dict.fromkeys(typed, self._fill) if self._fill else {})
        data |= {name: value} if name else {}
        target = urljoin(path, address or form.action)
        mark = f"{form.method} {target} {sorted(data.items() - {('csrf_token', data.get('csrf_token', ''))})}"
        if mark in self._seen:
            return
        self._seen.add(mark)
        for _ in range(2):
            self.pressed += 1
            if form.method == "POST":
                answer = self._browser._send("POST", target, data=data, follow_redirects=True)
            else:
                answer = self._browser.get(target, query_string=data)
        self._read(target, answer)

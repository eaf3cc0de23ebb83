"""Mail texts: one folder a mail below templates/mail, said in the receiver's language."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template, select_autoescape

from helpdesk import i18n

FOLDER = Path(__file__).resolve().parent.parent / "templates" / "mail"


@dataclass(frozen=True, slots=True)
class Rendered:
    """A mail's words: subject on one line, plain text, and the same as HTML."""

    subject: str
    text: str
    html: str


def render(name: str, language: str, **values: Any) -> Rendered:
    """Says the mail `name` in `language`; a value that the template needs and does not get is an error."""
    with i18n.speaking(language):
        values["language"] = i18n.current_language()
        return Rendered(
            subject=" ".join(_template(f"{name}/subject.txt").render(values).split()),
            text=_template(f"{name}/body.txt").render(values).strip() + "\n",
            html=_template(f"{name}/body.html").render(values),
        )


@cache
def _template(name: str) -> Template:
    return _environment().get_template(name)


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(FOLDER),
        autoescape=select_autoescape(["html"]),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
    )
    environment.install_gettext_callables(i18n.gettext, i18n.ngettext, newstyle=False)  # type: ignore[attr-defined]
    environment.globals.update(_=i18n.gettext, amount=i18n.amount, promise=i18n.promise, moment=i18n.moment)
    return environment

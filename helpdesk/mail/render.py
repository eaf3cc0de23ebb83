"""Mail texts: one folder a mail below templates/mail, said in the receiver's language.

The HTML is made from the plain text, so that the two can never say different things.
"""

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template, select_autoescape
from markupsafe import Markup, escape

from helpdesk import i18n

FOLDER = Path(__file__).resolve().parent.parent / "templates" / "mail"

# With its colour: the blue of mail programs cannot be read on a dark page.
_ANCHOR = Markup('<a style="color:#1554b8" href="{0}">{0}</a>')
# Not the no-break spaces: French keeps a narrow one before its colon.
_BLANK = re.compile(r"[ \t\r\n\f\v]+")
_LINK = re.compile(r"https?://[^\s<>\"']{1,500}")


@dataclass(frozen=True, slots=True)
class Rendered:
    """A mail's words: subject on one line, plain text, and the same as HTML."""

    subject: str
    text: str
    html: str


def render(template: str, language: str, *, zone: ZoneInfo | None = None, **values: Any) -> Rendered:
    """Says the mail `template` in `language`, with times in `zone` (None: the vendor's).

    A value that the template needs and does not get fails.
    """
    with i18n.speaking(language, zone):
        subject = _BLANK.sub(" ", _template(f"{template}/subject.txt").render(values)).strip(" ")
        text = _tidy(_template(f"{template}/body.txt").render(values))
        html = _template("layout.html").render(
            subject=subject, paragraphs=_paragraphs(text), language=i18n.current_language()
        )
    return Rendered(subject, text, html)


def _tidy(text: str) -> str:
    """No blank lines at the ends, never more than one between paragraphs."""
    return re.sub(r"\n{3,}", "\n\n", text.strip()) + "\n"


def _paragraphs(text: str) -> list[Markup]:
    return [_paragraph(part) for part in text.strip().split("\n\n")]


def _paragraph(text: str) -> Markup:
    """Lines kept as lines, addresses clickable, everything else escaped."""
    pieces, at = [], 0
    for link in _LINK.finditer(text):
        href = link[0].rstrip(".,;:)")
        pieces += [
            escape(text[at : link.start()]),
            _ANCHOR.format(href),
        ]
        at = link.start() + len(href)
    pieces.append(escape(text[at:]))
    return Markup("").join(pieces).replace("\n", Markup("<br>\n"))


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
        keep_trailing_newline=True,
    )
    environment.globals.update(
        _=i18n.gettext,
        amount=i18n.amount,
        promise=i18n.promise,
        moment=i18n.spoken_moment,
        promised=i18n.appointment,
        clock=i18n.clock_time,
        percent=i18n.percent,
        short_day=i18n.short_day,
    )
    return environment

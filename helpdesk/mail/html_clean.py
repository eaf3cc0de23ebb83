"""Make HTML from outside safe to show: an allow-list, no style that reaches out, no remote pictures."""

import re
from dataclasses import dataclass

import nh3

from helpdesk.mail.charsets import clean
from helpdesk.mail.html_text import html_to_text
from helpdesk.mail.limits import HTML_CAP, HTML_DEPTH_CAP

_TAGS = {"a", "abbr", "address", "b", "blockquote", "br", "caption", "center", "cite", "code", "col",
    "colgroup", "dd", "del", "div", "dl", "dt", "em", "figure", "figcaption", "font", "h1", "h2", "h3",
    "h4", "h5", "h6", "hr", "i", "img", "ins", "li", "mark", "ol", "p", "pre", "q", "s", "small", "span",
    "strike", "strong", "sub", "sup", "table", "tbody", "td", "tfoot", "th", "thead", "tr", "tt", "u",
    "ul"}  # fmt: skip
_ATTRIBUTES = {
    "*": {"style", "title", "dir", "lang", "align", "valign"},
    "a": {"href", "name"},
    "img": {"src", "alt", "width", "height", "border"},
    "td": {"colspan", "rowspan", "width", "height", "bgcolor"},
    "th": {"colspan", "rowspan", "width", "height", "bgcolor"},
    "table": {"width", "border", "cellpadding", "cellspacing", "bgcolor"},
    "tr": {"bgcolor"},
    "font": {"color", "size", "face"},
    "ol": {"start", "type"},
    "blockquote": {"type"},
    "col": {"span", "width"},
    "colgroup": {"span", "width"},
}
_STYLES = {"color", "background-color", "font-family", "font-size", "font-style", "font-weight",
    "text-align", "text-decoration", "line-height", "margin", "margin-top", "margin-right",
    "margin-bottom", "margin-left", "padding", "padding-top", "padding-right", "padding-bottom",
    "padding-left", "border", "border-top", "border-right", "border-bottom", "border-left",
    "border-collapse", "border-color", "border-style", "border-width", "width", "max-width", "min-width",
    "vertical-align", "white-space", "list-style-type", "display", "text-indent"}  # fmt: skip
_DROPPED = {
    "script",
    "style",
    "head",
    "title",
    "template",
    "noscript",
    "iframe",
    "object",
    "svg",
    "math",
    "textarea",
}
_REACHES_OUT = re.compile(
    r"url\s*\(|image(?:-set)?\s*\(|expression|javascript|@import|\\|position|-moz-binding|behavior", re.I
)
_ADDRESS_TAG = re.compile(r"<([^\s<>\"'=/]{1,80}@[^\s<>\"'=]{1,120})>")
_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]{0,20})")
_IMG = re.compile(r"<img\b[^>]*>")
_VOID = {"br", "hr", "img", "meta", "link", "input", "base", "area", "col", "wbr"}
_CLOSED_BY_NEXT = {"p", "li", "td", "th", "tr", "dt", "dd", "option", "body", "html", "head"}


@dataclass(frozen=True, slots=True)
class CleanHtml:
    """HTML that may be shown inside a sandboxed frame, and how many remote pictures it holds back."""

    html: str
    blocked_images: int = 0


def clean_html(source: str, *, remote_allowed: bool = False) -> CleanHtml:
    """Sanitise HTML of a mail; the same for the same input, never raises.

    Kept are layout tags, a few styles, links (http, https, mailto, tel) and pictures of the mail itself
    (`cid:`). A remote picture keeps its place and its alternative text, not its address; with
    `remote_allowed`, which a person decides for one message, pictures over https keep it too.
    More than 2 MB or 500 levels: only the text is shown.
    """
    source = _ADDRESS_TAG.sub(r"&lt;\1&gt;", clean(source)[:HTML_CAP])
    if too_deep(source):
        return CleanHtml(f"<pre>{nh3.clean_text(html_to_text(source))}</pre>")
    blocked = 0

    def keep(tag: str, attribute: str, value: str) -> str | None:
        nonlocal blocked
        if attribute == "style":
            return None if _REACHES_OUT.search(value) else value
        if tag == "img" and attribute == "src":
            low = value.strip().lower()
            if not low.startswith("cid:") and not (remote_allowed and low.startswith("https://")):
                blocked += 1
                return None
        return value

    cleaner = nh3.Cleaner(
        tags=_TAGS,
        clean_content_tags=_DROPPED,
        attributes=_ATTRIBUTES,
        attribute_filter=keep,
        url_schemes={"http", "https", "mailto", "tel", "cid"},
        filter_style_properties=_STYLES,
        link_rel="noopener noreferrer nofollow",
    )
    return CleanHtml(cleaner.clean(source), blocked)


def held_back(cleaned: str) -> int:
    """How many pictures of HTML cleaned before have lost their address: what a person may ask for."""
    return sum("src=" not in found for found in _IMG.findall(cleaned))


def too_deep(source: str) -> bool:
    """Whether elements nest deeper than the sanitiser bears (its time grows with the square of the depth)."""
    if source.count("<") < HTML_DEPTH_CAP:
        return False
    depth = 0
    for closing, name in _TAG.findall(source):
        if closing:
            depth -= depth > 0
        elif name.lower() not in _VOID and name.lower() not in _CLOSED_BY_NEXT:
            depth += 1
            if depth > HTML_DEPTH_CAP:
                return True
    return False

"""HTML as people see it, in plain text: lines, lists, tables; quotes marked with ">"; hidden text left out.

An own walker: the standard parser is quadratic on broken tags, and this text feeds rules, so what no reader
sees must not be in it. One pass, linear, at most 2 MB and 500 levels.
"""

import html
import re

from helpdesk.mail.charsets import clean
from helpdesk.mail.limits import HTML_CAP, HTML_DEPTH_CAP

_NAME = re.compile(r"/?[a-zA-Z][^\s/>]*")
_ATTRIBUTE = re.compile(r"""([a-zA-Z-]{1,40})\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))""")
_SPACE = re.compile(r"[ \t\r\n\f]+")
_BLANKS = re.compile(r"\n{3,}")
_TRAIL = re.compile(r"[ \xa0]+\n")
_HIDDEN = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*hidden|font-size\s*:\s*0(?:px|pt|em|%)?\s*(?:;|$|!)|"
    r"mso-hide\s*:\s*all|"
    r"opacity\s*:\s*0(?:\.0+)?\s*(?:;|$|!)|max-height\s*:\s*0(?:px)?\s*(?:;|$|!)"
)
#: A cheap look before a tag's attributes are read.
_HIDING = re.compile("display|visibility|font-size|mso-hide|opacity|max-height", re.I)
_HIDDEN_ATTRIBUTE = re.compile(r"\shidden(?=[\s=/]|$)", re.I)
_FOREIGN = {"svg", "math"}
_SKIPPED = {"template", "select", *_FOREIGN}
_RAW_END = {
    name: re.compile(rf"</{name}", re.I) for name in ("script", "style", "title", "textarea", "xml", "iframe")
}
_BLOCK = {"p", "div", "tr", "h1", "h2", "h3", "h4", "h5", "h6", "li", "ul", "ol", "table", "blockquote",
    "pre",
          "center", "address", "article", "section", "header", "footer", "form", "fieldset", "dl", "dt",
    "dd", "body",
          "figure", "aside", "main", "nav", "caption"}  # fmt: skip
_BREAKS_OUT = {"b", "big", "blockquote", "body", "br", "center", "code", "dd", "div", "dl", "dt", "em",
    "h1", "h2",
    "h3", "h4", "h5", "h6", "head", "hr", "i", "img", "li", "ol", "p", "pre", "span", "strong", "table", "u",
    "ul"}  # fmt: skip
_PARAGRAPH = {"p", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "table", "blockquote", "pre", "dl"}
_TITLE = re.compile(r"<title[^>]{0,100}>([^<]{1,2000})</title", re.I)
_VOID = {
    "br",
    "hr",
    "img",
    "meta",
    "link",
    "input",
    "base",
    "area",
    "col",
    "embed",
    "param",
    "source",
    "track",
    "wbr",
}
_CITES = re.compile(r"\b(?:gmail_quote|yahoo_quoted|moz-cite|protonmail_quote|quote|tutanota_quote|cite)\b")


def html_to_text(source: str) -> str:
    """Readable text of an HTML document or fragment; never raises."""
    walker = _Walker(source[:HTML_CAP])
    walker.run()
    return walker.text()


def html_title(source: str) -> str:
    """The title of an HTML document, "" without one; mail programs do not show it."""
    found = _TITLE.search(source[:20_000])
    return " ".join(html.unescape(found[1]).split())[:300] if found else ""


def _attributes(rest: str) -> dict[str, str]:
    """The attributes of a tag; names in lower case."""
    return {k.lower(): a or b or c for k, a, b, c in _ATTRIBUTE.findall(rest[:4000])}


class _Walker:
    def __init__(self, source: str) -> None:
        self.source = source
        self.out: list[str] = []
        self.line: list[str] = []
        self.stack: list[tuple[str, bool, bool]] = []
        self.hidden = 0
        self.quotes = 0
        self.pre = 0
        #: What was looked for once and stands nowhere further on: never look again, that would be quadratic.
        self.no_more: set[str] = set()

    def run(self) -> None:
        source, at, end = self.source, 0, len(self.source)
        while at < end:
            start = source.find("<", at)
            if start < 0:
                start = end
            if start > at:
                self._data(source[at:start])
            if start >= end:
                break
            at = self._markup(start)
        self._break()

    def text(self) -> str:
        joined = "".join(self.out)
        return _BLANKS.sub("\n\n", _TRAIL.sub("\n", clean(joined).replace("\xa0", " "))).strip()

    def _markup(self, start: int) -> int:
        source = self.source
        if source.startswith("<!--", start):
            close = source.find("-->", start + 2)
            return close + 3 if close >= 0 else len(source)
        if source.startswith(("<!", "<?"), start):
            close = source.find(">", start)
            return close + 1 if close >= 0 else len(source)
        name = _NAME.match(source, start + 1)
        if name is None:
            self._data("<")
            return start + 1
        if "@" in name[0] or name[0].startswith(("http:", "https:", "mailto:")):
            self._data("<")
            return start + 1
        end = self._tag_end(start)
        if end < 0:
            self._data("<")
            return start + 1
        return self._tag(name[0].lower(), source[name.end() : end], end + 1)

    def _tag_end(self, start: int) -> int:
        """Index of the ">" that ends the tag, not counting one in a quoted value; -1 without."""
        end = self._find(">", start)
        if end < 0:
            return -1
        segment = self.source[start:end]
        if "=" not in segment or (segment.count('"') % 2 == 0 and segment.count("'") % 2 == 0):
            return end
        rest = _ATTRIBUTE.sub("", segment)
        opened = re.search(r"=\s*([\"'])[^\"']*$", rest)
        close = self._find(opened[1], end) if opened is not None else -1
        after = self._find(">", close) if close >= 0 else -1
        return after if after >= 0 else end

    def _find(self, what: str, at: int) -> int:
        if what in self.no_more:
            return -1
        found = self.source.find(what, at)
        if found < 0:
            self.no_more.add(what)
        return found

    def _tag(self, name: str, rest: str, after: int) -> int:
        if name.startswith("/"):
            self._close(name[1:])
            return after
        if name in _RAW_END:
            return self._skip_raw(name, after)
        self._open(name, rest)
        return after

    def _skip_raw(self, name: str, after: int) -> int:
        """Behind the end tag of an element whose content is no text; without one the rest is not shown."""
        close = None if name in self.no_more else _RAW_END[name].search(self.source, after)
        if close is None:
            self.no_more.add(name)
            return len(self.source) if name in ("script", "style", "xml") else after
        end = self._find(">", close.end())
        return end + 1 if end >= 0 else len(self.source)

    def _open(self, name: str, rest: str) -> None:
        if name in _BREAKS_OUT and self.hidden:
            self._leave_foreign()
        if name == "br":
            self._newline()
            return
        if name in _VOID:
            self._void(name, rest)
            return
        if name in _BLOCK:
            self._break(paragraph=name in _PARAGRAPH)
        if rest.endswith("/") and name not in _BLOCK:
            return
        hides = name in _SKIPPED or self._hides(rest)
        quotes = name == "blockquote" and self._cites(_attributes(rest))
        if len(self.stack) >= HTML_DEPTH_CAP:
            return
        self.stack.append((name, hides, quotes))
        self.hidden += hides
        self.quotes += quotes
        self.pre += name == "pre"
        if name == "li" and not self.hidden:
            self._data("- ")
        elif name in ("td", "th") and self.line and not self.hidden:
            self.line.append(" ")

    @staticmethod
    def _hides(rest: str) -> bool:
        """Whether the tag's own words hide its content; most tags say nothing of the kind."""
        if "hidden" in rest and _HIDDEN_ATTRIBUTE.search(rest[:4000]) is not None:
            return True
        if _HIDING.search(rest) is None:
            return False
        return _HIDDEN.search(_attributes(rest).get("style", "").lower()) is not None

    def _leave_foreign(self) -> None:
        """A text element inside an unclosed picture or formula ends it, as in browsers."""
        for depth, (name, _, _) in enumerate(self.stack[-40:], max(0, len(self.stack) - 40)):
            if name in _FOREIGN:
                self._pop(depth)
                return

    def _pop(self, depth: int) -> None:
        for closed, hides, quotes in self.stack[depth:]:
            self.hidden -= hides
            self.quotes -= quotes
            self.pre -= closed == "pre"
        del self.stack[depth:]

    def _void(self, name: str, rest: str) -> None:
        if self.hidden:
            return
        if name == "hr":
            self._break()
            self._data("________________________________")
            self._break()
        elif name == "img" and "alt" in rest.lower():
            words = _attributes(rest).get("alt", "").strip()
            if words:
                self._data(f"[{words[:200]}]")

    @staticmethod
    def _cites(attributes: dict[str, str]) -> bool:
        """A blockquote that cites; people also use it to indent."""
        style = attributes.get("style", "").lower()
        return (
            attributes.get("type", "").lower() == "cite"
            or "cite" in attributes
            or bool(_CITES.search(attributes.get("class", "").lower()))
            or ("border-left" in style and "border-left:none" not in style.replace(" ", ""))
        )

    def _close(self, name: str) -> None:
        name = name.rstrip("/")
        for depth in range(len(self.stack) - 1, max(-1, len(self.stack) - 40), -1):
            if self.stack[depth][0] == name:
                if name in _BLOCK:
                    self._break(paragraph=name in _PARAGRAPH)
                self._pop(depth)
                return
        if name in ("p", "br"):
            self._newline()

    def _data(self, text: str) -> None:
        if self.hidden:
            return
        if "&" in text:
            text = html.unescape(text)
        if self.pre:
            first, *others = text.replace("\r\n", "\n").split("\n")
            self.line.append(first)
            for other in others:
                self._newline()
                self.line.append(other)
            return
        text = _SPACE.sub(" ", text)
        if not self.line or self.line[-1].endswith(" "):
            text = text.removeprefix(" ")
        if text:
            self.line.append(text)

    def _newline(self) -> None:
        if self.hidden:
            return
        content = "".join(self.line)
        content = content.rstrip() if not self.pre else content
        mark = ">" * min(self.quotes, 8)
        self.out.append(f"{mark} {content}\n" if mark else f"{content}\n")
        self.line.clear()

    def _break(self, *, paragraph: bool = False) -> None:
        """End the line if anything stands on it; a paragraph also leaves a blank line."""
        if "".join(self.line).strip():
            self._newline()
            if paragraph:
                self._newline()
        else:
            self.line.clear()
            if paragraph and self.out and not self.hidden and self.out[-1].strip("> \n"):
                self._newline()

"""Documents of the books as PDF: one look for quotes, evidence, invoices and statements.

Lato is embedded, because PDF's own fonts know Latin-1 only and a customer's name would break the document.
The same words make the same bytes: the time is an argument, not the clock's.
"""

import unicodedata
from collections.abc import Container, Sequence
from datetime import datetime
from typing import Any

from font_lato import font_files
from fpdf import FPDF
from fpdf.enums import MethodReturnValue, XPos, YPos
from fpdf.fonts import TTFFont

_FONT = "Lato"
_MARGIN = 20.0
_LINE = 5.2
#: Letters of Hebrew, Arabic and others that run the other way: the library takes care of those.
_RIGHT_TO_LEFT = frozenset({"R", "AL", "AN"})
_INK = (27, 31, 36)
_GREY = (74, 83, 97)
_RULE = (211, 216, 223)


class Paper(FPDF):
    """An A4 document that flows from top to bottom; lengths in millimetres, sizes in points.

    `footer` stands at the foot of each page, before the page's number.
    """

    def __init__(self, title: str, *, language: str, vendor: str, footer: str, made_at: datetime) -> None:
        super().__init__(format="A4")
        self._vendor, self._foot = vendor, footer
        self._without_foot: set[int] = set()
        self._said: dict[str, str] = {}
        self._lengths: dict[tuple[str, bool], float | None] = {}
        self._inks: dict[tuple[int, int, int], Any] = {}
        for style, name in (("", "Lato"), ("B", "LatoBold")):
            self.add_font(_FONT, style, font_files[name])
        self.set_creation_date(made_at)
        self.set_title(title)
        self.set_author(vendor)
        self.set_lang(language)
        self.set_margins(_MARGIN, 18, _MARGIN)
        self.set_auto_page_break(True, 24)
        self.add_page()
        self._title(title)

    def footer(self) -> None:
        """Called by the library at the end of each page."""
        if self.page in self._without_foot:
            return
        self.set_y(-16)
        self._ink(8, colour=_GREY)
        self.cell(self.epw - 20, 5, self._printable(" ".join(self._foot.split())))
        self.cell(20, 5, f"{self.page_no()} / {{nb}}", align="R")

    def keep_foot_free(self) -> None:
        """This page has something else at its foot, a payment slip for instance."""
        self._without_foot.add(self.page)

    def heading(self, text: str) -> None:
        """A line that opens a part; it never stands alone at the foot of a page."""
        if self.will_page_break(24):
            self.add_page()
        self.ln(4)
        self._ink(11.5, bold=True)
        self._flow(text, 6)
        self.ln(1)

    def paragraph(self, text: str, *, quiet: bool = False) -> None:
        """Text with its own line breaks."""
        self._ink(10, colour=_GREY if quiet else None)
        self._flow(text, _LINE)
        self.ln(2)

    def facts(self, rows: Sequence[tuple[str, str]]) -> None:
        """Pairs of a label and what it says."""
        for label, value in rows:
            self._row((label, value), (48, self.epw - 48), aligns=("L", "L"), bold=(False, False))
        self.ln(2)

    def listing(self, head: Sequence[str], rows: Sequence[Sequence[str]], widths: Sequence[float]) -> None:
        """A table whose last column holds amounts. Widths are shares of the page's width."""
        whole = [width * self.epw / sum(widths) for width in widths]
        aligns = ["L"] * (len(whole) - 1) + ["R"]
        self._row(head, whole, aligns=aligns, bold=[True] * len(whole))
        for row in rows:
            self._row(row, whole, aligns=aligns, bold=[False] * len(whole))

    def totals(self, rows: Sequence[tuple[str, str]]) -> None:
        """Sums under a table, the last one bold."""
        for at, row in enumerate(rows):
            last = at == len(rows) - 1
            self._row(row, (self.epw - 45, 45), aligns=("R", "R"), bold=(last, last))
        self.ln(2)

    def content(self) -> bytes:
        """The document."""
        return bytes(self.output())

    def _title(self, title: str) -> None:
        self._ink(9, colour=_GREY)
        self._flow(self._vendor, 5)
        self.ln(6)
        self._ink(18, bold=True)
        self._flow(title, 8.5)
        self.ln(3)

    def _row(
        self, cells: Sequence[str], widths: Sequence[float], *, aligns: Sequence[str], bold: Sequence[bool]
    ) -> None:
        """One line of a table, as high as its highest cell, with a rule below."""
        cells = [self._known(cell) for cell in cells]
        lengths = [self._length(*each) for each in zip(cells, widths, bold, strict=True)]
        flat = all(length is not None for length in lengths)
        height = _LINE
        if not flat:
            height = max(self._height(*each) for each in zip(cells, widths, bold, strict=True))
        if self.will_page_break(height + 2):
            self.add_page()
        top, left = self.get_y() + 1, self.l_margin
        for cell, width, length, align, strong in zip(cells, widths, lengths, aligns, bold, strict=True):
            self._ink(9.5, bold=strong)
            if flat and length is not None:
                shift = width - self.c_margin - length if align == "R" else self.c_margin
                if cell:  # on the line that cell() would write on; much quicker, for tables of many lines
                    self.text(left + shift, top + 0.5 * _LINE + 0.3 * self.font_size, cell)
            else:
                self.set_xy(left, top)
                self.multi_cell(width, _LINE, cell, align=align, new_x=XPos.RIGHT, new_y=YPos.TOP)
            left += width
        self.set_y(top + height)
        self.set_draw_color(*_RULE)
        self.line(self.l_margin, self.get_y() + 0.5, self.l_margin + self.epw, self.get_y() + 0.5)
        self.set_y(self.get_y() + 1)

    def _known(self, text: str) -> str:
        """`_printable`, remembered: a long table says the same things again and again."""
        if text not in self._said:
            self._said[text] = self._printable(text)
        return self._said[text]

    def _length(self, text: str, width: float, bold: bool) -> float | None:
        """How long the text is on one line; None where it needs several, or runs from right to left."""
        key = (text, bold)
        if key not in self._lengths:
            self._ink(9.5, bold=bold)
            simple = "\n" not in text and _RIGHT_TO_LEFT.isdisjoint(map(unicodedata.bidirectional, text))
            self._lengths[key] = self.get_string_width(text) if simple else None
        length = self._lengths[key]
        return length if length is not None and length <= width - 2 * self.c_margin else None

    def _height(self, text: str, width: float, bold: bool) -> float:
        if self._length(text, width, bold) is not None:
            return _LINE
        self._ink(9.5, bold=bold)
        lines = self.multi_cell(width, _LINE, text, dry_run=True, output=MethodReturnValue.LINES)
        assert isinstance(lines, list)
        return len(lines) * _LINE

    def _ink(self, size: float, *, bold: bool = False, colour: tuple[int, int, int] | None = None) -> None:
        style = "B" if bold else ""
        if (self.font_family, self.font_style, self.font_size_pt) != (_FONT.lower(), style, size):
            self.set_font(_FONT, style, size)
        wanted = colour or _INK
        if wanted not in self._inks:
            self.set_text_color(*wanted)
            self._inks[wanted] = self.text_color
        self.text_color = self._inks[wanted]

    def _flow(self, text: str, height: float) -> None:
        self.multi_cell(0, height, self._printable(text), align="L", new_x=XPos.LMARGIN, new_y=YPos.NEXT)

    def _printable(self, text: str) -> str:
        """The text in letters that the font has: none may vanish from a document without a trace."""
        font = self.fonts[_FONT.lower()]
        assert isinstance(font, TTFFont)
        known = font.cmap
        return "".join(
            letter if ord(letter) in known or letter == "\n" else _spelled(letter, known) for letter in text
        )


def _spelled(letter: str, known: Container[int]) -> str:
    """A letter without its accent, a sign by its number, nothing for what has no width."""
    plain = "".join(part for part in unicodedata.normalize("NFKD", letter) if ord(part) in known)
    if plain or unicodedata.category(letter) in ("Mn", "Cf", "Cc"):
        return plain
    return f"(U+{ord(letter):04X})"

"""The Swiss QR-bill: references, the data of the code, and the slip at the foot of an invoice. [pure]

Structured addresses only (IG QR-bill 2.3). The slip is drawn with the document's own fonts: the standard's
ones know Latin-1 only, and a customer's name would break the document.
"""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from qrbill import QRBill
from qrbill.bill import LABELS
from qrcode import QRCode, constants
from stdnum import iso11649
from stdnum.ch import esr
from stdnum.iso7064 import mod_97_10

from helpdesk.billing.paper import Paper
from helpdesk.core.money import Money

_TOP = 192.0  # millimetres from the top of an A4 page: the slip is 105 high
_SIDE = 46.0  # of the code
_CROSS = 7.0
_LANGUAGES = ("de", "fr", "it", "en")


@dataclass(frozen=True, slots=True)
class Party:
    """A name with a structured address."""

    name: str
    street: str
    house_number: str
    postcode: str
    town: str
    country: str

    def lines(self) -> list[str]:
        """As it stands on an envelope."""
        street = f"{self.street} {self.house_number}".strip()
        abroad = f"{self.country}-" if self.postcode and self.country not in ("", "CH") else ""
        place = f"{abroad}{self.postcode} {self.town}".strip()
        return [line for line in (self.name, street, place) if line]


@dataclass(frozen=True, slots=True)
class Slip:
    """Everything on a payment slip. An empty reference makes one without (NON)."""

    iban: str
    creditor: Party
    debtor: Party | None
    amount: Money
    reference: str
    message: str
    language: str


def is_qr_iban(iban: str) -> bool:
    """Whether it is a QR-IBAN, which takes QR references only (IID 30000 to 31999)."""
    return iban[4:9].isdigit() and 30000 <= int(iban[4:9]) <= 31999


def reference_for(iban: str, year: int, number: int) -> str:
    """The reference of an invoice: QRR for a QR-IBAN, else a creditor reference (ISO 11649)."""
    digits = f"{year:04d}{number:07d}"
    if is_qr_iban(iban):
        whole = digits.rjust(26, "0")
        return whole + str(esr.calc_check_digit(whole))
    return f"RF{mod_97_10.calc_check_digits(digits + 'RF')}{digits}"


def spoken_reference(reference: str) -> str:
    """The reference in groups, as it is printed."""
    if reference.startswith("RF"):
        return str(iso11649.format(reference))
    return str(esr.format(reference)) if reference else ""


def payload(slip: Slip) -> str:
    """The text inside the code; raises ValueError for what no bank would take."""
    return str(_bill(slip).qr_data())


def _bill(slip: Slip) -> QRBill:
    return QRBill(
        slip.iban,
        creditor=_address(slip.creditor),
        debtor=_address(slip.debtor) if slip.debtor and slip.debtor.town else None,
        amount=f"{slip.amount.decimal:.2f}",
        currency=slip.amount.currency,
        reference_number=slip.reference or None,
        additional_information=allowed(slip.message)[:140],
        language=_language(slip.language),
    )


def _address(party: Party) -> dict[str, str]:
    return {
        "name": allowed(party.name)[:70],
        "street": allowed(party.street)[:70],
        "house_num": allowed(party.house_number)[:16],
        "pcode": allowed(party.postcode)[:16],
        "city": allowed(party.town)[:35],
        "country": party.country,
    }


def allowed(text: str) -> str:
    """The text in the letters that the standard takes; others without their accent, or a dot."""
    return "".join(_letter(letter) for letter in unicodedata.normalize("NFC", text)).strip()


def _letter(letter: str) -> str:
    if _taken(letter):
        return letter
    plain = "".join(part for part in unicodedata.normalize("NFKD", letter) if _taken(part))
    return plain or {"–": "-", "—": "-", "’": "'", "‘": "'", "“": '"', "”": '"', "„": '"'}.get(letter, ".")


def _taken(letter: str) -> bool:
    code = ord(letter)
    return 0x20 <= code <= 0x7E or 0xA0 <= code <= 0x17F or letter in "ȘșȚț€"


def _language(language: str) -> str:
    return language if language in _LANGUAGES else "en"


def _label(text: str, language: str) -> str:
    spoken = _language(language)
    return text if spoken == "en" else str(LABELS[text][spoken])


def printed_amount(money: Money) -> str:
    """1 234.50, as the standard prints it."""
    return f"{money.decimal:,.2f}".replace(",", " ")


def draw_slip(paper: Paper, slip: Slip) -> None:
    """Draws receipt and payment part at the foot of the page, on a page of its own if there is no room."""
    if paper.get_y() > _TOP - 8:
        paper.add_page()
    paper.set_auto_page_break(False)
    paper.keep_foot_free()
    _Drawing(paper, slip).draw()


class _Drawing:
    """One slip on one page; lengths in millimetres, sizes in points, as the standard gives them."""

    def __init__(self, paper: Paper, slip: Slip) -> None:
        self._paper, self._slip = paper, slip

    def draw(self) -> None:
        paper = self._paper
        paper.set_draw_color(0, 0, 0)
        paper.set_line_width(0.2)
        paper.set_dash_pattern(1.5, 1)
        paper.line(0, _TOP, 210, _TOP)
        paper.line(62, _TOP, 62, 297)
        paper.set_dash_pattern()
        self._write(62, _TOP - 4, [self._label("Separate before paying in")], 7)
        self._receipt()
        self._payment_part()

    def _receipt(self) -> None:
        at = _TOP + 5
        self._write(5, at, [self._label("Receipt")], 11, bold=True)
        self._parts(5, at + 7, 6, 8, 52)
        self._amounts(5, _TOP + 68, 6, 8, 15)
        self._paper.set_xy(5, _TOP + 82)
        self._ink(6, True)
        self._paper.cell(52, 3, self._label("Acceptance point"), align="R")

    def _payment_part(self) -> None:
        at = _TOP + 5
        self._write(67, at, [self._label("Payment part")], 11, bold=True)
        self._code(67, _TOP + 17)
        self._amounts(67, _TOP + 68, 8, 10, 18)
        self._parts(118, at, 8, 10, 87, message=True)

    def _parts(
        self, x: float, y: float, head: float, size: float, width: float, message: bool = False
    ) -> None:
        slip = self._slip
        account = " ".join(slip.iban[n : n + 4] for n in range(0, len(slip.iban), 4))
        parts: list[tuple[str, Sequence[str]]] = [
            ("Account / Payable to", [account, *map(allowed, slip.creditor.lines())]),
        ]
        if slip.reference:
            parts.append(("Reference", [spoken_reference(slip.reference)]))
        if message and slip.message:
            parts.append(("Additional information", [allowed(slip.message)]))
        if slip.debtor and slip.debtor.town:
            parts.append(("Payable by", [allowed(line) for line in slip.debtor.lines()]))
        else:
            parts.append(("Payable by (name/address)", []))
        for label, lines in parts:
            y = self._write(x, y, [self._label(label)], head, bold=True, width=width)
            y = self._write(x, y, lines, size, width=width) + size * 0.28

    def _amounts(self, x: float, y: float, head: float, size: float, gap: float) -> None:
        for offset, label, value in (
            (0.0, "Currency", self._slip.amount.currency),
            (gap, "Amount", printed_amount(self._slip.amount)),
        ):
            self._write(x + offset, y, [self._label(label)], head, bold=True)
            self._write(x + offset, y + head * 0.45, [value], size)

    def _code(self, x: float, y: float) -> None:
        code = QRCode(error_correction=constants.ERROR_CORRECT_M, border=0)
        code.add_data(payload(self._slip))
        code.make(fit=True)
        matrix = code.get_matrix()
        one = _SIDE / len(matrix)
        self._paper.set_fill_color(0, 0, 0)
        for row, line in enumerate(matrix):
            start = None
            for column, dark in enumerate([*line, False]):
                if dark and start is None:
                    start = column
                elif not dark and start is not None:
                    self._paper.rect(x + start * one, y + row * one, (column - start) * one, one, style="F")
                    start = None
        self._cross(x + (_SIDE - _CROSS) / 2, y + (_SIDE - _CROSS) / 2)

    def _cross(self, x: float, y: float) -> None:
        paper, unit = self._paper, _CROSS / 19.8
        for inset, shade in ((0.0, 255), (0.7 * unit, 0)):
            paper.set_fill_color(shade, shade, shade)
            paper.rect(x + inset, y + inset, _CROSS - 2 * inset, _CROSS - 2 * inset, style="F")
        paper.set_fill_color(255, 255, 255)
        paper.rect(x + 8.3 * unit, y + 4.4 * unit, 3.3 * unit, 11 * unit, style="F")
        paper.rect(x + 4.4 * unit, y + 8.3 * unit, 11 * unit, 3.3 * unit, style="F")

    def _write(
        self,
        x: float,
        y: float,
        lines: Sequence[str],
        size: float,
        *,
        bold: bool = False,
        width: float = 87,
    ) -> float:
        """Writes lines below each other and returns where the next one would stand."""
        height = size * 0.4
        for line in lines:
            self._ink(size, bold)
            self._paper.set_xy(x, y)
            self._paper.multi_cell(width, height, line, align="L")
            y = self._paper.get_y()
        return y

    def _ink(self, size: float, bold: bool) -> None:
        self._paper.set_font("Lato", "B" if bold else "", size)
        self._paper.set_text_color(0, 0, 0)

    def _label(self, text: str) -> str:
        return _label(text, self._slip.language)

"""The editor's fields of a quote: as they were typed, and as what they mean."""

from dataclasses import dataclass, field

from werkzeug.datastructures import MultiDict

from helpdesk.billing.pricing import UnitPrice
from helpdesk.billing.quote_models import Quote
from helpdesk.billing.quotes import MAX_LINES, Content, Line
from helpdesk.core.errors import InvalidInput
from helpdesk.core.money import Money, parse_amount
from helpdesk.web.forms import whole_number

_EMPTY_ROWS = 3
Row = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class Typed:
    """What stands in the fields, right or wrong; a row is text, minutes and price."""

    title: str
    language: str
    basis: str = "effort"
    valid_days: str = "30"
    terms: str = ""
    lines: list[Row] = field(default_factory=list)

    @property
    def rows(self) -> list[Row]:
        """The lines and a few empty ones."""
        room = min(_EMPTY_ROWS, MAX_LINES - len(self.lines))
        return [*self.lines, *[("", "", "")] * max(room, 0)]


def typed_in(form: MultiDict[str, str]) -> Typed:
    """What was sent, without what no database takes."""

    def one(name: str) -> str:
        return _clean(form.get(name, ""))

    texts, minutes, prices = (
        form.getlist(name)[: MAX_LINES + _EMPTY_ROWS] for name in ("text", "minutes", "price")
    )
    rows = [(_clean(a), _clean(b), _clean(c)) for a, b, c in zip(texts, minutes, prices, strict=False)]
    terms = form.get("terms", "").replace("\x00", "").replace("\r\n", "\n")
    return Typed(
        one("title"),
        one("language"),
        one("basis"),
        one("valid_days"),
        terms,
        [row for row in rows if any(row)],
    )


def typed_from(found: Quote) -> Typed:
    """A stored version in the fields."""
    lines = [(line.text, str(line.minutes or ""), f"{line.net_minor / 100:.2f}") for line in found.lines]
    return Typed(found.title, found.language, found.basis, str(found.valid_days), found.terms, lines)


def content(typed: Typed, rate: UnitPrice) -> Content:
    """What was typed, checked; a line with minutes and without a price costs started units at `rate`."""
    lines = [_line(*row, rate) for row in typed.lines]
    days = whole_number(typed.valid_days, low=1, high=180, field="valid_days")
    return Content(typed.title, typed.language, typed.basis, days, lines, typed.terms)


def _line(text: str, minutes: str, price: str, rate: UnitPrice) -> Line:
    length = whole_number(minutes, low=1, high=60000, field="lines") if minutes else None
    if price:
        return Line(text, _amount(price), length)
    if length is None:
        raise InvalidInput("Each line needs a text and a price above zero.", field="lines")
    units = -(-max(length, rate.minimum_minutes) // (rate.unit_minutes or 1))
    return Line(text, rate.amount * units, length)


def _amount(price: str) -> Money:
    try:
        return parse_amount(price)
    except InvalidInput as error:
        raise InvalidInput(error.message, **{**error.data, "field": "lines"}) from error


def _clean(text: str) -> str:
    return text.replace("\x00", "").strip()

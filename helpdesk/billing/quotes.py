"""Quotes as rows: drafts are written and rewritten, versions follow each other, numbers are given once."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, func, select
from sqlalchemy.exc import IntegrityError

from helpdesk.billing.quote_models import BASES, Quote, QuoteLine
from helpdesk.core.errors import Conflict, InvalidInput, NotFound
from helpdesk.core.languages import LANGUAGES
from helpdesk.core.money import Money
from helpdesk.db import db

MAX_LINES = 20
MAX_LINE = Money(99_999_999)
#: Two agents may start a quote at the same moment; the second one takes the next number.
_TRIES = 5


@dataclass(frozen=True, slots=True)
class Line:
    """What is done and what it costs without VAT; `minutes` where it was reckoned by time."""

    text: str
    net: Money
    minutes: int | None = None


@dataclass(frozen=True, slots=True)
class Content:
    """What an agent writes into a quote."""

    title: str
    language: str
    basis: str
    valid_days: int
    lines: Sequence[Line]
    terms: str = ""


def start(
    content: Content,
    *,
    ticket_id: int,
    customer_id: int,
    year: int,
    agent_id: int,
    now: datetime,
    version_of: Quote | None = None,
    supplement_to: int | None = None,
) -> Quote:
    """A new draft: of a new number, or the next version of `version_of`. Raises InvalidInput."""
    check(content)
    for _try in range(_TRIES):
        number, version = _next(year, version_of)
        quote = Quote(
            number=number,
            version=version,
            ticket_id=ticket_id,
            customer_id=customer_id,
            currency=_currency(content),
            supplement_to_id=supplement_to,
            created_at=now,
            created_by_id=agent_id,
            **_columns(content),
        )
        try:
            with db.session.begin_nested():
                db.session.add(quote)
                db.session.flush()
        except IntegrityError:
            continue
        _write_lines(quote, content)
        return quote
    raise Conflict("Somebody was faster. Try again.")


def rewrite(quote: Quote, content: Content) -> None:
    """Changes a draft; raises Conflict for what was sent already, InvalidInput."""
    if quote.stage != "draft":
        raise Conflict("This version was sent. Make a new version to change it.")
    check(content)
    for name, value in _columns(content).items():
        setattr(quote, name, value)
    _write_lines(quote, content)


def check(content: Content) -> None:
    """Raises InvalidInput, with the field, for what no quote can hold."""
    if not content.title.strip():
        raise InvalidInput("Give the quote a title.", field="title")
    if content.language not in LANGUAGES:
        raise InvalidInput("Choose one of the languages in the list.", field="language")
    if content.basis not in BASES:
        raise InvalidInput("Choose a fixed price or a price by effort.", field="basis")
    if not 1 <= content.valid_days <= 180:
        raise InvalidInput(
            "Write a whole number from %(low)s to %(high)s.", field="valid_days", low=1, high=180
        )
    if not content.lines:
        raise InvalidInput("Write at least one line with its price.", field="lines")
    if len(content.lines) > MAX_LINES:
        raise InvalidInput("A quote may have %(n)s lines at most.", field="lines", n=MAX_LINES)
    for line in content.lines:
        if not line.text.strip() or not 0 < line.net.minor <= MAX_LINE.minor:
            raise InvalidInput("Each line needs a text and a price above zero.", field="lines")


def by_id(quote_id: int) -> Quote:
    """The version as it stands now; raises NotFound."""
    quote = db.session.get(Quote, quote_id, populate_existing=True)
    if quote is None:
        raise NotFound("There is no such quote.")
    return quote


def content_of(quote: Quote) -> Content:
    """What stands in a version, for the next one."""
    lines = [Line(each.text, Money(each.net_minor, quote.currency), each.minutes) for each in quote.lines]
    return Content(quote.title, quote.language, quote.basis, quote.valid_days, lines, quote.terms)


def _columns(content: Content) -> dict[str, object]:
    return {
        "language": content.language,
        "title": content.title.strip()[:160],
        "basis": content.basis,
        "terms": content.terms.strip()[:4000],
        "valid_days": content.valid_days,
    }


def _currency(content: Content) -> str:
    return content.lines[0].net.currency


def _next(year: int, version_of: Quote | None) -> tuple[str, int]:
    if version_of is not None:
        newest = db.session.scalar(select(func.max(Quote.version)).where(Quote.number == version_of.number))
        return version_of.number, int(newest or 0) + 1
    # The longest first: Q-2027-10000 comes after Q-2027-9999.
    given = select(Quote.number).where(Quote.number.like(f"Q-{year:04d}-%"))
    last = db.session.scalar(given.order_by(func.length(Quote.number).desc(), Quote.number.desc()).limit(1))
    return f"Q-{year:04d}-{int(last.rpartition('-')[2]) + 1 if last else 1:04d}", 1


def _write_lines(quote: Quote, content: Content) -> None:
    db.session.execute(delete(QuoteLine).where(QuoteLine.quote_id == quote.id))
    for position, line in enumerate(content.lines, 1):
        db.session.add(
            QuoteLine(
                quote_id=quote.id,
                position=position,
                text=line.text.strip()[:300],
                minutes=line.minutes,
                net_minor=line.net.minor,
            )
        )
    db.session.flush()
    db.session.expire(quote, ["lines"])

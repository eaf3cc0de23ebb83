"""A statement as PDF and as rows for a spreadsheet, in the customer's language."""

from collections.abc import Iterator
from datetime import datetime

from helpdesk import i18n
from helpdesk.billing.causes import CAUSES
from helpdesk.billing.paper import Paper
from helpdesk.i18n import amount, short_day
from helpdesk.i18n import gettext as _
from helpdesk.reports.statement import Line, Statement


def told_line(line: Line) -> str:
    """What a line is about, in the current language: the customer's text, or what the booking is for."""
    words = line.text or _(CAUSES.get(line.cause, line.cause))
    if line.kind == "waived":
        return _("%(what)s, not charged: %(reason)s", what=words, reason=line.reason)
    if line.kind == "reverse":
        return _("%(what)s, reversed", what=words) + (f": {line.reason}" if line.reason else "")
    if line.ref and line.cause not in ("work", "expiry"):
        return f"{words} · {line.ref}"
    return words


def as_pdf(statement: Statement, language: str, *, vendor: str, made_at: datetime) -> bytes:
    """The document; widths and words follow the language."""
    with i18n.speaking(language):
        customer = statement.customer
        title = _("Statement of support credit")
        paper = Paper(title, language=language, vendor=vendor, footer=vendor, made_at=made_at)
        paper.facts(
            [
                (_("Customer"), f"{customer.name}, {customer.number}"),
                (
                    _("Period"),
                    _(
                        "%(first)s to %(last)s",
                        first=short_day(statement.first),
                        last=short_day(statement.last),
                    ),
                ),
                (_("Amounts"), _("excl. VAT")),
            ]
        )
        paper.listing(
            (_("Date"), _("What"), _("Ticket"), _("Minutes"), _("Amount"), _("Balance")),
            [
                ("", _("Opening balance"), "", "", "", amount(statement.opening)),
                *(_row(line) for line in statement.lines),
            ],
            (11, 30, 8, 9, 16, 17),
        )
        paper.totals([(_("Closing balance"), amount(statement.closing))])
        return paper.content()


def _row(line: Line) -> tuple[str, ...]:
    return (
        short_day(line.at),
        told_line(line),
        f"#{line.ticket}" if line.ticket else "",
        str(line.minutes or ""),
        amount(line.change),
        amount(line.balance),
    )


def as_rows(statement: Statement, language: str) -> Iterator[tuple[object, ...]]:
    """Rows for a spreadsheet: dates as ISO, amounts as plain numbers."""
    with i18n.speaking(language):
        yield (_("Date"), _("What"), _("Ticket"), _("Minutes"), _("Amount"), _("Balance"))
        yield (statement.first.isoformat(), _("Opening balance"), "", "", "", statement.opening.decimal)
        for line in statement.lines:
            yield (
                line.at.astimezone(i18n.current_zone()).date().isoformat(),
                told_line(line),
                line.ticket or "",
                line.minutes or "",
                line.change.decimal,
                line.balance.decimal,
            )

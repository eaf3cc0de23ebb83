"""An invoice or credit note as PDF, with the Swiss payment slip: in the customer's language. [pure]"""

from datetime import date

from helpdesk import i18n
from helpdesk.billing.invoice_models import Invoice
from helpdesk.billing.paper import Paper
from helpdesk.billing.qr_bill import Party, Slip, draw_slip, spoken_reference
from helpdesk.core.money import Money
from helpdesk.i18n import amount, short_day
from helpdesk.i18n import gettext as _


def as_pdf(made: Invoice, *, vendor: str, vat_id: str) -> bytes:
    """The document; the same invoice makes the same bytes."""
    with i18n.speaking(made.language):
        return _Document(made, vendor, vat_id).content()


def title(made: Invoice) -> str:
    """ "Invoice 2027-00042" in the current language."""
    if made.kind == "credit_note":
        return _("Credit note %(number)s", number=made.number)
    return _("Invoice %(number)s", number=made.number)


class _Document:
    def __init__(self, made: Invoice, vendor: str, vat_id: str) -> None:
        self._made = made
        address = Party(**made.creditor)
        foot = ", ".join((*address.lines(), *([vat_id] if vat_id else [])))
        self._paper = Paper(
            title(made), language=made.language, vendor=vendor, footer=foot, made_at=made.created_at
        )

    def content(self) -> bytes:
        made, paper = self._made, self._paper
        paper.paragraph("\n".join(Party(**made.debtor).lines()))
        paper.facts(self._facts())
        paper.listing(
            (_("Date"), _("Text"), _("Amount")), [self._row(line) for line in made.lines], (2, 9, 3)
        )
        paper.totals(self._totals())
        for note in self._notes():
            paper.paragraph(note, quiet=True)
        if made.kind != "credit_note" and made.iban:
            draw_slip(paper, self._slip())
        return paper.content()

    def _facts(self) -> list[tuple[str, str]]:
        made = self._made
        facts = [(_("Date"), short_day(made.issued_on))]
        if made.kind != "credit_note":
            facts.append((_("Payable until"), short_day(made.due_on)))
            facts.append((_("Reference"), spoken_reference(made.reference)))
        return facts

    def _row(self, line: dict[str, object]) -> tuple[str, str, str]:
        text = str(line["text"])
        if line.get("minutes"):
            text = f"{text} · {_('%(n)s min', n=line['minutes'])}"
        if line.get("ticket"):
            text = f"{text} · {_('Ticket #%(number)s', number=line['ticket'])}"
        day = str(line.get("day") or "")
        minor = line["minor"]
        assert isinstance(minor, int)
        return (
            short_day(date.fromisoformat(day)) if day else "",
            text,
            amount(Money(minor, self._made.currency)),
        )

    def _totals(self) -> list[tuple[str, str]]:
        made = self._made
        rows = [(_("Net"), amount(made.net))]
        if made.vat_note == "at_use":
            rows = [(_("Support credit with VAT"), amount(made.net + made.vat))]
        elif made.vat_note != "abroad":
            rows.append((_("VAT %(rate)s", rate=i18n.percent(made.vat_bp / 10_000)), amount(made.vat)))
        if made.rounding:
            rows.append((_("Rounding"), amount(made.rounding)))
        return [*rows, (_("Total"), amount(made.total))]

    def _notes(self) -> list[str]:
        made, notes = self._made, []
        if made.vat_note == "abroad":
            notes.append(
                _("Service to a business abroad: no Swiss VAT (Art. 8 para. 1 VAT Act). Reverse charge.")
            )
        if made.vat_note == "at_use":
            notes.append(_("Credit for any of our services: VAT falls due when the credit is used."))
        if made.kind == "credit":
            notes.append(_("The credit can be used as soon as this invoice is paid."))
        return notes

    def _slip(self) -> Slip:
        made = self._made
        return Slip(
            made.iban,
            Party(**made.creditor),
            Party(**made.debtor),
            made.total,
            made.reference,
            _("Invoice %(number)s", number=made.number),
            made.language,
        )

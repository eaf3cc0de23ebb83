"""A quote on paper, in its own language."""

from dataclasses import dataclass
from datetime import datetime

from helpdesk.billing.paper import Paper
from helpdesk.billing.pricing import Taxed
from helpdesk.billing.quote_text import length, meaning
from helpdesk.billing.quotes import Content
from helpdesk.billing.vat_words import in_lines
from helpdesk.i18n import amount, short_day
from helpdesk.i18n import gettext as _


@dataclass(frozen=True, slots=True)
class Head:
    """What stands above and below the lines."""

    name: str
    vendor: str
    customer: str
    address: str
    ticket_id: int
    made_at: datetime
    valid_until: datetime


def paper(head: Head, content: Content, taxed: Taxed, vat_bp: int) -> bytes:
    """The document, in the language that is spoken now."""
    sheet = Paper(
        _("Quote %(name)s", name=head.name),
        language=content.language,
        vendor=head.vendor,
        footer=_("Quote %(name)s · valid until %(day)s", name=head.name, day=short_day(head.valid_until)),
        made_at=head.made_at,
    )
    sheet.paragraph(content.title)
    sheet.facts(
        [
            (_("Customer"), "\n".join(filter(None, (head.customer, head.address)))),
            (_("Date"), short_day(head.made_at)),
            (_("Valid until"), short_day(head.valid_until)),
            (_("Ticket"), f"#{head.ticket_id}"),
        ]
    )
    sheet.listing(
        (_("What"), _("Time"), _("Price excl. VAT")),
        [
            (line.text, length(line.minutes) if line.minutes else "", amount(line.net))
            for line in content.lines
        ],
        (6, 2, 2),
    )
    sheet.totals(in_lines(taxed, vat_bp))
    sheet.paragraph(meaning(content.basis))
    if content.terms.strip():
        sheet.heading(_("Terms"))
        sheet.paragraph(content.terms.strip())
    sheet.heading(_("What happens next"))
    sheet.paragraph(
        _(
            "We start when you have accepted: by replying to our mail, or on the page that it links to. "
            "Without your answer we do not start and nothing is charged."
        )
    )
    return sheet.content()

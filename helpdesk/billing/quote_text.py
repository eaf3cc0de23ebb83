"""What a quote says, word for word, in the language of whoever decides: frozen with the offer. [pure]"""

from helpdesk.billing.pricing import Taxed
from helpdesk.billing.quotes import Content, Line
from helpdesk.billing.vat_words import in_a_sentence
from helpdesk.i18n import amount, gettext, ngettext

#: The wording below; raise it when a text changes, evidence keeps the old number.
TEXT_VERSION = "quote-2026-11b"


def subject(name: str, title: str) -> str:
    """What the offer is called."""
    return gettext("Quote %(name)s: %(title)s", name=name, title=title)


def text(content: Content, taxed: Taxed, vat_bp: int) -> str:
    """Lines, sum, VAT, what the price means, and our terms; exactly what is agreed to."""
    parts = [content.title.strip(), "\n".join(map(_said, content.lines))]
    parts.append(in_a_sentence(taxed, vat_bp))
    parts.append(meaning(content.basis))
    if content.terms.strip():
        parts.append(content.terms.strip())
    return "\n\n".join(parts)


def meaning(basis: str) -> str:
    """What the sum is: fixed, or a ceiling."""
    if basis == "fixed":
        return gettext("It is a fixed price, however long the work takes.")
    return gettext("We charge the time that is really needed, at most this amount.")


def length(minutes: int) -> str:
    """Half an hour as 30 minutes, two hours as 2 hours, in words."""
    if minutes % 60:
        return ngettext("%(n)s minute", "%(n)s minutes", minutes)
    return ngettext("%(n)s hour", "%(n)s hours", minutes // 60)


def _said(line: Line) -> str:
    what = line.text.strip()
    if line.minutes:
        what = f"{what} ({length(line.minutes)})"
    return f"– {what}: {amount(line.net)}"

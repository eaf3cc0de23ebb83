"""How a price is said with its VAT, in the current language; who pays no Swiss VAT reads no "0 %". [pure]"""

from helpdesk.billing.pricing import Taxed
from helpdesk.i18n import amount, gettext, percent


def in_words(taxed: Taxed, vat_bp: int) -> str:
    """Both figures in one phrase, as they stand in a sentence."""
    if not vat_bp:
        return gettext("%(net)s excl. VAT (no Swiss VAT is added)", net=amount(taxed.net))
    return gettext(
        "%(net)s excl. VAT (%(gross)s incl. %(rate)s VAT)",
        net=amount(taxed.net),
        gross=amount(taxed.gross),
        rate=percent(vat_bp / 10_000),
    )


def in_lines(taxed: Taxed, vat_bp: int) -> list[tuple[str, str]]:
    """Net, VAT and total as lines under a table."""
    net = (gettext("Net"), amount(taxed.net))
    if not vat_bp:
        return [net, (gettext("Total, no Swiss VAT"), amount(taxed.gross))]
    return [
        net,
        (gettext("VAT %(rate)s", rate=percent(vat_bp / 10_000)), amount(taxed.vat)),
        (gettext("Total incl. VAT"), amount(taxed.gross)),
    ]


def in_a_sentence(taxed: Taxed, vat_bp: int) -> str:
    """The sums of something agreed to, as a sentence of its own."""
    if not vat_bp:
        return gettext("Total %(gross)s, no Swiss VAT.", gross=amount(taxed.gross))
    return gettext(
        "Net %(net)s, VAT %(rate)s %(vat)s, total %(gross)s.",
        net=amount(taxed.net),
        rate=percent(vat_bp / 10_000),
        vat=amount(taxed.vat),
        gross=amount(taxed.gross),
    )

"""The evidence in words, for the page and for the PDF: the same facts in the reader's language."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import NamedTuple

from helpdesk.billing.models import OfferAnswer
from helpdesk.billing.paper import Paper
from helpdesk.billing.pricing import Taxed
from helpdesk.billing.vat_words import in_lines
from helpdesk.i18n import NAMES, current_zone, lazy, moment
from helpdesk.i18n import gettext as _
from helpdesk.reports.evidence import Card

KINDS = {
    "surcharge": lazy("Urgent handling"),
    "work": lazy("Paid support"),
    "quote": lazy("Quote"),
}
CHANNELS = {
    "reply": lazy("Reply by mail"),
    "page": lazy("On the page that the mail links to"),
    "phone": lazy("On the phone, noted by an agent"),
    "standing": lazy("Standing authorisation in the contract"),
}
_MAIL_STATES = {
    "queued": lazy("Queued"),
    "sending": lazy("Sending"),
    "sent": lazy("Sent"),
    "failed": lazy("Failed"),
    "unknown": lazy("Unknown"),
}


class Part(NamedTuple):
    """A heading with its facts."""

    name: str
    facts: list[tuple[str, str]]


def told(card: Card, *, inside: bool) -> list[Part]:
    """The facts in order; `inside` adds what only we read: addresses of machines, rows of ours."""
    parts = [Part(_("What was offered"), _offered(card, inside))]
    if card.answer is not None:
        parts.append(Part(_("What was answered"), _answered(card, card.answer, inside)))
    if card.objection is not None:
        parts.append(Part(_("Objection"), _objected(card)))
    parts.append(Part(_("Seal"), _sealed(card)))
    return parts


def paper(card: Card, *, vendor: str, language: str, inside: bool, made_at: datetime) -> bytes:
    """The card as PDF, in the language that is spoken now."""
    offer = card.offer
    sheet = Paper(
        _("Evidence for offer %(number)s", number=offer.number),
        language=language,
        vendor=vendor,
        footer=_("Offer %(number)s · made on %(day)s", number=offer.number, day=moment(made_at)),
        made_at=made_at,
    )
    sheet.paragraph(offer.subject)
    for part in told(card, inside=inside):
        sheet.heading(part.name)
        sheet.facts(part.facts)
    sheet.heading(_("The text that was agreed to"))
    sheet.paragraph(offer.text)
    return sheet.content()


def _offered(card: Card, inside: bool) -> list[tuple[str, str]]:
    offer = card.offer
    facts = [
        (_("Offer"), f"{offer.number} · {_(KINDS[offer.kind])}"),
        (_("Customer"), f"{card.customer.name} ({card.customer.number})" if card.customer else ""),
        *in_lines(Taxed(offer.net, offer.vat, offer.gross), offer.vat_bp),
        (_("Made on"), _instant(offer.created_at)),
        (_("Valid until"), _instant(offer.valid_until)),
        (_("Language"), NAMES.get(offer.language, offer.language)),
        (_("Version of the wording"), offer.text_version),
    ]
    mail = card.mail
    if mail is not None:
        facts.append((_("Sent to"), mail.to_address))
        facts.append((_("State of the mail"), _(_MAIL_STATES[mail.state])))
        if inside:
            facts.append(("Message-ID", mail.message_id))
    return [fact for fact in facts if fact[1]]


def _answered(card: Card, answer: OfferAnswer, inside: bool) -> list[tuple[str, str]]:
    facts = [
        (_("Answer"), _("Accepted") if answer.accepted else _("Declined")),
        (_("When"), _instant(answer.at)),
        (_("Who"), answer.name),
        (_("Contact"), card.contact.email if card.contact else ""),
        (_("How"), _(CHANNELS[answer.channel])),
        (_("In which words"), answer.words),
        (_("Noted by"), card.agent.name if card.agent else ""),
        (_("Sender proven by"), _proof(answer)),
        (_("Original mail, SHA-256"), answer.raw_sha256 or ""),
    ]
    if inside:
        facts.append((_("Address of the computer"), answer.ip))
        facts.append((_("Browser"), answer.user_agent))
    return [fact for fact in facts if fact[1]]


def _proof(answer: OfferAnswer) -> str:
    found = answer.auth_result
    if found.get("proof") == "code":
        return _("the one-time code of our mail")
    if found.get("proof") == "dmarc":
        return _(
            "DMARC result “%(result)s” for %(domain)s, written by our server %(server)s",
            result=found.get("dmarc"),
            domain=found.get("header_from"),
            server=found.get("server"),
        )
    return ""


def _objected(card: Card) -> list[tuple[str, str]]:
    said = card.objection
    assert said is not None
    outcomes = {"stands": _("The acceptance stands"), "cancelled": _("The acceptance was cancelled")}
    return [
        (_("When"), _instant(said.at)),
        (_("In which words"), said.words),
        (_("Original mail, SHA-256"), said.raw_sha256),
        (_("Decision"), outcomes.get(said.outcome or "", _("Not decided yet"))),
        *([(_("Reason"), said.reason)] if said.reason else []),
    ]


def _sealed(card: Card) -> list[tuple[str, str]]:
    facts: Sequence[tuple[str, str]] = [(_("Text and amounts, SHA-256"), card.offer.sha256)]
    if card.seal is not None:
        facts = [
            *facts,
            (_("Seal on the answer"), card.seal.seal),
            (_("Seal before it"), card.seal.before or _("none, it is the ticket’s first")),
        ]
    state = (
        _("Unbroken: nothing was changed") if card.sound else _("Broken: something was changed afterwards")
    )
    return [*facts, (_("State"), state)]


def _instant(at: datetime) -> str:
    utc = at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return f"{moment(at)} ({current_zone().key}) · {utc}"

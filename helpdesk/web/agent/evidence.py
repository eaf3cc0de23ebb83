"""Proof and quarrel: the evidence card of an offer, objections to it, and letting the surcharge go."""

from flask import flash, redirect, request, url_for
from werkzeug.wrappers import Response

from helpdesk.actions import object_to_acceptance
from helpdesk.actions import waive_surcharge as waiving
from helpdesk.actions.context import settings
from helpdesk.core.clock import now
from helpdesk.core.errors import NotFound
from helpdesk.i18n import current_language
from helpdesk.i18n import gettext as _
from helpdesk.reports.evidence import Card, card
from helpdesk.reports.evidence_told import paper, told
from helpdesk.reports.ticket import offers_with_answers
from helpdesk.tickets.queries import ticket_by_number
from helpdesk.web.agent.blueprint import blueprint
from helpdesk.web.agent.frame import page
from helpdesk.web.downloads import download
from helpdesk.web.guards import actor


@blueprint.get("/tickets/<ticket:number>/offers/<row:offer_id>/evidence")
def evidence(number: int, offer_id: int) -> str:
    """What was offered, what came back, in which words, and whether it is untouched."""
    found = _card(number, offer_id)
    ticket = ticket_by_number(number)
    return page(
        "agent/evidence.html", section="queue", ticket=ticket, card=found, told=told(found, inside=True)
    )


@blueprint.get("/tickets/<ticket:number>/offers/<row:offer_id>/evidence.pdf")
def evidence_pdf(number: int, offer_id: int) -> Response:
    """The same as a document, in the agent's language."""
    found = _card(number, offer_id)
    content = paper(
        found, vendor=settings().vendor_name, language=current_language(), inside=True, made_at=now()
    )
    return download(content, f"{found.offer.number}.pdf", "application/pdf")


@blueprint.post("/tickets/<ticket:number>/objections/<row:objection_id>/decision")
def decide_objection(number: int, objection_id: int) -> Response:
    """The acceptance stands, or is cancelled; with the reason."""
    if all(
        each.objection is None or each.objection.id != objection_id
        for each in offers_with_answers(number, now())
    ):
        raise NotFound("There is no such objection.")
    stands = request.form.get("decision") == "stands"
    object_to_acceptance.decide(objection_id, stands=stands, reason=_reason(), by=actor(), now=now())
    flash(_("The acceptance stands.") if stands else _("The acceptance was cancelled."))
    return redirect(url_for("agent.ticket", number=number), 303)


@blueprint.post("/tickets/<ticket:number>/surcharge/waiver")
def waive_surcharge(number: int) -> Response:
    """Lets the surcharge go; the customer is told."""
    waiving.waive(number, reason=_reason(), by=actor(), now=now())
    flash(_("The surcharge was waived."))
    return redirect(url_for("agent.ticket", number=number), 303)


def _reason() -> str:
    return request.form.get("reason", "").replace("\x00", "")


def _card(number: int, offer_id: int) -> Card:
    found = card(offer_id)
    if found.offer.ticket_id != number:
        raise NotFound("There is no such offer.")
    return found

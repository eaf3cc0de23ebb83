"""Quotes: the list by state, the editor with what the customer will read, and each step with one button."""

from collections import Counter
from collections.abc import Callable

from flask import flash, make_response, redirect, request, url_for
from werkzeug.wrappers import Response

from helpdesk.actions import quote_work
from helpdesk.billing import quote_queries, quotes
from helpdesk.billing.pricing import UnitPrice
from helpdesk.billing.quote_models import BASES, Quote
from helpdesk.core.clock import now
from helpdesk.core.errors import Conflict, InvalidInput, NotFound
from helpdesk.i18n import amount, lazy
from helpdesk.i18n import gettext as _
from helpdesk.tickets.queries import ticket_by_number
from helpdesk.web.agent.blueprint import blueprint
from helpdesk.web.agent.frame import page
from helpdesk.web.agent.quote_form import Typed, content, typed_from, typed_in
from helpdesk.web.downloads import download
from helpdesk.web.errors import said
from helpdesk.web.guards import actor

#: Name, icon and colour of each state.
STATES = {
    "draft": (lazy("Draft"), "file-text", ""),
    "sent": (lazy("Sent"), "hourglass", "warn"),
    "accepted": (lazy("Accepted"), "circle-check", "ok"),
    "in_work": (lazy("In work"), "timer", "info"),
    "done": (lazy("Done"), "check", "ok"),
    "billed": (lazy("Billed"), "receipt", "ok"),
    "declined": (lazy("Declined"), "circle-x", ""),
    "expired": (lazy("Expired"), "clock", "warn"),
    "superseded": (lazy("Replaced"), "history", ""),
    "withdrawn": (lazy("Withdrawn"), "undo-2", ""),
    "objected": (lazy("Objected to"), "circle-alert", "bad"),
}


@blueprint.get("/quotes")
def quotes_list() -> str:
    """All quotes, or those of one state, with what is due next."""
    found = quote_queries.standings(now())
    chosen = request.args.get("state", "")
    counted = Counter(each.state for each in found)
    return page(
        "agent/quotes.html",
        section="quotes",
        states=STATES,
        counted=counted,
        chosen=chosen if chosen in STATES else "",
        found=[each for each in found if chosen not in STATES or each.state == chosen],
    )


@blueprint.get("/tickets/<ticket:number>/quotes/new")
def new_quote(number: int) -> str:
    """The editor of a quote that is not there yet."""
    ticket = ticket_by_number(number)
    return _editor(None, number, Typed(ticket.subject[:160], ticket.language))


@blueprint.post("/tickets/<ticket:number>/quotes")
def start_quote(number: int) -> Response:
    """Saves the draft and shows it as the customer would read it."""
    typed = typed_in(request.form)
    try:
        made = quote_work.draft(number, content(typed, _rate(number)), by=actor(), now=now())
    except (InvalidInput, Conflict) as error:
        return _again(error, None, number, typed)
    return redirect(url_for("agent.quote", quote_id=made), 303)


@blueprint.get("/quotes/<row:quote_id>")
def quote(quote_id: int) -> str:
    """One version: a draft in its editor, a sent one as it was sent."""
    found = quotes.by_id(quote_id)
    return _editor(found, found.ticket_id, typed_from(found))


@blueprint.post("/quotes/<row:quote_id>")
def save_quote(quote_id: int) -> Response:
    """Rewrites the draft."""
    typed = typed_in(request.form)
    try:
        rate = _rate(quotes.by_id(quote_id).ticket_id)
        quote_work.save(quote_id, content(typed, rate), by=actor())
    except (InvalidInput, Conflict) as error:
        found = quotes.by_id(quote_id)
        return _again(error, found, found.ticket_id, typed)
    flash(_("The draft was saved."))
    return redirect(url_for("agent.quote", quote_id=quote_id), 303)


@blueprint.post("/quotes/<row:quote_id>/<step>")
def quote_step(quote_id: int, step: str) -> Response:
    """One step in the life of a quote; a step that is not possible any more says so on the page."""
    if step not in _STEPS:
        raise NotFound("There is no such quote.")
    try:
        next_id = _STEPS[step](quote_id)
    except Conflict as error:
        found = quotes.by_id(quote_id)
        return _again(error, found, found.ticket_id, typed_from(found))
    flash(_(_DONE[step]))
    return redirect(url_for("agent.quote", quote_id=next_id or quote_id), 303)


@blueprint.get("/quotes/<row:quote_id>/quote.pdf")
def quote_pdf(quote_id: int) -> Response:
    """The version on paper: as it was sent, or as it would be sent now."""
    found = quotes.by_id(quote_id)
    return download(
        quote_work.document(found, now()), f"{found.name.replace(' ', '-')}.pdf", "application/pdf"
    )


def _send(quote_id: int) -> None:
    quote_work.send(quote_id, by=actor(), now=now())


def _supplement(quote_id: int) -> int:
    old = quotes.by_id(quote_id)
    old_content = quotes.content_of(old)
    return quote_work.draft(old.ticket_id, old_content, by=actor(), now=now(), supplement_to=old.id)


_STEPS: dict[str, Callable[[int], int | None]] = {
    "sending": _send,
    "withdrawal": lambda quote_id: quote_work.withdraw(quote_id, by=actor(), now=now()),
    "revision": lambda quote_id: quote_work.revise(quote_id, by=actor(), now=now()),
    "renewal": lambda quote_id: quote_work.renew(quote_id, by=actor(), now=now()),
    "supplement": _supplement,
    "completion": lambda quote_id: quote_work.finish(quote_id, by=actor(), now=now()),
    "billing": lambda quote_id: quote_work.bill(quote_id, by=actor(), now=now()),
}
_DONE = {
    "sending": lazy("The quote leaves now. Work starts only after it was accepted."),
    "withdrawal": lazy("The quote was withdrawn."),
    "revision": lazy("This is the next version. The one before stays valid until you send this one."),
    "renewal": lazy("The quote was sent once more as a new version."),
    "supplement": lazy("This is a supplement. Change its lines, then send it."),
    "completion": lazy("The work of this quote is done."),
    "billing": lazy("The quote is billed."),
}


def _rate(number: int) -> UnitPrice:
    return quote_work.hourly(ticket_by_number(number).customer_id, now())


def _again(error: InvalidInput | Conflict, found: Quote | None, number: int, typed: Typed) -> Response:
    problems = {str(error.data["field"]): said(error)} if error.data.get("field") else {}
    refused = None if problems else said(error)
    return make_response(_editor(found, number, typed, problems, refused), error.status)


def _editor(
    found: Quote | None,
    number: int,
    typed: Typed,
    problems: dict[str, str] | None = None,
    refused: str | None = None,
) -> str:
    ticket = ticket_by_number(number)
    if ticket.customer_id is None:
        raise NotFound("There is no such quote.")
    state = quote_queries.standing_of_quote(found, now()) if found else "draft"
    offer = found.offer if found else None
    hourly = quote_work.hourly(ticket.customer_id, now())
    return page(
        "agent/quote.html",
        section="quotes",
        ticket=ticket,
        quote=found,
        offer=offer,
        state=state,
        states=STATES,
        typed=typed,
        bases=BASES,
        problems=problems or {},
        refused=refused,
        preview=(offer.subject, offer.text) if offer else quote_work.words(found) if found else None,
        rate=amount(hourly.amount * (60 // (hourly.unit_minutes or 60))),
        used_percent=offer.used_minor * 100 // offer.net_minor
        if offer and state in ("in_work", "accepted", "done")
        else None,
        warn_at=80,
    )

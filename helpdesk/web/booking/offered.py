"""A time that an agent offered by mail: the page first, a form holds it and goes on to the last page."""

from flask import make_response, redirect, url_for
from werkzeug.wrappers import Response

from helpdesk.actions import booking_price, offer_times
from helpdesk.core.clock import now
from helpdesk.core.errors import Conflict
from helpdesk.web.booking.blueprint import blueprint, only_customers, page, trapped
from helpdesk.web.errors import said
from helpdesk.web.language import asked_language, speak

_MAX = 200


@blueprint.get("/book/offered/<token>")
def offered(token: str) -> str:
    """The time with its price; changes nothing."""
    return _page(token)


@blueprint.post("/book/offered/<token>")
def take(token: str) -> Response:
    """Holds the time; what is binding follows on the last page."""
    only_customers()
    if trapped():
        return make_response(_page(token), 422)
    try:
        proof = offer_times.take(token[:_MAX], now())
    except Conflict as error:
        return make_response(_page(token, said(error)), 409)
    return redirect(url_for("booking.check", token=proof, lang=asked_language()), 303)


def _page(token: str, refused: str | None = None) -> str:
    seen = offer_times.see(token[:_MAX], now())
    if asked_language() is None:
        speak(seen.contact.language)
    cost = booking_price.cost(seen.service, seen.contact.customer, now())
    return page("offered", token=token, seen=seen, service=seen.service, cost=cost, refused=refused)

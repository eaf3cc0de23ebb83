"""Page 4: everything on one page, the terms with an unticked box, and the button that obliges to pay.

Opening the mailed link changes nothing, so a scanner that follows it books nothing. A second click finds the
appointment booked and shows it.
"""

from flask import make_response, redirect, request, url_for
from werkzeug.wrappers import Response

from helpdesk.actions import book_appointment
from helpdesk.actions.book_appointment import Check, Consent
from helpdesk.core.clock import now
from helpdesk.core.errors import Conflict, Forbidden, InsufficientCredit, InvalidInput, TooManyTries
from helpdesk.web.booking.blueprint import (
    MAX_TOKEN,
    blueprint,
    clean,
    only_customers,
    page,
    spoken_by,
    trapped,
)
from helpdesk.web.errors import said
from helpdesk.web.language import asked_language


@blueprint.get("/book/confirmation/<token>")
def check(token: str) -> str:
    """What is about to be booked, or what was booked; changes nothing."""
    return _page(token, {})


@blueprint.post("/book/confirmation/<token>")
def confirm(token: str) -> Response:
    """A person's binding yes, once."""
    only_customers()
    _see(token)
    if trapped():
        return make_response(_page(token, {}), 422)
    consent = Consent(
        terms_id=_number(clean("terms_id", 12)),
        accepted=request.form.get("terms") == "yes",
        ip=request.remote_addr or "",
        user_agent=request.user_agent.string,
    )
    try:
        book_appointment.book(token[:MAX_TOKEN], consent, now())
    except InvalidInput as error:
        problems = {str(error.data.get("field") or "terms"): said(error)}
        return make_response(_page(token, problems), 422)
    except InsufficientCredit:
        buy = book_appointment.top_up_link(token[:MAX_TOKEN], now())
        return make_response(_page(token, {}, short=True, buy=buy), 409)
    except (Conflict, Forbidden, TooManyTries) as error:
        return make_response(_page(token, {}, refused=said(error)), error.status)
    return redirect(url_for("booking.check", token=token, lang=asked_language()), 303)


def _see(token: str) -> Check:
    seen = book_appointment.check(token[:MAX_TOKEN], now())
    spoken_by(seen.appointment)
    return seen


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0


def _page(
    token: str,
    problems: dict[str, str],
    *,
    refused: str | None = None,
    short: bool = False,
    buy: str | None = None,
) -> str:
    seen = _see(token)
    row = seen.appointment
    booked = row.state not in ("hold", "expired")
    return page(
        "booked" if booked else "check",
        token=token,
        seen=seen,
        row=row,
        service=row.service,
        cost=seen.cost,
        problems=problems,
        refused=refused,
        short=short or (not booked and seen.cost.pays == "short"),
        buy=buy,
    )

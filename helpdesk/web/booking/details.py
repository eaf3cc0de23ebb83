"""Page 3: who books, and what it is about; a mailed link to the last page proves the address."""

from flask import make_response, redirect, request, url_for
from werkzeug.wrappers import Response

from helpdesk.actions import booking_price, describe_booking, hold_slot
from helpdesk.actions.describe_booking import Details
from helpdesk.booking.models import Appointment
from helpdesk.core.clock import now
from helpdesk.core.errors import Conflict, InvalidInput, NotFound, TooManyTries
from helpdesk.i18n import current_language
from helpdesk.web.booking.blueprint import MAX_TOKEN, blueprint, clean, page, spoken_by, trapped
from helpdesk.web.errors import said
from helpdesk.web.language import asked_language

FIELDS = {"name": 160, "email": 320, "company": 160, "phone": 40, "subject": 300, "text": 5000}


@blueprint.get("/book/draft/<token>")
def details(token: str) -> str:
    """The form; what was written before stands in it."""
    return _page(token, _draft(token), {})


@blueprint.post("/book/draft/<token>")
def describe(token: str) -> Response:
    """Keeps what was written and mails the link to the last page; wrong fields show the form again."""
    row = _draft(token)
    if trapped():
        return make_response(_page(token, row, {}), 422)
    typed = {field: clean(field, most) for field, most in FIELDS.items()}
    try:
        row = describe_booking.describe(
            token[:MAX_TOKEN], Details(**typed), language=current_language(), now=now()
        )
    except InvalidInput as error:
        problems = {str(error.data.get("field") or "name"): said(error)}
        return make_response(_page(token, row, problems), 422)
    except (Conflict, TooManyTries) as error:
        return make_response(_page(token, row, {}, refused=said(error)), error.status)
    return redirect(url_for("booking.sent", token=token, lang=asked_language()), 303)


@blueprint.get("/book/draft/<token>/sent")
def sent(token: str) -> str:
    """Says that the mail is on its way; the same for each address."""
    row = _draft(token)
    if row.proof_hash is None:
        raise NotFound("This link does not open anything.")
    return page("sent", row=row, token=token, service=row.service, live=_live(row))


@blueprint.post("/book/draft/<token>/extension")
def keep_longer(token: str) -> Response:
    """Ten more minutes, once."""
    row = _draft(token)
    try:
        hold_slot.keep_longer(token[:MAX_TOKEN], now())
    except Conflict as error:
        return make_response(_page(token, row, {}, refused=said(error)), 409)
    return redirect(url_for("booking.details", token=token, lang=asked_language()), 303)


def _draft(token: str) -> Appointment:
    row = hold_slot.draft(token[:MAX_TOKEN])
    if row.state not in ("hold", "expired"):
        raise NotFound("This link does not open anything.")
    spoken_by(row)
    return row


def _live(row: Appointment) -> bool:
    return row.state == "hold" and row.held_until is not None and row.held_until > now()


def _page(token: str, row: Appointment, problems: dict[str, str], refused: str | None = None) -> str:
    kept = {
        "name": row.name,
        "email": row.email,
        "company": row.company,
        "phone": row.phone,
        "subject": row.subject,
        "text": row.details,
    }
    typed = {field: clean(field, FIELDS[field]) for field in FIELDS} if request.method == "POST" else kept
    if not any(typed.values()):
        typed = kept
    return page(
        "details",
        token=token,
        row=row,
        service=row.service,
        cost=booking_price.cost(row.service, None, now()),
        typed=typed,
        problems=problems,
        refused=refused,
        live=_live(row),
    )

"""Changing or cancelling an appointment by the link in its mails: the page first, a form acts."""

from flask import make_response, redirect, url_for
from werkzeug.wrappers import Response

from helpdesk.actions import appointment_mail, change_appointment, share_calendar
from helpdesk.booking import invites
from helpdesk.booking.cancelling import is_late
from helpdesk.booking.models import Appointment
from helpdesk.core.clock import now
from helpdesk.core.errors import Conflict, InvalidInput
from helpdesk.web.booking.blueprint import (
    MAX_TOKEN,
    blueprint,
    only_customers,
    page,
    spoken_by,
    start_of_form,
    trapped,
)
from helpdesk.web.booking.times import shown_times
from helpdesk.web.downloads import download
from helpdesk.web.errors import said
from helpdesk.web.language import asked_language


@blueprint.get("/appointments/<token>")
def appointment(token: str) -> str:
    """What is booked, and what cancelling costs now; changes nothing."""
    return _page(token, _see(token))


@blueprint.post("/appointments/<token>/cancellation")
def cancel(token: str) -> Response:
    """The customer cancels."""
    only_customers()
    row = _see(token)
    if trapped():
        return make_response(_page(token, row), 422)
    try:
        change_appointment.cancel(token[:MAX_TOKEN], now())
    except Conflict as error:
        return make_response(_page(token, row, refused=said(error)), 409)
    return redirect(url_for("booking.appointment", token=token, lang=asked_language()), 303)


@blueprint.get("/appointments/<token>/time")
def other_times(token: str) -> str:
    """Free times to move it to; changes nothing."""
    return _times(token, _see(token), {})


@blueprint.post("/appointments/<token>/time")
def move(token: str) -> Response:
    """The customer takes another time; one that is gone shows the fresh ones."""
    only_customers()
    row = _see(token)
    try:
        change_appointment.move(token[:MAX_TOKEN], start_of_form(), now())
    except (Conflict, InvalidInput) as error:
        return make_response(_times(token, row, {"start": said(error)}), error.status)
    return redirect(url_for("booking.appointment", token=token, lang=asked_language()), 303)


@blueprint.get("/appointments/<token>/invite.ics")
def invitation(token: str) -> Response:
    """The appointment as a calendar file."""
    row = _see(token)
    cancelled = row.state.startswith("cancelled")
    content = appointment_mail.invitation(row, invites.CANCEL if cancelled else invites.REQUEST, now())
    return download(content, "invite.ics", "text/calendar")


@blueprint.get("/calendar/<token>.ics")
def feed(token: str) -> Response:
    """A specialist's sessions for their own calendar program; whoever has the address may read."""
    return download(share_calendar.calendar(token[:MAX_TOKEN], now()), "calendar.ics", "text/calendar")


def _see(token: str) -> Appointment:
    row = change_appointment.see(token[:MAX_TOKEN])
    spoken_by(row)
    return row


def _page(token: str, row: Appointment, refused: str | None = None) -> str:
    late = row.free_until is not None and is_late(row.free_until, now())
    ahead = row.state == "confirmed" and row.starts_at > now()
    return page(
        "appointment",
        token=token,
        row=row,
        service=row.service,
        late=late,
        ahead=ahead,
        problems={},
        refused=refused,
    )


def _times(token: str, row: Appointment, problems: dict[str, str]) -> str:
    return page(
        "move",
        token=token,
        row=row,
        service=row.service,
        shown=shown_times(row.service),
        part="",
        problems=problems,
        late=row.free_until is not None and is_late(row.free_until, now()),
    )

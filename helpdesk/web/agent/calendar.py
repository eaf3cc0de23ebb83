"""The agents' calendar: who is booked when, by week, and what becomes of a session."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from flask import flash, make_response, redirect, request, url_for
from werkzeug.wrappers import Response

from helpdesk.accounts.queries import active_agents
from helpdesk.actions import change_appointment, share_calendar
from helpdesk.actions import offer_times as offering
from helpdesk.booking import queries
from helpdesk.booking.cancelling import NO_SHOW_AFTER, UNDO
from helpdesk.booking.models import Appointment
from helpdesk.core.clock import now
from helpdesk.core.errors import Conflict, InvalidInput, NotFound
from helpdesk.core.wall_clock import start_of
from helpdesk.customers.queries import customer_names
from helpdesk.i18n import gettext as _
from helpdesk.tickets.queries import ticket_by_number
from helpdesk.web.agent.blueprint import blueprint
from helpdesk.web.agent.frame import page
from helpdesk.web.agent.office import calendar as office
from helpdesk.web.errors import said
from helpdesk.web.forms import whole_number
from helpdesk.web.guards import actor, me

WEEK = 7


@dataclass(frozen=True, slots=True)
class Session:
    """One line of the calendar, and what may be done with it now."""

    row: Appointment
    customer: str
    held: bool
    may_call_off: bool
    may_mark: bool
    may_undo: bool


@blueprint.get("/calendar")
def calendar() -> str:
    """Seven days from Monday on, of everybody or of one specialist."""
    monday = _monday()
    first, last = (start_of(day, time(0), office().zone) for day in (monday, monday + timedelta(days=WEEK)))
    chosen = _agent()
    rows = [row for row in queries.between(first, last) if chosen in (None, row.agent_id)]
    names = customer_names({row.customer_id for row in rows if row.customer_id})
    sessions = [_session(row, names, now()) for row in rows if row.state != "hold" or _held(row, now())]
    days = [monday + timedelta(days=n) for n in range(WEEK)]
    by_day = {
        day: [each for each in sessions if office().local_date(each.row.starts_at) == day] for day in days
    }
    return page(
        "agent/calendar.html",
        section="calendar",
        days={day: lines for day, lines in by_day.items() if lines or day.weekday() < 5},
        monday=monday,
        before=monday - timedelta(days=WEEK),
        after=monday + timedelta(days=WEEK),
        today=office().local_date(now()),
        any=bool(sessions),
        agents=active_agents(),
        chosen=chosen,
        shared=queries.feed_of(me().id) is not None,
    )


@blueprint.post("/appointments/<row:appointment_id>/calling-off")
def call_off(appointment_id: int) -> Response:
    """We cancel, free of charge, with three other times for the customer."""
    change_appointment.call_off(
        appointment_id, request.form.get("reason", "").replace("\x00", ""), by=actor(), now=now()
    )
    flash(_("The appointment was cancelled, and the customer was offered other times."))
    return redirect(_back(), 303)


@blueprint.post("/appointments/<row:appointment_id>/no-show")
def no_show(appointment_id: int) -> Response:
    """Nobody came, or that was a mistake."""
    if request.form.get("then") == "undo":
        change_appointment.undo_no_show(appointment_id, by=actor(), now=now())
        flash(_("The no-show was undone."))
    else:
        change_appointment.mark_no_show(appointment_id, by=actor(), now=now())
        flash(_("The no-show was marked."))
    return redirect(_back(), 303)


@blueprint.post("/calendar/address")
def calendar_address() -> Response:
    """Makes the secret address of the agent's own sessions, or revokes it."""
    if request.form.get("then") == "revoke":
        share_calendar.revoke(by=actor())
        flash(_("The address opens nothing any more."))
    else:
        address = share_calendar.make_address(by=actor(), now=now())
        flash(_("Copy this address into your calendar; it is shown only once: %(address)s", address=address))
    return redirect(_back(), 303)


@blueprint.get("/tickets/<ticket:number>/times")
def new_times(number: int) -> str:
    """The three times that would be offered of a service; sends nothing."""
    return _times(number)


@blueprint.post("/tickets/<ticket:number>/times")
def offer_times(number: int) -> Response:
    """Mails three times to the requester, who takes one with a click."""
    chosen = request.form.get("service", "")
    try:
        service_id = whole_number(chosen, low=1, high=999_999_999, field="service")
        offering.offer(number, service_id, by=actor(), now=now())
    except (Conflict, InvalidInput, NotFound) as error:
        return make_response(_times(number, said(error)), error.status)
    flash(_("The times are on their way."))
    return redirect(url_for("agent.ticket", number=number), 303)


def _times(number: int, refused: str | None = None) -> str:
    ticket = ticket_by_number(number)
    listed = queries.services()
    asked = request.values.get("service", "")
    chosen = next((each for each in listed if str(each.id) == asked), listed[0] if listed else None)
    return page(
        "agent/booking/offer.html",
        section="queue",
        number=number,
        to=ticket.contact.email,
        chosen=chosen,
        times=offering.choices(chosen, actor(), now()) if chosen else [],
        others=[each for each in listed if each is not chosen],
        refused=refused,
    )


def _session(row: Appointment, names: dict[int, tuple[str, str]], at: datetime) -> Session:
    confirmed = row.state == "confirmed"
    begun = confirmed and at >= row.starts_at + NO_SHOW_AFTER
    return Session(
        row,
        names[row.customer_id][1] if row.customer_id in names else row.company or row.name,
        row.state == "hold",
        confirmed and not begun,
        begun,
        row.state == "no_show" and row.ended_at is not None and at <= row.ended_at + UNDO,
    )


def _held(row: Appointment, at: datetime) -> bool:
    return row.held_until is not None and row.held_until > at


def _monday() -> date:
    today = office().local_date(now())
    try:
        asked = date.fromisoformat(request.args.get("week", "")[:10])
    except ValueError:
        asked = today
    near = asked if abs((asked - today).days) < 3660 else today
    return near - timedelta(days=near.weekday())


def _agent() -> int | None:
    asked = request.args.get("agent", "")
    return int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 10 else None


def _back() -> str:
    return url_for("agent.calendar", week=request.args.get("week"), agent=request.args.get("agent"))

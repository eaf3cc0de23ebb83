"""Setting up what can be booked: services, terms in versions, and each specialist's hours with a preview."""

from collections.abc import Mapping
from datetime import date, timedelta
from zoneinfo import available_timezones

from flask import flash, make_response, redirect, request, url_for
from werkzeug.wrappers import Response

from helpdesk.accounts.permissions import Permission, may
from helpdesk.accounts.queries import active_agents, agent_by_id
from helpdesk.actions import find_times, manage_booking
from helpdesk.actions.manage_booking import ServiceForm
from helpdesk.billing.price_list import ACTIVITIES
from helpdesk.booking import queries
from helpdesk.booking.slots import by_day
from helpdesk.core.clock import now
from helpdesk.core.errors import InvalidInput, NotFound
from helpdesk.core.languages import LANGUAGES
from helpdesk.i18n import gettext as _
from helpdesk.i18n import weekday
from helpdesk.web.agent.blueprint import blueprint
from helpdesk.web.agent.frame import page
from helpdesk.web.agent.office import calendar as office
from helpdesk.web.errors import said
from helpdesk.web.forms import whole_number
from helpdesk.web.guards import actor, me, require

_NUMBERS = {
    "minutes": (5, 480),
    "step": (5, 240),
    "buffer": (0, 240),
    "notice": (0, 6000),
    "horizon_days": (1, 400),
    "free_hours": (0, 720),
}
_USUAL = {
    "minutes": "60",
    "step": "30",
    "buffer": "0",
    "notice": "240",
    "horizon_days": "60",
    "free_hours": "24",
    "activity": "support",
    "active": "yes",
}
_ZONES = sorted(available_timezones())
_USUAL_DAY = "09:00-12:00 14:00-17:00"
#: What the preview shows of what customers see.
_PREVIEW_DAYS = 14


@blueprint.get("/settings/booking")
def booking_settings() -> str:
    """Services, everybody's hours, and the terms that hold."""
    return page(
        "agent/booking/settings.html",
        section="settings",
        services=queries.all_services(),
        staff=queries.staff_of_services(),
        agents=active_agents(),
        hours={each.agent_id: each for each in queries.all_hours()},
        terms=queries.terms_number(),
        lead=may(me(), Permission.EDIT_PROMISES),
    )


@blueprint.get("/settings/services/new")
def new_service() -> str:
    """The form for one more."""
    require(Permission.EDIT_PROMISES)
    return _service(None, _USUAL, set(), {})


@blueprint.get("/settings/services/<row:service_id>")
def service_settings(service_id: int) -> str:
    """One service in all its languages."""
    require(Permission.EDIT_PROMISES)
    found = next((each for each in queries.all_services() if each.id == service_id), None)
    if found is None:
        raise NotFound("There is no such service.")
    typed = {name: str(getattr(found, name)) for name in (*_NUMBERS, "activity")}
    typed |= {f"name_{code}": str(found.names.get(code, "")) for code in LANGUAGES}
    typed |= {f"text_{code}": str(found.texts.get(code, "")) for code in LANGUAGES}
    typed |= {"active": "yes"} if found.active else {}
    return _service(service_id, typed, set(queries.staff_of_services().get(service_id, [])), {})


@blueprint.post("/settings/services")
def add_service() -> Response:
    """Adds the service."""
    return _save_service(None)


@blueprint.post("/settings/services/<row:service_id>")
def save_service(service_id: int) -> Response:
    """Changes the service; what is booked stays as it is."""
    return _save_service(service_id)


@blueprint.get("/settings/hours/<row:agent_id>")
def hours(agent_id: int) -> str:
    """When one specialist can be booked, and what customers see of it."""
    return _hours(agent_id, {})


@blueprint.post("/settings/hours/<row:agent_id>")
def save_hours(agent_id: int) -> Response:
    """Saves the week; sessions outside of it are named, never dropped."""
    try:
        outside = manage_booking.save_hours(
            agent_id,
            request.form.get("zone", ""),
            [request.form.get(f"day{n}", "").strip() for n in range(7)],
            request.form.getlist("language"),
            by=actor(),
            now=now(),
        )
    except InvalidInput as error:
        problems = {str(error.data.get("field") or "day0"): said(error)}
        return make_response(_hours(agent_id, problems), 422)
    flash(_("The hours were saved."))
    if outside:
        flash(_("Appointments outside the new hours stay booked. They are named below."), "error")
    return redirect(url_for("agent.hours", agent_id=agent_id), 303)


@blueprint.post("/settings/hours/<row:agent_id>/days")
def save_day(agent_id: int) -> Response:
    """One day with other hours, or as usual again."""
    try:
        day = date.fromisoformat(request.form.get("day", "").strip()[:10])
    except ValueError:
        return make_response(_hours(agent_id, {"day": _("Write dates like 2026-12-24.")}), 422)
    try:
        if request.form.get("then") == "remove":
            manage_booking.remove_exception(agent_id, day, by=actor())
        else:
            manage_booking.save_exception(agent_id, day, request.form.get("hours", ""), by=actor())
    except InvalidInput as error:
        return make_response(_hours(agent_id, {"hours": said(error)}), 422)
    flash(_("The day was saved."))
    return redirect(url_for("agent.hours", agent_id=agent_id), 303)


@blueprint.get("/settings/terms")
def terms() -> str:
    """The terms that hold, in each language, to write the next version from."""
    require(Permission.EDIT_PROMISES)
    return _terms({code: queries.terms_text(code) for code in LANGUAGES}, {})


@blueprint.post("/settings/terms")
def publish_terms() -> Response:
    """Publishes the next version."""
    require(Permission.EDIT_PROMISES)
    texts = {code: request.form.get(code, "").replace("\x00", "").replace("\r\n", "\n") for code in LANGUAGES}
    try:
        number = manage_booking.publish_terms(texts, by=actor(), now=now())
    except InvalidInput as error:
        return make_response(_terms(texts, {str(error.data.get("field") or "en"): said(error)}), 422)
    flash(_("Version %(n)s of the terms is in force from now on.", n=number))
    return redirect(url_for("agent.booking_settings"), 303)


def _save_service(service_id: int | None) -> Response:
    require(Permission.EDIT_PROMISES)
    typed = {name: value.replace("\x00", "") for name, value in request.form.items()}
    agents = {int(each) for each in request.form.getlist("agent") if each.isascii() and each.isdigit()}
    try:
        numbers = {
            name: whole_number(typed.get(name, ""), low=low, high=high, field=name)
            for name, (low, high) in _NUMBERS.items()
        }
        form = ServiceForm(
            names={code: typed.get(f"name_{code}", "") for code in LANGUAGES},
            texts={code: typed.get(f"text_{code}", "") for code in LANGUAGES},
            activity=typed.get("activity", ""),
            agents=agents & {each.id for each in active_agents()},
            active=typed.get("active") == "yes",
            **numbers,
        )
        manage_booking.save_service(form, service_id, by=actor())
    except InvalidInput as error:
        problems = {str(error.data.get("field") or "minutes"): said(error)}
        return make_response(_service(service_id, typed, agents, problems), 422)
    flash(_("The service was saved."))
    return redirect(url_for("agent.booking_settings"), 303)


def _service(
    service_id: int | None, typed: Mapping[str, str], chosen: set[int], problems: dict[str, str]
) -> str:
    return page(
        "agent/booking/service.html",
        section="settings",
        service_id=service_id,
        typed=typed,
        chosen=chosen,
        agents=active_agents(),
        activities=ACTIVITIES,
        problems=problems,
    )


def _hours(agent_id: int, problems: dict[str, str]) -> str:
    agent = agent_by_id(agent_id)
    found = queries.hours_of(agent_id)
    week = found.week if found else [_USUAL_DAY] * 5 + ["", ""]
    typed = request.form if problems and "zone" in request.form else None
    offered = queries.service_of_agent(agent_id)
    today = office().local_date(now())
    seen = find_times.own_time(agent_id, offered, _PREVIEW_DAYS, now())
    return page(
        "agent/booking/hours.html",
        section="settings",
        agent=agent,
        may_change=agent_id == me().id or may(me(), Permission.EDIT_PROMISES),
        weekdays=[weekday(n) for n in range(7)],
        week=[typed.get(f"day{n}", "") if typed else week[n] for n in range(7)],
        zone=typed.get("zone", "") if typed else found.zone if found else office().zone.key,
        zones=_ZONES,
        spoken=typed.getlist("language") if typed else found.languages if found else [agent.language],
        exceptions=queries.exceptions_of(agent_id, today),
        offered=offered,
        seen=by_day(seen.slots, seen.zone),
        changes=_clock_changes(today),
        outside=seen.outside if found else [],
        problems=problems,
        typed=request.form,
    )


def _clock_changes(today: date) -> list[date]:
    """Days of the preview on which the clocks change: hours are wall time, so nothing has to be done."""
    days = [today + timedelta(days=n) for n in range(_PREVIEW_DAYS)]
    return [day for day in days if (office().day(day).ends - office().day(day).starts) != timedelta(days=1)]


def _terms(texts: Mapping[str, str], problems: dict[str, str]) -> str:
    return page(
        "agent/booking/terms.html",
        section="settings",
        texts=texts,
        number=queries.terms_number(),
        problems=problems,
    )

"""Pages 1 and 2: which service, and when. Choosing a time holds it for ten minutes."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from flask import make_response, redirect, request, url_for
from werkzeug.wrappers import Response

from helpdesk.actions import booking_price, find_times, hold_slot
from helpdesk.actions.booking_price import Cost
from helpdesk.booking import queries
from helpdesk.booking.models import Appointment, Service
from helpdesk.booking.slots import Slot, by_day
from helpdesk.core.clock import now
from helpdesk.core.errors import Conflict, InvalidInput, NotFound, TooManyTries
from helpdesk.core.languages import LANGUAGES
from helpdesk.i18n import current_language
from helpdesk.web.booking.blueprint import MAX_TOKEN, blueprint, page, spoken_by, start_of_form
from helpdesk.web.errors import said
from helpdesk.web.language import asked_language

#: How many days a page shows.
DAYS = 7
NOON = 12


@dataclass(frozen=True, slots=True)
class Shown:
    """A stretch of days with free times, and where earlier and later lead."""

    days: dict[date, list[Slot]]
    first: date
    earlier: date | None
    later: date | None
    next_at: datetime | None


@blueprint.get("/book")
def services() -> str:
    """What can be booked, each with length, price and what it is for."""
    offered = [(each, booking_price.cost(each, None, now())) for each in queries.services()]
    return page("services", offered=offered)


@blueprint.get("/book/<row:service_id>")
def times(service_id: int) -> str:
    """The free times of some days; changes nothing."""
    return _page(queries.service(service_id), {})


@blueprint.post("/book/<row:service_id>/holds")
def hold(service_id: int) -> Response:
    """Holds the chosen time and goes on to the details; a time that is gone shows the fresh ones."""
    service = queries.service(service_id)
    token = request.args.get("draft", "")[:MAX_TOKEN]
    try:
        start = start_of_form()
        if token:
            hold_slot.choose_again(token, start, agent_id=None, now=now())
        else:
            token = hold_slot.hold(
                service_id,
                start,
                agent_id=None,
                language=current_language() if current_language() in LANGUAGES else "en",
                ip=request.remote_addr or "",
                now=now(),
            )
    except (Conflict, InvalidInput, TooManyTries) as error:
        return make_response(_page(service, {"start": said(error)}), error.status)
    return redirect(url_for("booking.details", token=token, lang=asked_language()), 303)


def _page(service: Service, problems: dict[str, str]) -> str:
    draft = _draft()
    cost: Cost = booking_price.cost(service, None, now())
    return page(
        "times",
        service=service,
        cost=cost,
        shown=_shown(service, _day()),
        part=_part(),
        day=_day(),
        draft=request.args.get("draft") if draft else None,
        kept=draft,
        problems=problems,
    )


def shown_times(service: Service) -> Shown:
    """The same days for another page that lets people choose a time."""
    return _shown(service, _day())


def _shown(service: Service, wanted: date | None) -> Shown:
    """One stretch of days, out of all free times up to the horizon."""
    at = now()
    found = find_times.times(service, find_times.office_day(at), service.horizon_days + 1, now=at)
    begin = min(max(wanted or found.first, found.first), found.last)
    after = begin + timedelta(days=DAYS)
    days = by_day([slot for slot in found.slots if _fits(slot, found.zone)], found.zone)
    here = {day: slots for day, slots in days.items() if begin <= day < after}
    next_day = min((day for day in days if day >= after), default=None)
    return Shown(
        here,
        begin,
        max(begin - timedelta(days=DAYS), found.first) if begin > found.first else None,
        after if after <= found.last else None,
        days[next_day][0].start if not here and next_day else None,
    )


def _fits(slot: Slot, zone: object) -> bool:
    morning = slot.start.astimezone(zone).hour < NOON  # type: ignore[arg-type]
    return {"morning": morning, "afternoon": not morning}.get(_part(), True)


def _part() -> str:
    asked = request.args.get("part", "")
    return asked if asked in ("morning", "afternoon") else ""


def _day() -> date | None:
    try:
        return date.fromisoformat(request.args.get("from", "")[:10])
    except ValueError:
        return None


def _draft() -> Appointment | None:
    token = request.args.get("draft", "")[:MAX_TOKEN]
    if not token:
        return None
    try:
        row = hold_slot.draft(token)
    except NotFound:
        return None
    spoken_by(row)
    return row

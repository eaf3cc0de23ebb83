"""Who is away, and who stands in: agents enter their own days, leads anybody's."""

from datetime import date

from flask import flash, make_response, redirect, request, url_for
from werkzeug.wrappers import Response

from helpdesk.accounts.permissions import Permission, may
from helpdesk.accounts.queries import absences_from, active_agents
from helpdesk.actions import manage_absences
from helpdesk.core.clock import now
from helpdesk.core.errors import InvalidInput
from helpdesk.i18n import gettext as _
from helpdesk.web.agent.blueprint import blueprint
from helpdesk.web.agent.frame import page
from helpdesk.web.agent.office import calendar
from helpdesk.web.errors import said
from helpdesk.web.forms import whole_number
from helpdesk.web.guards import actor, me


@blueprint.get("/absences")
def absences() -> str:
    """Who is or will be away, and the form for more."""
    return _page({})


@blueprint.post("/absences")
def add_absence() -> Response:
    """Adds days of absence."""
    try:
        first = _day("first")
        last = _day("last") if request.form.get("last") else first
        manage_absences.add_absence(_agent("agent") or me().id, first, last, _agent("stand_in"), by=actor())
    except InvalidInput as error:
        return make_response(_page({str(error.data.get("field") or "first"): said(error)}), 422)
    flash(_("The absence was saved."))
    return redirect(url_for("agent.absences"), 303)


@blueprint.post("/absences/<row:absence_id>/removal")
def remove_absence(absence_id: int) -> Response:
    """The agent is there after all."""
    manage_absences.remove_absence(absence_id, by=actor())
    flash(_("The absence was removed."))
    return redirect(url_for("agent.absences"), 303)


def _page(problems: dict[str, str]) -> str:
    lead = may(me(), Permission.EDIT_PROMISES)
    return page(
        "agent/absences.html",
        section="settings",
        problems=problems,
        typed=request.form,
        absences=absences_from(calendar().local_date(now())),
        agents=active_agents(),
        lead=lead,
    )


def _day(field: str) -> date:
    try:
        return date.fromisoformat(request.form.get(field, "").strip())
    except ValueError:
        raise InvalidInput("Write dates like 2026-12-24.", field=field) from None


def _agent(field: str) -> int | None:
    chosen = request.form.get(field, "")
    return whole_number(chosen, low=1, high=999_999_999, field=field) if chosen else None

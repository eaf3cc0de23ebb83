"""Views that agents made: their pages, and how they are made and removed."""

from flask import flash, redirect, request, url_for
from werkzeug.wrappers import Response

from helpdesk.accounts.permissions import Permission, may
from helpdesk.actions import manage_views
from helpdesk.core.clock import now
from helpdesk.core.errors import InvalidInput
from helpdesk.i18n import gettext as _
from helpdesk.reports.queue import asker, listing
from helpdesk.tickets.question import read
from helpdesk.tickets.queue_queries import due_page
from helpdesk.tickets.view_queries import saved_view, wanted
from helpdesk.tickets.views import read_cursor
from helpdesk.web.agent.blueprint import blueprint
from helpdesk.web.agent.frame import page
from helpdesk.web.agent.office import book
from helpdesk.web.agent.queue import list_made
from helpdesk.web.errors import said
from helpdesk.web.guards import actor, me


@blueprint.get("/views/<row:view_id>")
def saved(view_id: int) -> str | Response:
    """One page of the view, what is due next first."""
    view, at, after = saved_view(view_id, me().id), now(), read_cursor(request.args.get("after", ""))
    try:
        question = read(view.question)
    except InvalidInput:
        return redirect(url_for("agent.search", q=view.question), 303)  # it says what is wrong
    who = asker(me().id, book().main, list_made(after, at))
    mine = view.agent_id == me().id
    return page(
        "agent/saved.html",
        section="queue",
        saved=view,
        found=listing(due_page(wanted(question, who), who, after), book(), at),
        first_page=after is None,
        removable=mine or may(me(), Permission.EDIT_SHARED_VIEWS),
    )


@blueprint.post("/views")
def keep_view() -> Response:
    """Keeps the question of the search field as a view."""
    name, question = request.form.get("name", ""), request.form.get("q", "")
    try:
        shared = request.form.get("shared") == "y"
        view_id = manage_views.keep(name, question, shared=shared, by=actor(), now=now())
    except InvalidInput as error:
        flash(said(error), "error")
        return redirect(url_for("agent.search", q=question), 303)
    flash(_("The view stands on the left."))
    return redirect(url_for("agent.saved", view_id=view_id), 303)


@blueprint.post("/views/<row:view_id>/removal")
def remove_view(view_id: int) -> Response:
    """Removes the view; its tickets stay as they are."""
    manage_views.remove(view_id, by=actor())
    flash(_("The view was removed."))
    return redirect(url_for("agent.queue"), 303)

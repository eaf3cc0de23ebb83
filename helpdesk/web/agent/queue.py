"""The queue: views, one page at a time."""

from datetime import datetime, timedelta

from flask import abort, redirect, request, url_for
from werkzeug.wrappers import Response

from helpdesk.core.clock import now
from helpdesk.i18n import gettext as _
from helpdesk.i18n import lazy
from helpdesk.reports.queue import asker, listing
from helpdesk.tickets.queue_queries import view_page
from helpdesk.tickets.views import BY_CHANGE, Cursor, View, read_cursor
from helpdesk.web.agent.blueprint import blueprint
from helpdesk.web.agent.frame import VIEWS, page
from helpdesk.web.agent.office import book
from helpdesk.web.guards import me

_NAMES = frozenset(view.value for view in View)

#: What an empty view says, and the view that has work instead.
_EMPTY = {
    View.OPEN: (lazy("Everything is answered."), View.CUSTOMER),
    View.MINE: (lazy("Nothing is assigned to you."), View.UNASSIGNED),
    View.UNASSIGNED: (lazy("Every open ticket has somebody who takes care of it."), View.OPEN),
    View.DUE_TODAY: (lazy("Nothing is due today."), View.OPEN),
    View.URGENT: (lazy("No customer has accepted urgent handling."), View.OPEN),
    View.ACCEPTANCE: (lazy("No offer waits for an answer."), View.OPEN),
    View.CUSTOMER: (lazy("No ticket waits for its customer."), View.OPEN),
    View.CLOSED: (lazy("No ticket was closed yet."), View.OPEN),
}


@blueprint.get("/")
def home() -> Response:
    """The queue is where the day starts."""
    return redirect(url_for("agent.queue"), 303)


@blueprint.get("/queue", defaults={"name": View.OPEN.value})
@blueprint.get("/queue/<name>")
def queue(name: str) -> str:
    """One page of a view, what is due next first."""
    if name not in _NAMES:
        abort(404)
    view, at = View(name), now()
    after = read_cursor(request.args.get("after", ""))
    found = listing(view_page(view, asker(me().id, book().main, list_made(after, at)), after), book(), at)
    sentence, instead = _EMPTY[view]
    return page(
        "agent/queue.html",
        section="queue",
        view=view,
        title=_(VIEWS[view][0]),
        found=found,
        first_page=after is None,
        by_change=view in BY_CHANGE,
        empty=_(sentence),
        instead=instead,
        instead_name=_(VIEWS[instead][0]),
    )


def list_made(after: Cursor | None, at: datetime) -> datetime:
    """For which moment the list is made: that of its first page, for whoever leafs through it."""
    made = after.made if after else None
    return made if made is not None and at - timedelta(days=1) < made <= at else at

"""Search over everything that agents may see, with filters."""

from flask import make_response, redirect, request, url_for
from werkzeug.wrappers import Response

from helpdesk.core.clock import now
from helpdesk.core.errors import InvalidInput
from helpdesk.i18n import gettext as _
from helpdesk.reports.queue import asker, listing
from helpdesk.tickets.question import EXPLAINED, LONGEST, read
from helpdesk.tickets.queue_queries import search_page
from helpdesk.tickets.views import read_cursor
from helpdesk.web.agent.blueprint import blueprint
from helpdesk.web.agent.frame import page
from helpdesk.web.agent.office import book
from helpdesk.web.errors import said
from helpdesk.web.guards import me


@blueprint.get("/search")
def search() -> Response:
    """Tickets that answer the question; a number after # opens the ticket, a broken filter is explained."""
    words = " ".join(request.args.get("q", "").replace("\x00", "").split())[:LONGEST]
    number = words.removeprefix("#")
    if words.startswith("#") and number.isascii() and number.isdigit() and len(number) <= 17:
        return redirect(url_for("agent.ticket", number=int(number)), 303)
    after, at = read_cursor(request.args.get("after", "")), now()
    found, problem = None, None
    try:
        question = read(words)
    except InvalidInput as error:
        problem = said(error)
    else:
        if question.terms or question.filters:
            who = asker(me().id, book().main, at)
            found = listing(search_page(question, who, after), book(), at)
    text = page(
        "agent/search.html",
        section="queue",
        words=words,
        found=found,
        problem=problem,
        explained=[(example, _(sentence), values) for example, sentence, values in EXPLAINED],
        first_page=after is None,
    )
    return make_response(text, 422 if problem else 200)

"""One handler for every way to fail: a page with a sentence that says what to do; details go to the log."""

from datetime import datetime
from uuid import uuid4

import structlog
from flask import Flask, make_response, request
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import IntegrityError, OperationalError
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response

from helpdesk.core.clock import now
from helpdesk.core.errors import HelpdeskError
from helpdesk.db import db
from helpdesk.i18n import gettext as _
from helpdesk.i18n import lazy
from helpdesk.web.pages import plain_page

log = structlog.get_logger()

# Title and advice for each status; the title is all that a stranger learns.
_PAGES = {
    400: (
        lazy("This request could not be understood"),
        lazy("Go back, reload the page and try again. What you typed is still in the form there."),
    ),
    403: (
        lazy("You may not do this"),
        lazy("If you need it for your work, ask a lead or an administrator for the right."),
    ),
    404: (
        lazy("There is nothing here"),
        lazy("The address may be mistyped, or the entry is not for you. Start again from the queue."),
    ),
    405: (
        lazy("This address does not work that way"),
        lazy("Go back and use the button on the page."),
    ),
    409: (
        lazy("Somebody was faster"),
        lazy("The entry has changed in the meantime. Go back, reload it and decide again."),
    ),
    413: (
        lazy("This is too large"),
        lazy("Send a smaller file, or several messages with one file each."),
    ),
    422: (
        lazy("Something in the form is missing or wrong"),
        lazy("Go back, correct it and send the form again."),
    ),
    429: (
        lazy("Too many attempts"),
        lazy("Wait a few minutes and try again."),
    ),
    500: (
        lazy("Something went wrong on our side"),
        lazy(
            "Nothing was half done: try again. If it happens again, tell your administrator the number below."
        ),
    ),
    503: (
        lazy("The service is busy for a moment"),
        lazy("Nothing was lost. Try again in a minute."),
    ),
}


def register(app: Flask) -> None:
    """Installs the handlers; nothing reaches the browser unhandled, in no environment."""
    app.register_error_handler(HelpdeskError, _told)
    app.register_error_handler(CSRFError, _stale_form)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(IntegrityError, _twice)
    app.register_error_handler(OperationalError, _busy)
    app.register_error_handler(Exception, _unexpected)


def error_page(status: int, sentence: str | None = None, number: str | None = None) -> Response:
    """The page for a status; `sentence` is said instead of the usual advice."""
    title, advice = _PAGES.get(status) or _PAGES[400 if status < 500 else 500]
    html = plain_page(
        "errors/error.html", status=status, title=_(title), advice=sentence or _(advice), number=number
    )
    return make_response(html, status)


def said(error: HelpdeskError) -> str:
    """The error's sentence in the reader's language."""
    values = {name: value for name, value in error.data.items() if not isinstance(value, (bytes, datetime))}
    return _(error.message, **values)


def _told(error: HelpdeskError) -> Response:
    db.session.rollback()
    if error.status >= 500:
        log.error("page_failed", path=request.path, error=type(error).__name__)
    response = error_page(error.status, None if error.status == 404 else said(error))
    until = error.data.get("until")
    if isinstance(until, datetime):
        response.headers["Retry-After"] = str(max(1, int((until - now()).total_seconds())))
    return response


def _stale_form(_error: CSRFError) -> Response:
    return error_page(
        400, _("This form is too old or was opened elsewhere. Reload the page and send it again.")
    )


def _http(error: HTTPException) -> Response:
    if error.response is not None or error.code is None or error.code < 400:
        return error.get_response()
    response = error_page(error.code)
    if error.code == 405 and (allowed := dict(error.get_headers()).get("Allow")):
        response.headers["Allow"] = allowed
    return response


def _twice(error: IntegrityError) -> Response:
    db.session.rollback()
    log.warning("page_conflict", path=request.path, error=type(error.orig).__name__)
    return error_page(409, _("This was done already. Reload the page to see the result."))


def _busy(error: OperationalError) -> Response:
    db.session.rollback()
    log.error("page_database_away", path=request.path, error=type(error.orig).__name__)
    response = error_page(503)
    response.headers["Retry-After"] = "10"
    return response


def _unexpected(error: Exception) -> Response:
    db.session.rollback()
    number = uuid4().hex[:8]
    log.error("page_crashed", path=request.path, number=number, exc_info=error)
    return error_page(500, number=number)

"""What agents do with a ticket by one button: answer, note, correct, assign, close, reopen."""

from flask import flash, make_response, redirect, request, url_for
from werkzeug.wrappers import Response

from helpdesk.actions import answer_ticket, manage_tickets, triage_ticket
from helpdesk.actions.answer_ticket import Upload
from helpdesk.core.clock import now
from helpdesk.core.errors import InvalidInput, NotFound
from helpdesk.i18n import gettext as _
from helpdesk.mail.models import OutgoingMail
from helpdesk.reports.mail_queues import outgoing
from helpdesk.tickets.queries import message_of
from helpdesk.web.agent.blueprint import blueprint
from helpdesk.web.agent.ticket import Draft, ticket_page
from helpdesk.web.errors import said
from helpdesk.web.forms import CorrectionForm, TextForm
from helpdesk.web.guards import actor

MAX_FILES = 20


@blueprint.post("/tickets/<ticket:number>/replies")
def reply(number: int) -> Response:
    """Sends the text to the customer; with `close` the case ends as well."""
    form, closes = TextForm(), request.form.get("then") == "close"
    old = _replaced(number)
    kept = request.form.getlist("kept")
    try:
        _checked(form)
        message = answer_ticket.reply(
            number,
            form.text.data,
            by=actor(),
            now=now(),
            close=closes,
            attachments=_uploads(),
            key=form.key.data or None,
            instead_of=old.id if old else None,
            kept=kept,
        )
    except InvalidInput as error:
        files = [file for file in old.attachments if file["sha256"] in kept] if old else []
        return _again(number, Draft("reply", form.text.data or "", said(error), old, files))
    flash(
        _("The answer leaves in 10 seconds and the ticket is closed.")
        if closes
        else _("The answer leaves in 10 seconds."),
        f"leaving:{message_of(number, message).outgoing_mail_id}",
    )
    return _back(number)


def _replaced(number: int) -> OutgoingMail | None:
    """The answer whose place the one in the form takes; raises NotFound for another ticket's."""
    name = request.form.get("instead_of", "")
    if not (name.isascii() and name.isdigit() and len(name) < 10):
        return None
    mail = outgoing(int(name))
    if mail.ticket_number != number:
        raise NotFound("There is no such message.")
    return mail


@blueprint.post("/tickets/<ticket:number>/notes")
def note(number: int) -> Response:
    """Keeps the text for colleagues; nothing is sent."""
    form = TextForm()
    try:
        _checked(form)
        answer_ticket.note(number, form.text.data, by=actor(), now=now())
    except InvalidInput as error:
        return _again(number, Draft("note", form.text.data or "", said(error)))
    flash(_("The note was kept. The customer does not see it."))
    return _back(number)


@blueprint.post("/tickets/<ticket:number>/correction")
def correct(number: int) -> Response:
    """An agent's word on the class, the kind or the urgency; it outranks the rules."""
    form = CorrectionForm()
    triage_ticket.correct(
        number,
        form.field.data or "",
        form.value.data or "",
        reason=(form.reason.data or "")[:500],
        by=actor(),
        now=now(),
    )
    flash(_("Corrected. Your word outranks the rules on this ticket."))
    return _back(number)


@blueprint.post("/tickets/<ticket:number>/assignment")
def assign(number: int) -> Response:
    """Gives the ticket to an agent, or back to all with an empty choice."""
    chosen = request.form.get("agent", "")
    if chosen and not (chosen.isascii() and chosen.isdigit() and len(chosen) < 10):
        raise InvalidInput("This person cannot take tickets.", field="agent")
    manage_tickets.assign(number, int(chosen) if chosen else None, by=actor(), now=now())
    return _back(number)


@blueprint.post("/tickets/<ticket:number>/closure")
def close(number: int) -> Response:
    """Ends the case without an answer."""
    manage_tickets.close(number, by=actor(), now=now())
    flash(_("The ticket is closed."))
    return _back(number)


@blueprint.post("/tickets/<ticket:number>/reopening")
def reopen(number: int) -> Response:
    """Takes the case up again."""
    manage_tickets.reopen(number, by=actor(), now=now())
    flash(_("The ticket is open again, with a promise that starts now."))
    return _back(number)


def _checked(form: TextForm) -> None:
    if not form.validate_on_submit():
        raise InvalidInput(next(iter(form.errors.values()))[0])


def _uploads() -> list[Upload]:
    files = [file for file in request.files.getlist("files") if file.filename]
    if len(files) > MAX_FILES:
        raise InvalidInput("Attach %(n)s files at most.", n=MAX_FILES)
    return [Upload(file.filename or "", file.mimetype or "", file.read()) for file in files]


def _again(number: int, draft: Draft) -> Response:
    return make_response(ticket_page(number, draft), 422)


def _back(number: int) -> Response:
    return redirect(url_for("agent.ticket", number=number), 303)

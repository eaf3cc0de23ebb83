"""What agents do by one button with a mail that has not arrived, and a lead with the brake."""

from flask import flash, redirect, request, url_for
from werkzeug.wrappers import Response

from helpdesk.accounts.permissions import Permission
from helpdesk.actions import brake, manage_outbox
from helpdesk.core.clock import now
from helpdesk.i18n import gettext as _
from helpdesk.i18n import ngettext
from helpdesk.web.agent.blueprint import blueprint
from helpdesk.web.guards import actor, back_path, require


@blueprint.post("/outbox/<row:mail_id>/withdrawal")
def take_back(mail_id: int) -> Response:
    """Takes an answer back before it left; its text and files are in the composer again."""
    number = manage_outbox.take_back(mail_id, by=actor(), now=now())
    flash(_("The answer was taken back. Nothing was sent, and your text is below."))
    return redirect(url_for("agent.ticket", number=number, _anchor="composer"), 303)


@blueprint.post("/outbox/<row:mail_id>/retry")
def send_again(mail_id: int) -> Response:
    """Sends a mail once more that failed or of which nobody knows."""
    manage_outbox.try_again(mail_id, by=actor(), now=now())
    flash(_("The mail is sent once more now."))
    return redirect(back_path(url_for("agent.outgoing", mail_id=mail_id)), 303)


@blueprint.post("/outbox/<row:mail_id>/arrival")
def mail_arrived(mail_id: int) -> Response:
    """A person found out that a mail in doubt did arrive."""
    manage_outbox.arrived(mail_id, by=actor(), now=now())
    flash(_("The mail is marked as sent."))
    return redirect(back_path(url_for("agent.outgoing", mail_id=mail_id)), 303)


@blueprint.post("/outbox/<row:mail_id>/dropping")
def drop_draft(mail_id: int) -> Response:
    """Forgets an answer that was taken back."""
    number = manage_outbox.drop_draft(mail_id, by=actor())
    flash(_("The draft was thrown away."))
    target = url_for("agent.ticket", number=number) if number else url_for("agent.outbox")
    return redirect(target, 303)


@blueprint.post("/health/brake-release")
def release_brake() -> Response:
    """Lets automatic mail leave again, or puts what waits away first."""
    require(Permission.RELEASE_MAIL)
    put_away = request.form.get("waiting") == "put_away"
    n = brake.release(put_away=put_away, by=actor(), now=now())
    if put_away:
        flash(ngettext("%(n)s automatic mail was put away.", "%(n)s automatic mails were put away.", n))
    else:
        flash(ngettext("%(n)s automatic mail leaves now.", "%(n)s automatic mails leave now.", n))
    return redirect(url_for("agent.health"), 303)

"""Mail that left, mail that waits in quarantine, and the path of one message."""

import re
from collections.abc import Mapping

from flask import abort, flash, make_response, redirect, request, url_for
from werkzeug.wrappers import Response

from helpdesk.accounts.permissions import Permission
from helpdesk.actions import quarantine as acts
from helpdesk.core.clock import now
from helpdesk.core.errors import InvalidInput
from helpdesk.i18n import gettext as _
from helpdesk.mail.models import OUT_STATES
from helpdesk.mail.parse import parse_header_only
from helpdesk.mail.queries import raw_mail
from helpdesk.reports import mail_queues
from helpdesk.reports.flight import flight
from helpdesk.web.agent.blueprint import blueprint
from helpdesk.web.agent.frame import page
from helpdesk.web.agent.secrecy import without_secrets
from helpdesk.web.agent.telling import told_failure, told_kept, told_steps
from helpdesk.web.agent.why import told_verdict
from helpdesk.web.downloads import download, mail_frame
from helpdesk.web.errors import said
from helpdesk.web.forms import ReasonForm
from helpdesk.web.guards import actor, require

_HEADERS_SHOWN = 32_000


@blueprint.get("/outbox")
def outbox() -> str:
    """Outgoing mail, the newest first, all or by state."""
    state = request.args.get("state") or None
    if state is not None and state not in OUT_STATES:
        abort(404)
    mails, mark = mail_queues.outbox_page(_after(), state)
    return page("agent/outbox.html", section="mail", mails=mails, mark=mark, state=state)


@blueprint.get("/outbox/<row:mail_id>")
def outgoing(mail_id: int) -> str:
    """One outgoing mail as its receiver sees it, with what became of it."""
    mail = mail_queues.outgoing(mail_id)
    return page("agent/outgoing.html", section="mail", mail=mail, body=without_secrets(mail.body_text))


@blueprint.get("/outbox/<row:mail_id>/html")
def outgoing_html(mail_id: int) -> Response:
    """The HTML of an outgoing mail, for its frame."""
    mail = mail_queues.outgoing(mail_id)
    if mail.body_html is None:
        abort(404)
    return mail_frame(without_secrets(mail.body_html), {})


@blueprint.get("/quarantine")
def quarantine() -> str:
    """Messages that could not be handled, with the reason; or those that were put away."""
    require(Permission.READ_MAIL_QUEUES)
    discarded = request.args.get("state") == "discarded"
    found, mark = mail_queues.quarantine_page(_after(), discarded=discarded)
    mails = [(each.mail, parse_header_only(each.head, ""), told_kept(each.mail)) for each in found]
    return page("agent/quarantine.html", section="mail", mails=mails, mark=mark, discarded=discarded)


@blueprint.get("/mail/<row:raw_id>")
def flight_record(raw_id: int) -> str:
    """The path of one message: stored, matched by what, which rules hit, what followed (M7)."""
    require(Permission.READ_MAIL_QUEUES)
    return _record(raw_id, {})


@blueprint.get("/mail/<row:raw_id>/raw")
def raw(raw_id: int) -> Response:
    """The message byte for byte, as a download."""
    require(Permission.READ_MAIL_QUEUES)
    return download(raw_mail(raw_id).raw, f"mail-{raw_id}.eml", "message/rfc822")


@blueprint.post("/quarantine/<row:raw_id>/retry")
def retry(raw_id: int) -> Response:
    """Hands the message to the workers again."""
    acts.retry(raw_id, by=actor(), now=now())
    flash(_("The message is tried again now."))
    return redirect(url_for("agent.quarantine"), 303)


@blueprint.post("/quarantine/<row:raw_id>/discarding")
def discard(raw_id: int) -> Response:
    """Puts the message away with a reason; it stays readable."""
    require(Permission.DISCARD_MAIL)
    form = ReasonForm()
    try:
        acts.discard(raw_id, (form.reason.data or "")[:500], by=actor(), now=now())
    except InvalidInput as error:
        return make_response(_record(raw_id, {"reason": said(error)}), 422)
    flash(_("The message was put away. Its record stays."))
    return redirect(url_for("agent.quarantine"), 303)


@blueprint.post("/quarantine/<row:raw_id>/taking-back")
def take_mail_back(raw_id: int) -> Response:
    """What was put away waits in quarantine again."""
    require(Permission.DISCARD_MAIL)
    acts.take_back(raw_id, by=actor(), now=now())
    flash(_("The message is in quarantine again."))
    return redirect(url_for("agent.flight_record", raw_id=raw_id), 303)


@blueprint.post("/quarantine/<row:raw_id>/ticket")
def make_ticket(raw_id: int) -> Response:
    """Opens a ticket that holds the message as a file."""
    number = acts.to_ticket(raw_id, by=actor(), now=now())
    flash(_("The message is ticket #%(number)s now.", number=number))
    return redirect(url_for("agent.ticket", number=number), 303)


def _record(raw_id: int, problems: Mapping[str, str]) -> str:
    found = flight(raw_id)
    mail = found.mail
    return page(
        "agent/record.html",
        section="mail",
        mail=mail,
        failure=told_failure(mail.error),
        flight=found,
        head=parse_header_only(mail.raw[:_HEADERS_SHOWN], ""),
        steps=told_steps(mail.path),
        verdict=told_verdict(found.verdict),
        missed=(found.verdict.data.get("misses") or []) if found.verdict else [],
        ticket=found.ticket,
        headers=_headers(mail.raw),
        problems=problems,
    )


def _headers(raw: bytes) -> str:
    """The header block as text, as it came; capped, because some are larger than the rest of the page."""
    block = re.split(rb"\r?\n\r?\n", raw[:_HEADERS_SHOWN], maxsplit=1)[0]
    return block.decode("utf-8", "replace").replace("\x00", "\ufffd").replace("\r\n", "\n")


def _after() -> int | None:
    mark = request.args.get("after", "")
    return int(mark) if mark.isascii() and mark.isdigit() and len(mark) < 10 else None

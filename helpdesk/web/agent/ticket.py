"""One ticket: its page, its mail in a frame, its files."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from flask import abort, redirect, request, url_for
from werkzeug.wrappers import Response

from helpdesk.actions import show_pictures
from helpdesk.actions.context import context
from helpdesk.actions.show_pictures import shown_html
from helpdesk.core.clock import now
from helpdesk.core.errors import NotFound, Unavailable
from helpdesk.i18n import gettext as _
from helpdesk.mail.models import OutgoingMail
from helpdesk.reports.mail_queues import outgoing
from helpdesk.reports.ticket import Case, case
from helpdesk.tickets.models import TicketMessage
from helpdesk.tickets.queries import attachment_of, message_of
from helpdesk.tickets.storage import Damaged
from helpdesk.triage.facts import KINDS
from helpdesk.web.agent.blueprint import blueprint
from helpdesk.web.agent.frame import page
from helpdesk.web.agent.office import book
from helpdesk.web.agent.placed import opening_place, told_places
from helpdesk.web.agent.promises import told_promise
from helpdesk.web.agent.secrecy import without_secrets
from helpdesk.web.agent.telling import kind_name, told_event
from helpdesk.web.agent.triage import hidden, told_time_box
from helpdesk.web.agent.why import marked, told_verdict
from helpdesk.web.downloads import INLINE_BYTES, INLINE_TYPES, download, mail_frame
from helpdesk.web.guards import actor, me

#: Shown of one message; an honest one is far below, a hostile one must not make a page of megabytes.
SHOWN_LETTERS = 60_000


@dataclass(frozen=True, slots=True)
class Draft:
    """What stands in the composer: which tab is open, the text, and what is wrong with it."""

    mode: str = "reply"
    text: str = ""
    problem: str | None = None
    #: The answer that this one takes the place of, and its files: taken back, or failed and edited now.
    mail: OutgoingMail | None = None
    files: Sequence[Mapping[str, Any]] = ()


@blueprint.get("/tickets/<ticket:number>")
def ticket(number: int) -> str:
    """The conversation, the composer, and what is known around it."""
    edited = request.args.get("edit", "")
    if edited.isascii() and edited.isdigit() and len(edited) < 10:
        mail = outgoing(int(edited))
        if mail.ticket_number != number or mail.state not in ("failed", "unknown") or not mail.written:
            abort(404)
        return ticket_page(number, _draft_of(mail))
    return ticket_page(number, Draft("note") if request.args.get("compose") == "note" else None)


def _draft_of(mail: OutgoingMail) -> Draft:
    return Draft(text=mail.written or "", mail=mail, files=mail.attachments)


def ticket_page(number: int, draft: Draft | None, key: str | None = None) -> str:
    """The page with a draft in the composer: nothing that was typed gets lost, nor what was taken back."""
    at = now()
    found = case(number, book(), at, reader=me().id, before=_before())
    if draft is None:
        draft = _draft_of(found.draft) if found.draft else Draft()
    blind = hidden(found.ticket, found.verdict)
    verdict = None if blind else told_verdict(found.verdict)
    places = told_places(found)
    return page(
        "agent/ticket.html",
        section="queue",
        case=found,
        ticket=found.ticket,
        blind=blind,
        time_box=told_time_box(sum(entry.minutes for entry in found.work)),
        verdict=verdict,
        texts=_texts(found),
        places=places,
        opening=opening_place(found, places),
        events=[told_event(event) for event in found.events],
        promise=told_promise(found.ticket.due_reason) if found.ticket.due_at else None,
        kinds=[(kind, kind_name(kind)) for kind in KINDS],
        draft=draft,
        key=key or uuid4().hex,
        macros=found.macros,
    )


@blueprint.get("/tickets/<ticket:number>/messages/<row:message_id>/html")
def message_html(number: int, message_id: int) -> Response:
    """The sanitised HTML of a message, for its sandboxed frame."""
    message = message_of(number, message_id)
    if message.html is None:
        abort(404)
    return mail_frame(shown_html(message), _pictures(message), remote_allowed=message.pictures_allowed)


@blueprint.post("/tickets/<ticket:number>/messages/<row:message_id>/pictures")
def allow_pictures(number: int, message_id: int) -> Response:
    """Shows the pictures from elsewhere of this one message, or no longer."""
    shown = request.form.get("pictures") == "show"
    show_pictures.allow_pictures(number, message_id, allowed=shown, by=actor(), now=now())
    return redirect(url_for("agent.ticket", number=number, _anchor=f"m{message_id}"), 303)


@blueprint.get("/tickets/<ticket:number>/attachments/<row:attachment_id>")
def attachment(number: int, attachment_id: int) -> Response:
    """A file as a download, never shown by the browser."""
    file = attachment_of(number, attachment_id)
    return download(context().files.get(file.sha256), file.filename, file.content_type)


def _texts(found: Case) -> dict[int, tuple[str, str]]:
    """For each message the new text, marked where the verdict relies on it, and what is folded."""
    blind = hidden(found.ticket, found.verdict)
    judged = found.verdict.message_id if found.verdict and not blind else None
    texts = {}
    for entry in found.entries:
        message = entry.message
        new = _bounded(message.new_text) or _bounded(message.body)
        folded = (
            ""
            if message.body.strip() == message.new_text.strip() or not message.new_text.strip()
            else message.body
        )
        texts[message.id] = (
            marked(new, found.verdict) if message.id == judged else new,
            _bounded(folded),
        )
    return texts


def _bounded(text: str) -> str:
    """What a page shows of a text: all of an honest mail, the beginning of an endless one."""
    shown = without_secrets(text[:SHOWN_LETTERS]).strip("\n")
    if len(text) <= SHOWN_LETTERS:
        return shown
    return shown + "\n\n" + _("The rest of this long text is in the original mail.")


def _pictures(message: TicketMessage) -> dict[str, tuple[str, bytes]]:
    """Small pictures of this very message by content id; those that are gone are left out."""
    pictures: dict[str, tuple[str, bytes]] = {}
    room = INLINE_BYTES
    for file in message.attachments:
        if not file.content_id or file.content_type not in INLINE_TYPES or file.size > room:
            continue
        try:
            pictures[file.content_id.strip("<>")] = (file.content_type, context().files.get(file.sha256))
        except (NotFound, Unavailable, Damaged):
            continue
        room -= file.size
    return pictures


def _before() -> int | None:
    mark = request.args.get("before", "")
    return int(mark) if mark.isascii() and mark.isdigit() and len(mark) < 10 else None

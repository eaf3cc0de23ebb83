"""Why a mail is on the ticket that it is on, in words, and the buttons that put it elsewhere."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from flask import flash, redirect, request, url_for
from werkzeug.wrappers import Response

from helpdesk.actions import merge_tickets, move_message
from helpdesk.core.clock import now
from helpdesk.core.errors import Conflict, InvalidInput, NotFound
from helpdesk.i18n import gettext as _
from helpdesk.reports.ticket import Case
from helpdesk.tickets.models import TicketMessage
from helpdesk.web.agent.blueprint import blueprint
from helpdesk.web.agent.reasons import told_reason, told_unread
from helpdesk.web.errors import said
from helpdesk.web.guards import actor

#: What an agent must not overlook: the sender named a ticket that is not theirs.
_SUSPICIOUS = ("stranger", "token_of_another", "sender_unclear")
#: Decisions that speak of a ticket that the mail is not on.
_LINKED = (*_SUSPICIOUS, "closed_long_ago", "long_ago", "another_topic", "answers_their_own")
_MAILS_IN = ("incoming", "automatic")


@dataclass(frozen=True, slots=True)
class Placed:
    """One message's place: the reason, how sure that is, and what can be done about it."""

    sentence: str
    percent: int | None
    #: The ticket that the mail named without joining it.
    named: int | None
    #: Where an agent moved it from.
    came_from: int | None
    #: Whether it is a mail that came in, which can be moved at all, and one that did not open the ticket.
    can_move: bool
    can_split: bool
    suspicious: bool
    #: What nobody has read of it, and a mark of caution about its Message-ID.
    unread: str
    reused_id: int | None


def told_places(found: Case) -> dict[int, Placed]:
    """The place of each message on the page."""
    ours = [entry.message for entry in found.entries]
    opening = None if found.has_earlier else next((m.id for m in ours if m.kind in _MAILS_IN), None)
    return {message.id: _placed(message, opening) for message in ours if message.threading}


def opening_place(found: Case, places: Mapping[int, Placed]) -> Placed | None:
    """The place of the mail that opened the ticket, where the page shows it."""
    if found.has_earlier:
        return None
    mails = (entry.message for entry in found.entries if entry.message.kind in _MAILS_IN)
    return places.get(next((message.id for message in mails), 0))


def _placed(message: TicketMessage, opening: int | None) -> Placed:
    data = message.threading
    reason = str(data.get("reason", ""))
    score = data.get("score")
    mail = message.kind in _MAILS_IN and message.raw_mail_id is not None
    return Placed(
        told_reason(data),
        round(100 * score) if isinstance(score, int | float) else None,
        data.get("linked_to") if reason in _LINKED else None,
        message.moved_from_id if reason in ("moved", "split") else None,
        mail,
        mail and message.id != opening,
        reason in _SUSPICIOUS,
        told_unread(data.get("unread")),
        data.get("reused_id"),
    )


@blueprint.post("/tickets/<ticket:number>/messages/<row:message_id>/ticket")
def move(number: int, message_id: int) -> Response:
    """The mail belongs to the ticket whose number was typed or stood on the button."""

    def act() -> int:
        reached = move_message.move(number, message_id, _target(), by=actor(), now=now())
        flash(_("The mail was moved to ticket #%(number)s.", number=reached))
        return reached

    return _done(number, act, message_id)


@blueprint.post("/tickets/<ticket:number>/messages/<row:message_id>/own-ticket")
def split(number: int, message_id: int) -> Response:
    """The mail is a matter of its own."""

    def act() -> int:
        reached = move_message.split(number, message_id, by=actor(), now=now())
        flash(_("The mail is ticket #%(number)s now.", number=reached))
        return reached

    return _done(number, act, message_id)


@blueprint.post("/tickets/<ticket:number>/messages/<row:message_id>/return")
def put_back(number: int, message_id: int) -> Response:
    """The mail goes back to where it was moved from."""

    def act() -> int:
        reached = move_message.put_back(number, message_id, by=actor(), now=now())
        flash(_("The mail is back on ticket #%(number)s.", number=reached))
        return reached

    return _done(number, act, message_id)


@blueprint.post("/tickets/<ticket:number>/merger")
def merge(number: int) -> Response:
    """The whole ticket is a part of another one."""

    def act() -> int:
        reached = merge_tickets.merge(number, _target(), by=actor(), now=now())
        flash(_("The ticket was merged into #%(number)s.", number=reached))
        return reached

    return _done(number, act)


@blueprint.post("/tickets/<ticket:number>/merger/undoing")
def unmerge(number: int) -> Response:
    """The merged ticket stands for itself again."""

    def act() -> int:
        merge_tickets.unmerge(number, by=actor(), now=now())
        flash(_("Ticket #%(number)s stands for itself again.", number=number))
        return number

    return _done(number, act)


def _done(number: int, act: Callable[[], int], message_id: int | None = None) -> Response:
    """Acts and shows the ticket where the result is to be seen; what stands in the way is said instead."""
    try:
        reached = act()
    except (InvalidInput, Conflict, NotFound) as error:
        flash(said(error), "error")
        return redirect(url_for("agent.ticket", number=number), 303)
    anchor = f"m{message_id}" if message_id else None
    return redirect(url_for("agent.ticket", number=reached, _anchor=anchor), 303)


def _target() -> int:
    typed = request.form.get("target", "").strip().removeprefix("#")
    if not (typed.isascii() and typed.isdigit() and len(typed) <= 17):
        raise InvalidInput("Write the number of a ticket.", field="target")
    return int(typed)

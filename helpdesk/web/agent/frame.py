"""What stands around every agents' page: the views with their counts, the office hours, the quarantine."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from helpdesk.accounts.permissions import Permission, may
from helpdesk.billing.queries import running_timer
from helpdesk.core.clock import now
from helpdesk.i18n import lazy
from helpdesk.reports.queue import asker
from helpdesk.tickets.queue_queries import COUNTED, QUARANTINE_ALARM, counts, counts_of
from helpdesk.tickets.view_queries import Kept, countable, kept_value, read_kept, wanted
from helpdesk.tickets.views import Asker, View
from helpdesk.web.agent.office import calendar
from helpdesk.web.guards import me
from helpdesk.web.pages import agent_page

#: Name and icon of each view, in the order of the rail.
VIEWS = {
    View.OPEN: (lazy("All open"), "inbox"),
    View.MINE: (lazy("Mine"), "user-round"),
    View.UNASSIGNED: (lazy("Unassigned"), "user-round-plus"),
    View.DUE_TODAY: (lazy("Due today"), "alarm-clock"),
    View.URGENT: (lazy("Urgent"), "flame"),
    View.ACCEPTANCE: (lazy("Waiting for acceptance"), "hand-coins"),
    View.CUSTOMER: (lazy("Waiting for customer"), "hourglass"),
    View.CLOSED: (lazy("Closed"), "archive"),
}


@dataclass(frozen=True, slots=True)
class Entry:
    """One view in the rail; no count for what is closed."""

    view: View
    name: str
    icon: str
    count: str


@dataclass(frozen=True, slots=True)
class Office:
    """Whether somebody is here now, and until when, or from when on."""

    open: bool
    changes_at: datetime


@dataclass(frozen=True, slots=True)
class Running:
    """The agent's timer: on which ticket, and its whole minutes so far."""

    ticket: int
    minutes: int


def page(template: str, *, section: str, **values: Any) -> str:
    """An agents' page with its frame: one statement for the rail, at the queue two."""
    who = asker(me().id, calendar(), now())
    also = {**running_timer(me().id), "kept": kept_value(me().id)}
    found = counts(who, also)
    entries = [
        Entry(view, name, icon, _count(found.views.get(view, 0))) for view, (name, icon) in VIEWS.items()
    ]
    return agent_page(
        template,
        section=section,
        entries=entries,
        kept_views=_counted(
            read_kept(found.also["kept"]), who, at_queue=bool(values.get("view") or values.get("saved"))
        ),
        quarantine=_count(found.quarantine),
        quarantine_alarm=_alarm(found.quarantine_since),
        office=_office(now()),
        running=_running(found.also),
        **{"view": None, "saved": None, **values},
    )


def _running(found: Mapping[str, Any]) -> Running | None:
    if found["timer_ticket"] is None:
        return None
    minutes = int((now() - found["timer_since"]).total_seconds() // 60)
    return Running(found["timer_ticket"], max(0, minutes))


def _counted(views: Sequence[Kept], who: Asker, *, at_queue: bool) -> list[tuple[Kept, str]]:
    """Views that people made, at the queue with their counts; other pages have no statement to spare."""
    questions = {view: countable(view) for view in views} if at_queue else {}
    asked = {view: wanted(question, who) for view, question in questions.items() if question is not None}
    numbers = dict(zip(asked, counts_of(list(asked.values())), strict=True))
    return [(view, _count(numbers.get(view, 0))) for view in views]


def _alarm(since: datetime | None) -> datetime | None:
    """Since when a mail waits too long for a person; only those who can put it away are told on each page."""
    late = since is not None and now() - since > QUARANTINE_ALARM
    return since if late and may(me(), Permission.DISCARD_MAIL) else None


def _count(n: int) -> str:
    if n > COUNTED:
        return f"{COUNTED}+"
    return str(n) if n else ""


def _office(at: datetime) -> Office:
    hours = calendar()
    if hours.is_open(at):
        span = next(hours.open_from(at))
        return Office(True, span.end)
    return Office(False, hours.next_open(at))

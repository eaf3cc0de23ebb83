"""Why a promise is what it is: the reason and each counted and skipped span, in words (S2)."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from helpdesk.i18n import clock_time, current_language, short_day, span, speaking, working_time, zone_name
from helpdesk.i18n import gettext as _
from helpdesk.sla.deadlines import Deadline, explain
from helpdesk.sla.offices import Office
from helpdesk.sla.timeline import Kind
from helpdesk.web.agent.office import book


@dataclass(frozen=True, slots=True)
class Promise:
    """One sentence, why these terms hold, and the spans behind it: (what, when, how long, counts)."""

    sentence: str
    policy: str
    #: The office's zone in words, where its clock shows another time than the main office's; else empty.
    zone: str
    spans: list[tuple[str, str, str, bool]]


def told_promise(reason: Mapping[str, Any]) -> Promise | None:
    """The stored reason of a deadline in the reader's language; None where nothing was promised."""
    if not reason.get("spans"):
        return None
    deadline = Deadline.from_data(reason)
    office = book().office(str(reason.get("office", "")))
    with speaking(current_language(), ZoneInfo(deadline.zone)):
        return _told(deadline, reason.get("policy") or {}, office)


def _told(deadline: Deadline, policy: Mapping[str, Any], office: Office) -> Promise:
    """Said in the clock of the office that keeps the promise."""

    def holiday(day: date) -> str | None:
        return office.holidays.name(day, current_language()) if office.holidays else None

    lines = explain(deadline, holiday)
    spans = [
        (
            _span_name(line.kind, line.name),
            _when(line.start, line.end),
            span(line.length),
            line.kind is Kind.COUNTED,
        )
        for line in lines
    ]
    return Promise(_sentence(deadline, holiday), _policy(policy), _elsewhere(deadline), spans)


def _elsewhere(deadline: Deadline) -> str:
    """The office's zone, where its clock differs from that of the main office at the deadline."""
    here = deadline.due_at.astimezone(book().main.zone)
    there = deadline.due_at.astimezone(ZoneInfo(deadline.zone))
    return "" if here.utcoffset() == there.utcoffset() else zone_name(there)


def _policy(policy: Mapping[str, Any]) -> str:
    """Which policy holds, and what made it the most specific one."""
    asked = policy.get("for") or []
    if not asked:
        return ""
    words = {
        "customer": _("customer"),
        "plan": _("plan"),
        "team": _("team"),
        "mailbox": _("mailbox"),
    }
    return _(
        "Policy: %(name)s. It applies because of: %(why)s.",
        name=policy.get("name", ""),
        why=", ".join(words.get(each, each) for each in asked),
    )


def _sentence(deadline: Deadline, holiday: Callable[[date], str | None]) -> str:
    data = dict(deadline.data)
    sentence = _reason(deadline.reason, data, holiday)
    if data.get("paused_minutes"):
        return _(
            "%(why)s Moved by %(minutes)s min of working time in which the customer had to answer.",
            why=sentence,
            minutes=data["paused_minutes"],
        )
    return sentence


def _reason(code: str, data: Mapping[str, Any], holiday: Callable[[date], str | None]) -> str:
    if code == "holiday":
        day = date.fromisoformat(str(data.get("day")))
        name = holiday(day) or str(data.get("name"))
        return _(
            "It arrived on a public holiday (%(name)s): closing time of the next working day.", name=name
        )
    if code == "closure":
        return _(
            "It arrived on a day on which we are closed (%(name)s): closing time of the next working day.",
            name=data.get("name"),
        )
    if code == "working_time":
        return _("Promised within %(time)s of working time.", time=working_time(_minutes(data)))
    if code == "within_working_time":
        return _(
            "Urgent handling was accepted: within %(minutes)s min of working time.",
            minutes=data.get("minutes"),
        )
    sentences = {
        "same_day_inside_hours": _("It arrived inside office hours: closing time of the same day."),
        "same_day_in_break": _("It arrived in the break of a working day: closing time of the same day."),
        "same_day_before_opening": _("It arrived before opening time: closing time of the same day."),
        "next_day_after_hours": _("It arrived after closing time: closing time of the next working day."),
        "next_day_after_cut_off": _("It arrived late in the day: closing time of the next working day."),
        "weekend": _("It arrived at the weekend: closing time of the next working day."),
        "closed_day": _("It arrived on a day on which we are closed: closing time of the next working day."),
    }
    return sentences.get(code, code)


def _minutes(data: Mapping[str, Any]) -> timedelta:
    return timedelta(minutes=int(data.get("minutes") or 0))


def _span_name(kind: Kind, name: str) -> str:
    if kind is Kind.COUNTED:
        return _("Counted")
    if kind is Kind.HOLIDAY:
        return _("Public holiday: %(name)s", name=name)
    if kind is Kind.CLOSURE:
        return _("Closed: %(name)s", name=name)
    if kind is Kind.PAUSED:
        return _("The customer had to accept") if name == "acceptance" else _("The customer had to answer")
    words = {
        "outside_hours": _("Outside office hours"),
        "break": _("Break"),
        "weekend": _("Weekend"),
        "closed_day": _("Closed day"),
        "cut_off": _("Too late in the day"),
    }
    return words.get(name, name)


def _when(start: datetime, end: datetime) -> str:
    if start.date() == end.date():
        return f"{short_day(start)}, {clock_time(start)} – {clock_time(end)}"
    return f"{short_day(start)}, {clock_time(start)} – {short_day(end)}, {clock_time(end)}"

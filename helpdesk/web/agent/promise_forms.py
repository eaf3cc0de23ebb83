"""What leads type about offices and policies, read into the book of promises."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from werkzeug.datastructures import MultiDict

from helpdesk.core.errors import InvalidInput
from helpdesk.core.week_hours import DayHours, read_day, write_day
from helpdesk.sla.book import EVERYBODY
from helpdesk.sla.offices import Office, SpecialDays
from helpdesk.sla.terms import NONE, SAME_DAY, Terms
from helpdesk.web.forms import whole_number

Typed = MultiDict[str, str]
#: Empty rows for special days below those that are there.
SPARE_ROWS = 3
_MAX_ROWS = 200


def typed_office(office: Office) -> Typed:
    """An office as its form shows it."""
    rows = [(d.first.isoformat(), d.last.isoformat(), write_day(d.hours), d.name) for d in office.special]
    typed = Typed(
        {
            "name": office.name,
            "zone": office.zone,
            "country": office.country,
            "subdivision": office.subdivision,
            **{f"day{n}": write_day(hours) for n, hours in enumerate(office.week)},
        }
    )
    for n, field in enumerate(("first", "last", "hours", "why")):
        typed.setlist(field, [row[n] for row in rows])
    return typed


def read_office(key: str, typed: Typed) -> Office:
    """The office that was typed; raises InvalidInput with the field's name."""
    return Office(
        key,
        _word(typed, "name", 80),
        _word(typed, "zone", 60),
        tuple(_at(f"day{n}", read_day, typed.get(f"day{n}", "")) for n in range(7)),
        _word(typed, "country", 2).upper(),
        _word(typed, "subdivision", 10).upper(),
        tuple(_special(row) for row in special_rows(typed) if any(row)),
    )


def special_rows(typed: Typed) -> list[tuple[str, str, str, str]]:
    """The rows of special days, as they were typed."""
    columns = [typed.getlist(field)[:_MAX_ROWS] for field in ("first", "last", "hours", "why")]
    longest = max(map(len, columns))
    padded = [[*column, *[""] * (longest - len(column))] for column in columns]
    return [(a.strip(), b.strip(), c.strip(), d.strip()) for a, b, c, d in zip(*padded, strict=True)]


def _special(row: tuple[str, str, str, str]) -> SpecialDays:
    first, last, hours, why = row
    try:
        begins = date.fromisoformat(first)
        ends = date.fromisoformat(last) if last else begins
    except ValueError:
        raise InvalidInput("Write dates like 2026-12-24.", field="special") from None
    return SpecialDays(begins, ends, _at("special", read_day, hours), " ".join(why.split())[:80])


def typed_terms(terms: Terms) -> Typed:
    """A policy as its form shows it: what a target is, and its hours and minutes."""
    typed = Typed(
        {
            "name": terms.name,
            "office": terms.office,
            "plan": terms.plan,
            "team": terms.team,
            "mailbox_id": str(terms.mailbox_id or ""),
            "customer": str(terms.customer_id or ""),
            "cut_off": terms.cut_off,
            "urgent": str(terms.urgent),
        }
    )
    for clock, target in (("first", terms.first), ("next", terms.next), ("resolution", terms.resolution)):
        minutes = "" if target in (SAME_DAY, NONE) else target
        typed[clock] = target if not minutes else "minutes"
        typed[f"{clock}_minutes"] = minutes
    return typed


def read_terms(key: str, typed: Typed, customer_id: int | None) -> Terms:
    """The policy that was typed; raises InvalidInput with the field's name."""
    mailbox = _word(typed, "mailbox_id", 12)
    read = Terms(
        key,
        _word(typed, "name", 80),
        _word(typed, "office", 40),
        _word(typed, "plan", 20),
        _word(typed, "team", 60),
        whole_number(mailbox, low=1, high=999_999_999, field="mailbox_id") if mailbox else None,
        customer_id,
        _word(typed, "cut_off", 5),
        first=_target(typed, "first"),
        next=_target(typed, "next"),
        resolution=_target(typed, "resolution"),
        urgent=whole_number(typed.get("urgent", ""), low=1, high=60_000, field="urgent"),
    )
    if key == EVERYBODY:
        return replace(read, name="", plan="", team="", mailbox_id=None, customer_id=None)
    if not read.conditions:
        raise InvalidInput("Say for whom this policy is.", field="plan")
    return read


def _target(typed: Typed, clock: str) -> str:
    chosen = typed.get(clock, "")
    if chosen == NONE and clock == "resolution":
        return NONE
    if chosen == "minutes":
        return str(whole_number(typed.get(f"{clock}_minutes", ""), low=1, high=60_000, field=clock))
    return SAME_DAY


def _word(typed: Mapping[str, Any], field: str, longest: int) -> str:
    return " ".join(str(typed.get(field, "")).replace("\x00", "").split())[:longest]


def _at(field: str, read: Callable[[str], DayHours], text: str) -> DayHours:
    """Reads, and names the field in the refusal."""
    try:
        return read(text[:200])
    except InvalidInput as error:
        raise InvalidInput(error.message, **{**error.data, "field": field}) from None

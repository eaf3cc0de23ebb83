"""Setting up what can be booked: services, specialists' hours and special days, terms in versions."""

import hashlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import available_timezones

from sqlalchemy import delete

from helpdesk.accounts.permissions import Permission, may
from helpdesk.accounts.queries import agent_by_id
from helpdesk.actions import find_times
from helpdesk.billing.price_list import ACTIVITIES
from helpdesk.booking import queries
from helpdesk.booking.models import AgentHours, Appointment, HoursException, Service, ServiceAgent, Terms
from helpdesk.booking.slots import Pattern
from helpdesk.core.actors import Actor
from helpdesk.core.errors import Forbidden, InvalidInput, NotFound
from helpdesk.core.languages import LANGUAGES
from helpdesk.core.week_hours import read_day, write_day
from helpdesk.db import db, insert_row, transaction


@dataclass(frozen=True, slots=True)
class ServiceForm:
    """What a lead says of a service; lengths in minutes, `notice` of working time. English is needed."""

    names: Mapping[str, str]
    texts: Mapping[str, str]
    minutes: int
    step: int
    buffer: int
    notice: int
    horizon_days: int
    activity: str
    free_hours: int
    agents: Collection[int]
    active: bool = True


def save_service(form: ServiceForm, service_id: int | None = None, *, by: Actor) -> int:
    """Adds a service, or changes one; what is booked already stays as it was. Returns its id."""
    _lead(by)
    Pattern(form.minutes, form.step, form.buffer)
    names = {code: form.names.get(code, "").strip()[:120] for code in LANGUAGES}
    if not names["en"]:
        raise InvalidInput("Give the service a name in English.", field="name_en")
    if form.activity not in ACTIVITIES:
        raise InvalidInput("There is no such activity.", field="activity")
    if not (0 <= form.notice <= 6000 and 1 <= form.horizon_days <= 400 and 0 <= form.free_hours <= 720):
        raise InvalidInput("Notice, horizon or time for cancelling is out of range.", field="notice")
    values = {
        "names": {code: name for code, name in names.items() if name},
        "texts": {code: text.strip()[:1000] for code, text in form.texts.items() if code in LANGUAGES},
        "minutes": form.minutes,
        "step": form.step,
        "buffer": form.buffer,
        "notice": form.notice,
        "horizon_days": form.horizon_days,
        "activity": form.activity,
        "free_hours": form.free_hours,
        "active": form.active,
    }
    with transaction():
        if service_id is None:
            service_id = insert_row(Service, **values)
        else:
            service = db.session.get(Service, service_id)
            if service is None:
                raise NotFound("There is no such service.")
            for name, value in values.items():
                setattr(service, name, value)
        db.session.execute(delete(ServiceAgent).where(ServiceAgent.service_id == service_id))
        for agent_id in sorted(set(form.agents)):
            insert_row(ServiceAgent, service_id=service_id, agent_id=agent_by_id(agent_id).id)
    return service_id


def save_hours(
    agent_id: int, zone: str, week: Sequence[str], languages: Collection[str], *, by: Actor, now: datetime
) -> list[Appointment]:
    """Sets when somebody can be booked; returns their appointments ahead that lie outside the new hours.

    Those are never dropped. Raises InvalidInput, with the field, for hours that overlap or make no sense.
    """
    _own(agent_id, by)
    if zone not in available_timezones():
        raise InvalidInput("Choose a time zone of the list.", field="zone")
    days = [_read(text, f"day{number}") for number, text in enumerate(week)]
    spoken = [code for code in LANGUAGES if code in languages]
    with transaction():
        agent_by_id(agent_id)
        row = db.session.get(AgentHours, agent_id)
        if row is None:
            db.session.add(AgentHours(agent_id=agent_id, zone=zone, week=days, languages=spoken))
        else:
            row.zone, row.week, row.languages = zone, days, spoken
    return find_times.own_time(agent_id, None, 1, now).outside


def save_exception(agent_id: int, day: date, hours: str, *, by: Actor) -> None:
    """One day with other hours, also on a public holiday; without hours it is closed."""
    _own(agent_id, by)
    written = _read(hours, "hours")
    with transaction():
        _forget(agent_id, day)
        insert_row(HoursException, agent_id=agent_id, day=day, hours=written)


def remove_exception(agent_id: int, day: date, *, by: Actor) -> None:
    """The day is as every other one again."""
    _own(agent_id, by)
    with transaction():
        _forget(agent_id, day)


def publish_terms(texts: Mapping[str, str], *, by: Actor, now: datetime) -> int:
    """Publishes the next version of the terms; what was accepted stays. Returns its number."""
    _lead(by)
    written = {code: texts.get(code, "").strip() for code in LANGUAGES}
    if not written["en"]:
        raise InvalidInput("Write the terms in English.", field="en")
    with transaction():
        number = queries.terms_number() + 1
        for code, text in written.items():
            if text:
                insert_row(
                    Terms,
                    number=number,
                    language=code,
                    text=text,
                    sha256=hashlib.sha256(text.encode()).hexdigest(),
                    published_at=now,
                )
    return number


def _forget(agent_id: int, day: date) -> None:
    db.session.execute(
        delete(HoursException).where(HoursException.agent_id == agent_id, HoursException.day == day)
    )


def _read(text: str, field: str) -> str:
    try:
        return write_day(read_day(text))
    except InvalidInput as error:
        raise InvalidInput(error.message, field=field) from None


def _lead(by: Actor) -> None:
    if by.kind == "system":
        return
    if by.kind != "agent" or by.id is None or not may(agent_by_id(by.id), Permission.EDIT_PROMISES):
        raise Forbidden("Your role does not include this. Ask a lead or an administrator.")


def _own(agent_id: int, by: Actor) -> None:
    """Agents set their own hours, leads anybody's."""
    if by.kind != "agent" or by.id != agent_id:
        _lead(by)

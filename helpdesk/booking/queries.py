"""Reads of services, hours, what is taken, and appointments."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, or_, select

from helpdesk.accounts.models import Agent, AgentAbsence
from helpdesk.booking.constraints import OCCUPYING
from helpdesk.booking.models import (
    AgentHours,
    Appointment,
    CalendarFeed,
    HoursException,
    Service,
    ServiceAgent,
    Terms,
    TermsAcceptance,
)
from helpdesk.core.errors import NotFound
from helpdesk.core.intervals import Interval
from helpdesk.db import db


@dataclass(frozen=True, slots=True)
class Availability:
    """What the database knows of one specialist's time in some days."""

    hours: AgentHours
    exceptions: dict[date, str]
    #: Days of absence, first and last included.
    absent: tuple[tuple[date, date], ...]
    taken: tuple[Interval, ...]


def services() -> Sequence[Service]:
    """What customers can book, in the order in which it is shown."""
    offered = select(Service).where(Service.active).order_by(Service.position, Service.id)
    return db.session.scalars(offered.limit(100)).all()


def all_services() -> Sequence[Service]:
    """With those that are off the list."""
    return db.session.scalars(select(Service).order_by(Service.position, Service.id).limit(200)).all()


def service(service_id: int) -> Service:
    """A service that can be booked; raises NotFound."""
    found = db.session.get(Service, service_id)
    if found is None or not found.active:
        raise NotFound("There is no such service.")
    return found


def agents_of(service_id: int) -> list[int]:
    """Who does a service and works here."""
    return list(
        db.session.scalars(
            select(ServiceAgent.agent_id)
            .join(Agent, Agent.id == ServiceAgent.agent_id)
            .where(ServiceAgent.service_id == service_id, Agent.deactivated_at.is_(None))
            .order_by(ServiceAgent.agent_id)
        )
    )


def staff_of_services() -> dict[int, list[int]]:
    """Who does which service."""
    made: dict[int, list[int]] = defaultdict(list)
    for row in db.session.execute(select(ServiceAgent.service_id, ServiceAgent.agent_id)):
        made[row.service_id].append(row.agent_id)
    return made


def availabilities(
    agent_ids: Collection[int], first: date, last: date, window: Interval, now: datetime
) -> list[Availability]:
    """The time of these specialists; four queries, however many they are.

    A slot that is held counts as taken until its time is over.
    """
    if not agent_ids:
        return []
    hours = db.session.scalars(
        select(AgentHours).where(AgentHours.agent_id.in_(agent_ids)).order_by(AgentHours.agent_id)
    ).all()
    exceptions: dict[int, dict[date, str]] = defaultdict(dict)
    for row in db.session.execute(
        select(HoursException.agent_id, HoursException.day, HoursException.hours).where(
            HoursException.agent_id.in_(agent_ids), HoursException.day.between(first, last)
        )
    ):
        exceptions[row.agent_id][row.day] = row.hours
    absent: dict[int, list[tuple[date, date]]] = defaultdict(list)
    for away in db.session.execute(
        select(AgentAbsence.agent_id, AgentAbsence.first_day, AgentAbsence.last_day).where(
            AgentAbsence.agent_id.in_(agent_ids),
            AgentAbsence.first_day <= last,
            AgentAbsence.last_day >= first,
        )
    ):
        absent[away.agent_id].append((away.first_day, away.last_day))
    taken: dict[int, list[Interval]] = defaultdict(list)
    for gone in db.session.execute(
        select(Appointment.agent_id, Appointment.starts_at, Appointment.busy_until).where(
            Appointment.agent_id.in_(agent_ids),
            Appointment.starts_at < window.end,
            Appointment.busy_until > window.start,
            or_(
                Appointment.state == "confirmed",
                (Appointment.state == "hold") & (Appointment.held_until > now),
            ),
        )
    ):
        taken[gone.agent_id].append(Interval(gone.starts_at, gone.busy_until))
    return [
        Availability(
            each,
            exceptions.get(each.agent_id, {}),
            tuple(absent.get(each.agent_id, ())),
            tuple(taken.get(each.agent_id, ())),
        )
        for each in hours
    ]


def languages_of(agent_ids: Iterable[int]) -> dict[int, tuple[str, ...]]:
    """In which languages these specialists hold sessions."""
    rows = db.session.execute(
        select(AgentHours.agent_id, AgentHours.languages).where(AgentHours.agent_id.in_(tuple(agent_ids)))
    )
    return {row.agent_id: tuple(row.languages) for row in rows}


def booked_between(agent_ids: Iterable[int], first: datetime, last: datetime) -> dict[int, int]:
    """How many sessions each of these specialists has between two moments."""
    rows = db.session.execute(
        select(Appointment.agent_id, func.count())
        .where(
            Appointment.agent_id.in_(tuple(agent_ids)),
            Appointment.state.in_(OCCUPYING),
            Appointment.starts_at >= first,
            Appointment.starts_at < last,
        )
        .group_by(Appointment.agent_id)
    )
    return {row[0]: row[1] for row in rows}


def last_agent_of(email: str) -> int | None:
    """Who held the last session with this address."""
    if not email:
        return None
    return db.session.scalar(
        select(Appointment.agent_id)
        .where(Appointment.email == email, Appointment.booked_at.is_not(None))
        .order_by(Appointment.starts_at.desc())
        .limit(1)
    )


def held_from(address: str, now: datetime) -> int:
    """How many slots one network address holds now."""
    return int(
        db.session.scalar(
            select(func.count()).where(
                Appointment.address == address, Appointment.state == "hold", Appointment.held_until > now
            )
        )
        or 0
    )


def ahead_of(customer_id: int, now: datetime) -> int:
    """How many sessions of a customer lie ahead."""
    return int(
        db.session.scalar(
            select(func.count()).where(
                Appointment.customer_id == customer_id,
                Appointment.state == "confirmed",
                Appointment.starts_at > now,
            )
        )
        or 0
    )


def by_hash(column: str, token_hash: str) -> Appointment:
    """The appointment behind a link: `draft_hash`, `proof_hash` or `manage_hash`. Raises NotFound."""
    found = db.session.scalars(
        select(Appointment).where(getattr(Appointment, column) == token_hash)
    ).one_or_none()
    if found is None:
        raise NotFound("This link does not open anything.")
    return found


def appointment(appointment_id: int) -> Appointment:
    """Raises NotFound."""
    found = db.session.get(Appointment, appointment_id)
    if found is None:
        raise NotFound("There is no such appointment.")
    return found


def of_ticket(ticket_id: int) -> Sequence[Appointment]:
    """The appointments of a ticket, oldest first."""
    return db.session.scalars(
        select(Appointment).where(Appointment.ticket_id == ticket_id).order_by(Appointment.id)
    ).all()


def newest_terms(language: str) -> Terms:
    """The terms that hold, in this language, else in English. Raises NotFound before any were published."""
    number = db.session.scalar(select(func.max(Terms.number)))
    rows = db.session.scalars(select(Terms).where(Terms.number == number)).all()
    found = {each.language: each for each in rows}
    chosen = found.get(language) or found.get("en") or next(iter(found.values()), None)
    if chosen is None:
        raise NotFound("No terms and conditions were published yet.")
    return chosen


def terms_number() -> int:
    """The number of the newest version; 0 before the first one."""
    return db.session.scalar(select(func.max(Terms.number))) or 0


def accepted_terms(appointment_id: int) -> Terms | None:
    """The version that was accepted for an appointment."""
    return db.session.scalar(
        select(Terms)
        .join(TermsAcceptance, TermsAcceptance.terms_id == Terms.id)
        .where(TermsAcceptance.appointment_id == appointment_id)
    )


def between(first: datetime, last: datetime) -> Sequence[Appointment]:
    """Everybody's sessions and live or past bookings that start in this span, in order."""
    return db.session.scalars(
        select(Appointment)
        .where(
            Appointment.starts_at >= first,
            Appointment.starts_at < last,
            Appointment.state.not_in(("expired",)),
        )
        .order_by(Appointment.starts_at, Appointment.id)
        .limit(500)
    ).all()


def ahead(first: datetime, last: datetime) -> Sequence[Appointment]:
    """Confirmed sessions that start in this span, its last moment included."""
    return db.session.scalars(
        select(Appointment)
        .where(
            Appointment.state == "confirmed",
            Appointment.starts_at >= first,
            Appointment.starts_at <= last,
        )
        .order_by(Appointment.starts_at)
        .limit(500)
    ).all()


def all_hours() -> Sequence[AgentHours]:
    """Everybody's hours."""
    return db.session.scalars(select(AgentHours).order_by(AgentHours.agent_id)).all()


def exceptions_of(agent_id: int, first: date) -> Sequence[HoursException]:
    """A specialist's special days from this one on."""
    return db.session.scalars(
        select(HoursException)
        .where(HoursException.agent_id == agent_id, HoursException.day >= first)
        .order_by(HoursException.day)
        .limit(100)
    ).all()


def ahead_of_agent(agent_id: int, now: datetime) -> list[Appointment]:
    """A specialist's sessions that lie ahead, the soonest first."""
    return list(
        db.session.scalars(
            select(Appointment)
            .where(
                Appointment.agent_id == agent_id,
                Appointment.state == "confirmed",
                Appointment.starts_at > now,
            )
            .order_by(Appointment.starts_at)
            .limit(200)
        )
    )


def terms_text(language: str) -> str:
    """The text of the newest version in just this language; empty where there is none."""
    text = select(Terms.text).where(Terms.language == language, Terms.number == terms_number())
    return db.session.scalar(text) or ""


def hours_of(agent_id: int) -> AgentHours | None:
    """When a specialist can be booked; None before they said so."""
    return db.session.get(AgentHours, agent_id)


def service_of_agent(agent_id: int) -> Service | None:
    """The first service on the list that this specialist does."""
    return db.session.scalar(
        select(Service)
        .join(ServiceAgent, ServiceAgent.service_id == Service.id)
        .where(ServiceAgent.agent_id == agent_id, Service.active)
        .order_by(Service.position, Service.id)
        .limit(1)
    )


def feed_of(agent_id: int) -> CalendarFeed | None:
    """The specialist's calendar address, if there is one."""
    return db.session.get(CalendarFeed, agent_id)


def agent_of_feed(token_hash: str) -> Agent:
    """Whose calendar an address shows. Raises NotFound for a revoked one and for somebody who left."""
    found = db.session.scalar(
        select(Agent)
        .join(CalendarFeed, CalendarFeed.agent_id == Agent.id)
        .where(CalendarFeed.token_hash == token_hash, Agent.deactivated_at.is_(None))
    )
    if found is None:
        raise NotFound("This link does not open anything.")
    return found


def sessions_of(agent_id: int, since: datetime) -> Sequence[Appointment]:
    """A specialist's booked sessions from a moment on, in order."""
    return db.session.scalars(
        select(Appointment)
        .where(
            Appointment.agent_id == agent_id,
            Appointment.state.in_(("confirmed", "done")),
            Appointment.starts_at >= since,
        )
        .order_by(Appointment.starts_at)
        .limit(500)
    ).all()

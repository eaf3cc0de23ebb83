"""Reads of agents, their sessions and failed sign-ins."""

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import select

from helpdesk.accounts.models import Agent, AgentAbsence, AgentSession, AgentSignature, SignInAttempt
from helpdesk.accounts.throttling import WINDOW
from helpdesk.core.errors import NotFound
from helpdesk.db import db

SESSION_PURPOSE = "agent session"


def agent_by_email(email: str) -> Agent | None:
    """The active or deactivated agent with this (normalised) address."""
    return db.session.scalar(select(Agent).where(Agent.email == email))


def agent_by_id(agent_id: int) -> Agent:
    """Raises NotFound."""
    agent = db.session.get(Agent, agent_id)
    if agent is None:
        raise NotFound("There is no such agent.")
    return agent


def active_agents() -> Sequence[Agent]:
    """Everybody who can be assigned work, by name."""
    return db.session.scalars(
        select(Agent).where(Agent.deactivated_at.is_(None)).order_by(Agent.name, Agent.id)
    ).all()


def all_agents() -> Sequence[Agent]:
    """Everybody who works or worked here, by name."""
    return db.session.scalars(select(Agent).order_by(Agent.name, Agent.id)).all()


def absences_from(day: date) -> Sequence[AgentAbsence]:
    """Who is or will be away, the soonest first."""
    ending = select(AgentAbsence).where(AgentAbsence.last_day >= day)
    return db.session.scalars(ending.order_by(AgentAbsence.first_day, AgentAbsence.id).limit(500)).all()


def present(agent_id: int | None, day: date) -> int | None:
    """The agent, or who stands in on that day, or who stands in for them; None where nobody is there."""
    if agent_id is None:
        return None
    away = db.session.execute(
        select(AgentAbsence.agent_id, AgentAbsence.stand_in_id).where(
            AgentAbsence.first_day <= day, AgentAbsence.last_day >= day
        )
    ).all()
    stand_ins = {row.agent_id: row.stand_in_id for row in away}
    active = set(db.session.scalars(select(Agent.id).where(Agent.deactivated_at.is_(None))))
    asked: set[int] = set()
    current: int | None = agent_id
    while current is not None and (current in stand_ins or current not in active):
        if current in asked:
            return None
        asked.add(current)
        current = stand_ins.get(current)
    return current


def on_duty(day: date) -> int | None:
    """Who hears of broken promises: the first lead who is there, else an administrator, else nobody."""
    query = select(Agent.id).where(
        Agent.role.in_(("lead", "admin")),
        Agent.deactivated_at.is_(None),
        Agent.id.not_in(
            select(AgentAbsence.agent_id).where(AgentAbsence.first_day <= day, AgentAbsence.last_day >= day)
        ),
    )
    return db.session.scalar(query.order_by(Agent.role.desc(), Agent.id).limit(1))


def live_session(token_hash: str, now: datetime) -> AgentSession | None:
    """The session behind a token, if it is neither ended nor expired nor of somebody deactivated."""
    session = db.session.scalar(select(AgentSession).where(AgentSession.token_hash == token_hash))
    if session is None or session.ended_at is not None or session.expires_at <= now:
        return None
    return session if session.agent.active else None


def recent_failures(key: str, now: datetime, limit: int) -> Sequence[datetime]:
    """The newest `limit` failed sign-ins with this key that still count."""
    return db.session.scalars(
        select(SignInAttempt.at)
        .where(SignInAttempt.key == key, SignInAttempt.at > now - WINDOW)
        .order_by(SignInAttempt.at.desc())
        .limit(limit)
    ).all()


def signatures_of(agent_id: int) -> dict[str, str]:
    """The agent's signatures that differ by language."""
    rows = db.session.execute(
        select(AgentSignature.language, AgentSignature.text).where(AgentSignature.agent_id == agent_id)
    )
    return {row.language: row.text for row in rows}

"""Reads of agents, their sessions and failed sign-ins."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select

from helpdesk.accounts.models import Agent, AgentSession, AgentSignature, SignInAttempt
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

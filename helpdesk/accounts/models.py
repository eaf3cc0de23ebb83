"""Agents, their sessions, and the sign-in attempts that throttling counts."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from helpdesk.db import Base

ROLES = ("agent", "lead", "admin")


class Agent(Base):
    """A person who works here. Deactivated, never deleted: their work keeps their name."""

    __tablename__ = "agent"
    __table_args__ = (CheckConstraint("role IN ('agent', 'lead', 'admin')", name="role"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(String(254), unique=True)
    name: Mapped[str] = mapped_column(String(120))
    password_hash: Mapped[str] = mapped_column(String(200))
    role: Mapped[str] = mapped_column(String(10), default="agent")
    language: Mapped[str] = mapped_column(String(2), default="en")
    theme: Mapped[str] = mapped_column(String(6), default="system")
    keys_on: Mapped[bool] = mapped_column(default=True)
    signature: Mapped[str] = mapped_column(String(2000), default="")
    created_at: Mapped[datetime]
    deactivated_at: Mapped[datetime | None]
    #: Policies may promise other times to the tickets of a team; empty: in none.
    team: Mapped[str] = mapped_column(String(60), default="", server_default="")

    @property
    def active(self) -> bool:
        """Whether this person may sign in."""
        return self.deactivated_at is None


class AgentSignature(Base):
    """An agent's lines under answers in one language; without one, `Agent.signature` stands there."""

    __tablename__ = "agent_signature"

    agent_id: Mapped[int] = mapped_column(ForeignKey("agent.id"), primary_key=True)
    language: Mapped[str] = mapped_column(String(2), primary_key=True)
    text: Mapped[str] = mapped_column(String(2000))


class AgentAbsence(Base):
    """Days on which an agent is away, both included; `stand_in_id` takes over meanwhile, else nobody does."""

    __tablename__ = "agent_absence"
    __table_args__ = (
        CheckConstraint("last_day >= first_day", name="order"),
        CheckConstraint("stand_in_id IS NULL OR stand_in_id <> agent_id", name="stand_in"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    agent_id: Mapped[int] = mapped_column(ForeignKey("agent.id"), index=True)
    first_day: Mapped[date]
    last_day: Mapped[date]
    stand_in_id: Mapped[int | None] = mapped_column(ForeignKey("agent.id"))

    agent: Mapped[Agent] = relationship(foreign_keys=[agent_id], lazy="joined", innerjoin=True)
    stand_in: Mapped[Agent | None] = relationship(foreign_keys=[stand_in_id], lazy="joined")


class AgentSession(Base):
    """One sign-in on one device; ended sessions stay as a record. Only the token's hash is kept."""

    __tablename__ = "agent_session"

    id: Mapped[int] = mapped_column(primary_key=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    agent_id: Mapped[int] = mapped_column(ForeignKey("agent.id"), index=True)
    started_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]

    agent: Mapped[Agent] = relationship(lazy="joined", innerjoin=True)


class SignInAttempt(Base):
    """A failed sign-in, by account and by address, for throttling; swept after a day."""

    __tablename__ = "sign_in_attempt"
    __table_args__ = (Index("ix_sign_in_attempt_key_at", "key", "at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(300))
    at: Mapped[datetime]

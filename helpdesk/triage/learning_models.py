"""What was learned of corrections: the last figures, and suggestions that a lead accepts or rejects."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from helpdesk.db import Base


class LearningReport(Base):
    """The figures as they were counted last; one row."""

    __tablename__ = "learning_report"
    __table_args__ = (CheckConstraint("id = 1", name="one"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    made_at: Mapped[datetime]
    data: Mapped[dict[str, Any]]


class RuleSuggestion(Base):
    """A word or a small rule that corrections speak for. What was decided stays, so that it is asked once."""

    __tablename__ = "rule_suggestion"
    __table_args__ = (CheckConstraint("state IN ('open', 'accepted', 'rejected')", name="state"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(200), unique=True)
    state: Mapped[str] = mapped_column(String(8), default="open")
    data: Mapped[dict[str, Any]]
    made_at: Mapped[datetime]
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("agent.id"))
    decided_at: Mapped[datetime | None]

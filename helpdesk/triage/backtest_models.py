"""Replays of a draft over past questions, or beside the live rules for some days: progress and findings."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, Integer, String, text
from sqlalchemy.orm import Mapped, mapped_column

from helpdesk.db import Base


class Backtest(Base):
    """One replay: which rules, against which, over which verdicts, and how far it is.

    A shadow has no `last_id`: it follows the questions as they come, until `ends_at`.
    """

    __tablename__ = "backtest"
    __table_args__ = (
        CheckConstraint("state IN ('running', 'done', 'failed')", name="state"),
        CheckConstraint("last_id IS NOT NULL OR ends_at IS NOT NULL", name="end"),
        Index(
            "ix_backtest_running",
            "id",
            sqlite_where=text("state = 'running'"),
            postgresql_where=text("state = 'running'"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    #: A copy of the draft as it was when the replay was asked for.
    version_id: Mapped[int] = mapped_column(ForeignKey("rule_version.id"))
    live_id: Mapped[int] = mapped_column(ForeignKey("rule_version.id"))
    #: Of that draft: what is published must have been replayed (T5).
    fingerprint: Mapped[str] = mapped_column(String(40), index=True)
    state: Mapped[str] = mapped_column(String(8), default="running")
    #: Verdicts after `cursor` up to `last_id` are still to be replayed.
    cursor: Mapped[int] = mapped_column(default=0)
    last_id: Mapped[int | None]
    ends_at: Mapped[datetime | None]
    total: Mapped[int] = mapped_column(default=0)
    done: Mapped[int] = mapped_column(default=0)
    figures: Mapped[dict[str, Any]] = mapped_column(default=dict)
    error: Mapped[str] = mapped_column(String(300), default="")
    asked_by_id: Mapped[int | None] = mapped_column(ForeignKey("agent.id"))
    created_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]


class BacktestChange(Base):
    """A question that the replayed rules answer otherwise; both answers are made again when looked at."""

    __tablename__ = "backtest_change"

    backtest_id: Mapped[int] = mapped_column(ForeignKey("backtest.id"), primary_key=True)
    #: A message that is moved to another ticket is judged anew; what was found of its old verdict goes.
    verdict_id: Mapped[int] = mapped_column(ForeignKey("verdict.id", ondelete="CASCADE"), primary_key=True)
    ticket_id: Mapped[int] = mapped_column(
        BigInteger().with_variant(Integer, "sqlite"), ForeignKey("ticket.id")
    )
    language: Mapped[str] = mapped_column(String(2))
    #: hotline, support or ask, each as it stands when nobody corrects it.
    before: Mapped[str] = mapped_column(String(10))
    after: Mapped[str] = mapped_column(String(10))
    #: What is known to be right from the books or an agent; None where nobody said.
    truth: Mapped[str | None] = mapped_column(String(10))
    rules: Mapped[list[Any]] = mapped_column(default=list)
    moved_minor: Mapped[int] = mapped_column(BigInteger, default=0)

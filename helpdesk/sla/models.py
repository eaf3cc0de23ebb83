"""The saved versions of the book of promises: one row a version, never changed."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from helpdesk.accounts.models import Agent
from helpdesk.db import Base


class PromiseBook(Base):
    """One version of offices and policies; the highest number holds.

    The unique number is what refuses the second of two leads who saved at the same time.
    """

    __tablename__ = "promise_book"

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(unique=True)
    fingerprint: Mapped[str] = mapped_column(String(64))
    content: Mapped[dict[str, Any]]
    #: What was changed, as a code and the name of the office or policy.
    what: Mapped[str] = mapped_column(String(20))
    name: Mapped[str] = mapped_column(String(120), default="")
    saved_at: Mapped[datetime]
    saved_by_id: Mapped[int] = mapped_column(ForeignKey(Agent.id))

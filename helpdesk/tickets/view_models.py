"""Views of the queue that agents made: a name and a question, for themselves or for all."""

from datetime import datetime

from sqlalchemy import ForeignKey, String, false
from sqlalchemy.orm import Mapped, mapped_column

from helpdesk.db import Base


class SavedView(Base):
    """One view; `question` is what stands in the search field, read anew each time."""

    __tablename__ = "saved_view"

    id: Mapped[int] = mapped_column(primary_key=True)
    agent_id: Mapped[int] = mapped_column(ForeignKey("agent.id"), index=True)
    name: Mapped[str] = mapped_column(String(60))
    question: Mapped[str] = mapped_column(String(300))
    #: Everybody sees it in their rail.
    shared: Mapped[bool] = mapped_column(default=False, server_default=false())
    created_at: Mapped[datetime]

"""Verdicts as they were given, and agents' corrections of them."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, false, text
from sqlalchemy.orm import Mapped, mapped_column

from helpdesk.db import Base


class StoredVerdict(Base):
    """What the rules said about one message, with the reasons and the facts of that moment (T1)."""

    __tablename__ = "verdict"
    __table_args__ = (Index("ix_verdict_ticket_id", "ticket_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("ticket.id"))
    message_id: Mapped[int] = mapped_column(ForeignKey("ticket_message.id"), unique=True)
    ruleset_version: Mapped[str] = mapped_column(String(40))
    label: Mapped[str | None] = mapped_column(String(10))
    confidence: Mapped[float]
    data: Mapped[dict[str, Any]] = mapped_column(default=dict)
    created_at: Mapped[datetime]
    #: What was known besides the text of the message: attachments, customer, headers, the moment. Together
    #: they are the question, so that any rules can be asked it again (T5).
    facts: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default=text("'{}'"))
    #: One of the few sure ones that a person decides without seeing the proposal, so that accuracy is known.
    blind: Mapped[bool] = mapped_column(default=False, server_default=false())


class Correction(Base):
    """An agent's word on a verdict; it outranks the rules forever (T2)."""

    __tablename__ = "correction"
    __table_args__ = (
        Index("ix_correction_ticket_id", "ticket_id"),
        CheckConstraint("field IN ('label', 'urgent', 'kind')", name="field"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("ticket.id"))
    agent_id: Mapped[int] = mapped_column(ForeignKey("agent.id"))
    field: Mapped[str] = mapped_column(String(10))
    before: Mapped[str | None] = mapped_column(String(20))
    after: Mapped[str | None] = mapped_column(String(20))
    reason: Mapped[str] = mapped_column(String(500), default="")
    at: Mapped[datetime]
    #: What the rules had said about this field, and which rules; `before` is what stood on the ticket.
    engine: Mapped[str | None] = mapped_column(String(20))
    ruleset_version: Mapped[str] = mapped_column(String(40), default="", server_default="")
    #: What the case came to at billing: hotline or support by the books, defect or goodwill when it was
    #: waived, nothing when it was closed without work; None until then.
    billed: Mapped[str | None] = mapped_column(String(10))

"""The seals on answers, and the objections to them: what must outlive a quarrel about money."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from helpdesk.billing import constraints
from helpdesk.billing.models import Transfer
from helpdesk.db import Base, table_of


class AnswerSeal(Base):
    """The seal on one answer, chained to the one before it on the same ticket. Added once, never changed."""

    __tablename__ = "answer_seal"

    answer_id: Mapped[int] = mapped_column(ForeignKey("offer_answer.id"), primary_key=True)
    #: The seal of the ticket's answer before this one; empty for the first.
    before: Mapped[str] = mapped_column(String(64))
    seal: Mapped[str] = mapped_column(String(64), unique=True)


class Objection(Base):
    """ "That was not us": said within a day of the confirmation; what was accepted is frozen until decided.

    While it is undecided, or once it led to `cancelled`, nothing may be charged under the acceptance.
    """

    __tablename__ = "objection"
    __table_args__ = (
        CheckConstraint("outcome IS NULL OR outcome IN ('stands', 'cancelled')", name="outcome"),
        CheckConstraint(
            "(outcome IS NULL) = (decided_at IS NULL) AND (outcome IS NULL) = (decided_by_id IS NULL)",
            name="decided",
        ),
        CheckConstraint("outcome IS NULL OR reason <> ''", name="reason"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    #: Unique: an acceptance is objected to once; later mails are read by the agent who decides.
    answer_id: Mapped[int] = mapped_column(ForeignKey("offer_answer.id"), unique=True)
    at: Mapped[datetime]
    contact_id: Mapped[int] = mapped_column(ForeignKey("contact.id"))
    raw_mail_id: Mapped[int] = mapped_column(ForeignKey("raw_mail.id"))
    raw_sha256: Mapped[str] = mapped_column(String(64))
    words: Mapped[str] = mapped_column(Text)
    outcome: Mapped[str | None] = mapped_column(String(10))
    reason: Mapped[str] = mapped_column(String(300), default="", server_default="")
    decided_at: Mapped[datetime | None]
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("agent.id"))


# What is objected to must not be charged: that trigger stands on `transfer`.
table_of(Objection).add_is_dependent_on(table_of(Transfer))
constraints.attach(table_of(AnswerSeal), table_of(Objection))

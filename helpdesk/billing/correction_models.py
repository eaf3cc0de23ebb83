"""What finance did to a customer's credit by hand, each with its reason, and who agreed to it."""

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from helpdesk.core.money import Money
from helpdesk.db import Base

KINDS = ("bonus", "refund", "extension", "reversal")


class CreditCorrection(Base):
    """One correction. Above CHF 500 it waits until somebody else books it; the database says so too."""

    __tablename__ = "credit_correction"
    __table_args__ = (
        CheckConstraint("kind IN ('bonus', 'refund', 'extension', 'reversal')", name="kind"),
        CheckConstraint("outcome IN ('booked', 'refused')", name="outcome"),
        CheckConstraint("(outcome IS NULL) = (decided_at IS NULL)", name="decided"),
        CheckConstraint("decided_by_id IS NULL OR decided_by_id <> asked_by_id", name="two_persons"),
        CheckConstraint(
            "outcome IS NULL OR outcome = 'refused' OR kind = 'extension' OR amount_minor <= 50000"
            " OR decided_by_id IS NOT NULL",
            name="second_person",
        ),
        CheckConstraint("amount_minor > 0 AND reason <> ''", name="content"),
        Index(
            "ix_credit_correction_waiting",
            "customer_id",
            sqlite_where=text("outcome IS NULL"),
            postgresql_where=text("outcome IS NULL"),
        ),
        Index(
            "uq_credit_correction_transfer",
            "transfer_key",
            unique=True,
            sqlite_where=text("transfer_key IS NOT NULL AND outcome IS NULL"),
            postgresql_where=text("transfer_key IS NOT NULL AND outcome IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    #: Of the form, so that a second click asks once.
    key: Mapped[str] = mapped_column(String(64), unique=True)
    kind: Mapped[str] = mapped_column(String(9))
    customer_id: Mapped[int] = mapped_column(ForeignKey("customer.id"))
    lot_id: Mapped[int | None] = mapped_column(ForeignKey("credit_lot.id"))
    transfer_key: Mapped[str | None] = mapped_column(ForeignKey("transfer.key"))
    #: Net; of an extension what is left of the lot.
    amount_minor: Mapped[int] = mapped_column(BigInteger)
    currency: Mapped[str] = mapped_column(String(3))
    #: Of a bonus or an extension; NULL: never.
    expires_at: Mapped[datetime | None]
    reason: Mapped[str] = mapped_column(String(300))
    asked_at: Mapped[datetime]
    asked_by_id: Mapped[int] = mapped_column(ForeignKey("agent.id"))
    decided_at: Mapped[datetime | None]
    #: NULL where one person was enough.
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("agent.id"))
    outcome: Mapped[str | None] = mapped_column(String(7))

    @property
    def amount(self) -> Money:
        """Net."""
        return Money(self.amount_minor, self.currency)

"""Plans and subscriptions: what a customer is covered by on a day."""

from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from helpdesk.db import Base


class Subscription(Base):
    """An update or cloud subscription; in force from `valid_from` to `valid_until`, both days included."""

    __tablename__ = "subscription"
    __table_args__ = (
        CheckConstraint("kind IN ('update', 'cloud')", name="kind"),
        CheckConstraint("deployment IN ('cloud', 'on_premise')", name="deployment"),
        CheckConstraint("valid_until IS NULL OR valid_until >= valid_from", name="order"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    customer_id: Mapped[int] = mapped_column(ForeignKey("customer.id"), index=True)
    kind: Mapped[str] = mapped_column(String(10))
    plan: Mapped[str] = mapped_column(String(20))
    deployment: Mapped[str] = mapped_column(String(10))
    valid_from: Mapped[date]
    valid_until: Mapped[date | None]
    #: On-premise customers have a named contact person (product rule "Same day").
    assigned_agent_id: Mapped[int | None] = mapped_column(ForeignKey("agent.id"))

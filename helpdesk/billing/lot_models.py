"""Lots: the parcels that credit was bought in, and which transfer used which of them.

The database itself gives each booking on credit to its lots (`lot_rules.py`): nobody can spend money that
belongs to no lot, and the rest of every lot follows from the transfers alone.
"""

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from helpdesk.core.money import Money
from helpdesk.db import Base

LOT_KINDS = ("paid", "bonus")
TAX_POINTS = ("purchase", "use", "none")


class CreditLot(Base):
    """One parcel of credit, used in the order bonus, earliest expiry, oldest.

    `bought_minor` is set once, by the transfer of that key; `used_minor` and `held_minor` are the sums of
    `lot_use`, kept by a trigger. `expires_at` may only be moved later.
    """

    __tablename__ = "credit_lot"
    __table_args__ = (
        CheckConstraint("kind IN ('paid', 'bonus')", name="kind"),
        CheckConstraint("tax_point IN ('purchase', 'use', 'none')", name="tax_point"),
        CheckConstraint(
            "bought_minor >= 0 AND used_minor >= 0 AND held_minor >= 0"
            " AND used_minor + held_minor <= bought_minor",
            name="rest",
        ),
        CheckConstraint("rate_minor IS NULL OR rate_minor > 0", name="rate"),
        CheckConstraint("vat_minor >= 0", name="vat"),
        Index(
            "ix_credit_lot_open",
            "account_id",
            sqlite_where=text("used_minor + held_minor < bought_minor"),
            postgresql_where=text("used_minor + held_minor < bought_minor"),
        ),
        Index("ix_credit_lot_account_id", "account_id", "id"),
        Index(
            "ix_credit_lot_expires_at",
            "expires_at",
            sqlite_where=text("expires_at IS NOT NULL"),
            postgresql_where=text("expires_at IS NOT NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    #: Of the transfer that brings the money. Not a foreign key: the terms are written just before it.
    transfer_key: Mapped[str] = mapped_column(String(120), unique=True)
    kind: Mapped[str] = mapped_column(String(5), default="paid")
    #: "10 h of support"; empty for a plain amount.
    name: Mapped[str] = mapped_column(String(80), default="")
    bought_minor: Mapped[int] = mapped_column(BigInteger, default=0, server_default="0")
    used_minor: Mapped[int] = mapped_column(BigInteger, default=0, server_default="0")
    held_minor: Mapped[int] = mapped_column(BigInteger, default=0, server_default="0")
    currency: Mapped[str] = mapped_column(String(3))
    #: What an hour of support costs when this lot pays it, net; NULL: the price list's.
    rate_minor: Mapped[int | None] = mapped_column(BigInteger)
    #: When its VAT falls due: when it is bought, when it is used, or never.
    tax_point: Mapped[str] = mapped_column(String(8), default="purchase")
    #: The whole VAT on it, for a lot that is taxed when used.
    vat_minor: Mapped[int] = mapped_column(BigInteger, default=0, server_default="0")
    paid_at: Mapped[datetime]
    expires_at: Mapped[datetime | None]

    @property
    def rest(self) -> Money:
        """What is neither used nor held."""
        return Money(self.bought_minor - self.used_minor - self.held_minor, self.currency)

    @property
    def bought(self) -> Money:
        """What it was worth when it was new."""
        return Money(self.bought_minor, self.currency)

    @property
    def held(self) -> Money:
        """What is held on it."""
        return Money(self.held_minor, self.currency)

    @property
    def rate(self) -> Money | None:
        """Net price of an hour of support from this lot."""
        return None if self.rate_minor is None else Money(self.rate_minor, self.currency)


class LotUse(Base):
    """What one transfer did to one lot: used, held, let go, given back. Only added, never changed (B1)."""

    __tablename__ = "lot_use"
    __table_args__ = (
        CheckConstraint("used_minor <> 0 OR held_minor <> 0", name="something"),
        Index("ix_lot_use_lot_id", "lot_id"),
    )

    transfer_key: Mapped[str] = mapped_column(ForeignKey("transfer.key"), primary_key=True)
    lot_id: Mapped[int] = mapped_column(ForeignKey("credit_lot.id"), primary_key=True)
    #: The order within the transfer.
    position: Mapped[int]
    used_minor: Mapped[int] = mapped_column(BigInteger)
    held_minor: Mapped[int] = mapped_column(BigInteger)

"""Customers and their contacts; a contact may have no customer yet (an unknown sender)."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, String, bindparam, case, select, update
from sqlalchemy.orm import Mapped, mapped_column, relationship

from helpdesk.db import Base, UtcDateTime, db, insert_new


class Customer(Base):
    """An organisation that buys from us; archived, never deleted: books name it for ten years (P2)."""

    __tablename__ = "customer"

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(String(20), unique=True)
    name: Mapped[str] = mapped_column(String(160), index=True)
    segment: Mapped[str] = mapped_column(String(40), default="other")
    language: Mapped[str] = mapped_column(String(2))
    # Separate fields: the Swiss QR-bill takes structured addresses only.
    street: Mapped[str] = mapped_column(String(70), default="")
    house_number: Mapped[str] = mapped_column(String(16), default="")
    postcode: Mapped[str] = mapped_column(String(16), default="")
    town: Mapped[str] = mapped_column(String(35), default="")
    country: Mapped[str] = mapped_column(String(2), default="CH")
    phone: Mapped[str] = mapped_column(String(40), default="")
    vat_id: Mapped[str] = mapped_column(String(30), default="")
    created_at: Mapped[datetime]
    archived_at: Mapped[datetime | None]


class Contact(Base):
    """A person who writes to us, known by address."""

    __tablename__ = "contact"
    __table_args__ = (CheckConstraint("order_limit_minor >= 0", name="order_limit"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    customer_id: Mapped[int | None] = mapped_column(ForeignKey("customer.id"), index=True)
    email: Mapped[str] = mapped_column(String(254), unique=True)
    name: Mapped[str] = mapped_column(String(160), default="")
    language: Mapped[str] = mapped_column(String(2))
    phone: Mapped[str] = mapped_column(String(40), default="")
    #: May accept offers in the customer's name, up to `order_limit_minor` in the customer's currency.
    may_order: Mapped[bool] = mapped_column(default=False)
    order_limit_minor: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime]
    #: Mail to this address came back for good; forgotten when a mail from it arrives.
    mail_fails_since: Mapped[datetime | None]
    mail_fails_why: Mapped[str] = mapped_column(String(500), default="", server_default="")

    customer: Mapped[Customer | None] = relationship()


# Built once: the intake asks it for each message.
_BY_ADDRESS = select(Contact).where(Contact.email == bindparam("address"))


def ensure_contact(address: str, name: str, language: str, now: datetime) -> Contact:
    """The contact with this address; an unknown one becomes a contact without a customer.

    Two workers may meet a new sender in the same moment: the second one's insert does nothing.
    """
    contact = db.session.scalar(_BY_ADDRESS, {"address": address})
    if contact is None:
        insert_new(
            Contact, email=address, name=name[:160], language=language, may_order=False, created_at=now
        )
        contact = db.session.scalars(_BY_ADDRESS, {"address": address}).one()
    return contact


def mark_unreachable(address: str, why: str, now: datetime) -> None:
    """Remembers that mail to this address fails, since the first time; the reason is the newest."""
    db.session.execute(
        update(Contact)
        .where(Contact.email == address)
        .values(
            mail_fails_since=case(
                (Contact.mail_fails_since.is_(None), bindparam(None, now, UtcDateTime)),
                else_=Contact.mail_fails_since,
            ),
            mail_fails_why=why[:500],
        ),
        execution_options={"synchronize_session": False},
    )


def mark_reachable(contact: Contact) -> None:
    """A mail from them arrived: whatever failed, works again."""
    if contact.mail_fails_since is not None:
        contact.mail_fails_since, contact.mail_fails_why = None, ""

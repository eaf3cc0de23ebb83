"""Reads about quotes: how a version stands, the list by state, what is due for a reminder or a warning."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, select
from sqlalchemy.orm import joinedload, selectinload

from helpdesk.billing.evidence_models import Objection
from helpdesk.billing.models import Offer, OfferAnswer
from helpdesk.billing.quote_models import Quote
from helpdesk.customers.models import Customer
from helpdesk.db import connection, db, table_of

STATES = (
    "draft", "sent", "accepted", "in_work", "done", "billed", "declined", "expired", "superseded",
    "withdrawn",
)  # fmt: skip
LISTED = 200


@dataclass(frozen=True, slots=True)
class Standing:
    """A version with whose it is and how it stands now."""

    quote: Quote
    customer: str
    state: str


def state_of(quote: Quote, offer: Offer | None, objection: Objection | None, now: datetime) -> str:
    """One of STATES, or `objected`; from our stage and the customer's answer."""
    if quote.stage in ("done", "billed", "draft"):
        return quote.stage
    if offer is None:
        return "withdrawn"
    if objection is not None and objection.outcome != "stands":
        return "withdrawn" if objection.outcome else "objected"
    if offer.state == "open":
        return "expired" if now >= offer.valid_until else "sent"
    if offer.state == "accepted":
        return "in_work" if offer.used_minor else "accepted"
    return offer.state


def standings(now: datetime, *, ticket_id: int | None = None) -> list[Standing]:
    """The newest versions with their state, of one ticket or of all; one read and one for the lines."""
    query = (
        select(Quote, Customer.name, Objection)
        .join(Customer, Customer.id == Quote.customer_id)
        .outerjoin(OfferAnswer, OfferAnswer.offer_id == Quote.offer_id)
        .outerjoin(Objection, Objection.answer_id == OfferAnswer.id)
        .options(joinedload(Quote.offer), selectinload(Quote.lines))
        .order_by(Quote.id.desc())
        .limit(LISTED)
        .execution_options(populate_existing=True)
    )
    if ticket_id is not None:
        query = query.where(Quote.ticket_id == ticket_id)
    return [
        Standing(quote, customer, state_of(quote, quote.offer, objection, now))
        for quote, customer, objection in db.session.execute(query)
    ]


def standing_of_quote(quote: Quote, now: datetime) -> str:
    """How one version stands."""
    objection = db.session.scalar(
        select(Objection)
        .join(OfferAnswer, OfferAnswer.id == Objection.answer_id)
        .where(OfferAnswer.offer_id == quote.offer_id)
    )
    return state_of(quote, quote.offer, objection, now)


def quote_of_offer(offer_id: int) -> Quote | None:
    """The version that an offer froze, with its lines."""
    return db.session.scalar(
        select(Quote).where(Quote.offer_id == offer_id).options(selectinload(Quote.lines))
    )


def to_remind(now: datetime, before: datetime) -> Sequence[Quote]:
    """Versions that end until `before`, were not answered, and whose customer was not reminded."""
    return db.session.scalars(
        select(Quote)
        .join(Offer, Offer.id == Quote.offer_id)
        .where(
            Quote.reminded_at.is_(None),
            Offer.state == "open",
            Offer.valid_until > now,
            Offer.valid_until <= before,
        )
        .order_by(Quote.id)
        .limit(LISTED)
    ).all()


def nearly_used(percent: int) -> Sequence[Quote]:
    """Accepted versions of whose amount that much is used, and nobody was warned."""
    return db.session.scalars(
        select(Quote)
        .join(Offer, Offer.id == Quote.offer_id)
        .where(
            Quote.warned_at.is_(None),
            Quote.stage == "sent",
            Offer.state == "accepted",
            Offer.used_minor * 100 >= Offer.net_minor * percent,
        )
        .order_by(Quote.id)
        .limit(LISTED)
    ).all()


def expired_quote(ticket_id: int) -> Quote | None:
    """The ticket's newest version, if its deadline passed without an answer."""
    newest = connection().execute(_NEWEST_SENT, {"ticket": ticket_id}).one_or_none()
    return db.session.get(Quote, newest.id) if newest is not None and newest.state == "expired" else None


# Built once, over the bare tables: the intake asks it for each reply, and mostly there is none.
_QUOTE = table_of(Quote).c
_NEWEST_SENT = (
    select(_QUOTE.id, table_of(Offer).c.state)
    .outerjoin(table_of(Offer), table_of(Offer).c.id == _QUOTE.offer_id)
    .where(_QUOTE.ticket_id == bindparam("ticket"), _QUOTE.stage == "sent")
    .order_by(_QUOTE.id.desc())
    .limit(1)
)

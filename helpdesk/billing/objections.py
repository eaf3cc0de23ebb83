""" "That was not us": what was accepted is frozen at once and stays so until an agent decides (B4, B5)."""

from datetime import datetime, timedelta

from sqlalchemy import select, update

from helpdesk.billing.evidence_models import Objection
from helpdesk.billing.models import Offer, OfferAnswer
from helpdesk.core.errors import Conflict, InvalidInput, NotFound
from helpdesk.db import db, insert_new

#: How long after the acceptance a "wrong" reopens it (money_and_booking.md B5).
WITHIN = timedelta(hours=24)


def acceptance(offer_id: int, now: datetime) -> OfferAnswer | None:
    """The offer's acceptance while it may still be objected to."""
    return db.session.scalar(
        select(OfferAnswer).where(
            OfferAnswer.offer_id == offer_id, OfferAnswer.accepted, OfferAnswer.at > now - WITHIN
        )
    )


def object_to(
    answer_id: int, *, contact_id: int, raw_mail_id: int, raw_sha256: str, words: str, now: datetime
) -> bool:
    """Records the objection; returns False when there was one before, which stays as it is."""
    return insert_new(
        Objection,
        answer_id=answer_id,
        at=now,
        contact_id=contact_id,
        raw_mail_id=raw_mail_id,
        raw_sha256=raw_sha256,
        words=words[:2000],
    )


def decide(objection_id: int, *, stands: bool, reason: str, agent_id: int, now: datetime) -> Offer:
    """Ends the freeze; returns the offer. InvalidInput without a reason, Conflict when decided before."""
    if not reason.strip():
        raise InvalidInput("Say why you decide so.", field="reason")
    done = db.session.execute(
        update(Objection)
        .where(Objection.id == objection_id, Objection.outcome.is_(None))
        .values(
            outcome="stands" if stands else "cancelled",
            reason=reason.strip()[:300],
            decided_at=now,
            decided_by_id=agent_id,
        )
    )
    if not done.rowcount:  # type: ignore[attr-defined]
        raise Conflict("This was decided already.")
    return offer_of(objection_id)


def offer_of(objection_id: int) -> Offer:
    """The offer that the objection is about; raises NotFound."""
    found = db.session.scalar(
        select(Offer)
        .join(OfferAnswer, OfferAnswer.offer_id == Offer.id)
        .join(Objection, Objection.answer_id == OfferAnswer.id)
        .where(Objection.id == objection_id)
    )
    if found is None:
        raise NotFound("There is no such objection.")
    return found

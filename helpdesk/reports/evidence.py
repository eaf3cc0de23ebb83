"""The evidence card of an offer: what was offered, what came back, and whether it is untouched."""

from dataclasses import dataclass

from sqlalchemy import select

from helpdesk.accounts.models import Agent
from helpdesk.billing.evidence_check import broken_evidence
from helpdesk.billing.evidence_models import AnswerSeal, Objection
from helpdesk.billing.models import Offer, OfferAnswer
from helpdesk.core.errors import NotFound
from helpdesk.customers.models import Contact, Customer
from helpdesk.db import db
from helpdesk.mail.models import OutgoingMail


@dataclass(frozen=True, slots=True)
class Card:
    """Everything that speaks for or against an acceptance; `sound` is False when something was touched."""

    offer: Offer
    customer: Customer | None
    mail: OutgoingMail | None
    answer: OfferAnswer | None
    contact: Contact | None
    agent: Agent | None
    seal: AnswerSeal | None
    objection: Objection | None
    sound: bool


def card(offer_id: int) -> Card:
    """The card of one offer in two reads; raises NotFound."""
    row = db.session.execute(
        select(Offer, Customer, OutgoingMail, OfferAnswer, Contact, Agent, AnswerSeal, Objection)
        .outerjoin(Customer, Customer.id == Offer.customer_id)
        .outerjoin(OutgoingMail, OutgoingMail.key == f"offer:{offer_id}")
        .outerjoin(OfferAnswer, OfferAnswer.offer_id == Offer.id)
        .outerjoin(Contact, Contact.id == OfferAnswer.contact_id)
        .outerjoin(Agent, Agent.id == OfferAnswer.agent_id)
        .outerjoin(AnswerSeal, AnswerSeal.answer_id == OfferAnswer.id)
        .outerjoin(Objection, Objection.answer_id == OfferAnswer.id)
        .where(Offer.id == offer_id)
    ).one_or_none()
    if row is None:
        raise NotFound("There is no such offer.")
    touched = {number for _code, number in broken_evidence(row[0].ticket_id)}
    return Card(*row, sound=row[0].number not in touched)

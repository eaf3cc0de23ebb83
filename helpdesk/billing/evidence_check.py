"""The proof of the evidence: every answer has its seal, and nothing was touched since (`ledger check`)."""

from collections.abc import Iterator

from sqlalchemy import select

from helpdesk.billing.evidence import seal
from helpdesk.billing.evidence_models import AnswerSeal
from helpdesk.billing.models import Offer, OfferAnswer
from helpdesk.billing.offers import still_as_sent
from helpdesk.db import db, table_of

_ANSWER = table_of(OfferAnswer)
_AT_ONCE = 500


def broken_evidence(ticket_id: int | None = None) -> Iterator[tuple[str, str]]:
    """(code, the offer's number) of each answer whose seal or text does not hold; of all tickets or of one.

    Codes: `evidence_unsealed`, `evidence_changed` (a part that proves the answer differs), `evidence_chain`
    (an answer before it is gone or was put in), `evidence_text` (the offer's text or amounts differ).
    """
    query = (
        select(Offer, AnswerSeal.seal, AnswerSeal.before, *_ANSWER.columns)
        .join(_ANSWER, _ANSWER.c.offer_id == Offer.id)
        .outerjoin(AnswerSeal, AnswerSeal.answer_id == _ANSWER.c.id)
        .order_by(Offer.ticket_id, _ANSWER.c.id)
        .execution_options(yield_per=_AT_ONCE)
    )
    if ticket_id is not None:
        query = query.where(Offer.ticket_id == ticket_id)
    ticket, last = 0, ""
    for row in db.session.execute(query):
        offer, found, before = row[0], row.seal, row.before
        last = last if offer.ticket_id == ticket else ""
        ticket = offer.ticket_id
        if found is None:
            yield "evidence_unsealed", offer.number
            continue
        answer = {column.name: value for column, value in zip(_ANSWER.columns, row[3:], strict=True)}
        if seal(answer, before) != found:
            yield "evidence_changed", offer.number
        if before != last:
            yield "evidence_chain", offer.number
        if not still_as_sent(offer):
            yield "evidence_text", offer.number
        last = found

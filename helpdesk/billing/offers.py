"""Offers: made once with frozen text, answered once with evidence, expired by the clock (B4, B5)."""

import hashlib
import json
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import bindparam, func, insert, select, update
from sqlalchemy.exc import DBAPIError

from helpdesk.billing import ledger, queries
from helpdesk.billing.agreement import Approver, Decision, may_accept
from helpdesk.billing.evidence import seal
from helpdesk.billing.evidence_models import AnswerSeal
from helpdesk.billing.models import Offer, OfferAnswer
from helpdesk.billing.pricing import Taxed
from helpdesk.core.actors import SYSTEM, Actor
from helpdesk.core.errors import Conflict, InvalidInput, NotAllowedYet, NotFound
from helpdesk.core.money import Money
from helpdesk.db import connection, db, insert_row, table_of
from helpdesk.tickets.models import Ticket

__all__ = [
    "Approver",
    "Decision",
    "Draft",
    "Evidence",
    "Recorded",
    "create_offer",
    "expire_due",
    "fingerprint",
    "hold_surcharge",
    "may_accept",
    "next_number",
    "record_answer",
    "waive_surcharge",
    "withdraw",
]


@dataclass(frozen=True, slots=True)
class Draft:
    """What is to be offered; `text` is exactly what the customer reads, in `language`."""

    kind: str
    ticket_id: int
    customer_id: int | None
    to_contact_id: int | None
    price: Taxed
    vat_bp: int
    language: str
    subject: str
    text: str
    text_version: str
    valid_until: datetime
    minutes: int | None = None
    token_hash: str | None = None
    #: A quote brings its own number and version; other offers are counted on their ticket.
    number: str | None = None


@dataclass(frozen=True, slots=True)
class Evidence:
    """How a yes or a no reached us. A reply needs `raw_mail_id` and `words`, a call `agent_id` and `name`."""

    channel: str
    contact_id: int | None = None
    agent_id: int | None = None
    authorisation_id: int | None = None
    name: str = ""
    words: str = ""
    raw_mail_id: int | None = None
    raw_sha256: str | None = None
    auth_result: dict[str, Any] = field(default_factory=dict)
    ip: str = ""
    user_agent: str = ""


class Recorded(NamedTuple):
    """The answer that counts; `fresh` is False when the offer had been answered before."""

    answer_id: int
    accepted: bool
    fresh: bool


def next_number(ticket_id: int) -> str:
    """The number of the ticket's next offer, "1042-2"; the ticket's row stays locked until the commit."""
    lock_ticket(ticket_id)
    made = connection().execute(_MADE, {"ticket": ticket_id}).scalar_one()
    return f"{ticket_id}-{made + 1}"


def lock_ticket(ticket_id: int) -> None:
    """Makes others who bill or offer on this ticket wait for our commit."""
    db.session.flush()
    if connection().execute(_LOCKED, {"ticket": ticket_id}).scalar() is None:
        raise NotFound("This ticket does not exist.")


# Built once, over the bare tables.
_MADE = (
    select(func.count())
    .select_from(table_of(Offer))
    .where(table_of(Offer).c.ticket_id == bindparam("ticket"))
)
_LOCKED = (
    select(table_of(Ticket).c.id)
    .where(table_of(Ticket).c.id == bindparam("ticket"))
    .with_for_update(key_share=True)
)


def fingerprint(draft: Draft, number: str) -> str:
    """SHA-256 over everything the customer agrees to: text, amounts, language, deadline."""
    return _hash_of(draft, number, draft.ticket_id, draft.price.net, draft.price.gross)


def still_as_sent(offer: Offer) -> bool:
    """Whether the offer's text, amounts and deadline are those that its hash was made over."""
    return _hash_of(offer, offer.number, offer.ticket_id, offer.net, offer.gross) == offer.sha256


def _hash_of(said: Draft | Offer, number: str, ticket_id: int, net: Money, gross: Money) -> str:
    sealed = {
        "number": number,
        "kind": said.kind,
        "ticket": ticket_id,
        "net": net.minor,
        "vat_bp": said.vat_bp,
        "gross": gross.minor,
        "currency": net.currency,
        "language": said.language,
        "subject": said.subject,
        "text": said.text,
        "text_version": said.text_version,
        "valid_until": said.valid_until.timestamp(),
    }
    return hashlib.sha256(json.dumps(sealed, sort_keys=True).encode()).hexdigest()


def create_offer(draft: Draft, *, by: Actor, now: datetime) -> Offer:
    """Stores the offer, open. Raises Conflict when a surcharge is open or accepted on the ticket already."""
    if draft.valid_until <= now or draft.price.net.minor <= 0:
        raise InvalidInput("An offer needs an amount and a deadline ahead.")
    if draft.number:
        lock_ticket(draft.ticket_id)
    number = draft.number or next_number(draft.ticket_id)  # which locks it too
    row = {name: getattr(draft, name) for name in _AS_IS} | {
        "number": number,
        "net_minor": draft.price.net.minor,
        "vat_minor": draft.price.vat.minor,
        "gross_minor": draft.price.gross.minor,
        "currency": draft.price.net.currency,
        "sha256": fingerprint(draft, number),
        "created_at": now,
        "created_by_kind": by.kind,
        "created_by_id": by.id,
    }
    if draft.kind == "surcharge" and queries.live_surcharge(draft.ticket_id) is not None:
        raise Conflict("The urgency surcharge was offered on this ticket already.")
    return _row(insert_row(Offer, **row))


_AS_IS = (
    "kind",
    "ticket_id",
    "customer_id",
    "to_contact_id",
    "minutes",
    "vat_bp",
    "language",
    "subject",
    "text",
    "text_version",
    "token_hash",
    "valid_until",
)


def record_answer(offer_id: int, accepted: bool, evidence: Evidence, *, now: datetime) -> Recorded:
    """Keeps the first answer with its evidence; a later one changes nothing and gets the first one back.

    Raises Conflict when the offer is not open any more (expired, withdrawn, superseded). Whether the person
    may accept is `may_accept`'s question and must have been asked before.
    """
    lock_ticket(_row(offer_id).ticket_id)  # one answer after the other: each seal holds on to the one before
    offer = _row(offer_id)
    first = _first_answer(offer_id)
    if first is not None:
        return first
    if offer.state != "open" or now >= offer.valid_until:
        raise Conflict("This offer is no longer open.")
    row = {name: getattr(evidence, name) for name in evidence.__dataclass_fields__} | {
        "offer_id": offer_id,
        "accepted": accepted,
        "at": now,
        "text_sha256": offer.sha256,
    }
    connection = db.session.connection()
    try:
        with connection.begin_nested():
            key = connection.execute(insert(OfferAnswer), row).inserted_primary_key
            assert key is not None
            _seal(int(key[0]), offer.ticket_id, row)
    except DBAPIError as error:
        first = _first_answer(offer_id)  # another answer came in between
        if first is not None:
            return first
        if "offer_needs_own_answer" in str(error.orig):
            raise NotAllowedYet("The customer has not agreed to this yet.") from error
        if "offer_closed" in str(error.orig):
            raise Conflict("This offer is no longer open.") from error
        raise
    db.session.refresh(offer)
    return Recorded(int(key[0]), accepted, True)


def _seal(answer_id: int, ticket_id: int, row: dict[str, Any]) -> None:
    last = (
        select(AnswerSeal.seal)
        .join(OfferAnswer, OfferAnswer.id == AnswerSeal.answer_id)
        .join(Offer, Offer.id == OfferAnswer.offer_id)
        .where(Offer.ticket_id == ticket_id)
        .order_by(AnswerSeal.answer_id.desc())
        .limit(1)
    )
    connection = db.session.connection()
    before = connection.execute(last).scalar_one_or_none() or ""
    connection.execute(
        insert(AnswerSeal), {"answer_id": answer_id, "before": before, "seal": seal(row, before)}
    )


def withdraw(offer_id: int, *, superseded: bool = False) -> None:
    """Takes an open offer back, or says that a newer one replaces it; Conflict when it was answered."""
    state = "superseded" if superseded else "withdrawn"
    done = db.session.execute(
        update(Offer).where(Offer.id == offer_id, Offer.state == "open").values(state=state)
    )
    if not done.rowcount:  # type: ignore[attr-defined]
        raise Conflict("This offer is no longer open.")


def expire(offer_id: int, now: datetime) -> None:
    """Ends one offer whose deadline is over, without waiting for the clock's round."""
    db.session.execute(
        update(Offer)
        .where(Offer.id == offer_id, Offer.state == "open", Offer.valid_until <= now)
        .values(state="expired")
    )


def expire_due(now: datetime, limit: int = 200) -> list[int]:
    """Ends the open offers whose deadline is over; returns their ids. Harmless when run twice or together."""
    due = (
        select(Offer.id)
        .where(Offer.state == "open", Offer.valid_until <= now)
        .order_by(Offer.valid_until)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    ids = list(db.session.scalars(due))
    if ids:
        db.session.execute(
            update(Offer).where(Offer.id.in_(ids), Offer.state == "open").values(state="expired")
        )
    return ids


def surcharge_key(ticket_id: int) -> str:
    """One urgency surcharge a case: the key in the books (B3)."""
    return f"surcharge:{ticket_id}"


def hold_surcharge(offer_id: int, *, by: Actor, now: datetime) -> ledger.Payer:
    """Holds the accepted surcharge once, on credit or, if that is short, on the account to be invoiced.

    Raises NotAllowedYet without an acceptance, InsufficientCredit when neither account may take it.
    """
    offer = _row(offer_id)
    answer = _first_answer(offer_id)
    if offer.kind != "surcharge" or answer is None or not answer.accepted or offer.customer_id is None:
        raise NotAllowedYet("The customer has not agreed to this yet.")
    key = surcharge_key(offer.ticket_id)
    there = queries.transfer_by_key(key)
    if there is not None:
        return queries.payer_of(there.debit_account_id)
    pays = ledger.payer(offer.customer_id, offer.net, now=now)
    ledger.reserve(
        key,
        debit=pays.account_id,
        credit=ledger.open_account("revenue_surcharge", offer.currency, now=now),
        amount=offer.net,
        cause="surcharge",
        cause_ref=offer.number,
        ticket_id=offer.ticket_id,
        acceptance_id=answer.answer_id,
        by=by,
        now=now,
    )
    return pays


def post_surcharge(ticket_id: int, *, by: Actor = SYSTEM, now: datetime) -> None:
    """Charges the held surcharge when the urgent case is done; nothing happens without an open hold."""
    key = surcharge_key(ticket_id)
    if queries.hold_is_open(key):
        ledger.post(f"{key}:done", key, by=by, now=now)


def waive_surcharge(ticket_id: int, *, by: Actor, now: datetime, reason: str) -> None:
    """Lets the held surcharge go, or books the charged one back, with the reason; Conflict when it is gone.

    The receivable of an invoice that left already is put right by a credit note, not here.
    """
    if not reason.strip():
        raise InvalidInput("Say why the surcharge is waived.", field="reason")
    key, standing = surcharge_key(ticket_id), queries.surcharge_standing(ticket_id)
    if standing == "charged":
        ledger.reverse(f"{key}:reversed", f"{key}:done", by=by, now=now, reason=reason)
    elif standing == "held":
        ledger.void(f"{key}:waived", key, by=by, now=now, reason=reason)
    else:
        raise Conflict("There is no accepted surcharge on this ticket.")


def _first_answer(offer_id: int) -> Recorded | None:
    row = db.session.execute(
        select(OfferAnswer.id, OfferAnswer.accepted).where(OfferAnswer.offer_id == offer_id)
    ).one_or_none()
    return Recorded(row.id, row.accepted, False) if row else None


def _row(offer_id: int) -> Offer:
    """The offer as it stands in the database now, not as it was read before."""
    offer = db.session.get(Offer, offer_id, populate_existing=True)
    if offer is None:
        raise NotFound("This offer does not exist.")
    return offer

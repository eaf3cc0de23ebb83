"""What is left of a fixed price when the work is done: charged as an entry of its own, once (B3, B4)."""

from collections.abc import Iterator
from datetime import date, datetime

from helpdesk.billing import ledger, lots, queries, quote_hold
from helpdesk.billing.lot_prices import share_amount, usable
from helpdesk.billing.models import WorkEntry
from helpdesk.billing.quote_models import Quote
from helpdesk.core.actors import Actor
from helpdesk.core.errors import InsufficientCredit, NotAllowedYet
from helpdesk.core.money import Money
from helpdesk.db import db
from helpdesk.i18n import gettext

#: What work by quote is priced as.
ACTIVITY = "development"


def charge_rest(
    quote: Quote, *, agent_id: int, by: Actor, day: date, now: datetime, plan: str | None = None
) -> None:
    """Charges the accepted net amount less what was logged; nothing when nothing is left.

    Credit pays what it covers, the rest is invoiced: InsufficientCredit for who wants to be asked first.
    """
    offer = quote.offer
    answer = queries.answer_of(offer.id) if offer is not None else None
    if offer is None or answer is None or not answer.accepted:
        raise NotAllowedYet("The customer has not agreed to this yet.")
    left = offer.left
    if not left:
        return
    key = f"quote:{quote.id}:rest"
    quote_hold.let_go(answer.id, by=by, now=now)
    for account, amount, booked in _payers(quote, left, f"work:{key}", now):
        ledger.transfer(
            booked,
            debit=account,
            credit=ledger.open_account("revenue_work", quote.currency, now=now),
            amount=amount,
            cause="work",
            cause_ref=key,
            ticket_id=quote.ticket_id,
            acceptance_id=answer.id,
            by=by,
            now=now,
        )
        lots.recognise_vat(booked, by=by, now=now)
    db.session.add(
        WorkEntry(
            key=key,
            ticket_id=quote.ticket_id,
            agent_id=agent_id,
            at=now,
            local_day=day,
            minutes=0,
            activity=ACTIVITY,
            text=gettext("Rest of the fixed price of quote %(name)s", name=quote.name),
            internal="",
            billing="charged",
            reason="",
            billed_minutes=0,
            net_minor=left.minor,
            currency=quote.currency,
            price_id=queries.price_on(
                ACTIVITY, day, quote.currency, queries.scopes(quote.customer_id, plan)
            ).id,
            transfer_key=f"work:{key}",
        )
    )
    db.session.flush()


def _payers(quote: Quote, left: Money, key: str, now: datetime) -> Iterator[tuple[int, Money, str]]:
    """Account, amount and key of each booking: credit first, then what is invoiced."""
    credit = ledger.account_of(quote.customer_id, "credit", quote.currency, lock=True)
    shared = share_amount(left, usable(queries.lots_of(credit), now) if credit is not None else [])
    if shared.rest and queries.policy_of(quote.customer_id, now.date()) == "ask":
        raise InsufficientCredit("The credit does not cover this, and this customer wants to be asked first.")
    if credit is not None and shared.from_credit:
        yield credit, shared.from_credit, key
    if shared.rest:
        owed = ledger.open_account("receivable", quote.currency, customer_id=quote.customer_id, now=now)
        yield owed, shared.rest, f"{key}:rest" if shared.from_credit else key

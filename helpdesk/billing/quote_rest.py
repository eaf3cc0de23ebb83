"""What is left of a fixed price when the work is done: charged as an entry of its own, once (B3, B4)."""

from datetime import date, datetime

from helpdesk.billing import ledger, queries
from helpdesk.billing.models import WorkEntry
from helpdesk.billing.quote_models import Quote
from helpdesk.core.actors import Actor
from helpdesk.core.errors import NotAllowedYet
from helpdesk.db import db
from helpdesk.i18n import gettext

#: What work by quote is priced as.
ACTIVITY = "development"


def charge_rest(quote: Quote, *, agent_id: int, by: Actor, day: date, now: datetime) -> None:
    """Charges the accepted net amount less what was logged; nothing when nothing is left."""
    offer = quote.offer
    answer = queries.answer_of(offer.id) if offer is not None else None
    if offer is None or answer is None or not answer.accepted:
        raise NotAllowedYet("The customer has not agreed to this yet.")
    left = offer.left
    if not left:
        return
    key = f"quote:{quote.id}:rest"
    ledger.transfer(
        f"work:{key}",
        debit=ledger.payer(quote.customer_id, left, now=now).account_id,
        credit=ledger.open_account("revenue_work", quote.currency, now=now),
        amount=left,
        cause="work",
        cause_ref=key,
        ticket_id=quote.ticket_id,
        acceptance_id=answer.id,
        by=by,
        now=now,
    )
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
            price_id=queries.price_on(ACTIVITY, day, quote.currency).id,
            transfer_key=f"work:{key}",
        )
    )
    db.session.flush()

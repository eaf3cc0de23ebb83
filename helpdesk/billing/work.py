"""Minutes worked: what they would cost, and logging them, with the charge in the same transaction."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import select

from helpdesk.billing import ledger, queries
from helpdesk.billing.agreement import Case, Ceiling, Charge, may_charge
from helpdesk.billing.models import Offer, StandingAuthorisation, WorkEntry
from helpdesk.billing.offers import Draft, Evidence, create_offer, lock_ticket, record_answer
from helpdesk.billing.price_list import ACTIVITIES
from helpdesk.billing.pricing import Priced, quote_work, with_vat
from helpdesk.core.actors import SYSTEM, Actor
from helpdesk.core.errors import Conflict, InsufficientCredit, InvalidInput, NotAllowedYet
from helpdesk.core.money import Money
from helpdesk.db import db
from helpdesk.i18n import lazy

_STANDING_VERSION = "standing-1"


@dataclass(frozen=True, slots=True)
class Work:
    """What is to be logged. `local_day` is the vendor's day of `at`; `key` makes a second click harmless."""

    key: str
    ticket_id: int
    customer_id: int | None
    label: str | None
    subscriber: bool
    minutes: int
    activity: str
    at: datetime
    local_day: date
    text: str = ""
    internal: str = ""
    #: Filled when the minutes are not to be charged: goodwill, a defect of the product.
    waived_because: str = ""
    currency: str = "CHF"


@dataclass(frozen=True, slots=True)
class Preview:
    """What logging would do: "38 min -> 45 min -> CHF 135.00 from credit, left CHF 1'110.00".

    `billing` is None when it may not be logged yet, and `code` says what is missing. `pays` is `credit` or
    `receivable`; `left` is what credit would have left, None where there is no such account.
    """

    billing: str | None
    code: str
    minutes: int
    billed_minutes: int
    net: Money
    pays: str | None
    left: Money | None


def preview(work: Work) -> Preview:
    """What `work` would cost now; changes nothing."""
    assessed = _assess(work)
    credit = queries.credit_of(work.customer_id, work.currency) if work.customer_id else None
    left = credit.available if credit else None
    pays: str | None = None
    if assessed.charge.billing == "charged":
        pays = "credit" if left is not None and left >= assessed.priced.net else "receivable"
        if left is not None and pays == "credit":
            left -= assessed.priced.net
    return Preview(
        assessed.charge.billing,
        assessed.charge.code,
        work.minutes,
        assessed.priced.billed_minutes,
        assessed.priced.net,
        pays,
        left,
    )


def record_work(work: Work, *, agent_id: int, by: Actor) -> WorkEntry:
    """Logs the minutes and charges them, once a key.

    Raises NotAllowedYet when the customer has not agreed (B4; the code is in its data), InsufficientCredit
    when neither credit nor the account to be invoiced can take it, Conflict for a key with other content.
    """
    lock_ticket(work.ticket_id)
    there = db.session.scalars(select(WorkEntry).where(WorkEntry.key == work.key)).one_or_none()
    if there is not None:
        return _same(there, work)
    assessed = _assess(work)
    charge = assessed.charge
    if charge.billing is None:
        raise NotAllowedYet(_MISSING[charge.code], code=charge.code)
    transfer_key = _charge(work, assessed, by) if charge.billing == "charged" else None
    entry = WorkEntry(
        key=work.key,
        ticket_id=work.ticket_id,
        agent_id=agent_id,
        at=work.at,
        local_day=work.local_day,
        minutes=work.minutes,
        activity=work.activity,
        text=work.text,
        internal=work.internal,
        billing=charge.billing,
        reason=work.waived_because,
        billed_minutes=assessed.priced.billed_minutes,
        net_minor=assessed.priced.net.minor,
        currency=work.currency,
        price_id=assessed.price_id,
        transfer_key=transfer_key,
    )
    db.session.add(entry)
    db.session.flush()
    return entry


_MISSING = {
    "classify_first": lazy("Decide first whether this is hotline or paid support."),
    "time_box_over": lazy("The free minutes are used up. Ask the customer before going on as paid support."),
    "not_agreed": lazy("The customer has not agreed to paid support yet."),
    "more_than_agreed": lazy("This is more than the customer agreed to."),
}


@dataclass(frozen=True, slots=True)
class _Assessed:
    charge: Charge
    priced: Priced
    price_id: int


def _assess(work: Work) -> _Assessed:
    if work.activity not in ACTIVITIES:
        raise InvalidInput("There is no such activity.")
    if work.minutes < 1:
        raise InvalidInput("Write the minutes as a whole number from 1 to 1440 a day.")
    price = queries.price_on(work.activity, work.local_day, work.currency)
    done = queries.worked(work.ticket_id, work.local_day, price.id)
    priced = quote_work(done.paid_that_day, work.minutes, price.price)
    nothing = Priced(0, Money(0, work.currency))
    if work.waived_because.strip():
        return _Assessed(Charge("waived", "waived"), nothing, price.id)
    agreed = queries.ceilings(work.ticket_id, work.customer_id, work.local_day, work.currency)
    case = Case(work.label, work.subscriber, done.in_case)
    charge = may_charge(case, work.minutes, priced.net, agreed)
    return _Assessed(charge, nothing if charge.billing == "free" else priced, price.id)


def _charge(work: Work, assessed: _Assessed, by: Actor) -> str:
    assert assessed.charge.under is not None
    if work.customer_id is None:
        raise InsufficientCredit("The ticket has no customer who could pay.")
    return ledger.transfer(
        f"work:{work.key}",
        debit=ledger.payer(work.customer_id, assessed.priced.net, now=work.at).account_id,
        credit=ledger.open_account("revenue_work", work.currency, now=work.at),
        amount=assessed.priced.net,
        cause="work",
        cause_ref=work.key,
        ticket_id=work.ticket_id,
        acceptance_id=_acceptance(work, assessed.charge.under),
        by=by,
        now=work.at,
    )


def _acceptance(work: Work, under: Ceiling) -> int:
    """The answer's row; a contract's standing word becomes one when the case first uses it."""
    if under.acceptance_id is not None:
        return under.acceptance_id
    authorisation = db.session.get(StandingAuthorisation, under.authorisation_id)
    assert authorisation is not None
    offer = _standing_offer(work, authorisation)
    evidence = Evidence(
        "standing",
        authorisation_id=authorisation.id,
        name=authorisation.granted_by,
        words=authorisation.reference,
    )
    return record_answer(offer.id, True, evidence, now=work.at).answer_id


def _standing_offer(work: Work, authorisation: StandingAuthorisation) -> Offer:
    net = Money(authorisation.amount_minor, authorisation.currency)
    # For the evidence card only; nobody is sent this, so it is not translated.
    text = f"Standing authorisation {authorisation.reference}: up to {net.decimal} {net.currency} a case."
    draft = Draft(
        kind="work",
        ticket_id=work.ticket_id,
        customer_id=work.customer_id,
        to_contact_id=None,
        price=with_vat(net, 0),
        vat_bp=0,
        language="en",
        subject="Standing authorisation",
        text=text,
        text_version=_STANDING_VERSION,
        valid_until=work.at + timedelta(minutes=1),
    )
    return create_offer(draft, by=SYSTEM, now=work.at)


def _same(entry: WorkEntry, work: Work) -> WorkEntry:
    same = (entry.ticket_id, entry.minutes, entry.activity, entry.local_day)
    if same != (work.ticket_id, work.minutes, work.activity, work.local_day):
        raise Conflict("This was logged already, with other minutes.")
    return entry

"""Minutes worked: what they would cost, and logging them, with the charge in the same transaction."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta, tzinfo

from sqlalchemy import select

from helpdesk.billing import ledger, lots, queries, quote_hold
from helpdesk.billing.agreement import TIME_BOX, Case, Ceiling, Charge, may_charge
from helpdesk.billing.lot_prices import Lot, Part, Shared, share_minutes, usable
from helpdesk.billing.models import Offer, StandingAuthorisation, WorkEntry
from helpdesk.billing.offers import Draft, Evidence, create_offer, lock_ticket, record_answer
from helpdesk.billing.price_list import ACTIVITIES, IN_ABSENCE
from helpdesk.billing.pricing import quote_work, with_vat
from helpdesk.core.actors import SYSTEM, Actor
from helpdesk.core.errors import Conflict, InsufficientCredit, InvalidInput, NotAllowedYet, NotFound
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
    plan: str | None = None
    #: Minutes of free hotline a case.
    time_box: int = TIME_BOX
    #: The vendor's zone, in which the day of an offer is told.
    zone: tzinfo = UTC
    #: The entry that this one takes the place of, and why.
    corrects: int | None = None
    why: str = ""


@dataclass(frozen=True, slots=True)
class Preview:
    """What logging would do: "38 min -> 45 min -> CHF 135.00 from credit, left CHF 1'110.00".

    `billing` is None when it may not be logged yet, and `code` says what is missing. `pays` is `credit`,
    `receivable` or `both`; `left` is what credit would have left, None where there is no such account.
    `parts` are the lots that pay, `rest` is what goes onto an invoice (or below zero, as agreed).
    """

    billing: str | None
    code: str
    minutes: int
    billed_minutes: int
    net: Money
    pays: str | None
    left: Money | None
    parts: tuple[Part, ...]
    rest: Money
    policy: str


def preview(work: Work) -> Preview:
    """What `work` would cost now; changes nothing."""
    assessed = _assess(work)
    account = queries.account_of(work.customer_id, "credit", work.currency) if work.customer_id else None
    left = ledger.spendable(account, work.at) if account is not None else None
    pays: str | None = None
    shared = assessed.shared
    if assessed.charge.billing == "charged":
        pays = ("both" if shared.parts else "receivable") if shared.rest else "credit"
        if left is not None:
            left += assessed.held - shared.from_credit
            under = assessed.charge.under
            if under is not None and under.quote:  # the quote holds what is left of it anew
                left -= min(left, under.left - shared.net)
    return Preview(
        assessed.charge.billing,
        assessed.charge.code,
        work.minutes,
        assessed.billed_minutes,
        shared.net,
        pays,
        left,
        shared.parts,
        shared.rest,
        queries.policy_of(work.customer_id, work.local_day) if work.customer_id else "ask",
    )


def record_work(work: Work, *, agent_id: int, by: Actor) -> WorkEntry:
    """Logs the minutes and charges them, once a key.

    Raises NotAllowedYet when the customer has not agreed (B4; the code is in its data), InsufficientCredit
    when neither credit nor the account to be invoiced can take it, Conflict for a key with other content.
    """
    lock_ticket(work.ticket_id)
    queries.lock_standing(work.customer_id)
    _lock_payers(work)
    there = logged(work)
    if there is not None:
        return there
    quotes = set()
    if work.corrects is not None and (charged_under := _take_back(work, by)) is not None:
        quotes.add(charged_under)
    assessed = _assess(work)
    charge = assessed.charge
    if charge.billing is None:
        raise NotAllowedYet(_MISSING[charge.code], code=charge.code)
    transfer_key = None
    if charge.billing == "charged":
        if charge.under is not None and charge.under.quote and charge.under.acceptance_id is not None:
            quotes.add(charge.under.acceptance_id)
            quote_hold.let_go(charge.under.acceptance_id, by=by, now=work.at)
        transfer_key = _charge(work, assessed, by)
    for acceptance in quotes:
        quote_hold.let_go(acceptance, by=by, now=work.at)
        quote_hold.hold(acceptance, by=by, now=work.at)
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
        reason=work.waived_because or work.why,
        billed_minutes=assessed.billed_minutes,
        net_minor=assessed.shared.net.minor,
        currency=work.currency,
        price_id=assessed.price_id,
        transfer_key=transfer_key,
        corrects_id=work.corrects,
    )
    db.session.add(entry)
    db.session.flush()
    return entry


_MISSING = {
    "classify_first": lazy("Decide first whether this is hotline or paid support."),
    "time_box_over": lazy("The free minutes are used up. Ask the customer before going on as paid support."),
    "not_agreed": lazy("The customer has not agreed to paid support yet."),
    "quote_needed": lazy("Work in the absence of the customer needs an accepted quote."),
    "more_than_agreed": lazy("This is more than the customer agreed to."),
}


@dataclass(frozen=True, slots=True)
class _Assessed:
    charge: Charge
    billed_minutes: int
    shared: Shared
    price_id: int
    #: What the quote that it is charged under holds on credit: it pays for the work under it.
    held: Money


def _assess(work: Work) -> _Assessed:
    if work.activity not in ACTIVITIES:
        raise InvalidInput("There is no such activity.")
    zero = Money(0, work.currency)
    nothing = Shared((), zero)
    if work.minutes < 1 and not (work.corrects is not None and work.waived_because.strip()):
        raise InvalidInput("Write the minutes as a whole number from 1 to 1440 a day.")
    price = _price(work)
    if work.waived_because.strip():
        return _Assessed(Charge("waived", "waived"), 0, nothing, price.id, zero)
    done = queries.worked(work.ticket_id, work.local_day, price.id, work.corrects)
    priced = quote_work(done.paid_that_day, work.minutes, price.price, billed_so_far=done.billed_that_day)
    rows = _lots(work)
    shared = share_minutes(priced.billed_minutes, work.activity, price.price, usable(rows, work.at))
    agreed = queries.ceilings(work.ticket_id, work.customer_id, work.local_day, work.currency)
    case = Case(work.label, work.subscriber, done.in_case, work.activity in IN_ABSENCE, work.time_box)
    charge = may_charge(case, work.minutes, shared.net, agreed)
    if charge.billing == "free":
        return _Assessed(charge, 0, nothing, price.id, zero)
    held: Mapping[int, Money] = {}
    under = charge.under
    if under is not None and under.quote and under.acceptance_id is not None:
        held = quote_hold.on_lots(under.acceptance_id)
        back = usable(_given_back(rows, held), work.at)
        shared = share_minutes(priced.billed_minutes, work.activity, price.price, back)
        charge = may_charge(case, work.minutes, shared.net, [under])
    return _Assessed(charge, priced.billed_minutes, shared, price.id, sum(held.values(), zero))


def _given_back(rows: Sequence[Lot], held: Mapping[int, Money]) -> list[Lot]:
    """The lots as they are once the quote's hold is let go."""
    return [replace(lot, rest=lot.rest + held[lot.id]) if lot.id in held else lot for lot in rows]


def _price(work: Work) -> queries.PriceOn:
    """The version that counts: of the day on which the work was offered, else of the day of the work."""
    offered = queries.agreed_on(work.ticket_id, work.customer_id)
    day = offered.astimezone(work.zone).date() if offered is not None else work.local_day
    return queries.price_on(work.activity, day, work.currency, queries.scopes(work.customer_id, work.plan))


def _lots(work: Work) -> list[Lot]:
    return queries.lots_held_too(work.customer_id, work.currency) if work.customer_id is not None else []


def _lock_payers(work: Work) -> None:
    """What the lots have left stays true until the commit."""
    if work.customer_id is not None:
        ledger.lock_accounts(work.customer_id, ("credit", "receivable"), work.currency)


def _charge(work: Work, assessed: _Assessed, by: Actor) -> str:
    """Books what the lots pay, and the rest to be invoiced; returns the key of the first booking.

    Raises InsufficientCredit when credit does not cover it and the customer wants to be asked first.
    """
    assert assessed.charge.under is not None
    if work.customer_id is None:
        raise InsufficientCredit("The ticket has no customer who could pay.")
    shared = assessed.shared
    if shared.rest and queries.policy_of(work.customer_id, work.local_day) == "ask":
        raise InsufficientCredit("The credit does not cover this, and this customer wants to be asked first.")
    acceptance = _acceptance(work, assessed.charge.under)
    key = work_key(work.key)
    if shared.from_credit:
        _book(work, key, shared.parts[0].lot.account_id, shared.from_credit, acceptance, by)
        lots.recognise_vat(key, by=by, now=work.at)
    if shared.rest:
        account = ledger.open_account("receivable", work.currency, customer_id=work.customer_id, now=work.at)
        second = f"{key}:rest" if shared.from_credit else key
        _book(work, second, account, shared.rest, acceptance, by)
    return key


def work_key(entry_key: str) -> str:
    """The key in the books of what an entry cost; `:rest` behind it is the part that is invoiced."""
    return f"work:{entry_key}"


def _book(work: Work, key: str, account: int, amount: Money, acceptance: int, by: Actor) -> None:
    ledger.transfer(
        key,
        debit=account,
        credit=ledger.open_account("revenue_work", work.currency, now=work.at),
        amount=amount,
        cause="work",
        cause_ref=work.key,
        ticket_id=work.ticket_id,
        acceptance_id=acceptance,
        by=by,
        now=work.at,
    )


def _take_back(work: Work, by: Actor) -> int | None:
    """Reverses what the corrected entry cost; returns the acceptance that it was charged under.

    Raises Conflict when it was corrected before.
    """
    old = db.session.get(WorkEntry, work.corrects)
    if old is None or old.ticket_id != work.ticket_id:
        raise NotFound("There is no such entry.")
    if db.session.scalar(select(WorkEntry.id).where(WorkEntry.corrects_id == old.id)) is not None:
        raise Conflict("This entry was corrected already.")
    if old.transfer_key is None:
        return None
    reason = work.waived_because or work.why
    for key in (old.transfer_key, f"{old.transfer_key}:rest"):
        if queries.transfer_by_key(key) is not None:
            ledger.reverse(f"{key}:back", key, by=by, now=work.at, reason=reason)
            lots.recognise_vat(f"{key}:back", by=by, now=work.at)
    first = queries.transfer_by_key(old.transfer_key)
    return first.acceptance_id if first is not None else None


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


def logged(work: Work) -> WorkEntry | None:
    """The entry of this key, if there is one; Conflict when it says something else."""
    entry = db.session.scalars(select(WorkEntry).where(WorkEntry.key == work.key)).one_or_none()
    if entry is None:
        return None
    same = (entry.ticket_id, entry.minutes, entry.activity, entry.local_day)
    if same != (work.ticket_id, work.minutes, work.activity, work.local_day):
        raise Conflict("This was logged already, with other minutes.")
    return entry

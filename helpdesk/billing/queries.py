"""Reads: prices in force, credit, offers, agreements, statements."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import (
    ColumnElement,
    Date,
    ScalarSelect,
    Select,
    String,
    bindparam,
    case,
    cast,
    func,
    literal,
    or_,
    select,
    union_all,
)

from helpdesk.billing import ledger
from helpdesk.billing.agreement import Ceiling
from helpdesk.billing.estimate_queries import Standing
from helpdesk.billing.evidence_models import AnswerSeal, Objection
from helpdesk.billing.invoice_models import Invoice, Payment, Reminder
from helpdesk.billing.lot_models import CreditLot
from helpdesk.billing.lot_prices import Lot
from helpdesk.billing.models import (
    Account,
    Offer,
    OfferAnswer,
    Price,
    StandingAuthorisation,
    Transfer,
    WorkEntry,
)
from helpdesk.billing.pricing import UnitPrice, vat_for
from helpdesk.billing.quote_models import Quote
from helpdesk.billing.terms_models import BillingTerms, CaseWaiver, WorkTimer
from helpdesk.core.errors import InvalidInput, NotFound
from helpdesk.core.money import Money
from helpdesk.customers.models import Customer
from helpdesk.db import connection, db, table_of


class PriceOn(NamedTuple):
    """A price version as it stood on a day."""

    id: int
    code: str
    price: UnitPrice


def scopes(customer_id: int | None, plan: str | None = None) -> tuple[str, ...]:
    """Whose prices count for a customer: their own, their plan's, everybody's, in this order."""
    own = (f"customer:{customer_id}",) if customer_id is not None else ()
    return (*own, *((f"plan:{plan}",) if plan else ()), "")


def price_on(code: str, day: date, currency: str = "CHF", whose: Sequence[str] = ("",)) -> PriceOn:
    """The newest version of `code` that had begun on `day`; raises InvalidInput when there is none.

    Of `whose` scopes (see `scopes`) the first one that has a price counts.
    """
    known = {"code": code, "currency": currency, "day": day}
    known |= {f"scope_{place}": scope for place, scope in enumerate(whose)}
    row = connection().execute(_price_query(len(whose)), known).one_or_none()
    if row is None:
        raise InvalidInput("There is no price for %(code)s.", code=code)
    amount = Money(row.amount_minor, currency)
    return PriceOn(row.id, code, UnitPrice(amount, row.unit_minutes, row.minimum_minutes, row.vat_bp))


@cache
def _price_query(scopes: int) -> Select[*tuple[Any, ...]]:
    """Built once for each number of scopes: building it anew costs more than asking it."""
    price = table_of(Price).c
    whose = [bindparam(f"scope_{place}", type_=String) for place in range(scopes)]
    rank = case(*((price.scope == scope, place) for place, scope in enumerate(whose)), else_=scopes)
    return (
        select(price.id, price.amount_minor, price.unit_minutes, price.minimum_minutes, price.vat_bp)
        .where(
            price.code == bindparam("code"),
            price.currency == bindparam("currency"),
            price.valid_from <= bindparam("day", type_=Date),
            or_(*(price.scope == scope for scope in whose)),
        )
        .order_by(rank, price.valid_from.desc(), price.id.desc())
        .limit(1)
    )


def prices_on(
    codes: Sequence[str], day: date, currency: str = "CHF", whose: Sequence[str] = ("",)
) -> dict[str, PriceOn]:
    """`price_on` for several codes in one statement; codes without a price are left out."""
    order = case({scope: place for place, scope in enumerate(whose)}, value=Price.scope)
    rows = db.session.scalars(
        select(Price)
        .where(
            Price.code.in_(tuple(codes)),
            Price.currency == currency,
            Price.valid_from <= day,
            Price.scope.in_(tuple(whose)),
        )
        .order_by(order.desc(), Price.valid_from, Price.id)
    )
    return {
        row.code: PriceOn(
            row.id,
            row.code,
            UnitPrice(
                Money(row.amount_minor, row.currency), row.unit_minutes, row.minimum_minutes, row.vat_bp
            ),
        )
        for row in rows
    }


def vat_rate(customer_id: int, country: str, vat_bp: int) -> int:
    """What the customer pays of a rate; whether they are a business matters abroad only, and is read then."""
    if vat_for(country, vat_bp) == vat_bp:
        return vat_bp
    return vat_for(country, vat_bp, business=terms_of(customer_id).business)


def account_of(customer_id: int, kind: str = "credit", currency: str = "CHF") -> int | None:
    """The customer's account of that kind, if it was opened."""
    return db.session.scalar(
        select(Account.id).where(
            Account.customer_id == customer_id, Account.kind == kind, Account.currency == currency
        )
    )


def credit_of(customer_id: int, currency: str = "CHF") -> ledger.Balance | None:
    """How the customer's support credit stands; None without such an account."""
    account_id = account_of(customer_id, "credit", currency)
    return None if account_id is None else ledger.balance(account_id)


def lots_of(account_id: int, *, all_of_them: bool = False) -> list[Lot]:
    """The account's lots in the order they are used; those that are used up only if asked for."""
    query = _LOTS.where(CreditLot.account_id == account_id)
    if not all_of_them:
        query = query.where(CreditLot.used_minor + CreditLot.held_minor < CreditLot.bought_minor)
    return [_lot(row) for row in db.session.execute(query)]


def lots_held_too(customer_id: int, currency: str) -> list[Lot]:
    """The customer's lots in the order they are used, also those of which all that is left is held."""
    rows = db.session.execute(_LOTS_OF_CUSTOMER, {"customer": customer_id, "currency": currency})
    return [_lot(row) for row in rows]


# Columns and not rows of the session: what another transaction used meanwhile must be seen. Built once.
_LOT = table_of(CreditLot).c
_LOTS = select(*_LOT).order_by(
    case((_LOT.kind == "bonus", 0), else_=1),
    case((_LOT.expires_at.is_(None), 1), else_=0),
    _LOT.expires_at,
    _LOT.paid_at,
    _LOT.id,
)
_LOTS_OF_CUSTOMER = _LOTS.join(Account, Account.id == _LOT.account_id).where(
    Account.customer_id == bindparam("customer"),
    Account.kind == "credit",
    Account.currency == bindparam("currency"),
    _LOT.used_minor < _LOT.bought_minor,
)


def _lot(row: Any) -> Lot:
    def money(minor: int) -> Money:
        return Money(minor, row.currency)

    return Lot(
        row.id,
        row.transfer_key,
        row.kind,
        row.name,
        money(row.bought_minor),
        money(row.bought_minor - row.used_minor - row.held_minor),
        money(row.held_minor),
        None if row.rate_minor is None else money(row.rate_minor),
        row.paid_at,
        row.expires_at,
        row.account_id,
    )


def transfer_by_key(key: str) -> Transfer | None:
    """The booking under that key."""
    return db.session.get(Transfer, key)


def payer_of(account_id: int) -> ledger.Payer:
    """The account as the one that pays."""
    kind = db.session.scalars(select(Account.kind).where(Account.id == account_id)).one()
    return ledger.Payer(account_id, kind)


def hold_is_open(key: str) -> bool:
    """Whether a hold of that key exists and was not settled."""
    settled = select(Transfer.key).where(Transfer.pending_key == key).exists()
    return bool(
        db.session.scalar(
            select(Transfer.key).where(Transfer.key == key, Transfer.kind == "pending", ~settled)
        )
    )


def surcharge_standing(ticket_id: int) -> str | None:
    """What became of the accepted surcharge: `held`, `charged` or `returned`; None where none was held."""
    return db.session.scalar(select(surcharge_of(literal(ticket_id))))


def surcharge_of(ticket_id: ColumnElement[int]) -> ScalarSelect[str | None]:
    """The same as a column of a statement that reads other things of the ticket as well."""
    key = literal("surcharge:") + cast(ticket_id, String)
    of_it = or_(Transfer.key == key, Transfer.pending_key == key, Transfer.reverses_key == key + ":done")
    returned = func.max(case((Transfer.kind.in_(("void", "expire", "reverse")), 1), else_=0))
    charged = func.max(case((Transfer.kind == "post", 1), else_=0))
    return (
        select(case((returned == 1, "returned"), (charged == 1, "charged"), else_="held"))
        .where(of_it)
        .having(func.count() > 0)
        .scalar_subquery()
    )


def due_holds(now: datetime, limit: int = 200) -> list[str]:
    """Keys of open holds whose time is over, for the clock to expire."""
    settled = select(Transfer.key).where(Transfer.pending_key == _HELD.key).exists()
    return list(
        db.session.scalars(
            select(_HELD.key).where(_HELD.expires_at <= now, ~settled).order_by(_HELD.expires_at).limit(limit)
        )
    )


_HELD = Transfer.__table__.alias("held").c


class Line(NamedTuple):
    """One line of an account's statement; `change` is what it did to the posted balance."""

    transfer: Transfer
    change: Money


def statement(account_id: int, *, limit: int = 50, offset: int = 0) -> list[Line]:
    """The bookings of one account, newest first."""
    # Each side by its own index: one query over both would read the account's whole history.
    sides = [
        select(Transfer.key, Transfer.created_at)
        .where(side == account_id)
        .order_by(Transfer.created_at.desc(), Transfer.key.desc())
        .limit(offset + limit)
        .subquery()
        for side in (Transfer.debit_account_id, Transfer.credit_account_id)
    ]
    newest = union_all(*(select(side) for side in sides)).subquery()
    rows = db.session.scalars(
        select(Transfer)
        .join(newest, newest.c.key == Transfer.key)
        .order_by(newest.c.created_at.desc(), newest.c.key.desc())
        .limit(limit)
        .offset(offset)
    )
    return [Line(row, _change(row, account_id)) for row in rows]


def _change(row: Transfer, account_id: int) -> Money:
    if row.kind not in ("single", "post", "reverse"):
        return Money(0, row.currency)
    return -row.amount if row.debit_account_id == account_id else row.amount


def offers_of(ticket_id: int) -> list[Offer]:
    """The ticket's offers, oldest first."""
    return list(db.session.scalars(_OFFERS, {"ticket": ticket_id}))


# Built once, as the one below: the intake asks them for replies to offers, and for urgent mails.
_OFFERS = select(Offer).where(Offer.ticket_id == bindparam("ticket")).order_by(Offer.id)


def offer_by_token_hash(token_hash: str) -> Offer | None:
    """The offer behind a link."""
    return db.session.scalars(select(Offer).where(Offer.token_hash == token_hash)).one_or_none()


def answer_of(offer_id: int) -> OfferAnswer | None:
    """The evidence, if the offer was answered."""
    return db.session.scalars(select(OfferAnswer).where(OfferAnswer.offer_id == offer_id)).one_or_none()


def seal_of(answer_id: int) -> str:
    """The seal on an answer."""
    return db.session.scalars(select(AnswerSeal.seal).where(AnswerSeal.answer_id == answer_id)).one()


def live_surcharge(ticket_id: int) -> Offer | None:
    """The ticket's surcharge offer that is open or accepted; there is at most one."""
    return db.session.scalars(_LIVE_SURCHARGE, {"ticket": ticket_id}).one_or_none()


_LIVE_SURCHARGE = select(Offer).where(
    Offer.ticket_id == bindparam("ticket"),
    Offer.kind == "surcharge",
    Offer.state.in_(("open", "accepted")),
)


#: Answers under which nothing may be charged: somebody says they are wrong, and no agent decided otherwise.
_OBJECTED = select(Objection.answer_id).where(func.coalesce(Objection.outcome, "") != "stands")


#: Quotes whose work is done: nothing more is logged under them.
_FINISHED = select(Quote.offer_id).where(Quote.stage.in_(("done", "billed")), Quote.offer_id.is_not(None))


def ceilings(ticket_id: int, customer_id: int | None, day: date, currency: str = "CHF") -> list[Ceiling]:
    """What the customer agreed to on this ticket and may still be charged; a standing word comes last."""
    rows = db.session.execute(
        select(OfferAnswer.id, OfferAnswer.authorisation_id, Offer.net_minor - Offer.used_minor, Offer.kind)
        .join(Offer, Offer.id == OfferAnswer.offer_id)
        .where(
            Offer.ticket_id == ticket_id,
            Offer.customer_id == customer_id,
            Offer.currency == currency,
            Offer.kind.in_(("work", "quote")),
            Offer.state == "accepted",
            OfferAnswer.id.not_in(_OBJECTED),
            Offer.id.not_in(_FINISHED),
        )
        .order_by(OfferAnswer.id)
    ).all()
    agreed = [
        Ceiling(Money(left, currency), answer, quote=kind == "quote")
        for answer, standing, left, kind in rows
        if not standing
    ]
    in_use = {standing: (answer, left) for answer, standing, left, _kind in rows if standing}
    words = standing_of(customer_id, day, currency)
    if words and customer_id is not None and must_ask(customer_id, day):
        words = []
    for authorisation in words:
        answer, left = in_use.get(authorisation.id, (None, authorisation.amount_minor))
        left = min(left, month_left(authorisation, day))
        agreed.append(Ceiling(Money(left, currency), answer, None if answer else authorisation.id))
    return agreed


def month_left(authorisation: StandingAuthorisation | Standing, day: date) -> int:
    """What may still be charged under a standing authorisation in the month of `day`, all cases together.

    Counted by the vendor's day of each entry; an entry that another one corrects counts no more.
    """
    if authorisation.month_minor is None:
        return authorisation.amount_minor
    corrected = select(WorkEntry.corrects_id).where(WorkEntry.corrects_id.is_not(None))
    first = day.replace(day=1)
    used = db.session.scalar(
        select(func.coalesce(func.sum(WorkEntry.net_minor), 0))
        .join(Transfer, Transfer.key == WorkEntry.transfer_key)
        .join(OfferAnswer, OfferAnswer.id == Transfer.acceptance_id)
        .where(
            OfferAnswer.authorisation_id == authorisation.id,
            WorkEntry.local_day >= first,
            WorkEntry.local_day < (first + timedelta(days=32)).replace(day=1),
            WorkEntry.id.not_in(corrected),
        )
    )
    return max(authorisation.month_minor - int(used or 0), 0)


def lock_standing(customer_id: int | None) -> None:
    """Makes others who charge under this customer's authorisations wait: two cases share one month."""
    db.session.execute(
        select(StandingAuthorisation.id)
        .where(
            StandingAuthorisation.customer_id == customer_id, StandingAuthorisation.month_minor.is_not(None)
        )
        .order_by(StandingAuthorisation.id)
        .with_for_update()
    ).all()


def standing_of(customer_id: int | None, day: date, currency: str) -> list[StandingAuthorisation]:
    """The contract's standing authorisations in force on `day`, first and last day included."""
    return list(
        db.session.scalars(
            select(StandingAuthorisation)
            .where(
                StandingAuthorisation.customer_id == customer_id,
                StandingAuthorisation.currency == currency,
                StandingAuthorisation.valid_from <= day,
                or_(StandingAuthorisation.valid_until.is_(None), StandingAuthorisation.valid_until >= day),
            )
            .order_by(StandingAuthorisation.id)
        )
    )


class Worked(NamedTuple):
    """Minutes logged so far: in the whole case, of those on one day at one price, and billed of these."""

    in_case: int
    paid_that_day: int
    billed_that_day: int


def worked(ticket_id: int, day: date, price_id: int, corrects: int | None = None) -> Worked:
    """What the next entry is rounded together with; not with `corrects`, which it takes the place of."""
    known = {"ticket": ticket_id, "day": day, "price": price_id, "corrects": corrects or 0}
    row: Any = db.session.connection().execute(_WORKED, known).one()
    return Worked(int(row[0]), int(row[1]), int(row[2]))


def corrected_entries() -> Select[int | None]:
    """Ids of the entries that a later one took the place of."""
    return select(WorkEntry.corrects_id).where(WorkEntry.corrects_id.is_not(None))


# Built once: each preview and each entry asks it.
_DONE = table_of(WorkEntry).c
_PAID = (
    (_DONE.local_day == bindparam("day", type_=Date))
    & (_DONE.price_id == bindparam("price"))
    & _DONE.billing.in_(("charged", "covered"))
)
_WORKED = select(
    func.coalesce(func.sum(_DONE.minutes), 0),
    func.coalesce(func.sum(_DONE.minutes).filter(_PAID), 0),
    func.coalesce(func.sum(_DONE.billed_minutes).filter(_PAID), 0),
).where(
    _DONE.ticket_id == bindparam("ticket"),
    _DONE.id.not_in(corrected_entries()),
    _DONE.id != bindparam("corrects"),
)


def agreed_on(ticket_id: int, customer_id: int | None) -> datetime | None:
    """When the offer was made that work on this ticket is charged under: its prices count (product rule)."""
    return db.session.scalar(
        select(Offer.created_at)
        .join(OfferAnswer, OfferAnswer.offer_id == Offer.id)
        .where(
            Offer.ticket_id == ticket_id,
            Offer.customer_id == customer_id,
            Offer.kind.in_(("work", "quote")),
            Offer.state == "accepted",
            OfferAnswer.authorisation_id.is_(None),
            Offer.used_minor < Offer.net_minor,
        )
        .order_by(Offer.id)
        .limit(1)
    )


def terms_of(customer_id: int) -> BillingTerms:
    """How the customer pays; the usual terms where nothing else was agreed."""
    found = db.session.get(BillingTerms, customer_id)
    if found is not None:
        return found
    return BillingTerms(
        customer_id=customer_id,
        policy="invoice",
        limit_minor=ledger.INVOICE_LIMIT.minor,
        payment_days=30,
        business=True,
        round_to_five=False,
        statements=False,
    )


#: Days after the last reminder in which an invoice must be paid; from then on nothing is done unasked.
ASK_AFTER = 10


def must_ask(customer_id: int, day: date) -> bool:
    """Whether the last reminder of an open invoice is over, which says that we ask first from then on."""
    over = datetime.combine(day - timedelta(days=ASK_AFTER), time(), UTC)
    overdue = (
        select(Reminder.invoice_id)
        .join(Invoice, Invoice.id == Reminder.invoice_id)
        .where(
            Invoice.customer_id == customer_id,
            Invoice.state == "open",
            Reminder.level == 3,
            Reminder.at <= over,
        )
        .limit(1)
    )
    return db.session.scalar(overdue) is not None


def policy_of(customer_id: int, day: date) -> str:
    """What happens when credit runs out: as agreed, or we ask because an invoice waits too long."""
    policy = terms_of(customer_id).policy
    return "ask" if policy != "ask" and must_ask(customer_id, day) else policy


def work_of(ticket_id: int) -> list[WorkEntry]:
    """The ticket's work entries, oldest first."""
    return list(
        db.session.scalars(select(WorkEntry).where(WorkEntry.ticket_id == ticket_id).order_by(WorkEntry.id))
    )


def live_charges(ticket_id: int) -> list[WorkEntry]:
    """The ticket's entries that cost something and were not corrected, oldest first."""
    return list(
        db.session.scalars(
            select(WorkEntry)
            .where(
                WorkEntry.ticket_id == ticket_id,
                WorkEntry.billing == "charged",
                WorkEntry.id.not_in(corrected_entries()),
            )
            .order_by(WorkEntry.id)
        )
    )


def case_waiver(ticket_id: int) -> CaseWaiver | None:
    """Why a paid case costs nothing, if somebody said so."""
    return db.session.get(CaseWaiver, ticket_id)


def invoices_of(customer_id: int, *, limit: int) -> list[Invoice]:
    """The customer's invoices and credit notes, newest first."""
    return list(
        db.session.scalars(
            select(Invoice).where(Invoice.customer_id == customer_id).order_by(Invoice.id.desc()).limit(limit)
        )
    )


class Listed(NamedTuple):
    """An invoice with whom it is for, and how often they were reminded."""

    invoice: Invoice
    customer: str
    reminders: int


def invoice_list(which: str, today: date, limit: int = 200) -> list[Listed]:
    """Invoices that are `open`, `overdue` or all, oldest due first, all newest first."""
    level = select(func.count()).where(Reminder.invoice_id == Invoice.id).correlate(Invoice).scalar_subquery()
    query = select(Invoice, Customer.name, level).join(Customer, Customer.id == Invoice.customer_id)
    if which != "all":
        query = query.where(Invoice.state == "open", Invoice.kind != "credit_note")
    if which == "overdue":
        query = query.where(Invoice.due_on < today)
    order = (Invoice.id.desc(),) if which == "all" else (Invoice.due_on, Invoice.id)
    return [Listed(*row) for row in db.session.execute(query.order_by(*order).limit(limit)).all()]


def unmatched_payments(limit: int = 50) -> list[Payment]:
    """Payments that named no invoice, newest first."""
    return list(
        db.session.scalars(
            select(Payment).where(Payment.invoice_id.is_(None)).order_by(Payment.id.desc()).limit(limit)
        )
    )


def waiting_for_invoice(customer_id: int, currency: str = "CHF") -> Money:
    """Agreed work that no invoice has yet, net."""
    owed = db.session.scalar(
        select(Account.debits_posted - Account.credits_posted).where(
            Account.customer_id == customer_id, Account.kind == "receivable", Account.currency == currency
        )
    )
    return Money(owed or 0, currency)


def running_timer(agent_id: int) -> dict[str, ScalarSelect[Any]]:
    """Ticket and start of the agent's timer, as values that any statement can ask for."""
    running = select(WorkTimer).where(WorkTimer.agent_id == agent_id)
    return {
        "timer_ticket": running.with_only_columns(WorkTimer.ticket_id).scalar_subquery(),
        "timer_since": running.with_only_columns(WorkTimer.started_at).scalar_subquery(),
    }


def timer_of(agent_id: int) -> WorkTimer | None:
    """The agent's running timer."""
    return db.session.get(WorkTimer, agent_id)


def work_entry(entry_id: int, ticket_id: int) -> WorkEntry:
    """The ticket's work entry; raises NotFound."""
    found = db.session.get(WorkEntry, entry_id)
    if found is None or found.ticket_id != ticket_id:
        raise NotFound("There is no such entry.")
    return found

"""Correcting a customer's credit by hand: bonus, refund, later expiry, reversal; with preview and reason."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select, update

from helpdesk.actions.live_promises import live_book
from helpdesk.actions.manage_invoices import send_document
from helpdesk.billing import corrections, invoices, ledger, queries, refunds
from helpdesk.billing.correction_models import KINDS, CreditCorrection
from helpdesk.billing.invoices import Draft, InvoiceLine
from helpdesk.billing.qr_bill import Party
from helpdesk.core.actors import Actor
from helpdesk.core.errors import Conflict, Forbidden, InvalidInput, NotFound
from helpdesk.core.money import Money
from helpdesk.customers.models import Customer
from helpdesk.customers.queries import customer as customer_by_id
from helpdesk.db import db, insert_new, transaction
from helpdesk.i18n import gettext, speaking


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a form asks for. `lot_id` names what is refunded or extended, `transfer_key` what is reversed."""

    kind: str
    customer_id: int
    amount: Money | None = None
    lot_id: int | None = None
    transfer_key: str | None = None
    expires_at: datetime | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Effect:
    """What a correction would do to what the customer can spend; `pays` is money that leaves the bank."""

    amount: Money
    before: Money
    after: Money
    pays: Money | None
    second: bool


def preview(wanted: Wanted, *, now: datetime) -> Effect:
    """What would happen; changes nothing. Raises InvalidInput, NotFound or Conflict as booking it would."""
    change, pays = _worked_out(wanted, now)
    account = queries.account_of(wanted.customer_id)
    zero = Money(0, change.currency)
    before = ledger.spendable(account, now) if account is not None else zero
    amount = max(change, -change)
    return Effect(amount, before, before + change, pays, corrections.needs_second(wanted.kind, amount))


def ask(wanted: Wanted, *, key: str, by: Actor, now: datetime) -> bool:
    """Books the correction, or lets it wait for a second person above CHF 500; returns whether it waits.

    The same `key` asks once. Raises InvalidInput without a reason.
    """
    agent = _agent(by)
    if not wanted.reason.strip():
        raise InvalidInput("Write why you correct this.", field="reason")
    if not key:
        raise InvalidInput("This form is out of date. Open it again.")
    with transaction():
        change, _pays = _worked_out(wanted, now)
        amount = max(change, -change)
        fresh = insert_new(
            CreditCorrection,
            key=key[:64],
            kind=wanted.kind,
            customer_id=wanted.customer_id,
            lot_id=wanted.lot_id,
            transfer_key=wanted.transfer_key,
            amount_minor=amount.minor or _left(wanted).minor,
            currency=amount.currency,
            expires_at=wanted.expires_at,
            reason=wanted.reason.strip()[:300],
            asked_at=now,
            asked_by_id=agent,
        )
        if not fresh:
            return corrections.needs_second(wanted.kind, amount)
        asked = db.session.scalars(select(CreditCorrection).where(CreditCorrection.key == key[:64])).one()
        if corrections.needs_second(asked.kind, asked.amount):
            return True
        _settle(asked.id, "booked", None, now)
        _book(asked, by, now)
    return False


def decide(correction_id: int, *, book: bool, by: Actor, now: datetime) -> None:
    """The second person's word. Raises Forbidden for who asked, Conflict when it was decided before."""
    agent = _agent(by)
    with transaction():
        asked = db.session.get(CreditCorrection, correction_id, populate_existing=True)
        if asked is None:
            raise NotFound("There is no such correction.")
        if asked.asked_by_id == agent:
            raise Forbidden("Another person must decide this.")
        _settle(asked.id, "booked" if book else "refused", agent, now)
        if book:
            _book(asked, by, now)


def waiting() -> list[tuple[CreditCorrection, str]]:
    """What waits for a second person, with the customer's name, oldest first."""
    query = (
        select(CreditCorrection, Customer.name)
        .join(Customer, Customer.id == CreditCorrection.customer_id)
        .where(CreditCorrection.outcome.is_(None))
        .order_by(CreditCorrection.id)
        .limit(100)
    )
    return [(asked, name) for asked, name in db.session.execute(query)]


def waiting_for(customer_id: int) -> int:
    """How many corrections of this customer's credit wait."""
    counted = select(func.count()).where(
        CreditCorrection.customer_id == customer_id, CreditCorrection.outcome.is_(None)
    )
    return db.session.scalar(counted) or 0


def _settle(correction_id: int, outcome: str, agent: int | None, now: datetime) -> None:
    done = db.session.execute(
        update(CreditCorrection)
        .where(CreditCorrection.id == correction_id, CreditCorrection.outcome.is_(None))
        .values(outcome=outcome, decided_at=now, decided_by_id=agent)
    )
    if not done.rowcount:  # type: ignore[attr-defined]
        raise Conflict("This was decided already.")


def _worked_out(wanted: Wanted, now: datetime) -> tuple[Money, Money | None]:
    """What it does to the credit, and what leaves the bank."""
    if wanted.kind not in KINDS:
        raise InvalidInput("There is no such correction.", field="kind")
    if wanted.kind == "bonus":
        if wanted.amount is None or wanted.amount.minor <= 0:
            raise InvalidInput("Write an amount above zero.", field="amount")
        if wanted.expires_at is not None and wanted.expires_at <= now:
            raise InvalidInput("The expiry must be ahead.", field="expires")
        return wanted.amount, None
    if wanted.kind == "reversal":
        found = corrections.reversible(wanted.customer_id, wanted.transfer_key)
        account = queries.account_of(wanted.customer_id)
        return (found.amount if found.debit_account_id == account else -found.amount), None
    lot = corrections.lot_of(wanted.customer_id, wanted.lot_id)
    if wanted.kind == "refund":
        refund = refunds.worked_out(lot, wanted.amount or lot.rest)
        return -refund.net, refund.gross
    corrections.check_expiry(lot, wanted.expires_at, now)
    back = [queries.transfer_by_key(key) for key in corrections.expiries(lot)]
    return sum((each.amount for each in back if each is not None), Money(0, lot.currency)), None


def _left(wanted: Wanted) -> Money:
    lot = corrections.lot_of(wanted.customer_id, wanted.lot_id)
    return max(lot.rest, Money(1, lot.currency))


def _book(asked: CreditCorrection, by: Actor, now: datetime) -> None:
    if asked.kind == "refund":
        _refund(asked, by, now)
    else:
        corrections.book(asked, by=by, now=now)


def _refund(asked: CreditCorrection, by: Actor, now: datetime) -> None:
    lot = corrections.lot_of(asked.customer_id, asked.lot_id)
    refund = refunds.worked_out(lot, asked.amount)
    bought, buyer = refund.invoice, customer_by_id(asked.customer_id)
    with speaking(buyer.language):
        words = gettext("Refund of support credit from invoice %(number)s", number=bought.number)
    note = invoices.issue(
        Draft(
            key=f"refund:{asked.id}",
            kind="credit_note",
            customer_id=asked.customer_id,
            language=buyer.language,
            issued_on=live_book().main.local_date(now),
            payment_days=0,
            net=refund.net,
            vat_bp=bought.vat_bp,
            vat_note=bought.vat_note,
            iban=bought.iban,
            creditor=Party(**bought.creditor),
            debtor=Party(**bought.debtor),
            lines=[InvoiceLine(words, refund.net.minor)],
            corrects_id=bought.id,
            vat=refund.vat,
            rounding=Money(0, asked.currency),
            credit_terms={"tax_point": lot.tax_point},
        ),
        by=by,
        now=now,
    )
    refunds.book(note, lot, refund, by=by, reason=asked.reason, now=now)
    send_document(note, now)


def _agent(by: Actor) -> int:
    if by.kind != "agent" or by.id is None:
        raise Forbidden("Only an agent can correct credit.")
    return by.id

"""Verbs on invoices: numbered without gaps, booked, paid, taken back. Call them in transaction()."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import select, update

from helpdesk.billing import ledger, lots
from helpdesk.billing.invoice_models import Invoice, InvoiceItem, InvoiceSeries, Payment
from helpdesk.billing.models import Account, Transfer
from helpdesk.billing.pricing import rounded_to_five, with_vat
from helpdesk.billing.qr_bill import Party, reference_for
from helpdesk.core.actors import Actor
from helpdesk.core.errors import Conflict, InvalidInput, NotFound
from helpdesk.core.money import Money
from helpdesk.db import db, insert_new, insert_row


@dataclass(frozen=True, slots=True)
class InvoiceLine:
    """One line: what it is, on which ticket and day, and its net amount; minus for what was given back."""

    text: str
    minor: int
    ticket: int | None = None
    day: str = ""
    minutes: int | None = None


@dataclass(frozen=True, slots=True)
class Draft:
    """What an invoice will say. `key` makes a second click harmless."""

    key: str
    kind: str
    customer_id: int
    language: str
    issued_on: date
    payment_days: int
    net: Money
    vat_bp: int
    vat_note: str
    iban: str
    creditor: Party
    debtor: Party
    lines: Sequence[InvoiceLine]
    round_to_five: bool = False
    credit_terms: dict[str, Any] = field(default_factory=dict)
    corrects_id: int | None = None
    #: Of a credit note: the VAT and rounding of what it takes back; None works them out.
    vat: Money | None = None
    rounding: Money | None = None


def issue(draft: Draft, *, by: Actor, now: datetime) -> Invoice:
    """Numbers and stores the invoice; the same key returns the first one.

    The number is taken in the same transaction: when that fails the number was never given (no gaps), and two
    writers wait for each other at the row of the year.
    """
    there = db.session.scalars(select(Invoice).where(Invoice.key == draft.key)).one_or_none()
    if there is not None:
        return there
    series, number = _next_number(draft.issued_on.year)
    there = db.session.scalars(select(Invoice).where(Invoice.key == draft.key)).one_or_none()
    if there is not None:
        raise Conflict("This invoice was made already.")
    vat = with_vat(draft.net, draft.vat_bp).vat if draft.vat is None else draft.vat
    gross = draft.net + vat
    rounding = draft.rounding
    if rounding is None:
        rounding = rounded_to_five(gross) if draft.round_to_five else Money(0, gross.currency)
    invoice_id = insert_row(
        Invoice,
        number=f"{series}-{number:05d}",
        series=series,
        number_in_series=number,
        kind=draft.kind,
        key=draft.key,
        customer_id=draft.customer_id,
        corrects_id=draft.corrects_id,
        language=draft.language,
        issued_on=draft.issued_on,
        due_on=draft.issued_on + timedelta(days=draft.payment_days),
        currency=draft.net.currency,
        net_minor=draft.net.minor,
        vat_bp=draft.vat_bp,
        vat_note=draft.vat_note,
        vat_minor=vat.minor,
        rounding_minor=rounding.minor,
        total_minor=(gross + rounding).minor,
        reference=reference_for(draft.iban, draft.issued_on.year, number),
        iban=draft.iban,
        creditor=asdict(draft.creditor),
        debtor=asdict(draft.debtor),
        lines=[asdict(line) for line in draft.lines],
        credit_terms=draft.credit_terms,
        created_at=now,
        actor_kind=by.kind,
        actor_id=by.id,
    )
    return invoice(invoice_id)


def _next_number(year: int) -> tuple[str, int]:
    series = str(year)
    insert_new(InvoiceSeries, code=series, last=0)
    taken = db.session.execute(
        update(InvoiceSeries)
        .where(InvoiceSeries.code == series)
        .values(last=InvoiceSeries.last + 1)
        .returning(InvoiceSeries.last)
    ).scalar_one()
    return series, int(taken)


def invoice(invoice_id: int) -> Invoice:
    """The invoice as it stands now; raises NotFound."""
    found = db.session.get(Invoice, invoice_id, populate_existing=True)
    if found is None:
        raise NotFound("There is no such invoice.")
    return found


def unbilled(customer_id: int, currency: str = "CHF") -> tuple[int | None, list[Transfer], Money]:
    """The account to be invoiced, its bookings that no invoice has yet, and their net sum."""
    account = ledger.account_of(customer_id, "receivable", currency, lock=True)
    nothing = Money(0, currency)
    if account is None:
        return None, [], nothing
    done = select(InvoiceItem.transfer_key)
    rows = list(
        db.session.scalars(
            select(Transfer)
            .where(
                (Transfer.debit_account_id == account) | (Transfer.credit_account_id == account),
                Transfer.kind.in_(("single", "post", "reverse")),
                Transfer.cause != "invoice",
                Transfer.key.not_in(done),
            )
            .order_by(Transfer.created_at, Transfer.key)
        )
    )
    sides = (row.amount if row.debit_account_id == account else -row.amount for row in rows)
    return account, rows, sum(sides, nothing)


def book_work(made: Invoice, account: int, rows: Sequence[Transfer], *, by: Actor, now: datetime) -> None:
    """Moves what is invoiced from the receivable to the debtor, VAT and rounding as lines of their own."""
    for row in rows:
        if not insert_new(InvoiceItem, transfer_key=row.key, invoice_id=made.id):
            raise Conflict("This was invoiced already.")
    debtor = ledger.open_account("debtor", made.currency, customer_id=made.customer_id, now=now)
    back = made.kind == "credit_note"
    _book_lines(made, debtor, account, made.net, "net", "invoice", by, now, back=back)
    _book_tax(made, debtor, by, now, back=back)


def book_tax_back(note: Invoice, debtor: int, *, by: Actor, now: datetime) -> None:
    """The VAT of a credit note, off what was owed."""
    _book_tax(note, debtor, by, now, back=True)


def _book_tax(made: Invoice, debtor: int, by: Actor, now: datetime, *, back: bool = False) -> None:
    deferred = made.credit_terms.get("tax_point") == "use"
    owed = ledger.open_account("vat_deferred" if deferred else "vat_due", made.currency, now=now)
    _book_lines(made, debtor, owed, made.vat, "vat", "vat", by, now, back=back)
    rounding = ledger.open_account("rounding", made.currency, now=now)
    _book_lines(made, debtor, rounding, made.rounding, "rounding", "rounding", by, now, back=back)


def _book_lines(
    made: Invoice,
    debtor: int,
    other: int,
    amount: Money,
    part: str,
    cause: str,
    by: Actor,
    now: datetime,
    *,
    back: bool,
) -> None:
    if not amount:
        return
    if amount.minor < 0:
        amount, back = -amount, not back
    ledger.transfer(
        f"invoice:{made.number}:{part}",
        debit=other if back else debtor,
        credit=debtor if back else other,
        amount=amount,
        cause=cause,
        cause_ref=made.number,
        by=by,
        now=now,
    )


def pay(payment: Payment, made: Invoice, *, by: Actor, now: datetime) -> bool:
    """Books a payment on its invoice; returns whether that paid it. More than is open stays on the debtor."""
    debtor = ledger.open_account("debtor", made.currency, customer_id=made.customer_id, now=now)
    ledger.transfer(
        f"payment:{payment.id}",
        debit=ledger.open_account("cash", made.currency, now=now),
        credit=debtor,
        amount=payment.amount,
        cause="payment",
        cause_ref=made.number,
        by=by,
        now=now,
    )
    paid = made.paid_minor + payment.amount_minor
    whole = paid >= made.total_minor
    state = "paid" if whole and made.state == "open" else made.state
    db.session.execute(update(Invoice).where(Invoice.id == made.id).values(paid_minor=paid, state=state))
    db.session.refresh(made)
    if state == "paid" and made.kind == "credit":
        _give_credit(made, debtor, by, now)
    return whole


def _give_credit(made: Invoice, debtor: int, by: Actor, now: datetime) -> None:
    """What was bought is paid: it becomes a lot that can be used."""
    terms = made.credit_terms
    account = ledger.open_account("credit", made.currency, customer_id=made.customer_id, now=now)
    key = f"top_up:{made.number}"
    days = terms.get("expires_after_days")
    rate = terms.get("rate_minor")
    lots.announce(
        account,
        key,
        name=str(terms.get("name", "")),
        rate=Money(int(rate), made.currency) if rate else None,
        tax_point="none" if made.vat_note == "abroad" else str(terms.get("tax_point", "purchase")),
        vat=made.vat if terms.get("tax_point") == "use" else None,
        expires_at=now + timedelta(days=int(days)) if days else None,
        currency=made.currency,
        now=now,
    )
    ledger.transfer(
        key,
        debit=debtor,
        credit=account,
        amount=made.net,
        cause="top_up",
        cause_ref=made.number,
        by=by,
        now=now,
    )
    _book_tax(made, debtor, by, now)


def cancel(made: Invoice) -> None:
    """Takes an open invoice for credit back; nothing was booked on it. Raises Conflict once money came in."""
    if made.kind != "credit" or made.state != "open" or made.paid_minor:
        raise Conflict("Only an invoice for credit on which nothing was paid can be cancelled.")
    db.session.execute(update(Invoice).where(Invoice.id == made.id).values(state="cancelled"))
    db.session.refresh(made)


def receive(
    key: str,
    source: str,
    amount: Money,
    *,
    invoice_id: int | None,
    reference: str,
    payer: str,
    booked_on: date,
    now: datetime,
) -> Payment | None:
    """Notes money that came in; None when it was noted before."""
    if amount.minor <= 0:
        raise InvalidInput("Write an amount above zero.", field="amount")
    fresh = insert_new(
        Payment,
        key=key[:120],
        source=source,
        invoice_id=invoice_id,
        reference=reference[:140],
        payer=payer[:140],
        amount_minor=amount.minor,
        currency=amount.currency,
        booked_on=booked_on,
        created_at=now,
    )
    if not fresh:
        return None
    return db.session.scalars(select(Payment).where(Payment.key == key[:120])).one()


def lock_invoice(invoice_id: int) -> Invoice:
    """The invoice, while others who pay on it wait."""
    db.session.flush()
    query = select(Invoice.id).where(Invoice.id == invoice_id).with_for_update(key_share=True)
    if db.session.scalar(query) is None:
        raise NotFound("There is no such invoice.")
    return invoice(invoice_id)


def settle_minus(customer_id: int, currency: str, *, by: Actor, now: datetime) -> None:
    """New credit pays first for the work that went below zero; nothing happens where there is none."""
    credit = ledger.account_of(customer_id, "credit", currency, lock=True)
    owed = ledger.account_of(customer_id, "receivable", currency, lock=True)
    if credit is None or owed is None:
        return
    minus = -ledger.balance(owed).posted
    amount = min(minus, ledger.spendable(credit, now))
    if amount.minor <= 0:
        return
    count = db.session.scalar(
        select(Account.credits_posted + Account.debits_posted).where(Account.id == credit)
    )
    key = f"settle:{credit}:{count}"
    ledger.transfer(key, debit=credit, credit=owed, amount=amount, cause="settlement", by=by, now=now)
    lots.recognise_vat(key, by=by, now=now)

"""Selling credit, invoicing work, taking payments in, reminding: one transaction each."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import func, select, update

from helpdesk import i18n
from helpdesk.actions.context import context
from helpdesk.actions.live_promises import live_book
from helpdesk.actions.send_letter import credit_link, write_letter
from helpdesk.billing import invoices, queries
from helpdesk.billing.camt import read_payments
from helpdesk.billing.causes import CAUSES
from helpdesk.billing.credit_products import Product, product
from helpdesk.billing.invoice_models import Invoice, Payment, Reminder
from helpdesk.billing.invoice_paper import as_pdf
from helpdesk.billing.invoices import Draft, InvoiceLine
from helpdesk.billing.models import Transfer, WorkEntry
from helpdesk.billing.price_list import SUPPORT
from helpdesk.billing.qr_bill import Party
from helpdesk.contracts.queries import coverage
from helpdesk.core.actors import Actor
from helpdesk.core.errors import Conflict, Forbidden, InvalidInput, NotFound
from helpdesk.core.money import Money
from helpdesk.customers.models import Customer
from helpdesk.customers.queries import customer as customer_by_id
from helpdesk.customers.queries import who_may_order
from helpdesk.db import db, insert_new, transaction

#: Days after the due date on which each reminder leaves.
REMINDERS = (7, 21, 35)


def sell_credit(
    customer_id: int, code: str, amount: Money | None, *, key: str, by: Actor, now: datetime
) -> Invoice:
    """Makes the invoice for a package or an amount of credit and mails it; usable only when it is paid.

    `amount` is for the product `amount` alone, net. Raises InvalidInput for an unknown product or no amount.
    """
    with transaction():
        buyer = customer_by_id(customer_id)
        today = live_book().main.local_date(now)
        whose = queries.scopes(customer_id, coverage(customer_id, today).plan)
        bought = product(code, amount, queries.price_on, today, whose)
        rate = queries.vat_rate(customer_id, buyer.country, bought.vat_bp)
        with i18n.speaking(buyer.language):
            line = InvoiceLine(bought.spoken(), bought.net.minor)
        made = invoices.issue(
            _draft(
                f"credit:{key}",
                "credit",
                buyer,
                today,
                bought.net,
                rate,
                [line],
                note="at_use" if bought.tax_point == "use" and rate else "",
                credit_terms=_lot_terms(bought, line.text),
            ),
            by=by,
            now=now,
        )
        send_document(made, now)
        return made


def _lot_terms(bought: Product, name: str) -> dict[str, object]:
    return {
        "code": bought.code,
        "name": name,
        "rate_minor": bought.rate.minor if bought.rate else None,
        "tax_point": bought.tax_point,
        "expires_after_days": bought.expires_after_days,
    }


def invoice_work(customer_id: int, *, by: Actor, now: datetime) -> Invoice | None:
    """Invoices all agreed work that waits for it; a credit note when more was given back than done.

    Returns None when nothing waits. Called twice it makes one: each booking is invoiced once.
    """
    _only_us(by)
    with transaction():
        buyer = customer_by_id(customer_id)
        account, rows, net = invoices.unbilled(customer_id)
        if account is None or not rows:
            return None
        if not net:
            return None
        today = live_book().main.local_date(now)
        rate = queries.vat_rate(customer_id, buyer.country, queries.price_on(SUPPORT, today).price.vat_bp)
        back = net.minor < 0
        with i18n.speaking(buyer.language):
            lines = [_line(row, account, back) for row in rows]
        draft = _draft(
            f"work:{account}:{rows[-1].key}"[:100],
            "credit_note" if back else "work",
            buyer,
            today,
            -net if back else net,
            rate,
            lines,
        )
        made = invoices.issue(draft, by=by, now=now)
        invoices.book_work(made, account, rows, by=by, now=now)
        send_document(made, now)
        return made


def _line(row: Transfer, account: int, back: bool) -> InvoiceLine:
    minor = row.amount_minor if row.debit_account_id == account else -row.amount_minor
    entry = db.session.scalars(
        select(WorkEntry).where(WorkEntry.key == row.cause_ref, WorkEntry.ticket_id == row.ticket_id)
    ).one_or_none()
    return InvoiceLine(
        _what(row, entry),
        -minor if back else minor,
        row.ticket_id,
        live_book().main.local_date(row.created_at).isoformat(),
        entry.billed_minutes if entry and row.kind != "reverse" else None,
    )


def _what(row: Transfer, entry: WorkEntry | None) -> str:
    """What the customer reads: the entry's text, or what the booking is for; said that it was given back."""
    words = entry.text if entry and entry.text else i18n.gettext(CAUSES.get(row.cause, row.cause))
    if row.kind != "reverse":
        return words
    return i18n.gettext("%(what)s, reversed", what=row.reason or words)


def _draft(
    key: str,
    kind: str,
    buyer: Customer,
    today: date,
    net: Money,
    vat_bp: int,
    lines: Sequence[InvoiceLine],
    *,
    note: str = "",
    credit_terms: dict[str, object] | None = None,
) -> Draft:
    settings, terms = context().settings, queries.terms_of(buyer.id)
    vendor = Party(
        settings.vendor_name,
        settings.vendor_street,
        settings.vendor_house_number,
        settings.vendor_postcode,
        settings.vendor_town,
        settings.country,
    )
    debtor = Party(buyer.name, buyer.street, buyer.house_number, buyer.postcode, buyer.town, buyer.country)
    return Draft(
        key=key,
        kind=kind,
        customer_id=buyer.id,
        language=buyer.language,
        issued_on=today,
        payment_days=terms.payment_days,
        net=net,
        vat_bp=vat_bp,
        vat_note=note or ("" if vat_bp else "abroad"),
        iban=settings.invoice_iban if settings.vendor_town else "",
        creditor=vendor,
        debtor=debtor,
        lines=lines,
        round_to_five=terms.round_to_five,
        credit_terms=credit_terms or {},
    )


def pay_by_hand(
    invoice_id: int, amount: Money, *, booked_on: date, reference: str, by: Actor, now: datetime
) -> None:
    """Marks money as received for an invoice; the same reference counts once (B3)."""
    _only_us(by)
    if not reference.strip():
        raise InvalidInput("Write the reference of the payment.", field="reference")
    with transaction():
        made = invoices.lock_invoice(invoice_id)
        if amount > made.open_amount:
            raise InvalidInput("This is more than is open on the invoice.", field="amount")
        payment = invoices.receive(
            f"hand:{invoice_id}:{reference.strip()}",
            "hand",
            amount,
            invoice_id=invoice_id,
            reference=reference.strip(),
            payer="",
            booked_on=booked_on,
            now=now,
        )
        if payment is not None:
            _paid(payment, made, by, now)


@dataclass(frozen=True, slots=True)
class Imported:
    """What a bank's file brought: payments booked, noted without an invoice, and known before."""

    booked: int
    unknown: int
    before: int


def import_camt(content: bytes, *, by: Actor, now: datetime) -> Imported:
    """Books the payments of a camt.053 or camt.054 file on the invoices that their references name.

    A payment that names none, or has another currency, is kept for a person to look at. Reading the same file
    again changes nothing. Raises InvalidInput for what is no such file.
    """
    _only_us(by)
    payments = read_payments(content)
    booked = unknown = before = 0
    with transaction():
        for each in payments:
            named = None
            if each.reference:
                named = db.session.scalar(
                    select(Invoice.id).where(
                        Invoice.reference == each.reference,
                        Invoice.currency == each.amount.currency,
                        Invoice.kind != "credit_note",
                        Invoice.state != "cancelled",
                    )
                )
            payment = invoices.receive(
                each.key,
                "camt",
                each.amount,
                invoice_id=named,
                reference=each.reference,
                payer=each.payer,
                booked_on=each.booked_on,
                now=now,
            )
            if payment is None:
                before += 1
            elif named is None:
                unknown += 1
            else:
                _paid(payment, invoices.lock_invoice(named), by, now)
                booked += 1
    return Imported(booked, unknown, before)


def assign_payment(payment_id: int, whose: str, *, by: Actor, now: datetime) -> Invoice:
    """Books a payment that named no invoice; `whose` is an invoice's number or a customer's.

    Of a customer the oldest open invoice is meant. Raises InvalidInput where there is none, Conflict when the
    payment was booked meanwhile.
    """
    _only_us(by)
    with transaction():
        payment = db.session.get(Payment, payment_id, populate_existing=True)
        if payment is None:
            raise NotFound("There is no such payment.")
        open_ones = select(Invoice.id).where(
            Invoice.state == "open", Invoice.kind != "credit_note", Invoice.currency == payment.currency
        )
        named = db.session.scalar(open_ones.where(Invoice.number == whose))
        if named is None:
            theirs = open_ones.join(Customer, Customer.id == Invoice.customer_id).where(
                Customer.number == whose
            )
            named = db.session.scalar(theirs.order_by(Invoice.due_on, Invoice.id).limit(1))
        if named is None:
            raise InvalidInput("There is no open invoice of this number or customer.", field="whose")
        taken = db.session.execute(
            update(Payment)
            .where(Payment.id == payment_id, Payment.invoice_id.is_(None))
            .values(invoice_id=named)
        )
        if not taken.rowcount:  # type: ignore[attr-defined]
            raise Conflict("This payment was booked already.")
        db.session.refresh(payment)
        made = invoices.lock_invoice(named)
        _paid(payment, made, by, now)
        return made


def _paid(payment: Payment, made: Invoice, by: Actor, now: datetime) -> None:
    was_open = made.state == "open"
    invoices.pay(payment, made, by=by, now=now)
    if not was_open or made.state != "paid" or made.kind != "credit":
        return
    if queries.terms_of(made.customer_id).policy == "minus":
        invoices.settle_minus(made.customer_id, made.currency, by=by, now=now)
    for contact in who_may_order(made.customer_id):
        write_letter(
            "credit-ready",
            f"credit-ready:{made.id}",
            contact,
            bought=made.net,
            link=credit_link(contact, made.customer_id, now),
            now=now,
        )


def cancel_invoice(invoice_id: int, reason: str, *, by: Actor, now: datetime) -> Invoice:
    """Takes back an unpaid invoice for credit by a credit note that names it; returns the credit note."""
    _only_us(by)
    if not reason.strip():
        raise InvalidInput("Write why the invoice is cancelled.", field="reason")
    with transaction():
        made = invoices.lock_invoice(invoice_id)
        invoices.cancel(made)
        buyer = customer_by_id(made.customer_id)
        today = live_book().main.local_date(now)
        note = invoices.issue(
            Draft(
                key=f"cancel:{made.id}",
                kind="credit_note",
                customer_id=made.customer_id,
                language=buyer.language,
                issued_on=today,
                payment_days=0,
                net=made.net,
                vat_bp=made.vat_bp,
                vat_note=made.vat_note,
                iban=made.iban,
                creditor=Party(**made.creditor),
                debtor=Party(**made.debtor),
                lines=[InvoiceLine(**line) for line in made.lines],
                corrects_id=made.id,
                vat=made.vat,
                rounding=made.rounding,
            ),
            by=by,
            now=now,
        )
        send_document(note, now)
        return note


def remind_due(now: datetime, limit: int = 100) -> int:
    """Sends the next reminder of each overdue invoice; each level once. Harmless when repeated."""
    today = live_book().main.local_date(now)
    sent = 0
    with transaction():
        reached = select(func.coalesce(func.max(Reminder.level), 0)).where(Reminder.invoice_id == Invoice.id)
        level = reached.scalar_subquery()
        for step, days in enumerate(REMINDERS, 1):
            due = db.session.scalars(
                select(Invoice)
                .where(
                    Invoice.state == "open",
                    Invoice.kind == "work",
                    Invoice.due_on <= today - timedelta(days=days),
                    level == step - 1,
                )
                .order_by(Invoice.id)
                .limit(limit)
            ).all()
            for made in due:
                if insert_new(Reminder, invoice_id=made.id, level=step, at=now):
                    send_document(made, now, level=step)
                    sent += 1
    return sent


def send_document(made: Invoice, now: datetime, level: int = 0) -> None:
    """Mails the document to everybody who may order, as PDF, in the language of the document."""
    template = "invoice-reminder" if level else "invoice"
    if made.kind == "credit_note":
        template = "credit-note"
    pdf = as_pdf(made, vendor=context().settings.vendor_name, vat_id=context().settings.vendor_vat_id)
    for contact in who_may_order(made.customer_id):
        more: dict[str, object] = {"level": level} if level else {}
        if template == "invoice":
            more["prepaid"] = made.kind == "credit"
        write_letter(
            template,
            f"{template}:{made.id}:{level}",
            contact,
            attachments=[(f"{made.number}.pdf", "application/pdf", pdf)],
            number=made.number,
            total=made.total if not level else made.open_amount,
            due_on=made.due_on,
            now=now,
            **more,
        )


def invoice_pdf(invoice_id: int) -> tuple[str, bytes]:
    """File name and content of the document; the same bytes each time."""
    made = invoices.invoice(invoice_id)
    settings = context().settings
    return f"{made.number}.pdf", as_pdf(made, vendor=settings.vendor_name, vat_id=settings.vendor_vat_id)


def _only_us(by: Actor) -> None:
    if by.kind == "contact":
        raise Forbidden("Payments are booked by the vendor.")

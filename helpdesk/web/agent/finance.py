"""Money as finance sees it: a customer's ledger with lots and holds, invoices, bank files, journal (A6)."""

from datetime import datetime
from uuid import uuid4

from flask import flash, make_response, redirect, request, url_for
from werkzeug.wrappers import Response

from helpdesk.accounts.permissions import Permission
from helpdesk.actions import correct_credit, manage_credit, manage_invoices
from helpdesk.actions.context import context
from helpdesk.actions.see_credit import products
from helpdesk.billing import queries
from helpdesk.billing.causes import CAUSES
from helpdesk.billing.corrections import REVERSIBLE
from helpdesk.billing.tables import as_csv
from helpdesk.core.clock import now
from helpdesk.core.errors import Conflict, InvalidInput
from helpdesk.core.money import parse_amount
from helpdesk.customers.queries import customer as customer_by_id
from helpdesk.i18n import gettext as _
from helpdesk.reports.statement import journal, statement_of
from helpdesk.reports.statement_paper import as_pdf, as_rows, told_line
from helpdesk.web.agent.blueprint import blueprint
from helpdesk.web.agent.frame import page
from helpdesk.web.agent.money import lot_name
from helpdesk.web.agent.office import calendar
from helpdesk.web.downloads import download
from helpdesk.web.errors import said
from helpdesk.web.guards import actor, require
from helpdesk.web.months import Month, month_of

_BACK = "agent.credit"


@blueprint.get("/customers/<row:customer_id>/credit")
def credit(customer_id: int) -> str:
    """The ledger of one customer: balance, lots, holds, entries with their balance, invoices."""
    buyer, month = customer_by_id(customer_id), _month()
    found = statement_of(buyer, *month.days, calendar().zone)
    kind = request.args.get("kind", "")
    terms = queries.terms_of(customer_id)
    lines = [(line, told_line(line)) for line in found.lines if kind in ("", line.cause)]
    return page(
        "agent/ledger.html",
        section="customers",
        customer=buyer,
        month=month,
        statement=found,
        lines=lines,
        kind=kind,
        causes=sorted({line.cause for line in found.lines}),
        cause_name=lambda code: _(CAUSES.get(code, str(code))),
        lots=[(lot, lot_name(lot)) for lot in found.lots],
        available=sum((lot.rest.minor for lot in found.lots), 0),
        invoices=queries.invoices_of(customer_id, limit=24),
        terms=terms,
        reversible=REVERSIBLE,
        corrections=correct_credit.waiting_for(customer_id),
        waiting=queries.waiting_for_invoice(customer_id),
    )


@blueprint.get("/customers/<row:customer_id>/statement.<kind>")
def credit_statement(customer_id: int, kind: str) -> Response:
    """The month's statement as PDF or CSV, in the customer's language."""
    buyer, month = customer_by_id(customer_id), _month()
    found = statement_of(buyer, *month.days, calendar().zone)
    name = f"{buyer.number}-{month}"
    if kind == "csv":
        return download(as_csv(as_rows(found, buyer.language)), f"{name}.csv", "text/csv")
    made_at = datetime.combine(month.days[1], datetime.min.time(), calendar().zone)
    pdf = as_pdf(found, buyer.language, vendor=context().settings.vendor_name, made_at=made_at)
    return download(pdf, f"{name}.pdf", "application/pdf")


@blueprint.get("/customers/<row:customer_id>/credit-sales/new")
def new_credit_sale(customer_id: int) -> str:
    """What this customer can buy, at their prices, net and gross."""
    require(Permission.TOP_UP_CREDIT)
    return _sale(customer_id, {})


def _sale(customer_id: int, problems: dict[str, str]) -> str:
    buyer = customer_by_id(customer_id)
    return page(
        "agent/credit_sale.html",
        section="customers",
        customer=buyer,
        offered=products(buyer, calendar().local_date(now()), queries.terms_of(customer_id).business),
        chosen=request.form.get("product", ""),
        typed=request.form.get("amount", "")[:20],
        problems=problems,
        key=request.form.get("key", "")[:64] or uuid4().hex,
    )


@blueprint.post("/customers/<row:customer_id>/credit-sales")
def sell_credit(customer_id: int) -> Response:
    """Makes and mails the invoice for a package or an amount."""
    require(Permission.TOP_UP_CREDIT)
    code, typed = request.form.get("product", ""), request.form.get("amount", "")
    try:
        made = manage_invoices.sell_credit(
            customer_id,
            code,
            parse_amount(typed) if code == "amount" else None,
            key=request.form.get("key", "")[:64] or uuid4().hex,
            by=actor(),
            now=now(),
        )
        flash(_("Invoice %(number)s leaves now. The credit counts when it is paid.", number=made.number))
    except InvalidInput as error:
        field = str(error.data.get("field", "amount"))
        return make_response(_sale(customer_id, {field: said(error)}), 422)
    return redirect(url_for(_BACK, customer_id=customer_id), 303)


@blueprint.post("/customers/<row:customer_id>/invoices")
def invoice_work(customer_id: int) -> Response:
    """Invoices all agreed work that waits for it."""
    require(Permission.TOP_UP_CREDIT)
    made = manage_invoices.invoice_work(customer_id, by=actor(), now=now())
    if made is None:
        flash(_("Nothing waits for an invoice."))
    else:
        flash(_("Invoice %(number)s leaves now.", number=made.number))
    return redirect(url_for(_BACK, customer_id=customer_id), 303)


@blueprint.post("/customers/<row:customer_id>/billing-terms")
def save_terms(customer_id: int) -> Response:
    """What happens when credit runs out, and how the customer pays."""
    require(Permission.TOP_UP_CREDIT)
    try:
        manage_credit.set_terms(
            customer_id,
            policy=request.form.get("policy", ""),
            limit=parse_amount(request.form.get("limit", "")),
            payment_days=request.form.get("payment_days", ""),
            business=request.form.get("business") == "y",
            round_to_five=request.form.get("round_to_five") == "y",
            statements=request.form.get("statements") == "y",
            by=actor(),
            now=now(),
        )
        flash(_("Saved."))
    except InvalidInput as error:
        flash(said(error))
    return redirect(url_for(_BACK, customer_id=customer_id), 303)


@blueprint.get("/invoices")
def invoices() -> str:
    """Invoices that are open, overdue or all, with the reminders that left, and payments without one."""
    which = request.args.get("which", "open")
    today = calendar().local_date(now())
    return page(
        "agent/invoices.html",
        section="customers",
        which=which if which in ("open", "overdue", "all") else "open",
        today=today,
        year=today.year,
        found=queries.invoice_list(which, today),
        unknown=queries.unmatched_payments(),
    )


@blueprint.get("/invoices/<row:invoice_id>.pdf")
def invoice_document(invoice_id: int) -> Response:
    """The document as it was sent."""
    name, content = manage_invoices.invoice_pdf(invoice_id)
    return download(content, name, "application/pdf")


@blueprint.post("/invoices/<row:invoice_id>/payments")
def pay_invoice(invoice_id: int) -> Response:
    """Marks money as received."""
    require(Permission.TOP_UP_CREDIT)
    try:
        manage_invoices.pay_by_hand(
            invoice_id,
            parse_amount(request.form.get("amount", "")),
            booked_on=calendar().local_date(now()),
            reference=request.form.get("reference", "").replace("\x00", "")[:80],
            by=actor(),
            now=now(),
        )
        flash(_("The payment was booked."))
    except InvalidInput as error:
        flash(said(error))
    return redirect(url_for("agent.invoices"), 303)


@blueprint.post("/invoices/<row:invoice_id>/cancellation")
def cancel_invoice(invoice_id: int) -> Response:
    """Takes an unpaid invoice for credit back, by a credit note."""
    require(Permission.TOP_UP_CREDIT)
    try:
        note = manage_invoices.cancel_invoice(
            invoice_id, request.form.get("reason", "").replace("\x00", ""), by=actor(), now=now()
        )
        flash(_("Credit note %(number)s takes it back.", number=note.number))
    except (InvalidInput, Conflict) as error:
        flash(said(error))
    return redirect(url_for("agent.invoices", which="all"), 303)


@blueprint.post("/payments/<row:payment_id>/assignment")
def assign_payment(payment_id: int) -> Response:
    """Says which invoice, or whose oldest open one, a payment without a reference is for."""
    require(Permission.TOP_UP_CREDIT)
    try:
        made = manage_invoices.assign_payment(
            payment_id, request.form.get("whose", "").replace("\x00", "").strip()[:40], by=actor(), now=now()
        )
        flash(_("The payment was booked on invoice %(number)s.", number=made.number))
    except (InvalidInput, Conflict) as error:
        flash(said(error))
    return redirect(url_for("agent.invoices"), 303)


@blueprint.post("/bank-files")
def import_bank_file() -> Response:
    """Books the payments of a camt.053 or camt.054 file."""
    require(Permission.TOP_UP_CREDIT)
    upload = request.files.get("file")
    try:
        done = manage_invoices.import_camt(upload.read() if upload else b"", by=actor(), now=now())
        flash(
            _(
                "%(booked)s payments booked, %(unknown)s without an invoice, %(before)s known before.",
                booked=done.booked,
                unknown=done.unknown,
                before=done.before,
            )
        )
    except InvalidInput as error:
        flash(said(error))
    return redirect(url_for("agent.invoices"), 303)


@blueprint.get("/journal.csv")
def journal_export() -> Response:
    """Everything that moved in a month, as double entries for an accounting program."""
    require(Permission.TOP_UP_CREDIT)
    month = _month()
    rows = journal(*month.days, calendar().zone)
    return download(as_csv(rows), f"journal-{month}.csv", "text/csv")


def _month() -> Month:
    return month_of(request.args.get("month", ""), calendar().local_date(now()))

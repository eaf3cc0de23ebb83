"""A customer's credit behind the link of a mail (screen C4): what is left, the statement, and buying more.

Looking changes nothing. To order, somebody must write a name into a form that shows net and gross; what a
mail scanner sends back as it is gets the page again.
"""

from datetime import date, datetime
from uuid import uuid4

from flask import make_response, request
from werkzeug.wrappers import Response

from helpdesk.actions import see_credit
from helpdesk.actions.context import context
from helpdesk.actions.live_promises import shown_book
from helpdesk.actions.see_credit import Visit
from helpdesk.billing.queries import invoices_of, terms_of
from helpdesk.billing.tables import as_csv
from helpdesk.core.business_hours import Calendar
from helpdesk.core.clock import now
from helpdesk.core.errors import Forbidden, InvalidInput
from helpdesk.i18n import current_language
from helpdesk.reports.statement import statement_of
from helpdesk.reports.statement_paper import as_pdf, as_rows, told_line
from helpdesk.web.downloads import download
from helpdesk.web.errors import said
from helpdesk.web.language import asked_language, speak
from helpdesk.web.login import current_agent
from helpdesk.web.months import Month, month_of
from helpdesk.web.pages import plain_page
from helpdesk.web.public.blueprint import blueprint
from helpdesk.web.public.offers import MAX_TOKEN


@blueprint.get("/credit/<token>")
def credit(token: str) -> str:
    """What is left, what happened this month or another one, and what can be bought."""
    return _page(token, _visit(token), {})


@blueprint.get("/credit/<token>/statement.<kind>")
def credit_statement(token: str, kind: str) -> Response:
    """The month's statement as PDF or CSV, in the customer's language."""
    here = _visit(token)
    month = _month()
    statement = statement_of(here.customer, *month.days, _office().zone)
    name = f"{here.customer.number}-{month}"
    if kind == "csv":
        return download(as_csv(as_rows(statement, current_language())), f"{name}.csv", "text/csv")
    vendor = context().settings.vendor_name
    made_at = datetime.combine(month.days[1], datetime.min.time(), _office().zone)
    pdf = as_pdf(statement, current_language(), vendor=vendor, made_at=made_at)
    return download(pdf, f"{name}.pdf", "application/pdf")


@blueprint.get("/credit/<token>/invoices/<row:invoice_id>")
def credit_invoice(token: str, invoice_id: int) -> Response:
    """One of the customer's invoices as PDF."""
    _visit(token)
    name, content = see_credit.document(token[:MAX_TOKEN], invoice_id, now())
    return download(content, name, "application/pdf")


@blueprint.get("/credit/<token>/purchase")
def credit_purchase(token: str) -> str:
    """A package with its price, net and gross, before anything is ordered."""
    return _purchase(token, _visit(token), request.args.get("product", ""), {})


@blueprint.post("/credit/<token>/purchases")
def buy_credit(token: str) -> Response:
    """A person's order, with their name; a machine gets the page again."""
    if current_agent() is not None and context().settings.smtp_url is not None:
        raise Forbidden("Only the customer can order here.")
    here, code = _visit(token), request.form.get("product", "")
    if request.form.get("website"):
        return make_response(_purchase(token, here, code, {}), 422)
    try:
        made = see_credit.buy(
            token[:MAX_TOKEN],
            code,
            name=request.form.get("name", "").replace("\x00", ""),
            key=request.form.get("key", "") or uuid4().hex,
            now=now(),
        )
    except InvalidInput as error:
        problems = {str(error.data.get("field", "name")): said(error)}
        return make_response(_purchase(token, here, code, problems), 422)
    return make_response(_page(token, here, {}, bought=made.number))


def _visit(token: str) -> Visit:
    here = see_credit.visit(token[:MAX_TOKEN], now())
    if asked_language() is None:
        speak(here.contact.language)
    return here


def _business(here: Visit) -> bool:
    return terms_of(here.customer.id).business


def _office() -> Calendar:
    return shown_book(now()).main


def _today() -> date:
    return _office().local_date(now())


def _month() -> Month:
    return month_of(request.args.get("month", ""), _today())


def _page(token: str, here: Visit, problems: dict[str, str], bought: str | None = None) -> str:
    month = _month()
    statement = statement_of(here.customer, *month.days, _office().zone)
    return plain_page(
        "public/credit.html",
        token=token,
        visit=here,
        month=month,
        statement=statement,
        lines=[(line, told_line(line)) for line in statement.lines],
        available=sum((lot.rest.minor for lot in statement.lots), 0),
        offered=see_credit.products(here.customer, _today(), _business(here))
        if here.contact.may_order
        else [],
        invoices=invoices_of(here.customer.id, limit=12),
        problems=problems,
        bought=bought,
        asked=asked_language(),
    )


def _purchase(token: str, here: Visit, code: str, problems: dict[str, str]) -> str:
    chosen = next(
        (
            each
            for each in see_credit.products(here.customer, _today(), _business(here))
            if each.product.code == code
        ),
        None,
    )
    if chosen is None or not here.contact.may_order:
        return _page(token, here, problems)
    return plain_page(
        "public/purchase.html",
        token=token,
        visit=here,
        chosen=chosen,
        problems=problems,
        key=uuid4().hex,
        asked=asked_language(),
    )

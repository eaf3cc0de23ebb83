"""Customers: the list, the page of one, and credit that was paid in."""

from flask import flash, make_response, redirect, request, url_for
from werkzeug.wrappers import Response

from helpdesk.accounts.permissions import Permission
from helpdesk.actions.top_up_credit import top_up
from helpdesk.core.clock import now
from helpdesk.core.errors import InvalidInput
from helpdesk.core.money import parse_amount
from helpdesk.customers.queries import customer as customer_by_id
from helpdesk.i18n import amount
from helpdesk.i18n import gettext as _
from helpdesk.reports import customers as reports
from helpdesk.reports.queue import listing
from helpdesk.tickets.queue_queries import customers_page as tickets_of
from helpdesk.tickets.views import read_cursor
from helpdesk.web.agent.blueprint import blueprint
from helpdesk.web.agent.frame import page
from helpdesk.web.agent.office import book, calendar
from helpdesk.web.agent.telling import told_booking
from helpdesk.web.errors import said
from helpdesk.web.forms import TopUpForm
from helpdesk.web.guards import actor, require


@blueprint.get("/customers")
def customers() -> str:
    """All customers by name, or those that match."""
    words = " ".join(request.args.get("q", "").replace("\x00", "").split())[:100]
    after = request.args.get("after", "").replace("\x00", "")[:200]
    entries, mark = reports.customers_page(words, calendar().local_date(now()), after or None)
    return page("agent/customers.html", section="customers", words=words, entries_found=entries, mark=mark)


@blueprint.get("/customers/<row:customer_id>")
def customer(customer_id: int) -> str:
    """One customer: contacts, subscriptions, credit, tickets."""
    return _page(customer_id, TopUpForm(formdata=None), {})


@blueprint.post("/customers/<row:customer_id>/top-ups")
def add_credit(customer_id: int) -> Response:
    """Books a payment; the same reference counts once."""
    require(Permission.TOP_UP_CREDIT)
    form = TopUpForm()
    try:
        if not form.validate_on_submit():
            return make_response(_page(customer_id, form, form.problems()), 422)
        money = parse_amount(form.amount.data)
        top_up(customer_id, money, reference=form.reference.data, by=actor(), now=now())
    except InvalidInput as error:
        field = str(error.data.get("field", "amount"))
        return make_response(_page(customer_id, form, {field: said(error)}), 422)
    flash(_("%(amount)s was added to the credit.", amount=amount(money)))
    return redirect(url_for("agent.customer", customer_id=customer_id), 303)


def _page(customer_id: int, form: TopUpForm, problems: dict[str, str]) -> str:
    at = now()
    found = customer_by_id(customer_id)
    profile = reports.profile(found)
    after = read_cursor(request.args.get("after", ""))
    credit = {customer_id: profile.credit} if profile.credit else {}
    return page(
        "agent/customer.html",
        section="customers",
        profile=profile,
        bookings=[told_booking(line.transfer) for line in profile.bookings],
        found=listing(tickets_of(customer_id, after), book(), at, known=credit),
        today=calendar().local_date(at),
        form=form,
        problems=problems,
    )

"""The price list in the settings: versions, a preview of what a new one changes, and adding it."""

from datetime import date

from flask import flash, make_response, redirect, request, url_for
from werkzeug.wrappers import Response

from helpdesk.accounts.permissions import Permission
from helpdesk.actions import manage_prices
from helpdesk.actions.manage_prices import CODES, Change
from helpdesk.core.clock import now
from helpdesk.core.errors import InvalidInput
from helpdesk.core.money import parse_amount
from helpdesk.customers.queries import customer_by_number
from helpdesk.i18n import gettext as _
from helpdesk.i18n import lazy
from helpdesk.web.agent.blueprint import blueprint
from helpdesk.web.agent.frame import page
from helpdesk.web.agent.office import calendar
from helpdesk.web.errors import said
from helpdesk.web.guards import actor, require

NAMES = {
    "support": lazy("Support, an hour"),
    "training": lazy("Training, an hour"),
    "development": lazy("Development, an hour"),
    "credit_5h": lazy("Package of 5 hours"),
    "credit_10h": lazy("Package of 10 hours"),
    "credit_20h": lazy("Package of 20 hours"),
    "surcharge": lazy("Urgent handling"),
    "late_cancel": lazy("Appointment cancelled late"),
}


@blueprint.get("/settings/prices")
def prices() -> str:
    """All versions, newest first."""
    require(Permission.TOP_UP_CREDIT)
    return _page({}, None)


@blueprint.post("/settings/prices")
def add_price() -> Response:
    """Shows what a new version changes, or adds it; no version is ever edited."""
    require(Permission.TOP_UP_CREDIT)
    form = {name: request.form.get(name, "").replace("\x00", "").strip()[:60] for name in _FIELDS}
    try:
        amount = parse_amount(form["amount"])
        valid_from = _day(form["valid_from"])
        scope = _scope(form["scope"])
        if request.form.get("then") != "save":
            change = manage_prices.preview(form["code"], scope, amount, valid_from, now=now())
            return make_response(_page({}, change, form))
        manage_prices.add_price(form["code"], scope, amount, valid_from, by=actor(), now=now())
    except InvalidInput as error:
        problems = {str(error.data.get("field", "amount")): said(error)}
        return make_response(_page(problems, None, form), 422)
    flash(_("The new price counts from %(day)s on.", day=valid_from.isoformat()))
    return redirect(url_for("agent.prices"), 303)


_FIELDS = ("code", "scope", "amount", "valid_from")


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise InvalidInput("Write the day like 2027-03-09.", field="valid_from") from error


def _scope(text: str) -> str:
    """Empty for everybody, the name of a plan, or a customer's number."""
    if not text:
        return text
    if text.isalpha() and text.islower():
        return f"plan:{text}"
    found = customer_by_number(text)
    if found is None:
        raise InvalidInput("There is no such plan or customer.", field="scope")
    return f"customer:{found}"


def _page(problems: dict[str, str], change: Change | None, form: dict[str, str] | None = None) -> str:
    today = calendar().local_date(now())
    return page(
        "agent/prices.html",
        section="settings",
        versions=manage_prices.price_list(),
        names={code: _(NAMES.get(code, code)) for code in CODES},
        today=today,
        problems=problems,
        change=change,
        form=form or {"code": "support", "scope": "", "amount": "", "valid_from": today.isoformat()},
    )

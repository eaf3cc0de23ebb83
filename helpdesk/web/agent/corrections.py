"""Correcting credit by hand: each form shows what would happen, takes a reason, and asks a second person."""

from datetime import date, datetime, time
from uuid import uuid4

from flask import flash, make_response, redirect, request, url_for
from werkzeug.wrappers import Response

from helpdesk.accounts.permissions import Permission
from helpdesk.actions import correct_credit, manage_authorisations
from helpdesk.actions.correct_credit import Effect, Wanted
from helpdesk.billing import corrections
from helpdesk.billing.correction_models import KINDS
from helpdesk.core.clock import now
from helpdesk.core.errors import Conflict, InvalidInput, NotFound
from helpdesk.core.money import Money, parse_amount
from helpdesk.customers.queries import customer as customer_by_id
from helpdesk.i18n import gettext as _
from helpdesk.i18n import lazy
from helpdesk.web.agent.blueprint import blueprint
from helpdesk.web.agent.frame import page
from helpdesk.web.agent.office import calendar
from helpdesk.web.errors import said
from helpdesk.web.guards import actor, me, require

TITLES = {
    "bonus": lazy("Give a bonus"),
    "refund": lazy("Refund credit"),
    "extension": lazy("Extend the expiry"),
    "reversal": lazy("Reverse a booking"),
}


@blueprint.get("/customers/<row:customer_id>/credit/corrections/new")
def new_correction(customer_id: int) -> str:
    """The form for one kind of correction."""
    require(Permission.TOP_UP_CREDIT)
    return _form(customer_id, {}, None)


@blueprint.post("/customers/<row:customer_id>/credit/corrections")
def correct_credit_by_hand(customer_id: int) -> Response:
    """Shows what it would do, or does it; above CHF 500 a second person does."""
    require(Permission.TOP_UP_CREDIT)
    try:
        wanted = _wanted(customer_id)
        effect = correct_credit.preview(wanted, now=now())
        if request.form.get("then") != "save":
            return make_response(_form(customer_id, {}, effect))
        waits = correct_credit.ask(wanted, key=request.form.get("key", "")[:64], by=actor(), now=now())
    except InvalidInput as error:
        return make_response(
            _form(customer_id, {str(error.data.get("field", "amount")): said(error)}, None), 422
        )
    except Conflict as error:
        return make_response(_form(customer_id, {}, None, said(error)), 409)
    flash(_("It waits for a second person now.") if waits else _("Booked."))
    return redirect(url_for("agent.credit", customer_id=customer_id), 303)


@blueprint.get("/credit-corrections")
def corrections_list() -> str:
    """What waits for a second person."""
    require(Permission.TOP_UP_CREDIT)
    return page(
        "agent/credit_corrections.html",
        section="customers",
        found=correct_credit.waiting(),
        titles=TITLES,
        own=me().id,
    )


@blueprint.post("/credit-corrections/<row:correction_id>/decision")
def decide_correction(correction_id: int) -> Response:
    """The second person books it or refuses."""
    require(Permission.TOP_UP_CREDIT)
    book = request.form.get("decision") == "book"
    try:
        correct_credit.decide(correction_id, book=book, by=actor(), now=now())
        flash(_("Booked.") if book else _("It was refused. Nothing was booked."))
    except (InvalidInput, Conflict) as error:
        flash(said(error))
    return redirect(url_for("agent.corrections_list"), 303)


@blueprint.get("/customers/<row:customer_id>/authorisations")
def authorisations(customer_id: int) -> str:
    """The contract's standing authorisations, and the form for one more."""
    require(Permission.TOP_UP_CREDIT)
    return _authorisations(customer_id, {})


@blueprint.post("/customers/<row:customer_id>/authorisations")
def grant_authorisation(customer_id: int) -> Response:
    """Records what the contract says."""
    require(Permission.TOP_UP_CREDIT)
    try:
        manage_authorisations.grant(
            customer_id,
            parse_amount(_typed("amount")),
            month=_optional("month"),
            valid_from=_day("valid_from") or calendar().local_date(now()),
            valid_until=_day("valid_until"),
            reference=_typed("reference"),
            granted_by=_typed("granted_by"),
            by=actor(),
            now=now(),
        )
    except InvalidInput as error:
        problems = {str(error.data.get("field", "amount")): said(error)}
        return make_response(_authorisations(customer_id, problems), 422)
    flash(_("Saved."))
    return redirect(url_for("agent.authorisations", customer_id=customer_id), 303)


@blueprint.post("/customers/<row:customer_id>/authorisations/<row:authorisation_id>/end")
def end_authorisation(customer_id: int, authorisation_id: int) -> Response:
    """Today is its last day."""
    require(Permission.TOP_UP_CREDIT)
    manage_authorisations.end(customer_id, authorisation_id, by=actor(), now=now())
    flash(_("It ends today."))
    return redirect(url_for("agent.authorisations", customer_id=customer_id), 303)


def _authorisations(customer_id: int, problems: dict[str, str]) -> str:
    return page(
        "agent/authorisations.html",
        section="customers",
        customer=customer_by_id(customer_id),
        found=manage_authorisations.of_customer(customer_id),
        today=calendar().local_date(now()),
        typed=request.form,
        problems=problems,
    )


def _form(
    customer_id: int, problems: dict[str, str], effect: Effect | None, refused: str | None = None
) -> str:
    kind, lot_id = _kind(), _lot_id()
    lot = corrections.lot_of(customer_id, lot_id) if kind in ("refund", "extension") else None
    key = request.values.get("transfer", "")[:120]
    booking = None
    if kind == "reversal" and not refused:
        booking = corrections.reversible(customer_id, key)
    return page(
        "agent/credit_correction.html",
        section="customers",
        customer=customer_by_id(customer_id),
        kind=kind,
        title=_(TITLES[kind]),
        lot=lot,
        booking=booking,
        transfer=key,
        typed=request.form,
        problems=problems,
        refused=refused,
        effect=effect,
        key=request.form.get("key", "")[:64] or uuid4().hex,
    )


def _wanted(customer_id: int) -> Wanted:
    kind = _kind()
    return Wanted(
        kind,
        customer_id,
        amount=parse_amount(_typed("amount")) if kind in ("bonus", "refund") else None,
        lot_id=_lot_id() if kind in ("refund", "extension") else None,
        transfer_key=_typed("transfer")[:120] if kind == "reversal" else None,
        expires_at=_end_of(_day("expires")),
        reason=_typed("reason"),
    )


def _kind() -> str:
    kind = request.values.get("kind", "bonus")
    if kind not in KINDS:
        raise NotFound("There is no such correction.")
    return kind


def _lot_id() -> int | None:
    lot = request.values.get("lot", "")
    return int(lot) if lot.isascii() and lot.isdigit() and len(lot) < 10 else None


def _typed(name: str) -> str:
    return request.form.get(name, "").replace("\x00", "").strip()[:300]


def _optional(name: str) -> Money | None:
    typed = _typed(name)
    try:
        return parse_amount(typed) if typed else None
    except InvalidInput as error:
        raise InvalidInput(error.message, **{**error.data, "field": name}) from error


def _day(name: str) -> date | None:
    typed = _typed(name)
    try:
        return date.fromisoformat(typed) if typed else None
    except ValueError as error:
        raise InvalidInput("Write the day like 2027-03-09.", field=name) from error


def _end_of(day: date | None) -> datetime | None:
    """The last minute of the day in the office's zone."""
    return None if day is None else datetime.combine(day, time(23, 59), calendar().zone)

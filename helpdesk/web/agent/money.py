"""Minutes and offers: what something costs is seen before it is saved or sent."""

from uuid import uuid4

from flask import flash, make_response, redirect, request, url_for
from werkzeug.wrappers import Response

from helpdesk.actions import answer_offer, charge_work, offer_work, time_work
from helpdesk.billing.lot_prices import Lot
from helpdesk.billing.models import WorkEntry
from helpdesk.billing.price_list import ACTIVITIES, SUPPORT, SURCHARGE
from helpdesk.billing.pricing import quote_work
from helpdesk.billing.queries import offers_of, timer_of, work_entry
from helpdesk.billing.work import Preview
from helpdesk.core.clock import now
from helpdesk.core.errors import Conflict, InvalidInput, NotFound
from helpdesk.i18n import amount
from helpdesk.i18n import gettext as _
from helpdesk.tickets.queries import ticket_by_number
from helpdesk.web.agent.blueprint import blueprint
from helpdesk.web.agent.frame import page
from helpdesk.web.agent.telling import ACTIVITIES as ACTIVITY_NAMES
from helpdesk.web.errors import said
from helpdesk.web.forms import WorkForm, whole_number
from helpdesk.web.guards import actor, me

#: What can be offered, in minutes.
OFFERED_MINUTES = (15, 30, 45, 60, 90, 120, 180, 240)


@blueprint.get("/tickets/<ticket:number>/work/new")
def new_work(number: int) -> str:
    """The form to log minutes."""
    form = WorkForm(formdata=None)
    if request.args.get("minutes"):
        form.minutes.data = str(whole_number(request.args["minutes"], low=1, high=1440, field="minutes"))
    return _work_page(number, form, uuid4().hex, {}, None)


@blueprint.get("/tickets/<ticket:number>/work/preview")
def preview_work(number: int) -> str:
    """One line for the script: what these minutes would cost now; changes nothing."""
    try:
        minutes = whole_number(request.args.get("minutes", ""), low=1, high=1440, field="minutes")
        found = charge_work.preview(
            number,
            minutes,
            request.args.get("activity", SUPPORT),
            waived_because="-" if request.args.get("waived") else "",
            now=now(),
        )
    except InvalidInput as error:
        return page_fragment("no", said(error))
    return page_fragment(found.billing or "no", told_preview(found))


@blueprint.post("/tickets/<ticket:number>/work")
def log_work(number: int) -> Response:
    """Saves and charges, or shows what it would cost when "Preview" was pressed."""
    form = WorkForm()
    key = form.key.data or uuid4().hex
    try:
        if not form.validate_on_submit():
            return make_response(_work_page(number, form, key, form.problems(), None), 422)
        minutes = whole_number(form.minutes.data, low=1, high=1440, field="minutes")
        waived = (request.form.get("waived_because") or "").strip()[:300]
        if request.form.get("then") == "preview":
            found = charge_work.preview(number, minutes, form.activity.data, waived_because=waived, now=now())
            return make_response(_work_page(number, form, key, {}, found))
        old = _corrected(number)
        charge_work.log_work(
            number,
            minutes,
            form.activity.data,
            text=form.text.data or "",
            internal=form.internal.data or "",
            waived_because=waived,
            corrects=old.id if old else None,
            why=request.form.get("why", "").replace("\x00", ""),
            key=key,
            by=actor(),
            now=now(),
        )
    except InvalidInput as error:
        problems = {str(error.data.get("field", "minutes")): said(error)}
        return make_response(_work_page(number, form, key, problems, None), 422)
    except Conflict as error:
        found = charge_work.preview(number, minutes, form.activity.data, waived_because=waived, now=now())
        return make_response(_work_page(number, form, key, {}, found, said(error)), 409)
    flash(_("The minutes were logged."))
    return redirect(url_for("agent.ticket", number=number), 303)


@blueprint.get("/tickets/<ticket:number>/offers/new")
def new_offer(number: int) -> str:
    """What would be offered, to whom, for how much; nothing is sent yet."""
    return _offer_page(number, "urgent" if request.args.get("kind") == "urgent" else "support")


@blueprint.post("/tickets/<ticket:number>/offers/urgent")
def offer_urgent(number: int) -> Response:
    """Sends the offer of urgent handling; nothing is charged until it is accepted."""
    try:
        offer_work.offer_urgent(number, by=actor(), now=now())
    except Conflict as error:
        return make_response(_offer_page(number, "urgent", said(error)), 409)
    flash(_("The offer leaves now. Nothing is charged until the customer accepts."))
    return redirect(url_for("agent.ticket", number=number), 303)


@blueprint.post("/tickets/<ticket:number>/offers/support")
def offer_support(number: int) -> Response:
    """Sends the offer of paid support; the ticket waits for the answer."""
    try:
        minutes = whole_number(request.form.get("minutes", ""), low=1, high=1440, field="minutes")
        offer_work.offer_support(number, minutes, by=actor(), now=now())
    except (InvalidInput, Conflict) as error:
        return make_response(_offer_page(number, "support", said(error)), error.status)
    flash(_("The offer leaves now. Nothing is charged until the customer accepts."))
    return redirect(url_for("agent.ticket", number=number), 303)


@blueprint.post("/tickets/<ticket:number>/offers/<row:offer_id>/withdrawal")
def withdraw_offer(number: int, offer_id: int) -> Response:
    """Takes an open offer back."""
    _belongs(number, offer_id)
    offer_work.withdraw_offer(offer_id, by=actor(), now=now())
    flash(_("The offer was withdrawn."))
    return redirect(url_for("agent.ticket", number=number), 303)


@blueprint.post("/tickets/<ticket:number>/offers/<row:offer_id>/phone-answer")
def phone_answer(number: int, offer_id: int) -> Response:
    """Records what a customer said on the phone, with their name."""
    _belongs(number, offer_id)
    answer_offer.by_phone(
        offer_id,
        request.form.get("answer") == "yes",
        name=request.form.get("name", "").replace("\x00", ""),
        words=request.form.get("words", "").replace("\x00", ""),
        by=actor(),
        now=now(),
    )
    flash(_("The answer was recorded with your name."))
    return redirect(url_for("agent.ticket", number=number), 303)


def _belongs(number: int, offer_id: int) -> None:
    """Raises NotFound for the offer of another ticket."""
    if all(offer.id != offer_id for offer in offers_of(number)):
        raise NotFound("There is no such offer.")


def told_preview(found: Preview) -> str:
    """ "38 -> 45 min -> CHF 135.00 from credit, left CHF 1'110.00", or why it cannot be charged."""
    values = {"minutes": found.minutes, "billed": found.billed_minutes, "net": amount(found.net)}
    if found.billing == "charged":
        return told_charge(found, values)
    sentences = {
        "hotline": _("%(minutes)s min of free hotline, nothing charged", **values),
        "unit_paid": _("%(minutes)s min inside a unit that is paid already, nothing charged", **values),
        "waived": _("%(minutes)s min given away, nothing charged", **values),
        "classify_first": _("Decide first whether this is hotline or paid support."),
        "time_box_over": _(
            "The free minutes of this case are used up. Offer paid support: "
            "%(minutes)s min would cost %(net)s.",
            **values,
        ),
        "quote_needed": _(
            "Work in the absence of the customer needs an accepted quote. "
            "%(minutes)s → %(billed)s min would cost %(net)s.",
            **values,
        ),
        "not_agreed": _(
            "Not chargeable yet: the customer has not agreed. "
            "%(minutes)s → %(billed)s min would cost %(net)s.",
            **values,
        ),
        "more_than_agreed": _(
            "More than the customer agreed to: %(minutes)s → %(billed)s min would cost %(net)s. "
            "Send a further offer.",
            **values,
        ),
    }
    return sentences.get(found.code, found.code)


def told_charge(found: Preview, values: dict[str, object]) -> str:
    """What pays: credit with its lots, the invoice, or both."""
    if found.rest and found.policy == "ask":
        return _(
            "%(minutes)s → %(billed)s min would cost %(net)s. The credit does not cover it, and this "
            "customer wants to be asked first.",
            **values,
        )
    if found.pays == "receivable" or found.left is None:
        return _("%(minutes)s → %(billed)s min → %(net)s by invoice", **values)
    left = amount(found.left)
    if found.pays == "both":
        covered, rest = amount(found.net - found.rest), amount(found.rest)
        said = _(
            "%(minutes)s → %(billed)s min → %(net)s: %(covered)s from credit, %(rest)s by invoice",
            covered=covered,
            rest=rest,
            **values,
        )
    else:
        said = _("%(minutes)s → %(billed)s min → %(net)s from credit, left %(left)s", left=left, **values)
    lots = told_lots(found)
    return f"{said} · {lots}" if lots else said


def told_lots(found: Preview) -> str:
    """The lots that pay, when there are several or they have a rate of their own."""
    if len(found.parts) == 1 and found.parts[0].lot.rate is None:
        return ""
    return ", ".join(
        _("%(amount)s from “%(lot)s”", amount=amount(part.amount), lot=lot_name(part.lot))
        for part in found.parts
    )


def lot_name(lot: Lot) -> str:
    """The package with its rate, or that it is a bonus or plain credit."""
    name = lot.name or (_("Bonus") if lot.kind == "bonus" else _("Credit"))
    return f"{name} / {amount(lot.rate)}" if lot.rate else name


def page_fragment(css: str, sentence: str) -> str:
    """One line of text for the script; its kind stands before the first space."""
    return f"{css} {sentence}"


def _work_page(
    number: int,
    form: WorkForm,
    key: str,
    problems: dict[str, str],
    preview: Preview | None,
    refused: str | None = None,
) -> str:
    return page(
        "agent/work.html",
        section="queue",
        ticket=ticket_by_number(number),
        form=form,
        key=key,
        problems=problems,
        refused=refused,
        preview=(preview.billing or "no", told_preview(preview)) if preview else None,
        activities=[(code, _(ACTIVITY_NAMES.get(code, code))) for code in ACTIVITIES],
        waived=request.form.get("waived_because", ""),
        corrects=_corrected(number),
        timer=timer_of(me().id),
        why=request.form.get("why", ""),
    )


def _corrected(number: int) -> WorkEntry | None:
    """The entry that the form corrects, if it does; raises NotFound for one of another ticket."""
    named = request.view_args.get("entry_id") if request.view_args else None
    named = named or request.form.get("corrects", "")
    if not named:
        return None
    entry_id = whole_number(named, low=1, high=999_999_999, field="minutes")
    return work_entry(entry_id, number)


@blueprint.get("/tickets/<ticket:number>/work/<row:entry_id>/correction")
def correct_work(number: int, entry_id: int) -> str:
    """The form to log work, filled with an entry that was wrong; the new one takes its place."""
    old = work_entry(entry_id, number)
    form = WorkForm(formdata=None)
    form.minutes.data, form.activity.data = str(old.minutes), old.activity
    form.text.data, form.internal.data = old.text, old.internal
    return _work_page(number, form, uuid4().hex, {}, None)


@blueprint.post("/tickets/<ticket:number>/case-waiver")
def waive_case(number: int) -> Response:
    """Makes the case free of charge: a defect of the product, or goodwill, with the reason."""
    try:
        charge_work.waive_case(
            number,
            request.form.get("kind", ""),
            request.form.get("reason", "").replace("\x00", ""),
            by=actor(),
            now=now(),
        )
        flash(_("This case is not charged now."))
    except (InvalidInput, Conflict) as error:
        flash(said(error))
    return redirect(url_for("agent.ticket", number=number), 303)


@blueprint.post("/tickets/<ticket:number>/timer")
def start_timer(number: int) -> Response:
    """Starts the agent's timer on this ticket."""
    try:
        time_work.start_timer(number, by=actor(), now=now())
    except Conflict as error:
        flash(said(error))
    return redirect(url_for("agent.new_work", number=number), 303)


@blueprint.post("/tickets/<ticket:number>/timer/end")
def stop_timer(number: int) -> Response:
    """Stops it and opens the form with the minutes; nothing is logged yet."""
    minutes = time_work.stop_timer(number, by=actor(), now=now())
    return redirect(url_for("agent.new_work", number=number, minutes=minutes), 303)


def _offer_page(number: int, kind: str, refused: str | None = None) -> str:
    ticket = ticket_by_number(number)
    price = offer_work.price_for(ticket.customer_id, SURCHARGE if kind == "urgent" else SUPPORT, now())
    choices = [(minutes, amount(quote_work(0, minutes, price).net)) for minutes in OFFERED_MINUTES]
    return page(
        "agent/offer.html",
        section="queue",
        ticket=ticket,
        kind=kind,
        net=price.amount,
        choices=choices if kind == "support" else [],
        refused=refused,
    )

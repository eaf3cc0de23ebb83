"""Offices and policies for leads: what holds, what a change would move, and who changed what."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4
from zoneinfo import available_timezones

from flask import abort, flash, make_response, redirect, request, url_for
from werkzeug.wrappers import Response

from helpdesk.accounts.permissions import Permission
from helpdesk.accounts.queries import active_agents
from helpdesk.actions.save_promises import Foresight, foresee, save_book
from helpdesk.contracts.queries import plan_names
from helpdesk.core.clock import now
from helpdesk.core.errors import Conflict, InvalidInput
from helpdesk.core.week_hours import read_day
from helpdesk.customers.queries import customer_by_number, customer_names
from helpdesk.i18n import gettext as _
from helpdesk.i18n import weekday
from helpdesk.mail.queries import mailboxes
from helpdesk.sla.book import EVERYBODY, MAIN, Book
from helpdesk.sla.offices import Office
from helpdesk.sla.queries import saved_books
from helpdesk.sla.terms import Terms
from helpdesk.web.agent.blueprint import blueprint
from helpdesk.web.agent.frame import page
from helpdesk.web.agent.office import book
from helpdesk.web.agent.promise_forms import (
    SPARE_ROWS,
    Typed,
    read_office,
    read_terms,
    special_rows,
    typed_office,
    typed_terms,
)
from helpdesk.web.errors import said
from helpdesk.web.guards import actor, require

_NEW = "new"
_USUAL = read_day("09:00-17:00")


@blueprint.get("/settings/promises")
def promise_settings() -> str:
    """Every office and policy, the most specific policy first, and the versions."""
    require(Permission.EDIT_PROMISES)
    held = book()
    named = customer_names([terms.customer_id for terms in held.policies if terms.customer_id])
    boxes = {box.id: box.address for box in mailboxes().values()}
    return page(
        "agent/promises/list.html",
        section="settings",
        offices=held.offices,
        policies=sorted(held.policies, key=lambda terms: -terms.weight),
        office_names={office.key: office.name for office in held.offices},
        customers=named,
        boxes=boxes,
        versions=saved_books(),
        everybody=EVERYBODY,
    )


@blueprint.get("/settings/promises/offices/<key>")
def office_settings(key: str) -> str:
    """The form of one office; `new` for another one."""
    require(Permission.EDIT_PROMISES)
    return _office_page(key, typed_office(_office(key)), {}, None, "")


@blueprint.post("/settings/promises/offices/<key>")
def save_office(key: str) -> Response:
    """Shows which open tickets would move, and saves what was shown."""
    require(Permission.EDIT_PROMISES)
    kept, typed = _office(key).key, request.form

    def changed() -> tuple[Book, str]:
        if typed.get("then") == "remove":
            return book().without(kept), _office(key).name
        office = read_office(_typed_key(kept), typed)
        return book().with_office(office), office.name

    return _seen_then_saved("office", changed, lambda *shown: _office_page(key, typed, *shown))


@blueprint.get("/settings/promises/policies/<key>")
def policy_settings(key: str) -> str:
    """The form of one policy; `new` for another one."""
    require(Permission.EDIT_PROMISES)
    terms = _terms(key)
    typed = typed_terms(terms)
    if terms.customer_id:
        typed["customer"] = customer_names([terms.customer_id]).get(terms.customer_id, ("", ""))[0]
    return _policy_page(key, typed, {}, None, "")


@blueprint.post("/settings/promises/policies/<key>")
def save_policy(key: str) -> Response:
    """Shows which open tickets would move, and saves what was shown."""
    require(Permission.EDIT_PROMISES)
    kept, typed = _terms(key).key, request.form

    def changed() -> tuple[Book, str]:
        if typed.get("then") == "remove":
            return book().without(kept), _terms(key).name
        terms = read_terms(_typed_key(kept), typed, _customer(typed.get("customer", "")))
        return book().with_terms(terms), terms.name

    return _seen_then_saved("policy", changed, lambda *shown: _policy_page(key, typed, *shown))


def _seen_then_saved(
    what: str,
    changed: Callable[[], tuple[Book, str]],
    shown: Callable[[dict[str, str], Foresight | None, str], str],
) -> Response:
    """Saves only what was looked at: the form carries the mark of the version whose effect was shown."""
    try:
        made, name = changed()
        foresight = foresee(made)
        if request.form.get("seen") != made.fingerprint or request.form.get("then") == "preview":
            return make_response(shown({}, foresight, made.fingerprint))
        save_book(made, base=made.number, what=what, name=name, by=actor(), now=now())
    except InvalidInput as error:
        return make_response(shown({str(error.data.get("field") or "name"): said(error)}, None, ""), 422)
    except Conflict as error:
        return make_response(shown({"name": said(error)}, None, ""), 409)
    flash(_("Saved. Open tickets follow within a minute."))
    return redirect(url_for("agent.promise_settings"), 303)


def _office(key: str) -> Office:
    if key == _NEW:
        main = book().office(MAIN)
        week = (_USUAL,) * 5 + ((), ())
        return Office(_NEW, "", main.zone, week, main.country, main.subdivision)
    return next((office for office in book().offices if office.key == key), None) or abort(404)


def _terms(key: str) -> Terms:
    if key == _NEW:
        return Terms(_NEW, "", MAIN)
    return next((terms for terms in book().policies if terms.key == key), None) or abort(404)


def _typed_key(kept: str) -> str:
    """The key in the book; a new entry gets one when its form is shown first, and keeps it from then on."""
    if kept != _NEW:
        return kept
    typed = request.form.get("key", "")
    return typed if len(typed) == 12 and typed.isascii() and typed.isalnum() else uuid4().hex[:12]


def _customer(number: str) -> int | None:
    if not number.strip():
        return None
    found = customer_by_number(number.strip()[:20])
    if found is None:
        raise InvalidInput("There is no customer with this number.", field="customer")
    return found


def _office_page(
    key: str, typed: Typed, problems: dict[str, str], foresight: Foresight | None, seen: str
) -> str:
    rows = [row for row in special_rows(typed) if any(row)]
    return _form_page(
        "agent/promises/office.html",
        key,
        typed,
        problems,
        foresight,
        seen,
        removable=key not in (MAIN, _NEW),
        weekdays=[weekday(n) for n in range(7)],
        rows=[*rows, *[("", "", "", "")] * SPARE_ROWS],
        zones=sorted(zone for zone in available_timezones() if "/" in zone and not zone.startswith("Etc/")),
    )


def _policy_page(
    key: str, typed: Typed, problems: dict[str, str], foresight: Foresight | None, seen: str
) -> str:
    return _form_page(
        "agent/promises/policy.html",
        key,
        typed,
        problems,
        foresight,
        seen,
        removable=key not in (EVERYBODY, _NEW),
        for_all=key == EVERYBODY,
        offices=book().offices,
        boxes=mailboxes().values(),
        plans=plan_names(),
        teams=sorted({agent.team for agent in active_agents() if agent.team}),
        clocks=(
            ("first", _("First answer")),
            ("next", _("Next answer")),
            ("resolution", _("Solution")),
        ),
    )


def _form_page(
    template: str,
    key: str,
    typed: Typed,
    problems: dict[str, str],
    foresight: Foresight | None,
    seen: str,
    **values: Any,
) -> str:
    return page(
        template,
        section="settings",
        key=key,
        new=key == _NEW,
        typed_key=_typed_key(key),
        typed=typed,
        problems=problems,
        foresight=foresight,
        seen=seen,
        removing=typed.get("then") == "remove",
        zone=book().main.zone,
        **values,
    )

"""Texts for answers: chosen in the composer by agents, written on a settings page by leads."""

from uuid import uuid4

from flask import flash, make_response, redirect, request, url_for
from werkzeug.wrappers import Response

from helpdesk.accounts.permissions import Permission
from helpdesk.actions import manage_macros as acts
from helpdesk.core.errors import Conflict, InvalidInput
from helpdesk.core.languages import LANGUAGES
from helpdesk.i18n import gettext as _
from helpdesk.tickets.macros import NAMES
from helpdesk.tickets.queries import ticket_by_number
from helpdesk.web.agent.blueprint import blueprint
from helpdesk.web.agent.frame import page
from helpdesk.web.agent.ticket import Draft, ticket_page
from helpdesk.web.errors import said
from helpdesk.web.guards import actor, me, require


@blueprint.get("/settings/macros")
def macros() -> str:
    """All texts by name."""
    require(Permission.EDIT_MACROS)
    return page("agent/macros.html", section="settings", macros=acts.macros())


@blueprint.get("/settings/macros/new")
def new_macro() -> str:
    """The form for one more."""
    require(Permission.EDIT_MACROS)
    return _form(None, "", {}, {})


@blueprint.get("/settings/macros/<row:macro_id>")
def macro(macro_id: int) -> str:
    """One text in all its languages."""
    require(Permission.EDIT_MACROS)
    found = acts.macro_by_id(macro_id)
    return _form(macro_id, found.name, found.texts, {})


@blueprint.post("/settings/macros")
def add_macro() -> Response:
    """Adds the text."""
    return _save(None)


@blueprint.post("/settings/macros/<row:macro_id>")
def save_macro(macro_id: int) -> Response:
    """Changes the text, or removes it."""
    if request.form.get("then") != "delete":
        return _save(macro_id)
    acts.delete(macro_id, by=actor())
    flash(_("The text was removed."))
    return redirect(url_for("agent.macros"), 303)


@blueprint.get("/tickets/<ticket:number>/macros/<row:macro_id>")
def macro_text(number: int, macro_id: int) -> Response:
    """A text filled for this ticket's customer, for inserting at the cursor."""
    text = acts.filled(macro_id, ticket_by_number(number), me().name)
    return Response(text, content_type="text/plain; charset=utf-8")


@blueprint.post("/tickets/<ticket:number>/macro")
def insert_macro(number: int) -> str:
    """The ticket's page with the chosen text added to what stands in the composer; nothing is sent."""
    typed, chosen = request.form.get("text", "").replace("\r\n", "\n"), request.form.get("macro", "")
    if chosen.isascii() and chosen.isdigit() and len(chosen) < 10:
        text = acts.filled(int(chosen), ticket_by_number(number), me().name)
        typed = f"{typed.rstrip()}\n\n{text}".lstrip("\n") if typed.strip() else text
    return ticket_page(number, Draft(text=typed), key=request.form.get("key") or uuid4().hex)


def _save(macro_id: int | None) -> Response:
    name = request.form.get("name", "")
    texts = {code: request.form.get(f"text-{code}", "") for code in LANGUAGES}
    try:
        acts.save(macro_id, name, texts, by=actor())
    except (InvalidInput, Conflict) as error:
        problems = {str(error.data.get("field", "name")): said(error)}
        return make_response(_form(macro_id, name, texts, problems), 422)
    flash(_("The text was saved."))
    return redirect(url_for("agent.macros"), 303)


def _form(macro_id: int | None, name: str, texts: dict[str, str], problems: dict[str, str]) -> str:
    return page(
        "agent/macro.html",
        section="settings",
        macro_id=macro_id,
        name=name,
        texts={code: texts.get(code, "") for code in LANGUAGES},
        problems=problems,
        places=[f"{{{place}}}" for place in NAMES],
    )

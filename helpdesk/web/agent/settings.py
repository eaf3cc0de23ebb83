"""Agents' own settings, the sheet of keys, and the health of the system."""

from collections.abc import Mapping

from flask import flash, make_response, redirect, request, url_for
from werkzeug.wrappers import Response

from helpdesk.accounts.queries import signatures_of
from helpdesk.actions import manage_accounts
from helpdesk.core.errors import InvalidInput
from helpdesk.core.languages import LANGUAGES
from helpdesk.i18n import gettext as _
from helpdesk.i18n import speaking
from helpdesk.mail.queries import mail_sources
from helpdesk.reports import mail_queues
from helpdesk.web.agent.blueprint import blueprint
from helpdesk.web.agent.frame import page
from helpdesk.web.errors import said
from helpdesk.web.forms import ProfileForm
from helpdesk.web.guards import me


@blueprint.get("/profile")
def profile() -> str:
    """The form with the agent's present choices."""
    return _profile(me().signature, signatures_of(me().id), {})


@blueprint.post("/profile")
def save_profile() -> Response:
    """Saves the choices; the answer speaks the new language."""
    form, agent = ProfileForm(), me()
    signatures = {code: request.form.get(f"signature-{code}", "") for code in LANGUAGES}
    try:
        manage_accounts.set_language(agent.id, form.language.data or "")
        manage_accounts.set_theme(agent.id, form.theme.data or "")
        manage_accounts.set_keys(agent.id, bool(form.keys_on.data))
        manage_accounts.set_signature(agent.id, form.signature.data or "", signatures)
    except InvalidInput as error:
        problems = {str(error.data.get("field", "language")): said(error)}
        return make_response(_profile(form.signature.data or "", signatures, problems), 422)
    with speaking(form.language.data or "en"):
        flash(_("Your settings were saved."))
    return redirect(url_for("agent.profile"), 303)


def _profile(signature: str, signatures: Mapping[str, str], problems: dict[str, str]) -> str:
    return page(
        "agent/profile.html",
        section="profile",
        problems=problems,
        signature=signature,
        signatures={code: signatures.get(code, "") for code in LANGUAGES},
    )


@blueprint.get("/keys")
def keys() -> str:
    """The cheat sheet, also for those without JavaScript."""
    return page("agent/keys.html", section="profile")


@blueprint.get("/health")
def health() -> str:
    """How long the queues are, and since when the first in them waits."""
    return page("agent/health.html", section="health", health=mail_queues.health(), sources=mail_sources())

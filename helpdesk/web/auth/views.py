"""Sign-in with the same answer for unknown and wrong, sign-out, choice of language."""

from flask import Blueprint, abort, make_response, redirect, request, url_for
from werkzeug.wrappers import Response

from helpdesk.actions import manage_accounts
from helpdesk.core.clock import now
from helpdesk.core.errors import Forbidden, TooManyTries
from helpdesk.i18n import gettext as _
from helpdesk.web.forms import SignInForm
from helpdesk.web.guards import back_path, me, only_agents, same_site_path
from helpdesk.web.language import asked_language
from helpdesk.web.login import current_agent, end_session, start_session
from helpdesk.web.pages import plain_page

blueprint = Blueprint("auth", __name__)


@blueprint.get("/sign-in")
def sign_in() -> str | Response:
    """The form; whoever is signed in already goes on."""
    if current_agent() is not None:
        return redirect(_wanted(), 303)
    return _form(SignInForm())


@blueprint.post("/sign-in")
def try_to_sign_in() -> Response:
    """Starts a session, or shows the form again with one sentence."""
    form = SignInForm()
    if not form.validate_on_submit():
        return make_response(_form(form), 422)
    try:
        token = manage_accounts.sign_in(
            form.email.data, form.password.data, ip=request.remote_addr or "", now=now()
        )
    except TooManyTries as error:
        return _throttled(form, error)
    except Forbidden as error:
        return make_response(_form(form, refused=_(error.message)), 403)
    agent = manage_accounts.agent_of(token, now())
    if agent is None:
        abort(403)
    start_session(token, agent)
    return redirect(_wanted(), 303)


@blueprint.post("/sign-out")
def sign_out() -> Response:
    """Ends the session in the database, so that a copy of the cookie opens nothing."""
    token = end_session()
    if token is not None:
        manage_accounts.sign_out(token, now())
    return redirect(url_for("auth.sign_in"), 303)


@blueprint.post("/language")
def choose_language() -> Response:
    """Sets the agent's own language and goes back to the page."""
    stranger = only_agents()
    if stranger is not None:
        return stranger
    manage_accounts.set_language(me().id, request.form.get("language", ""))
    return redirect(back_path(url_for("agent.queue")), 303)


def _form(form: SignInForm, refused: str | None = None) -> str:
    return plain_page(
        "auth/sign_in.html",
        form=form,
        refused=refused,
        problems=form.problems(),
        target=same_site_path(request.args.get("next")),
        asked=asked_language(),
    )


def _throttled(form: SignInForm, error: TooManyTries) -> Response:
    until = error.data["until"]
    minutes = max(1, -(-int((until - now()).total_seconds()) // 60))  # type: ignore[operator]
    sentence = _("Too many attempts. Try again in %(minutes)s min.", minutes=minutes)
    response = make_response(_form(form, refused=sentence), 429)
    response.headers["Retry-After"] = str(minutes * 60)
    return response


def _wanted() -> str:
    return same_site_path(request.args.get("next")) or url_for("agent.queue")

"""Settings: the mailboxes we answer for, where they are fetched from, and a try of the connection."""

from datetime import date

from flask import current_app, flash, make_response, redirect, request, session, url_for
from werkzeug.wrappers import Response

from helpdesk.accounts.permissions import Permission
from helpdesk.actions import connect_mailbox
from helpdesk.actions import manage_mailboxes as acts
from helpdesk.actions.manage_mailboxes import TOKEN_URLS, Tried, Wish
from helpdesk.core.clock import now
from helpdesk.core.errors import Conflict, HelpdeskError, InvalidInput, NotFound
from helpdesk.i18n import gettext as _
from helpdesk.mail.models import MailAccount, Mailbox
from helpdesk.mail.queries import all_mailboxes
from helpdesk.web.agent.blueprint import blueprint
from helpdesk.web.agent.frame import page
from helpdesk.web.errors import said
from helpdesk.web.forms import MailboxForm, whole_number
from helpdesk.web.guards import actor, require

_FIRST = {"port": "993", "folder": "INBOX"}
# What the browser keeps while its owner signs in elsewhere; sealed.
_BEGUN = "mailbox_connection"
_SECRETS = ("password", "client_secret", "refresh_token")


@blueprint.get("/settings/mailboxes")
def mailboxes() -> str:
    """All mailboxes, and how fetching from each goes."""
    require(Permission.MANAGE_MAILBOXES)
    return page("agent/mailboxes.html", section="settings", rows=all_mailboxes())


@blueprint.get("/settings/mailboxes/new")
def new_mailbox() -> str:
    """The form for one more."""
    require(Permission.MANAGE_MAILBOXES)
    return _form(None, _FIRST | {"active": "y", "begins_on": now().date().isoformat()}, {})


@blueprint.get("/settings/mailboxes/<row:mailbox_id>")
def mailbox(mailbox_id: int) -> str:
    """One mailbox with its account; secrets are never shown."""
    require(Permission.MANAGE_MAILBOXES)
    return _form(mailbox_id, _values(mailbox_id), {})


@blueprint.post("/settings/mailboxes")
def add_mailbox() -> Response:
    """Adds the mailbox."""
    return _save(None)


@blueprint.post("/settings/mailboxes/<row:mailbox_id>")
def save_mailbox(mailbox_id: int) -> Response:
    """Changes the mailbox."""
    return _save(mailbox_id)


@blueprint.post("/settings/mailboxes/<row:mailbox_id>/pause")
def pause_mailbox(mailbox_id: int) -> Response:
    """Stops fetching, or goes on."""
    paused = request.form.get("paused") == "yes"
    acts.pause(mailbox_id, paused=paused, by=actor())
    flash(_("Fetching is paused. Mail waits in the mailbox.") if paused else _("Fetching goes on."))
    return redirect(url_for("agent.mailboxes"), 303)


@blueprint.post("/settings/mailboxes/<row:mailbox_id>/try")
def try_mailbox(mailbox_id: int) -> str:
    """Connects as fetching does and shows what the server says."""
    tried = acts.try_connection(mailbox_id, by=actor())
    return _form(mailbox_id, _values(mailbox_id), {}, tried)


@blueprint.post("/settings/mailboxes/<row:mailbox_id>/connection")
def connect_provider(mailbox_id: int) -> str:
    """Shows where to sign in at the provider: by a link, because our policy lets no form lead elsewhere."""
    begun = connect_mailbox.start(mailbox_id, redirect_uri=_redirect_uri(), by=actor(), now=now())
    session[_BEGUN] = begun.sealed
    values = _values(mailbox_id)
    return page("agent/connect.html", section="settings", mailbox_id=mailbox_id, values=values, url=begun.url)


@blueprint.get("/settings/mailboxes/connected")
def provider_connected() -> Response:
    """Where the provider sends the browser back to; counts once, and only in the browser that asked."""
    require(Permission.MANAGE_MAILBOXES)
    told = request.args
    problem = ": ".join(filter(None, (told.get("error", ""), told.get("error_description", ""))))
    try:
        mailbox_id = connect_mailbox.finish(
            session.pop(_BEGUN, ""),
            state=told.get("state", ""),
            code=told.get("code", ""),
            problem=problem,
            redirect_uri=_redirect_uri(),
            by=actor(),
            now=now(),
        )
    except HelpdeskError as error:
        flash(said(error), "error")
        return redirect(url_for("agent.mailboxes"), 303)
    flash(_("The mailbox is connected. Try the connection now."))
    return redirect(url_for("agent.mailbox", mailbox_id=mailbox_id), 303)


def _redirect_uri() -> str:
    """What must be registered with the provider; from the settings, never from what a request claims."""
    public_url: str = current_app.extensions["helpdesk"].public_url
    return public_url + url_for("agent.provider_connected")


def _save(mailbox_id: int | None) -> Response:
    form = MailboxForm()
    typed = {name: str(value or "") for name, value in form.data.items()}
    try:
        saved = acts.save(mailbox_id, _wish(typed), by=actor(), now=now())
    except (InvalidInput, Conflict) as error:
        problems = {str(error.data.get("field", "address")): said(error)}
        return make_response(_form(mailbox_id, typed, problems), 422)
    flash(_("The mailbox was saved."))
    return redirect(url_for("agent.mailbox", mailbox_id=saved), 303)


def _wish(typed: dict[str, str]) -> Wish:
    provider = typed["sign_in"]
    token_url = typed["token_url"] if provider == "oauth" else TOKEN_URLS.get(provider, "")
    try:
        begins = date.fromisoformat(typed["begins_on"]) if typed["begins_on"] else None
    except ValueError:
        raise InvalidInput("Write the day as 2026-01-31.", field="begins_on") from None
    return Wish(
        address=typed["address"],
        name=typed["name"],
        language=typed["language"],
        team=typed["team"],
        zone=typed["zone"],
        country=typed["country"].upper(),
        subdivision=typed["subdivision"].upper(),
        signature=typed["signature"],
        host=typed["host"],
        port=whole_number(typed["port"] or "993", low=1, high=65535, field="port"),
        security=typed["security"],
        username=typed["username"],
        folder=typed["folder"] or "INBOX",
        sign_in="password" if provider == "password" else "oauth",
        password=typed["password"],
        token_url=token_url,
        client_id=typed["client_id"],
        client_secret=typed["client_secret"],
        refresh_token=typed["refresh_token"],
        begins_on=begins,
        active=bool(request.form.get("active")),
        paused=bool(request.form.get("paused")),
    )


def _values(mailbox_id: int) -> dict[str, str]:
    row = next((row for row in all_mailboxes() if row[0].id == mailbox_id), None)
    if row is None:
        raise NotFound("There is no such mailbox.")
    box: Mailbox = row[0]
    account: MailAccount | None = row[1]
    names = ("address", "name", "language", "team", "zone", "country", "subdivision", "signature")
    values = {name: getattr(box, name) for name in names}
    values["active"] = "y" if box.active else ""
    values |= _FIRST | {"begins_on": now().date().isoformat()}
    if account is not None:
        for name in ("host", "port", "security", "username", "folder", "token_url", "client_id"):
            values[name] = str(getattr(account, name))
        known = {url: provider for provider, url in TOKEN_URLS.items()}
        values["sign_in"] = (
            "password" if account.sign_in == "password" else known.get(account.token_url, "oauth")
        )
        values["begins_on"] = account.begins_at.date().isoformat()
        values["paused"] = "y" if account.paused else ""
    return values


def _form(
    mailbox_id: int | None, values: dict[str, str], problems: dict[str, str], tried: Tried | None = None
) -> str:
    account = acts.account_of(mailbox_id) if mailbox_id else None
    shown: dict[str, str] = {name: values.get(name, "") for name in MailboxForm.NAMES}
    for name in _SECRETS:
        shown[name] = ""
    return page(
        "agent/mailbox.html",
        section="settings",
        mailbox_id=mailbox_id,
        values=shown,
        problems=problems,
        tried=tried,
        provider=connect_mailbox.provider_of(account),
        is_connected=connect_mailbox.is_connected(account),
        redirect_uri=_redirect_uri(),
        tried_problem=said(tried.problem) if tried and tried.problem else None,
    )

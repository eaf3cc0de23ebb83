"""Connecting a mailbox to its provider: an administrator signs in there once, we keep the refresh token."""

import hmac
import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from helpdesk.accounts.permissions import Permission, may
from helpdesk.accounts.queries import agent_by_id
from helpdesk.actions.context import context, settings
from helpdesk.actions.manage_mailboxes import TOKEN_URLS, account_of, keep_refresh_token, secrets_of
from helpdesk.core.actors import Actor
from helpdesk.core.errors import Forbidden, HelpdeskError, InvalidInput, NotFound, SettingsError
from helpdesk.db import db, transaction
from helpdesk.mail import oauth
from helpdesk.mail.models import MailAccount

#: Long enough to find a password and a telephone.
VALID = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class Provider:
    """Where people sign in, and what we ask for: reading mail, sending it, and access that lasts."""

    name: str
    authorize_url: str
    scope: str


@dataclass(frozen=True, slots=True)
class Begun:
    """Where the administrator goes next, and what their browser keeps until they are back, sealed."""

    url: str
    sealed: str


_PROVIDERS = {
    TOKEN_URLS["microsoft"]: Provider(
        "Microsoft",
        "https://login.microsoftonline.com/common/oauth2/v2.0/authorize",
        "https://outlook.office.com/IMAP.AccessAsUser.All https://outlook.office.com/SMTP.Send "
        "offline_access",
    ),
    TOKEN_URLS["google"]: Provider(
        "Google", "https://accounts.google.com/o/oauth2/v2/auth", "https://mail.google.com/"
    ),
}


def provider_of(account: MailAccount | None) -> Provider | None:
    """Whom this account is connected with; None with a password, or where nobody said where to sign in."""
    if account is None or account.sign_in != "oauth":
        return None
    known = _PROVIDERS.get(account.token_url)
    elsewhere = settings().oauth_authorize_url
    return known or (Provider("", elsewhere, "openid offline_access") if elsewhere else None)


def is_connected(account: MailAccount | None) -> bool:
    """Whether there is a refresh token."""
    try:
        return account is not None and bool(secrets_of(account).get("refresh_token"))
    except SettingsError:
        return False


def start(mailbox_id: int, *, redirect_uri: str, by: Actor, now: datetime) -> Begun:
    """Prepares the question to the provider. Raises NotFound where there is nobody to ask."""
    _only_administrators(by)
    account = account_of(mailbox_id)
    provider = provider_of(account)
    if account is None or provider is None:
        raise NotFound("This mailbox signs in without a provider.")
    asked = oauth.question(
        provider.authorize_url, account.client_id, redirect_uri, provider.scope, account.username
    )
    kept: dict[str, Any] = {
        "state": asked.state,
        "verifier": asked.verifier,
        "mailbox": mailbox_id,
        "agent": by.id,
        "at": now.isoformat(),
    }
    return Begun(asked.url, context().vault.seal(json.dumps(kept)))


def finish(
    sealed: str, *, state: str, code: str, problem: str, redirect_uri: str, by: Actor, now: datetime
) -> int:
    """Takes the provider's answer and keeps the refresh token; returns the mailbox.

    `sealed` is what the same browser was given by start(): an answer that somebody else asked for is refused
    (RFC 6749 10.12). `problem` is what the provider says instead of a code. Raises InvalidInput, ImapTrouble.
    """
    _only_administrators(by)
    kept = _kept(sealed, by, now)
    if not hmac.compare_digest(kept["state"].encode(), state.encode("utf-8", "replace")):
        raise _stale()
    if problem or not code:
        raise InvalidInput(
            "The provider gave no access: %(words)s. Connect again, signed in as the mailbox.",
            words=problem[:300] or "-",
        )
    account = account_of(kept["mailbox"])
    if account is None:
        raise NotFound("There is no such mailbox.")
    tokens = oauth.redeem(
        account.token_url,
        account.client_id,
        secrets_of(account).get("client_secret", ""),
        code,
        kept["verifier"],
        redirect_uri,
    )
    if not tokens.refresh_token:
        raise InvalidInput("The provider gave no lasting access. Allow the application offline_access.")
    keep_refresh_token(account.id, tokens.refresh_token)
    _begin_anew(account.id)
    return int(kept["mailbox"])


def _begin_anew(account_id: int) -> None:
    """The fetcher sees another version and connects with what it finds now."""
    with transaction():
        account = db.session.get(MailAccount, account_id, populate_existing=True, with_for_update=True)
        if account is not None:
            account.version += 1


def _kept(sealed: str, by: Actor, now: datetime) -> dict[str, Any]:
    try:
        kept: dict[str, Any] = json.loads(context().vault.open(sealed))
    except (HelpdeskError, ValueError):
        raise _stale() from None
    if kept["agent"] != by.id or now - datetime.fromisoformat(kept["at"]) > VALID:
        raise _stale()
    return kept


def _stale() -> InvalidInput:
    return InvalidInput("This sign-in was begun elsewhere or too long ago. Connect once more.")


def _only_administrators(by: Actor) -> None:
    if by.kind == "agent" and by.id is not None and may(agent_by_id(by.id), Permission.MANAGE_MAILBOXES):
        return
    raise Forbidden("Only an administrator may do this.")

"""Mailboxes: added, changed, paused and tried by an administrator; and how fetching goes."""

import json
from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from zoneinfo import ZoneInfo, available_timezones

from sqlalchemy import delete, select

from helpdesk.accounts.permissions import Permission, may
from helpdesk.accounts.queries import agent_by_id
from helpdesk.actions.context import context, settings
from helpdesk.core.actors import Actor
from helpdesk.core.addresses import normalise
from helpdesk.core.errors import Conflict, Forbidden, HelpdeskError, InvalidInput, NotFound, Unavailable
from helpdesk.core.languages import LANGUAGES
from helpdesk.db import db, transaction
from helpdesk.mail import oauth
from helpdesk.mail.imap import Round
from helpdesk.mail.imap_connection import Account, Connection
from helpdesk.mail.models import MailAccount, Mailbox, MailSource
from helpdesk.sla.holidays import PublicHolidays

SECURITIES = ("tls", "starttls", "none")
#: Where access tokens come from: Microsoft's for every organisation, and Google's.
TOKEN_URLS = {
    "microsoft": "https://login.microsoftonline.com/common/oauth2/v2.0/token",
    "google": "https://oauth2.googleapis.com/token",
}


@dataclass(frozen=True, slots=True)
class Wish:
    """What an administrator typed. Empty secrets stay as they are; without a host nothing is fetched."""

    address: str
    name: str
    language: str
    team: str = ""
    zone: str = ""
    country: str = ""
    subdivision: str = ""
    signature: str = ""
    host: str = ""
    port: int = 993
    security: str = "tls"
    username: str = ""
    folder: str = "INBOX"
    sign_in: str = "password"
    password: str = ""
    token_url: str = ""
    client_id: str = ""
    client_secret: str = ""
    refresh_token: str = ""
    begins_on: date | None = None
    active: bool = True
    paused: bool = False


@dataclass(frozen=True, slots=True)
class Tried:
    """What a try of the connection found: the folders and what lies in ours, or the server's own words."""

    folders: tuple[str, ...] = ()
    waiting: int = 0
    oldest: datetime | None = None
    problem: HelpdeskError | None = None


def save(mailbox_id: int | None, wish: Wish, *, by: Actor, now: datetime) -> int:
    """Adds a mailbox (None) or changes one; returns its id.

    Raises InvalidInput with the field that is wrong, Conflict for an address that is in use, Forbidden for
    anybody but administrators.
    """
    _only_administrators(by)
    wish = _checked(wish)
    with transaction():
        mailbox = _mailbox(mailbox_id) if mailbox_id else Mailbox()
        taken = select(Mailbox.id).where(Mailbox.address == wish.address, Mailbox.id != (mailbox_id or 0))
        if db.session.scalar(taken) is not None:
            raise Conflict("There is a mailbox with this address already.")
        others = select(Mailbox.id).where(Mailbox.active, Mailbox.id != (mailbox_id or 0)).limit(1)
        if not wish.active and db.session.scalar(others) is None:
            raise InvalidInput("One mailbox must stay in use.", field="active")
        for name in (
            "address", "name", "language", "team", "zone", "country", "subdivision", "signature", "active",
        ):  # fmt: skip
            setattr(mailbox, name, getattr(wish, name))
        db.session.add(mailbox)
        db.session.flush()
        _save_account(mailbox.id, wish, now)
        return mailbox.id


def _save_account(mailbox_id: int, wish: Wish, now: datetime) -> None:
    account = account_of(mailbox_id)
    if not wish.host:
        if account is not None:
            account.paused, account.version = True, account.version + 1
        return
    # Secrets go to the server they were typed for and to no other.
    elsewhere = account is None or (account.host, account.username, account.token_url) != (
        wish.host,
        wish.username,
        wish.token_url,
    )
    old = {} if account is None or elsewhere else secrets_of(account)
    names = ("password",) if wish.sign_in == "password" else ("client_secret", "refresh_token")
    secrets = {name: getattr(wish, name) or old.get(name, "") for name in names}
    if wish.sign_in == "password" and not secrets["password"]:
        raise InvalidInput("Write the password; it is stored encrypted.", field="password")
    if account is None:
        account = MailAccount(mailbox_id=mailbox_id, version=0)
        db.session.add(account)
    for name in (
        "host",
        "port",
        "security",
        "username",
        "folder",
        "sign_in",
        "token_url",
        "client_id",
        "paused",
    ):
        setattr(account, name, getattr(wish, name))
    account.begins_at = _midnight(wish.begins_on or now.date(), wish.zone)
    account.sealed = context().vault.seal(json.dumps(secrets))
    account.version += 1


def pause(mailbox_id: int, *, paused: bool, by: Actor) -> None:
    """Stops fetching from a mailbox, or goes on; what lies there waits. Raises NotFound without one."""
    _only_administrators(by)
    with transaction():
        account = account_of(mailbox_id)
        if account is None:
            raise NotFound("This mailbox is not fetched from anywhere.")
        account.paused, account.version = paused, account.version + 1


def try_connection(mailbox_id: int, *, by: Actor) -> Tried:
    """Connects, signs in and opens the folder, as fetching does; moves and changes nothing there."""
    _only_administrators(by)
    account = account_of(mailbox_id)
    if account is None:
        raise NotFound("This mailbox is not fetched from anywhere.")
    try:
        connection = Connection(connected(account))
    except HelpdeskError as problem:
        return Tried(problem=problem)
    try:
        waiting = connection.work_list()
        oldest = connection.arrivals(waiting[:1])
        return Tried(tuple(connection.folders()), len(waiting), min(oldest.values(), default=None))
    except HelpdeskError as problem:
        return Tried(problem=problem)
    finally:
        connection.close()


def connected(account: MailAccount) -> Account:
    """Everything that a connection needs.

    Raises SettingsError when the secrets do not open, Unavailable when nobody has given access yet.
    """
    secrets = secrets_of(account)
    address = Account(
        account.host,
        account.port,
        account.security,
        account.username,
        secrets.get("password", ""),
        account.folder,
    )
    if account.sign_in == "password":
        return address
    if not secrets["refresh_token"]:
        raise Unavailable("This mailbox is not connected yet. Open it in the settings and connect it.")
    account_id, token_url, client_id = account.id, account.token_url, account.client_id

    def token() -> str:
        found = oauth.refresh(token_url, client_id, secrets["client_secret"], secrets["refresh_token"])
        if found.refresh_token != secrets["refresh_token"]:
            # Microsoft hands out a new one each time; the old one ends some day.
            secrets["refresh_token"] = found.refresh_token
            keep_refresh_token(account_id, found.refresh_token)
        return found.access_token

    return replace(address, token=token)


def access_token(username: str) -> str:
    """A token for whoever sends as this user; raises NotFound without a mailbox that signs in by token."""
    account = db.session.scalar(
        select(MailAccount)
        .where(MailAccount.username == username, MailAccount.sign_in == "oauth")
        .order_by(MailAccount.id)
        .limit(1)
        .execution_options(populate_existing=True)
    )
    token = connected(account).token if account is not None else None
    if token is None:
        raise NotFound("No mailbox with the user name of SMTP_URL is connected to a provider.")
    return token()


def keep_refresh_token(account_id: int, refresh_token: str) -> None:
    """Stores a refresh token that took the place of the one we had."""
    with transaction():
        account = db.session.get(MailAccount, account_id, populate_existing=True, with_for_update=True)
        if account is not None and account.sign_in == "oauth":
            secrets = {**secrets_of(account), "refresh_token": refresh_token}
            account.sealed = context().vault.seal(json.dumps(secrets))


def report(name: str, went: Round, now: datetime) -> None:
    """Writes down how a round of fetching from this source went."""
    with transaction():
        source = db.session.get(MailSource, name[:300], populate_existing=True)
        if source is None:
            source = MailSource(name=name[:300], error="", waiting=0)
            db.session.add(source)
        if went.error is not None:
            source.failed_at, source.error = now, went.error[:500]
            return
        source.succeeded_at, source.error = now, ""
        source.waiting, source.oldest_at = went.waiting, went.oldest


def forget_sources(kept: Collection[str]) -> None:
    """Forgets how fetching went from sources that are fetched from no longer: they would look broken."""
    with transaction():
        db.session.execute(delete(MailSource).where(MailSource.name.not_in(kept)))


def account_of(mailbox_id: int) -> MailAccount | None:
    """The account that a mailbox is fetched from."""
    return db.session.scalar(
        select(MailAccount)
        .where(MailAccount.mailbox_id == mailbox_id)
        .execution_options(populate_existing=True)
    )


def secrets_of(account: MailAccount) -> dict[str, str]:
    """The secrets in plain text, for connecting only; raises SettingsError when they do not open."""
    found: dict[str, str] = json.loads(context().vault.open(account.sealed))
    return found


def _checked(wish: Wish) -> Wish:
    if wish.language not in LANGUAGES:
        raise InvalidInput("Choose one of the languages in the list.", field="language")
    if not wish.name.strip():
        raise InvalidInput("Write a name.", field="name")
    if wish.zone and wish.zone not in available_timezones():
        raise InvalidInput("Write a time zone such as Europe/Zurich.", field="zone")
    if wish.country:
        try:
            PublicHolidays(wish.country, wish.subdivision or None).check()
        except InvalidInput as error:
            raise InvalidInput(error.message, **{**error.data, "field": "country"}) from None
    elif wish.subdivision:
        raise InvalidInput("Write the country of this canton or state too.", field="country")
    if len(wish.signature) > 2000:
        raise InvalidInput("The signature may have %(n)s characters at most.", field="signature", n=2000)
    if wish.host:
        _check_account(wish)
    try:
        return replace(wish, address=normalise(wish.address))
    except InvalidInput as error:
        raise InvalidInput(error.message, field="address") from None


def _check_account(wish: Wish) -> None:
    if wish.security not in SECURITIES or wish.sign_in not in ("password", "oauth"):
        raise InvalidInput("Choose one of the entries in the list.", field="security")
    if not 1 <= wish.port <= 65535:
        raise InvalidInput("Write a whole number from %(low)s to %(high)s.", field="port", low=1, high=65535)
    if any(c.isspace() or ord(c) < 33 for c in wish.host):
        raise InvalidInput("Write the server's name, without spaces.", field="host")
    if not wish.username or any(ord(c) < 32 for c in wish.username + wish.folder + wish.password):
        raise InvalidInput("Write the user name, without line breaks.", field="username")
    if wish.sign_in == "oauth":
        if not wish.token_url.startswith("https://") and not oauth.is_local(wish.token_url):
            raise InvalidInput("The address for tokens must be an https address.", field="token_url")
        if not wish.client_id:
            raise InvalidInput("Write the application's client ID.", field="client_id")


def _midnight(day: date, zone: str) -> datetime:
    return datetime.combine(day, time(), ZoneInfo(zone) if zone else settings().zone)


def _mailbox(mailbox_id: int) -> Mailbox:
    found = db.session.get(Mailbox, mailbox_id, populate_existing=True)
    if found is None:
        raise NotFound("There is no such mailbox.")
    return found


def _only_administrators(by: Actor) -> None:
    if by.kind == "agent" and by.id is not None and may(agent_by_id(by.id), Permission.MANAGE_MAILBOXES):
        return
    raise Forbidden("Only an administrator may do this.")

"""Agents: sign-in and out, their own settings, and people coming and going."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from sqlalchemy import delete, update

from helpdesk.accounts.models import ROLES, Agent, AgentSession, AgentSignature, SignInAttempt
from helpdesk.accounts.passwords import hash_password, needs_rehash, verify_password
from helpdesk.accounts.queries import (
    SESSION_PURPOSE,
    agent_by_email,
    agent_by_id,
    live_session,
    recent_failures,
)
from helpdesk.accounts.throttling import ACCOUNT_LIMIT, ADDRESS_LIMIT, account_key, address_key, wait_until
from helpdesk.core.actors import Actor
from helpdesk.core.addresses import normalise
from helpdesk.core.errors import Conflict, Forbidden, InvalidInput, TooManyTries
from helpdesk.core.languages import LANGUAGES
from helpdesk.core.tokens import link_token, token_hash
from helpdesk.db import db, insert_row, transaction

SESSION_LIFETIME = timedelta(days=14)
THEMES = ("system", "light", "dark")
_ATTEMPTS_KEPT = timedelta(days=1)


def sign_in(email: str, password: str, *, ip: str, now: datetime) -> str:
    """Starts a session and returns its token.

    Raises TooManyTries (data: `until`) after too many failures of this account or address, and Forbidden for
    a wrong pair. Unknown, deactivated and wrong look alike and take the same time.
    """
    address = _typed_address(email)
    attempts = _record_attempt(address, ip, now)
    agent = agent_by_email(address)
    stored = agent.password_hash if agent and agent.active else None
    if not verify_password(stored, password) or agent is None or stored is None:
        raise Forbidden("This e-mail address and password do not belong together.")
    token = link_token()
    with transaction():
        _forget_attempts(address, attempts)
        if needs_rehash(stored):
            agent_by_id(agent.id).password_hash = hash_password(password)
        insert_row(
            AgentSession,
            token_hash=token_hash(token, SESSION_PURPOSE),
            agent_id=agent.id,
            started_at=now,
            expires_at=now + SESSION_LIFETIME,
        )
    return token


def sign_out(token: str, now: datetime) -> None:
    """Ends the session; a token that is unknown or ended already changes nothing."""
    with transaction():
        session = live_session(token_hash(token, SESSION_PURPOSE), now)
        if session is not None:
            session.ended_at = now


def agent_of(token: str, now: datetime) -> Agent | None:
    """Whose session this is, while it lasts."""
    session = live_session(token_hash(token, SESSION_PURPOSE), now)
    return session.agent if session else None


def set_language(agent_id: int, language: str) -> None:
    """The language of the agent's pages; raises InvalidInput for one we do not speak."""
    if language not in LANGUAGES:
        raise InvalidInput("Choose one of the languages in the list.", field="language")
    with transaction():
        agent_by_id(agent_id).language = language


def set_theme(agent_id: int, theme: str) -> None:
    """Light, dark or as the system; raises InvalidInput for anything else."""
    if theme not in THEMES:
        raise InvalidInput("Choose one of the themes in the list.", field="theme")
    with transaction():
        agent_by_id(agent_id).theme = theme


def set_keys(agent_id: int, on: bool) -> None:
    """Whether single-key shortcuts work for this agent (WCAG 2.1.4)."""
    with transaction():
        agent_by_id(agent_id).keys_on = on


def set_signature(agent_id: int, signature: str, in_languages: Mapping[str, str] | None = None) -> None:
    """The lines under the agent's replies, and other ones for single languages (empty: the same).

    Raises InvalidInput above 2,000 characters.
    """
    text = _signature(signature, "signature")
    others = {code: _signature(each, f"signature-{code}") for code, each in (in_languages or {}).items()}
    with transaction():
        agent_by_id(agent_id).signature = text
        db.session.execute(delete(AgentSignature).where(AgentSignature.agent_id == agent_id))
        for code, other in others.items():
            if other and code in LANGUAGES:
                db.session.add(AgentSignature(agent_id=agent_id, language=code, text=other))


def _signature(text: str, field: str) -> str:
    text = text.replace("\r\n", "\n").strip()
    if len(text) > 2000:
        raise InvalidInput("The signature may have %(n)s characters at most.", field=field, n=2000)
    return text


def set_team(agent_id: int, team: str) -> None:
    """The team that the agent works in; empty for none. A policy may be for a team."""
    name = " ".join(team.split())
    if len(name) > 60:
        raise InvalidInput("A team's name may have %(n)s characters at most.", field="team", n=60)
    with transaction():
        agent_by_id(agent_id).team = name


def create_agent(
    email: str, name: str, password: str, role: str, language: str, *, by: Actor, now: datetime
) -> int:
    """Adds a person and returns the row's id; raises InvalidInput or Conflict (address in use).

    `by` must be the system (set-up) or an administrator; anybody else gets Forbidden.
    """
    _only_administrators(by)
    if role not in ROLES or language not in LANGUAGES:
        raise InvalidInput("Choose one of the roles and languages in the list.")
    if not name.strip():
        raise InvalidInput("Write the name of the person.", field="name")
    address = normalise(email)
    hashed = hash_password(password)
    with transaction():
        if agent_by_email(address) is not None:
            raise Conflict("Somebody with this e-mail address works here already.")
        return insert_row(
            Agent,
            email=address,
            name=name.strip()[:120],
            password_hash=hashed,
            role=role,
            language=language,
            created_at=now,
        )


def deactivate(agent_id: int, *, by: Actor, now: datetime) -> None:
    """Switches a person off and ends their sessions at once; their work keeps their name."""
    _only_administrators(by)
    if by.kind == "agent" and by.id == agent_id:
        raise Conflict("You cannot deactivate yourself.")
    with transaction():
        agent = agent_by_id(agent_id)
        agent.deactivated_at = agent.deactivated_at or now
        _end_sessions(agent_id, now)


def set_password(agent_id: int, old: str, new: str, *, now: datetime) -> None:
    """Changes one's own password and ends every session; raises Forbidden when the old one is wrong."""
    if not verify_password(agent_by_id(agent_id).password_hash, old):
        raise Forbidden("The present password is not right.")
    hashed = hash_password(new)
    with transaction():
        agent_by_id(agent_id).password_hash = hashed
        _end_sessions(agent_id, now)


def reset_password(agent_id: int, new: str, *, by: Actor, now: datetime) -> None:
    """Gives a person who forgot theirs a new password and ends every session; for administrators."""
    _only_administrators(by)
    hashed = hash_password(new)
    with transaction():
        agent_by_id(agent_id).password_hash = hashed
        _end_sessions(agent_id, now)


def _end_sessions(agent_id: int, now: datetime) -> None:
    db.session.execute(
        update(AgentSession)
        .where(AgentSession.agent_id == agent_id, AgentSession.ended_at.is_(None))
        .values(ended_at=now)
    )


def _only_administrators(by: Actor) -> None:
    if by.kind == "system":
        return
    if by.kind != "agent" or by.id is None or agent_by_id(by.id).role != "admin":
        raise Forbidden("Only an administrator may do this.")


def _typed_address(email: str) -> str:
    # What is no address at all gets the same answer as an unknown one.
    try:
        return normalise(email)
    except InvalidInput:
        return email.replace("\0", "").strip().lower()[:254]


def _record_attempt(address: str, ip: str, now: datetime) -> list[int]:
    """Counts this try before it is judged, so that a thousand tries at once cannot slip past the limit."""
    limits = {account_key(address): ACCOUNT_LIMIT, address_key(ip): ADDRESS_LIMIT}
    with transaction():
        waits = [wait_until(recent_failures(key, now, n), n, now) for key, n in limits.items()]
        until = max((at for at in waits if at), default=None)
        if until is not None:
            raise TooManyTries("Too many attempts. Wait a few minutes and try again.", until=until)
        return [insert_row(SignInAttempt, key=key, at=now) for key in limits]


def _forget_attempts(address: str, attempts: list[int]) -> None:
    """A success clears the account; of the network address only this try, the others may be guesses."""
    attempt = SignInAttempt
    db.session.execute(delete(attempt).where(attempt.key == account_key(address)))
    db.session.execute(delete(attempt).where(attempt.id.in_(attempts)))


def sweep_attempts(now: datetime) -> None:
    """Deletes failed sign-ins older than a day; they count for a quarter of an hour only."""
    with transaction():
        db.session.execute(delete(SignInAttempt).where(SignInAttempt.at <= now - _ATTEMPTS_KEPT))

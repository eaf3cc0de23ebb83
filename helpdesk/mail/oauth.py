"""Access tokens for mailboxes at Microsoft 365, Google and others: OAuth 2 with PKCE (RFC 6749, RFC 7636)."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from authlib.common.errors import AuthlibBaseError
from authlib.common.security import generate_token
from authlib.integrations.requests_client import OAuth2Session
from requests import RequestException

from helpdesk.mail.imap_connection import ImapTrouble

ANSWER_SECONDS = 15


@dataclass(frozen=True, slots=True)
class Tokens:
    """A token to sign in with now, and the one to get the next with."""

    access_token: str
    refresh_token: str

    def __repr__(self) -> str:
        return "Tokens(...)"


@dataclass(frozen=True, slots=True)
class Question:
    """Where a person is sent to give access; `state` and `verifier` must be there when they come back."""

    url: str
    state: str
    verifier: str

    def __repr__(self) -> str:
        return "Question(...)"


def question(authorize_url: str, client_id: str, redirect_uri: str, scope: str, user: str) -> Question:
    """Asks for access that lasts, as `user`, with a challenge that only we can answer (S256)."""
    verifier = generate_token(64)
    session = OAuth2Session(client_id, scope=scope, redirect_uri=redirect_uri, code_challenge_method="S256")
    url, state = session.create_authorization_url(
        authorize_url, code_verifier=verifier, login_hint=user, access_type="offline", prompt="consent"
    )
    session.close()
    return Question(url, state, verifier)


def redeem(
    token_url: str, client_id: str, client_secret: str, code: str, verifier: str, redirect_uri: str
) -> Tokens:
    """Exchanges the code that a person came back with. Raises ImapTrouble with the provider's own words."""

    def ask(session: OAuth2Session) -> Mapping[str, str]:
        answer: Mapping[str, str] = session.fetch_token(
            token_url, grant_type="authorization_code", code=code, code_verifier=verifier,
            redirect_uri=redirect_uri, timeout=ANSWER_SECONDS, allow_redirects=False,
        )  # fmt: skip
        return answer

    found = _asked(client_id, client_secret, ask)
    return Tokens(found["access_token"], found.get("refresh_token") or "")


def refresh(token_url: str, client_id: str, client_secret: str, refresh_token: str) -> Tokens:
    """Asks the provider for an access token.

    Raises ImapTrouble with the provider's own words; a refusal is like a wrong password: a person must act.
    """

    def ask(session: OAuth2Session) -> Mapping[str, str]:
        answer: Mapping[str, str] = session.refresh_token(
            token_url, refresh_token=refresh_token, timeout=ANSWER_SECONDS, allow_redirects=False
        )
        return answer

    found = _asked(client_id, client_secret, ask)
    return Tokens(found["access_token"], found.get("refresh_token") or refresh_token)


def _asked(
    client_id: str, client_secret: str, ask: Callable[[OAuth2Session], Mapping[str, str]]
) -> Mapping[str, str]:
    method = "client_secret_post" if client_secret else "none"
    session = OAuth2Session(client_id, client_secret or None, token_endpoint_auth_method=method)
    # No proxies from the environment: the secrets go where the administrator said.
    session.trust_env = False
    try:
        found = ask(session)
        found["access_token"]
    except AuthlibBaseError as error:
        said = ": ".join(str(part) for part in (error.error, error.description) if part)
        raise ImapTrouble("No access token was given: %(words)s", words=said[:300]) from None
    except (RequestException, KeyError, ValueError, TypeError) as error:
        why = f"{type(error).__name__}"
        raise ImapTrouble(
            "The server for access tokens does not answer as it should: %(why)s", why=why
        ) from None
    finally:
        session.close()
    return found


def is_local(url: str) -> bool:
    """Whether the address is on this machine, where nobody else reads along without TLS."""
    parts = urlsplit(url)
    return parts.scheme == "http" and parts.hostname in ("localhost", "127.0.0.1", "::1")

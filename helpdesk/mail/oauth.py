"""Access tokens for mailboxes at Microsoft 365, Google and others: refresh tokens of OAuth 2 (RFC 6749 6)."""

from dataclasses import dataclass
from urllib.parse import urlsplit

from authlib.common.errors import AuthlibBaseError
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


def refresh(token_url: str, client_id: str, client_secret: str, refresh_token: str) -> Tokens:
    """Asks the provider for an access token.

    Raises ImapTrouble with the provider's own words; a refusal is like a wrong password: a person must act.
    """
    method = "client_secret_post" if client_secret else "none"
    session = OAuth2Session(client_id, client_secret or None, token_endpoint_auth_method=method)
    # No proxies from the environment: the secrets go where the administrator said.
    session.trust_env = False
    try:
        found = session.refresh_token(
            token_url, refresh_token=refresh_token, timeout=ANSWER_SECONDS, allow_redirects=False
        )
        access = found["access_token"]
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
    return Tokens(access, found.get("refresh_token") or refresh_token)


def is_local(url: str) -> bool:
    """Whether the address is on this machine, where nobody else reads along without TLS."""
    parts = urlsplit(url)
    return parts.scheme == "http" and parts.hostname in ("localhost", "127.0.0.1", "::1")

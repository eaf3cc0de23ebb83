"""Which way mail leaves: by the SMTP server in the settings, or into a folder while there is none."""

import threading
import time
from urllib.parse import urlsplit

from helpdesk.actions import manage_mailboxes
from helpdesk.actions.deliver_mail import Sender
from helpdesk.mail.eml_folder import EmlFolder
from helpdesk.mail.smtp import SmtpSender, read_server
from helpdesk.settings import Settings

#: Providers give an hour at least; a mailbox that was connected anew counts after this at the latest.
TOKEN_SECONDS = 300.0


def sender_for(settings: Settings) -> Sender:
    """The sender that the settings ask for; raises SettingsError when SMTP_URL makes no sense."""
    if settings.smtp_url is None:
        return EmlFolder(settings.outbox_dir)
    return SmtpSender(
        read_server(settings.smtp_url),
        own_name=public_name(settings),
        tagged_bounces=settings.tagged_bounces,
        token=AccessTokens(),
    )


class AccessTokens:
    """Access tokens of the mailboxes that administrators connected; each is used for some minutes."""

    def __init__(self) -> None:
        self._known: dict[str, tuple[str, float]] = {}
        self._lock = threading.Lock()

    def __call__(self, user: str) -> str:
        """A token for the mailbox with this user name; raises what its provider has against it."""
        with self._lock:
            token, until = self._known.get(user, ("", 0.0))
            if time.monotonic() >= until:
                token = manage_mailboxes.access_token(user)
                self._known[user] = (token, time.monotonic() + TOKEN_SECONDS)
            return token


def public_name(settings: Settings) -> str | None:
    """The name by which others know this machine, from PUBLIC_URL; None while that is only an address."""
    name = urlsplit(settings.public_url).hostname or ""
    return name if "." in name and not name.replace(".", "").isdigit() else None

"""Which way mail leaves: by the SMTP server in the settings, or into a folder while there is none."""

from urllib.parse import urlsplit

from helpdesk.actions.deliver_mail import Sender
from helpdesk.mail.eml_folder import EmlFolder
from helpdesk.mail.smtp import SmtpSender, read_server
from helpdesk.settings import Settings


def sender_for(settings: Settings) -> Sender:
    """The sender that the settings ask for; raises SettingsError when SMTP_URL makes no sense."""
    if settings.smtp_url is None:
        return EmlFolder(settings.outbox_dir)
    return SmtpSender(
        read_server(settings.smtp_url),
        own_name=public_name(settings),
        tagged_bounces=settings.tagged_bounces,
    )


def public_name(settings: Settings) -> str | None:
    """The name by which others know this machine, from PUBLIC_URL; None while that is only an address."""
    name = urlsplit(settings.public_url).hostname or ""
    return name if "." in name and not name.replace(".", "").isdigit() else None

"""Pictures from elsewhere in a mail: loaded when an agent says so, for one message."""

from datetime import datetime

from helpdesk.core.actors import Actor
from helpdesk.core.errors import NotFound
from helpdesk.db import transaction
from helpdesk.mail.contain import parse_contained
from helpdesk.mail.html_clean import clean_html
from helpdesk.mail.queries import raw_mail
from helpdesk.tickets.models import TicketMessage, record
from helpdesk.tickets.queries import message_of


def allow_pictures(number: int, message_id: int, *, allowed: bool, by: Actor, now: datetime) -> None:
    """Shows this message with its pictures from elsewhere from now on, or no longer. Raises NotFound."""
    with transaction():
        message = message_of(number, message_id)
        if message.raw_mail_id is None or message.html is None:
            raise NotFound("There is no such message.")
        if message.pictures_allowed == allowed:
            return
        message.pictures_allowed = allowed
        record(number, "pictures_allowed" if allowed else "pictures_blocked", by, now, message=message_id)


def shown_html(message: TicketMessage) -> str:
    """The message's HTML as it may be shown: with addresses of pictures elsewhere only if they are allowed.

    Those are kept nowhere but in the original, so that is read and cleaned anew.
    """
    if not message.pictures_allowed or message.raw_mail_id is None:
        return message.html or ""
    source = parse_contained(raw_mail(message.raw_mail_id).raw).html_source
    return clean_html(source, remote_allowed=True).html

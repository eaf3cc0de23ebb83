"""The blueprint of the booking pages, and what they share."""

from datetime import datetime, timedelta
from typing import Any

from flask import Blueprint, request

from helpdesk.actions.context import settings
from helpdesk.booking.models import Appointment
from helpdesk.core.clock import now
from helpdesk.core.errors import Forbidden, InvalidInput
from helpdesk.core.intervals import utc
from helpdesk.i18n import current_zone, zone_name
from helpdesk.web.language import asked_language, speak
from helpdesk.web.login import current_agent
from helpdesk.web.pages import plain_page

blueprint = Blueprint("booking", __name__)
MAX_TOKEN = 100
STEPS = 4
#: No horizon reaches further.
_FAR = timedelta(days=500)


def page(template: str, **values: Any) -> str:
    """A page of a visitor who is not signed in."""
    return plain_page(
        f"booking/{template}.html",
        asked=asked_language(),
        steps=STEPS,
        zone=zone_name(now().astimezone(current_zone())),
        **values,
    )


def spoken_by(row: Appointment) -> None:
    """From now on in the language of the booking, unless another one is asked for."""
    if asked_language() is None:
        speak(row.language)


def start_of_form(field: str = "start") -> datetime:
    """The start that the visitor chose; raises InvalidInput for what is no time."""
    try:
        start = utc(datetime.fromisoformat(request.form.get(field, "")[:40]))
    except (ValueError, OverflowError):
        raise InvalidInput("Choose a time.", field="start") from None
    if not now() < start < now() + _FAR:
        raise InvalidInput("Choose a time.", field="start")
    return start


def only_customers() -> None:
    """Raises Forbidden for a signed-in agent: what obliges to pay is the customer's alone (B4)."""
    if current_agent() is not None and settings().smtp_url is not None:
        raise Forbidden("Only the customer can book here.")


def clean(field: str, most: int = 5000) -> str:
    """What was typed into a field, without NUL, with one kind of line end."""
    return request.form.get(field, "").replace("\x00", "").replace("\r\n", "\n")[:most]


def trapped() -> bool:
    """Whether a machine filled in the field that nobody sees."""
    return bool(request.form.get("website"))

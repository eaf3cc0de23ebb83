"""Pages behind a token from a mail: no sign-in, the customer's language."""

from helpdesk.web.public import credit, offers
from helpdesk.web.public.blueprint import blueprint

__all__ = ["blueprint", "credit", "offers"]

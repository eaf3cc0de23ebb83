"""What happens to support credit besides being bought and used: it expires, or is given more time."""

from datetime import datetime

from helpdesk.billing import lots
from helpdesk.core.actors import SYSTEM
from helpdesk.db import transaction


def expire_credit(now: datetime) -> int:
    """Books what has expired; returns how many lots that were. A lot with an open hold waits for it."""
    with transaction():
        return len(lots.expire_due(now, by=SYSTEM))

"""Until when an appointment can be cancelled or moved free of charge, and what it costs after. [pure]"""

from datetime import datetime, timedelta

from helpdesk.core.money import Money

#: How long after the start a specialist waits before it is a no-show.
NO_SHOW_AFTER = timedelta(minutes=15)
#: How long a no-show can be taken back.
UNDO = timedelta(hours=24)


def free_until(starts_at: datetime, hours: int) -> datetime:
    """The stated moment: `hours` by the clock before the start."""
    return starts_at - timedelta(hours=hours)


def late_fee(price: Money, fee: Money) -> Money:
    """What cancelling late or not coming costs: the announced fee, and never more than the session itself."""
    return min(price, fee, key=lambda each: each.minor)


def is_late(free_until_at: datetime, now: datetime) -> bool:
    """Whether the stated moment has passed; at that very moment it is still free."""
    return now > free_until_at

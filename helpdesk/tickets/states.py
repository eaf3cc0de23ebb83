"""What a ticket's status becomes; pure, so that it can be read as a table."""

from datetime import datetime, timedelta

# A reply that late is a new topic more often than not: it opens a ticket of its own, linked to the old one.
REOPEN_WITHIN = timedelta(days=30)
# And so is a reply to a case in which nothing has happened for half a year, closed or not.
STALE_AFTER = timedelta(days=180)


def takes_replies(status: str, closed_at: datetime | None, now: datetime) -> bool:
    """Whether a customer's reply still joins this ticket; a long closed one gets a linked successor."""
    return status != "closed" or closed_at is None or now - closed_at <= REOPEN_WITHIN


def is_stale(updated_at: datetime, now: datetime) -> bool:
    """Whether nothing has happened on a ticket for so long that a reply means something new."""
    return now - updated_at > STALE_AFTER


def event_for_reply(status: str) -> str:
    """The history code of a customer's reply: answering, or reopening what was closed."""
    return "reopened_by_reply" if status == "closed" else "customer_replied"

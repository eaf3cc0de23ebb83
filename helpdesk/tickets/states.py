"""What a ticket's status becomes; pure, so that it can be read as a table."""

from datetime import datetime, timedelta

# A reply that late is a new topic more often than not: it opens a ticket of its own, linked to the old one.
REOPEN_WITHIN = timedelta(days=30)


def takes_replies(status: str, closed_at: datetime | None, now: datetime) -> bool:
    """Whether a customer's reply still joins this ticket; a long closed one gets a linked successor."""
    return status != "closed" or closed_at is None or now - closed_at <= REOPEN_WITHIN


def event_for_reply(status: str) -> str:
    """The history code of a customer's reply: answering, or reopening what was closed."""
    return "reopened_by_reply" if status == "closed" else "customer_replied"

"""Reads about subscriptions."""

from datetime import date

from sqlalchemy import or_, select

from helpdesk.contracts.entitlements import NO_COVERAGE, Coverage
from helpdesk.contracts.models import Subscription
from helpdesk.db import db


def coverage(customer_id: int | None, day: date) -> Coverage:
    """What the customer is covered by on that day; on-premise wins where two are in force."""
    if customer_id is None:
        return NO_COVERAGE
    rows = db.session.execute(
        select(
            Subscription.plan,
            Subscription.deployment,
            Subscription.valid_until,
            Subscription.assigned_agent_id,
        ).where(
            Subscription.customer_id == customer_id,
            Subscription.valid_from <= day,
            or_(Subscription.valid_until.is_(None), Subscription.valid_until >= day),
        )
    ).all()
    if not rows:
        return NO_COVERAGE
    best = max(rows, key=lambda row: row.deployment == "on_premise")
    return Coverage(True, best.plan, best.deployment, best.valid_until, best.assigned_agent_id)

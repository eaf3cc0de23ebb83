"""Reads about subscriptions."""

from datetime import date

from sqlalchemy import Date, bindparam, or_, select

from helpdesk.contracts.entitlements import NO_COVERAGE, Coverage
from helpdesk.contracts.models import Subscription
from helpdesk.db import db, table_of

# Built once: the intake asks it for each message.
_TABLE = table_of(Subscription).c
_DAY = bindparam("day", type_=Date)
_IN_FORCE = select(_TABLE.plan, _TABLE.deployment, _TABLE.valid_until, _TABLE.assigned_agent_id).where(
    _TABLE.customer_id == bindparam("customer"),
    _TABLE.valid_from <= _DAY,
    or_(_TABLE.valid_until.is_(None), _TABLE.valid_until >= _DAY),
)


def coverage(customer_id: int | None, day: date) -> Coverage:
    """What the customer is covered by on that day; on-premise wins where two are in force."""
    if customer_id is None:
        return NO_COVERAGE
    rows = db.session.connection().execute(_IN_FORCE, {"customer": customer_id, "day": day}).all()
    if not rows:
        return NO_COVERAGE
    best = max(rows, key=lambda row: row.deployment == "on_premise")
    return Coverage(True, best.plan, best.deployment, best.valid_until, best.assigned_agent_id)

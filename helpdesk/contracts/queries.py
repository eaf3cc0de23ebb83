"""Reads about subscriptions."""

from collections.abc import Collection, Sequence
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Date, Table, and_, bindparam, or_, select

from helpdesk.contracts.entitlements import NO_COVERAGE, Coverage
from helpdesk.contracts.models import Subscription
from helpdesk.db import connection, db, table_of

# Built once: the intake asks it for each message.
_TABLE = table_of(Subscription).c
_DAY = bindparam("day", type_=Date)
#: What best() reads of a subscription.
COVERED_BY = (_TABLE.plan, _TABLE.deployment, _TABLE.valid_until, _TABLE.assigned_agent_id)
_RUNS = and_(_TABLE.valid_from <= _DAY, or_(_TABLE.valid_until.is_(None), _TABLE.valid_until >= _DAY))
_IN_FORCE = select(*COVERED_BY).where(_TABLE.customer_id == bindparam("customer"), _RUNS)


def covers(customer_id: Any) -> tuple[Table, ColumnElement[bool]]:
    """What to join to a statement with this column, for the subscriptions in force on its `day`."""
    return table_of(Subscription), and_(_TABLE.customer_id == customer_id, _RUNS)


def coverage(customer_id: int | None, day: date) -> Coverage:
    """What the customer is covered by on that day; on-premise wins where two are in force."""
    if customer_id is None:
        return NO_COVERAGE
    rows = connection().execute(_IN_FORCE, {"customer": customer_id, "day": day}).all()
    return best(rows)


def coverage_of_all(asked: Collection[tuple[int, date]]) -> dict[tuple[int, date], Coverage]:
    """The same for many customers, each on a day of their own, in one query."""
    if not asked:
        return {}
    columns = (_TABLE.customer_id, _TABLE.valid_from, *_IN_FORCE.selected_columns)
    query = select(*columns).where(_TABLE.customer_id.in_({customer for customer, _day in asked}))
    found: dict[int, list[Any]] = {}
    for row in db.session.execute(query):
        found.setdefault(row.customer_id, []).append(row)
    return {
        (customer, day): best(
            [
                row
                for row in found.get(customer, ())
                if row.valid_from <= day and (row.valid_until is None or row.valid_until >= day)
            ]
        )
        for customer, day in asked
    }


def plan_names(limit: int = 100) -> Sequence[str]:
    """The names of all plans that were ever subscribed to."""
    return db.session.scalars(select(_TABLE.plan).distinct().order_by(_TABLE.plan).limit(limit)).all()


def best(rows: Sequence[Any]) -> Coverage:
    """The coverage by subscriptions in force, rows of COVERED_BY."""
    if not rows:
        return NO_COVERAGE
    best = max(rows, key=lambda row: row.deployment == "on_premise")
    return Coverage(True, best.plan, best.deployment, best.valid_until, best.assigned_agent_id)

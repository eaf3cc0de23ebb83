"""All that an estimate needs, in one statement: the price, the customer's credit, the standing word."""

from collections.abc import Sequence
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import Date, Row, and_, bindparam, case, or_, select

from helpdesk.billing.ledger import Balance
from helpdesk.billing.models import Account, Price, StandingAuthorisation
from helpdesk.billing.pricing import UnitPrice
from helpdesk.core.errors import InvalidInput
from helpdesk.core.money import Money
from helpdesk.db import connection, table_of

_PRICE = table_of(Price).c
_ACCOUNT = table_of(Account).c
_STANDING = table_of(StandingAuthorisation).c
_DAY = bindparam("day", type_=Date)


class Standing(NamedTuple):
    """A standing authorisation in force: `amount_minor` a case, `month_minor` a month (None: no limit)."""

    id: int
    amount_minor: int
    month_minor: int | None


class Basis(NamedTuple):
    """What an estimate rests on; `credit` is None for who has no account."""

    price: UnitPrice
    credit: Balance | None
    standing: tuple[Standing, ...]


def basis_of(
    code: str, customer_id: int | None, day: date, plan: str | None = None, currency: str = "CHF"
) -> Basis:
    """The customer's price of `code` on `day` (own, plan's or everybody's), their credit, what stands agreed.

    Raises InvalidInput when there is no price.
    """
    known = {
        "code": code,
        "customer": customer_id,
        "day": day,
        "currency": currency,
        "own": f"customer:{customer_id}",
        "plans": f"plan:{plan}",
    }
    rows: Sequence[Row[*tuple[Any, ...]]] = connection().execute(_BASIS, known).all()
    if not rows:
        raise InvalidInput("There is no price for %(code)s.", code=code)
    first = rows[0]
    price = UnitPrice(
        Money(first.amount_minor, currency), first.unit_minutes, first.minimum_minutes, first.vat_bp
    )
    credit = None
    if first.available is not None:
        credit = Balance(*(Money(each, currency) for each in (first.posted, first.held, first.available)))
    agreed = (Standing(row.agreed, row.a_case, row.a_month) for row in rows if row.agreed is not None)
    return Basis(price, credit, tuple(agreed))


# Built once: the intake asks it for each new ticket. Both joins find nothing where there is no customer.
_NEWEST = (
    select(_PRICE.amount_minor, _PRICE.unit_minutes, _PRICE.minimum_minutes, _PRICE.vat_bp)
    .where(
        _PRICE.code == bindparam("code"),
        _PRICE.currency == bindparam("currency"),
        or_(_PRICE.scope == "", _PRICE.scope == bindparam("own"), _PRICE.scope == bindparam("plans")),
        _PRICE.valid_from <= _DAY,
    )
    .order_by(
        case((_PRICE.scope == bindparam("own"), 0), (_PRICE.scope == bindparam("plans"), 1), else_=2),
        _PRICE.valid_from.desc(),
        _PRICE.id.desc(),
    )
    .limit(1)
    .subquery()
)
_POSTED = _ACCOUNT.credits_posted - _ACCOUNT.debits_posted
_BASIS = (
    select(
        *_NEWEST.c,
        _POSTED.label("posted"),
        _ACCOUNT.debits_pending.label("held"),
        (_POSTED - _ACCOUNT.debits_pending + _ACCOUNT.limit_minor).label("available"),
        _STANDING.id.label("agreed"),
        _STANDING.amount_minor.label("a_case"),
        _STANDING.month_minor.label("a_month"),
    )
    .select_from(_NEWEST)
    .outerjoin(
        table_of(Account),
        and_(
            _ACCOUNT.customer_id == bindparam("customer"),
            _ACCOUNT.kind == "credit",
            _ACCOUNT.currency == bindparam("currency"),
        ),
    )
    .outerjoin(
        table_of(StandingAuthorisation),
        and_(
            _STANDING.customer_id == bindparam("customer"),
            _STANDING.currency == bindparam("currency"),
            _STANDING.valid_from <= _DAY,
            or_(_STANDING.valid_until.is_(None), _STANDING.valid_until >= _DAY),
        ),
    )
    .order_by(_STANDING.id)
)

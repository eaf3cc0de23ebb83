"""The price list: a new version from a day on; what was agreed or charged keeps the one it was made with."""

import re
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, select

from helpdesk.actions.live_promises import live_book
from helpdesk.billing import queries
from helpdesk.billing.models import Offer, Price
from helpdesk.billing.price_list import DEFAULTS
from helpdesk.core.actors import Actor
from helpdesk.core.errors import Forbidden, InvalidInput
from helpdesk.core.money import Money
from helpdesk.customers.models import Customer
from helpdesk.db import db, insert_row, transaction

#: What has a price.
CODES = tuple(dict.fromkeys(line.code for line in DEFAULTS))
_PLAN = re.compile(r"[a-z_]{2,20}")
_TIMED = {line.code: line.price.unit_minutes for line in DEFAULTS}


@dataclass(frozen=True, slots=True)
class Change:
    """What a new version would change. Amounts are for an hour where work is timed, else flat, all net."""

    code: str
    scope: str
    valid_from: date
    before: Money | None
    after: Money
    #: Offers that are accepted or open; they keep the price they were made with.
    keep: int


def per_hour(code: str) -> bool:
    """Whether that price is told for an hour."""
    return bool(_TIMED.get(code))


def preview(code: str, scope: str, amount: Money, valid_from: date, *, now: datetime) -> Change:
    """What the new version would change; changes nothing. Raises InvalidInput for what makes no sense."""
    _check(code, scope, amount, valid_from, now)
    before = db.session.scalars(
        select(Price)
        .where(Price.code == code, Price.scope == scope, Price.valid_from <= valid_from)
        .order_by(Price.valid_from.desc(), Price.id.desc())
        .limit(1)
    ).first()
    keep = db.session.scalar(
        select(func.count()).select_from(Offer).where(Offer.state.in_(("open", "accepted")))
    )
    shown = Money(_told(before), before.currency) if before is not None else None
    return Change(code, scope, valid_from, shown, amount, int(keep or 0))


def add_price(code: str, scope: str, amount: Money, valid_from: date, *, by: Actor, now: datetime) -> int:
    """Adds a version that counts from `valid_from` on; returns the row's id.

    `amount` is net, for an hour where work is timed. It cannot begin in the past, so no old amount moves.
    """
    if by.kind != "agent":
        raise Forbidden("Only an agent can change prices.")
    _check(code, scope, amount, valid_from, now)
    unit = _TIMED[code]
    with transaction():
        base = queries.price_on(code, valid_from).price
        return insert_row(
            Price,
            code=code,
            amount_minor=amount.minor * unit // 60 if unit else amount.minor,
            currency=amount.currency,
            unit_minutes=base.unit_minutes,
            minimum_minutes=base.minimum_minutes,
            vat_bp=base.vat_bp,
            valid_from=valid_from,
            scope=scope,
        )


def _check(code: str, scope: str, amount: Money, valid_from: date, now: datetime) -> None:
    if code not in CODES:
        raise InvalidInput("There is no price for %(code)s.", code=code, field="code")
    if amount.minor <= 0:
        raise InvalidInput("Write an amount above zero.", field="amount")
    if _TIMED[code] and amount.minor * _TIMED[code] % 60:
        raise InvalidInput(
            "An hour must split into units without a rest: a multiple of 0.04.", field="amount"
        )
    if valid_from < live_book().main.local_date(now):
        raise InvalidInput("A price cannot begin in the past.", field="valid_from")
    if scope and not _known(scope):
        raise InvalidInput("There is no such plan or customer.", field="scope")


def _known(scope: str) -> bool:
    kind, _colon, who = scope.partition(":")
    if kind == "plan":
        return bool(_PLAN.fullmatch(who))
    return kind == "customer" and who.isdigit() and db.session.get(Customer, int(who)) is not None


def _told(row: Price) -> int:
    return row.amount_minor * 60 // row.unit_minutes if row.unit_minutes else row.amount_minor


def price_list() -> list[tuple[Price, Money]]:
    """All versions, the newest of each price first, with the amount as it is told."""
    rows = db.session.scalars(
        select(Price).order_by(Price.code, Price.scope, Price.valid_from.desc(), Price.id.desc()).limit(500)
    )
    return [(row, Money(_told(row), row.currency)) for row in rows]

"""What cases came to in the end: minutes, charges, and the class that follows from them."""

from collections.abc import Callable, Sequence
from datetime import date
from typing import NamedTuple

from sqlalchemy import case, func, select

from helpdesk.billing.estimate import USUAL_MINUTES
from helpdesk.billing.models import WorkEntry
from helpdesk.billing.price_list import SUPPORT
from helpdesk.billing.pricing import quote_work
from helpdesk.billing.queries import price_on
from helpdesk.db import db


class Booked(NamedTuple):
    """The work on one case: minutes in all, of them free ones, and what was charged (smallest unit, net)."""

    minutes: int
    free_minutes: int
    charged_minor: int

    @property
    def label(self) -> str | None:
        """What the case was in the end; None while nothing was logged, or only given away."""
        if self.charged_minor:
            return "support"
        return "hotline" if self.free_minutes else None


def booked(ticket_ids: Sequence[int]) -> dict[int, Booked]:
    """The work on each of these cases that has any."""
    rows = db.session.execute(
        select(
            WorkEntry.ticket_id,
            func.sum(WorkEntry.minutes),
            func.sum(case((WorkEntry.billing == "free", WorkEntry.minutes), else_=0)),
            func.sum(WorkEntry.net_minor),
        )
        .where(WorkEntry.ticket_id.in_(ticket_ids))
        .group_by(WorkEntry.ticket_id)
    )
    return {ticket: Booked(int(m), int(free), int(net)) for ticket, m, free, net in rows}


def support_price(day: date) -> Callable[[int], int]:
    """What so many minutes of support cost on that day, in the smallest unit; the usual ones for 0."""
    price = price_on(SUPPORT, day).price
    return lambda minutes: quote_work(0, minutes or USUAL_MINUTES, price).net.minor

"""What is promised to whom: terms by plan, mailbox, team or customer; the most specific wins. [pure]"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import time, timedelta
from enum import StrEnum
from typing import Any, NamedTuple, Self

from helpdesk.core.errors import InvalidInput
from helpdesk.sla.policy import Policy, Priority

SAME_DAY, NONE = "same_day", "none"
#: Half a year of eight-hour days: more is a slip of the pen.
MAX_MINUTES = 60_000


class Clock(StrEnum):
    """Which promise runs: the first answer, the next one, the end of the matter."""

    FIRST = "first"
    NEXT = "next"
    RESOLUTION = "resolution"


class Place(NamedTuple):
    """Zone and public holidays that a mailbox keeps instead of the main office's; empty: the office's."""

    zone: str = ""
    country: str = ""
    subdivision: str = ""


class Whose(NamedTuple):
    """What decides which terms hold for a ticket, and whose days count.

    The team is that of whoever the ticket is assigned to, else the one that the mailbox belongs to.
    """

    customer_id: int | None = None
    plan: str | None = None
    team: str = ""
    mailbox_id: int | None = None
    place: Place = Place()


# A customer's own terms outrank their plan's, those the team's, those the mailbox's; two conditions of less
# weight never outrank one of more.
_WEIGHTS = {"customer": 8, "plan": 4, "team": 2, "mailbox": 1}


@dataclass(frozen=True, slots=True)
class Terms:
    """One set of promises with whom it is for; without any condition it is for everybody.

    Targets are `same_day`, a number of working minutes, or for the resolution `none`. `cut_off` is a wall
    time (HH:MM) or empty. `urgent`: working minutes from the acceptance of urgent handling.
    """

    key: str
    name: str
    office: str
    plan: str = ""
    team: str = ""
    mailbox_id: int | None = None
    customer_id: int | None = None
    cut_off: str = ""
    first: str = SAME_DAY
    next: str = SAME_DAY
    resolution: str = NONE
    urgent: int = 120

    def check(self) -> None:
        """Raises InvalidInput, with the field's name, for a promise that cannot be kept."""
        if not self.name and self.conditions:
            raise InvalidInput("Give the policy a name.", field="name")
        for field, target in (("first", self.first), ("next", self.next), ("resolution", self.resolution)):
            if target == SAME_DAY or (target == NONE and field == "resolution"):
                continue
            if not (target.isascii() and target.isdigit()) or not 0 < int(target) <= MAX_MINUTES:
                raise InvalidInput(
                    "Write a whole number from %(low)s to %(high)s.", field=field, low=1, high=MAX_MINUTES
                )
        if not 0 < self.urgent <= MAX_MINUTES:
            raise InvalidInput(
                "Write a whole number from %(low)s to %(high)s.", field="urgent", low=1, high=MAX_MINUTES
            )
        try:
            _ = time.fromisoformat(self.cut_off) if self.cut_off else None
        except ValueError:
            raise InvalidInput("Write times like 09:00.", field="cut_off") from None

    @property
    def conditions(self) -> tuple[str, ...]:
        """What it is for, the most specific first: customer, plan, team, mailbox."""
        asked = {
            "customer": self.customer_id,
            "plan": self.plan,
            "team": self.team,
            "mailbox": self.mailbox_id,
        }
        return tuple(name for name, value in asked.items() if value)

    @property
    def weight(self) -> int:
        """How specific it is; the heaviest that fits wins."""
        return sum(_WEIGHTS[name] for name in self.conditions)

    def fits(self, whose: Whose) -> bool:
        """Whether every condition holds."""
        return (
            self.customer_id in (None, whose.customer_id)
            and self.mailbox_id in (None, whose.mailbox_id)
            and self.plan.casefold() in ("", (whose.plan or "").casefold())
            and self.team.casefold() in ("", whose.team.casefold())
        )

    def policy(self, clock: Clock, priority: Priority) -> Policy | None:
        """The promise for one clock; None: nothing is promised. Accepted urgency brings answers forward."""
        target = {Clock.FIRST: self.first, Clock.NEXT: self.next, Clock.RESOLUTION: self.resolution}[clock]
        if target == NONE:
            return None
        hurry = priority is Priority.URGENT and clock is not Clock.RESOLUTION
        return Policy(
            priority,
            time.fromisoformat(self.cut_off) if self.cut_off else None,
            timedelta(minutes=self.urgent) if hurry else None,
            None if target == SAME_DAY else timedelta(minutes=int(target)),
        )

    def as_data(self) -> dict[str, Any]:
        """Plain data for a database row."""
        return asdict(self)

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> Self:
        """The terms whose as_data() this is."""
        return cls(**data)

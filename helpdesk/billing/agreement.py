"""Who may agree to what, and what may be charged: pure decisions with a code for each (B4)."""

from collections.abc import Sequence
from dataclasses import dataclass

from helpdesk.core.money import Money

#: Minutes of free hotline a case (product rule 1), where the desk sets nothing else.
TIME_BOX = 10


@dataclass(frozen=True, slots=True)
class Decision:
    """`code` says why; agents and customers read it in their language."""

    allowed: bool
    code: str


@dataclass(frozen=True, slots=True)
class Approver:
    """What is known of the person who says yes: whose contact, and up to how much they may order (net)."""

    customer_id: int | None
    may_order: bool
    limit: Money


@dataclass(frozen=True, slots=True)
class Ceiling:
    """An acceptance, or a contract's standing word, with what may still be charged under it (net)."""

    left: Money
    #: The answer's row; None for a standing authorisation that this case has not used yet.
    acceptance_id: int | None = None
    authorisation_id: int | None = None
    #: Whether it is an accepted quote.
    quote: bool = False


@dataclass(frozen=True, slots=True)
class Case:
    """A ticket as billing sees it: label None means that a person must decide first (T4)."""

    label: str | None
    subscriber: bool
    minutes_before: int
    #: Work in the customer's absence: never free hotline, and only under an accepted quote (product rule 3).
    in_absence: bool = False
    time_box: int = TIME_BOX


@dataclass(frozen=True, slots=True)
class Charge:
    """What becomes of some minutes: `billing` as on the work entry, or None when it may not be logged yet."""

    billing: str | None
    code: str
    under: Ceiling | None = None


def may_accept(
    approver: Approver | None,
    amount: Money,
    *,
    customer_id: int | None,
    authenticated: bool,
    right_thread: bool,
) -> Decision:
    """Whether this person's clear yes binds the customer for `amount` net (money_and_booking.md B5).

    The checks go from "who is that" to "how much": whatever fails first is the code, and everything that
    is not proven fails. A yes that may not accept is asked for again or shown to an agent, never charged.
    """
    if not right_thread:
        return Decision(False, "wrong_thread")
    if not authenticated:
        return Decision(False, "not_authenticated")
    if approver is None or customer_id is None or approver.customer_id != customer_id:
        return Decision(False, "other_customer")
    if not approver.may_order:
        return Decision(False, "may_not_order")
    if approver.limit.currency != amount.currency or approver.limit < amount:
        return Decision(False, "above_limit")
    return Decision(True, "ok")


def may_charge(case: Case, minutes: int, net: Money, agreed: Sequence[Ceiling]) -> Charge:
    """What may become of `minutes` that cost `net` (product rules 1-3 and 6, B4).

    - hotline of a subscriber, all of the case within the time box: free;
    - more than that, or no subscription, or support: charged under the first agreement that covers it;
    - `net` zero because the day's unit is paid already: covered;
    - work in the customer's absence: only under an accepted quote, whatever else was agreed;
    - nothing agreed, or less than that: not yet, and the code says what is missing.
    """
    if case.label is None:
        return Charge(None, "classify_first")
    hotline = case.label == "hotline" and case.subscriber and not case.in_absence
    if hotline and case.minutes_before + minutes <= case.time_box:
        return Charge("free", "hotline")
    if not net:
        return Charge("covered", "unit_paid")
    if case.in_absence:
        agreed = [ceiling for ceiling in agreed if ceiling.quote]
    for ceiling in agreed:
        if ceiling.left.currency == net.currency and net <= ceiling.left:
            return Charge("charged", "agreed", ceiling)
    if agreed:
        return Charge(None, "more_than_agreed")
    if case.in_absence:
        return Charge(None, "quote_needed")
    return Charge(None, "time_box_over" if hotline else "not_agreed")

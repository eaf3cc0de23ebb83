"""Alarms when the rules and the mail drift apart: shares of the last weeks against those before. Pure.

A share is called risen only when it is far outside of what chance does (three standard errors) and large
enough to matter, so that a quiet desk is not woken by two odd mails.
"""

import math
from collections import Counter
from collections.abc import Sequence
from typing import Any, NamedTuple

from helpdesk.triage.learning import WEEKS, Lesson

#: The last weeks that are compared with all weeks before them.
RECENT = 2
_ERRORS = 3.0
_MATTERS = 0.05
_ENOUGH = 30
_HITS = 10
_KNOWN = 8
_OFTEN_WRONG = 0.7
_CUSTOMER_KNOWN = 5


class Alarm(NamedTuple):
    """`code` says what; `about` is a language, a rule or a customer's id; shares from 0 to 1."""

    code: str
    about: str
    before: float
    now: float
    number: int


def alarms(figures: dict[str, Any], lessons: Sequence[Lesson], recent: Sequence[Lesson]) -> list[Alarm]:
    """Everything that drifts. `recent` are the lessons of the last weeks; they are among `lessons`."""
    earlier_ids = {each.ticket_id for each in recent}
    earlier = [each for each in lessons if each.ticket_id not in earlier_ids]
    found = [*_languages(earlier, recent), *_rules(figures["rules"], len(earlier), len(recent))]
    return found + _customers(lessons)


def _languages(earlier: Sequence[Lesson], recent: Sequence[Lesson]) -> list[Alarm]:
    found = []
    for code in sorted({each.language for each in recent}):
        old = [each for each in earlier if each.language == code]
        new = [each for each in recent if each.language == code]
        for alarm, counts in (
            ("unsure_rises", lambda each: each.decided == "ask"),
            ("corrected_rises", lambda each: each.corrected),
        ):
            before, now = sum(map(counts, old)), sum(map(counts, new))
            if _risen(before, len(old), now, len(new)):
                found.append(Alarm(alarm, code, before / len(old), now / len(new), len(new)))
    return found


def _risen(before: int, of_before: int, now: int, of_now: int) -> bool:
    if min(of_before, of_now) < _ENOUGH:
        return False
    change = now / of_now - before / of_before
    return change >= _MATTERS and change > _ERRORS * _error(before + now, of_before, of_now)


def _error(hits: int, of_before: int, of_now: int) -> float:
    """The standard error of the difference of two shares that are the same in truth."""
    pooled = hits / (of_before + of_now)
    return math.sqrt(max(pooled * (1 - pooled), 1e-9) * (1 / of_before + 1 / of_now))


def _rules(rules: dict[str, Any], of_before: int, of_now: int) -> list[Alarm]:
    found = []
    for name, row in sorted(rules.items()):
        counts = [week[0] for week in row["weeks"]]
        before, now = sum(counts[: WEEKS - RECENT]), sum(counts[WEEKS - RECENT :])
        if row["known"] >= _KNOWN and row["right"] < _OFTEN_WRONG * row["known"]:
            found.append(Alarm("rule_wrong", name, 1.0, row["right"] / row["known"], row["known"]))
        if min(of_before, of_now) < _ENOUGH or max(before, now) < _HITS:
            continue
        old, new = before / of_before, now / of_now
        if abs(new - old) <= _ERRORS * _error(before + now, of_before, of_now):
            continue
        if new > 2 * old:
            found.append(Alarm("rule_more", name, old, new, now))
        elif old > 2 * new:
            found.append(Alarm("rule_less", name, old, new, now))
    return found


def _customers(lessons: Sequence[Lesson]) -> list[Alarm]:
    """Customers whose tickets are corrected every time: perhaps a contract that the rules do not know."""
    known = Counter(each.customer_id for each in lessons if each.truth is not None and each.proposed)
    wrong = Counter(each.customer_id for each in lessons if each.corrected)
    return [
        Alarm("customer_corrected", str(customer), 0.0, 1.0, n)
        for customer, n in sorted(known.items(), key=lambda item: -item[1])
        if customer is not None and n >= _CUSTOMER_KNOWN and wrong[customer] == n
    ]

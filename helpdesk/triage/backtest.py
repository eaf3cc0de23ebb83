"""Comparing two verdicts on one question, and adding many comparisons up. Pure.

What counts is what happens when nobody corrects it: a verdict that is not sure asks a person.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from helpdesk.triage.verdict import Verdict

ASK = "ask"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What is known of a case today: the right label (None: nobody said), and what support costs or cost.

    `charged_minor` is what was booked, `price_minor` what the minutes would cost, both of the smallest unit.
    """

    truth: str | None
    charged_minor: int
    price_minor: int


@dataclass(frozen=True, slots=True)
class Compared:
    """One question under two rule sets."""

    language: str
    before: str
    after: str
    truth: str | None
    rules: tuple[str, ...]
    moved_minor: int
    other: bool

    @property
    def changed(self) -> bool:
        """Whether anything is decided otherwise: the class, urgency, a quote or the kind."""
        return self.before != self.after or self.other


def decision(verdict: Verdict) -> str:
    """hotline, support, or ask (a person)."""
    return verdict.label if verdict.sure and verdict.label else ASK


def compare(before: Verdict, after: Verdict, outcome: Outcome) -> Compared:
    """What the new rules would do otherwise, and what that is worth."""
    old, new = decision(before), decision(after)
    moved = 0
    if old != "support" and new == "support":
        moved = outcome.price_minor
    elif old == "support" and new != "support":
        moved = -(outcome.charged_minor or outcome.price_minor)
    other = (before.urgent, before.quote_needed) != (after.urgent, after.quote_needed)
    return Compared(
        after.language or before.language,
        old,
        new,
        outcome.truth,
        _different_rules(before, after) if old != new or other else (),
        moved,
        other,
    )


def _different_rules(before: Verdict, after: Verdict) -> tuple[str, ...]:
    """The rules whose voice is not the same in both."""
    old = {(r.rule, r.effect, r.weight) for r in before.reasons}
    new = {(r.rule, r.effect, r.weight) for r in after.reasons}
    return tuple(sorted({rule for rule, _effect, _weight in old ^ new}))


_COUNTS = ("questions", "changed", "known", "right_before", "right_after", "asked_before", "asked_after")


def added(figures: Mapping[str, Any], more: Iterable[Compared]) -> dict[str, Any]:
    """The figures with more comparisons in them; starts from {}."""
    languages = {code: dict(row) for code, row in figures.get("languages", {}).items()}
    moves = dict(figures.get("moves", {}))
    rules = {name: dict(row) for name, row in figures.get("rules", {}).items()}
    moved = int(figures.get("moved_minor", 0))
    for each in more:
        row = languages.setdefault(each.language, dict.fromkeys(_COUNTS, 0))
        row["questions"] += 1
        row["asked_before"] += each.before == ASK
        row["asked_after"] += each.after == ASK
        if each.truth is not None:
            row["known"] += 1
            row["right_before"] += each.before == each.truth
            row["right_after"] += each.after == each.truth
        if not each.changed:
            continue
        row["changed"] += 1
        moved += each.moved_minor
        if each.before != each.after:
            key = f"{each.before}>{each.after}"
            moves[key] = moves.get(key, 0) + 1
        for name in each.rules:
            counts = rules.setdefault(name, {"changed": 0, "better": 0, "worse": 0})
            counts["changed"] += 1
            counts["better"] += better(each)
            counts["worse"] += worse(each)
    return {"languages": languages, "moves": moves, "rules": rules, "moved_minor": moved}


def better(each: Compared) -> bool:
    """Right now and not before, measured against what is known."""
    return each.truth is not None and each.after == each.truth != each.before


def worse(each: Compared) -> bool:
    """Right before and not now: wrong, or asked about without need."""
    return each.truth is not None and each.before == each.truth != each.after


def languages_that_lose(figures: Mapping[str, Any]) -> list[str]:
    """Languages with fewer right answers than before."""
    rows = figures.get("languages", {})
    return sorted(code for code, row in rows.items() if row["right_after"] < row["right_before"])

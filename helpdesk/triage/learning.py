"""What agents' corrections and the books say about the rules: figures by week, language, rule. Pure.

A lesson is one judged question with what turned out right. The books outrank an agent's word; where nobody
said anything, the lesson counts as a question and as a hit of its rules, and for nothing else.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from helpdesk.triage.backtest import ASK

WEEKS = 12
DAYS = WEEKS * 7
HITS_OF = 30


@dataclass(frozen=True, slots=True)
class Lesson:
    """One question: what the rules decided (hotline, support, ask), what they proposed, what was right.

    `spoke` names the rules that spoke with the class they spoke for ("" for neither). `terms` are the words
    and pairs of words of the question; they are read where the truth is known.
    """

    ticket_id: int
    customer_id: int | None
    day: date
    language: str
    decided: str
    proposed: str | None
    truth: str | None
    kind: str
    spoke: Mapping[str, str]
    concepts: frozenset[str] = frozenset()
    blind: bool = False
    terms: frozenset[str] = field(default=frozenset(), compare=False)

    @property
    def corrected(self) -> bool:
        """Whether the proposal turned out wrong."""
        return self.truth is not None and self.proposed is not None and self.proposed != self.truth

    @property
    def missed(self) -> bool:
        """Whether the rules did not decide this one right by themselves."""
        return self.truth is not None and self.decided != self.truth


def figures(lessons: Sequence[Lesson], today: date) -> dict[str, Any]:
    """Everything that the page of learning tells, as plain data; weeks oldest first."""
    starts = [today - timedelta(days=7 * (WEEKS - n) - 1) for n in range(WEEKS)]
    weeks = [_counted([each for each in lessons if _week(each, today) == n]) for n in range(WEEKS)]
    return {
        "weeks": [{"from": start.isoformat(), **row} for start, row in zip(starts, weeks, strict=True)],
        "languages": {
            code: _counted([each for each in lessons if each.language == code])
            for code in sorted({each.language for each in lessons})
        },
        "rules": _rules(lessons, today),
        "blind": _counted([each for each in lessons if each.blind]),
        "questions": len(lessons),
    }


def _week(lesson: Lesson, today: date) -> int:
    return WEEKS - 1 - (today - lesson.day).days // 7


def _counted(lessons: Iterable[Lesson]) -> dict[str, Any]:
    """How many questions, asked, corrected; and of each class decided alone, how many are known and right."""
    row: dict[str, Any] = {"questions": 0, "asked": 0, "corrected": 0}
    row |= {label: {"known": 0, "right": 0} for label in ("hotline", "support")}
    for each in lessons:
        row["questions"] += 1
        row["asked"] += each.decided == ASK
        row["corrected"] += each.corrected
        if each.truth is not None and each.decided != ASK:
            row[each.decided]["known"] += 1
            row[each.decided]["right"] += each.decided == each.truth
    return row


def _rules(lessons: Iterable[Lesson], today: date) -> dict[str, dict[str, Any]]:
    """For each rule: its hits of 30 days, the last hit, and how often the class it spoke for was right."""
    found: dict[str, dict[str, Any]] = {}
    for each in lessons:
        for name, side in each.spoke.items():
            row = found.setdefault(
                name,
                {"hits": 0, "last": "", "known": 0, "right": 0, "weeks": [[0, 0, 0] for _ in range(WEEKS)]},
            )
            row["hits"] += (today - each.day).days < HITS_OF
            row["last"] = max(row["last"], each.day.isoformat())
            week = row["weeks"][max(0, _week(each, today))]
            week[0] += 1
            if side and each.truth is not None:
                right = side == each.truth
                row["known"] += 1
                row["right"] += right
                week[1] += 1
                week[2] += right
    return found


def share(part: int, whole: int) -> float | None:
    """A share from 0 to 1; None of nothing."""
    return part / whole if whole else None

"""Words for concepts and small rules that corrected questions speak for, with those against. Pure.

A word is proposed when it stands in five questions of three customers that the rules did not decide right,
stands there far more often than elsewhere (log-odds with a prior), and is nearly never the other class's
word. A small rule asks for two concepts at once. Nothing is applied: a lead reads both sides and decides.
"""

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

from helpdesk.triage.content import Content, Data
from helpdesk.triage.learning import Lesson

TICKETS = 5
CUSTOMERS = 3
_RIGHT_OF_WORDS = 0.9
_RIGHT_OF_RULES = 0.95
_ODDS = math.log(3)
_PRIOR = 0.5
_WORDS_KEPT = 12
_RULES_KEPT = 6
_TICKETS_NAMED = 200
_POINTS = 3.0


@dataclass(frozen=True, slots=True)
class Suggestion:
    """`what` is word (put `term` into `concept` for `language`) or rule (ask for `concepts`, both).

    The tickets under `speak_for` turned out to be `label`, those under `speak_against` the other class.
    """

    what: str
    label: str
    kind: str
    speak_for: tuple[int, ...]
    speak_against: tuple[int, ...]
    language: str = ""
    term: str = ""
    concept: str = ""
    concepts: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        """The same suggestion has the same key, however many tickets speak for it."""
        if self.what == "word":
            return f"word:{self.language}:{self.concept}:{self.term}"[:200]
        return f"rule:{self.label}:{'+'.join(self.concepts)}"[:200]

    def as_data(self) -> dict[str, Any]:
        """As plain data; from_data() reads it back."""
        return {name: getattr(self, name) for name in self.__slots__}

    @classmethod
    def from_data(cls, data: Data) -> "Suggestion":
        """A suggestion out of as_data()."""
        return cls(
            str(data["what"]),
            str(data["label"]),
            str(data["kind"]),
            tuple(data["speak_for"]),
            tuple(data["speak_against"]),
            str(data["language"]),
            str(data["term"]),
            str(data["concept"]),
            tuple(data["concepts"]),
        )


@dataclass(frozen=True, slots=True)
class _Found:
    score: float
    members: tuple[str, ...]
    label: str
    kind: str
    speak_for: tuple[int, ...]
    speak_against: tuple[int, ...]


def suggestions(lessons: Sequence[Lesson], rules: Content) -> list[Suggestion]:
    """Words first, the strongest of each kind on top; what `rules` have already is not proposed."""
    known = [each for each in lessons if each.truth is not None]
    return [*_words(known, rules), *_small_rules(known, rules)]


def _words(known: Sequence[Lesson], rules: Content) -> list[Suggestion]:
    made = []
    for language in sorted({each.language for each in known}):
        here = [(each, each.terms) for each in known if each.language == language]
        for found in _apart(_over_represented(here, _RIGHT_OF_WORDS)):
            concept = home_of(found.label, found.kind, rules)
            term = found.members[0]
            if concept is None or _has(rules.get("concept", concept), language, term):
                continue
            made.append(
                (
                    found.score,
                    Suggestion(
                        "word", found.label, found.kind, found.speak_for, found.speak_against,
                        language=language, term=term, concept=concept,
                    ),
                )
            )  # fmt: skip
    return [each for _score, each in sorted(made, key=lambda pair: -pair[0])[:_WORDS_KEPT]]


def _small_rules(known: Sequence[Lesson], rules: Content) -> list[Suggestion]:
    pairs = [(each, frozenset(_pairs(each, rules))) for each in known]
    made = []
    for found in _apart(_over_represented(pairs, _RIGHT_OF_RULES))[:_RULES_KEPT]:
        concepts = tuple(found.members[0].split("+"))
        made.append(
            Suggestion(
                "rule", found.label, found.kind, found.speak_for, found.speak_against, concepts=concepts
            )
        )
    return made


def _pairs(lesson: Lesson, rules: Content) -> Iterable[str]:
    there = sorted(name for name in lesson.concepts if rules.get("concept", name) is not None)
    return ("+".join(pair) for pair in combinations(there, 2))


def _over_represented(lessons: Sequence[tuple[Lesson, frozenset[str]]], right: float) -> list[_Found]:
    """What stands in missed questions of one class, far more often than elsewhere."""
    made = []
    for label in ("hotline", "support"):
        missed = [(each, parts) for each, parts in lessons if each.missed and each.truth == label]
        counts = Counter(part for _each, parts in missed for part in parts)
        for part in (p for p, n in counts.items() if n >= TICKETS):
            mine = [each for each, parts in missed if part in parts]
            if len({each.customer_id for each in mine}) < CUSTOMERS:
                continue
            speaking = [each for each, parts in lessons if part in parts]
            agreeing = [each for each in speaking if each.truth == label]
            if len(agreeing) < right * len(speaking):
                continue
            score = _log_odds(len(mine), len(missed), len(speaking) - len(mine), len(lessons) - len(missed))
            if score >= _ODDS:
                against = [each.ticket_id for each in speaking if each.truth != label]
                made.append(
                    _Found(
                        score * math.sqrt(len(mine)),
                        (part,),
                        label,
                        Counter(each.kind for each in mine).most_common(1)[0][0],
                        tuple(each.ticket_id for each in agreeing)[-_TICKETS_NAMED:],
                        tuple(against)[-_TICKETS_NAMED:],
                    )
                )
    return made


def _log_odds(there: int, of_there: int, elsewhere: int, of_elsewhere: int) -> float:
    """How much more often it stands there than elsewhere; the prior holds rare words back."""
    inside = (there + _PRIOR) / (of_there - there + _PRIOR)
    outside = (elsewhere + _PRIOR) / (of_elsewhere - elsewhere + _PRIOR)
    return math.log(inside / outside)


def _apart(found: Iterable[_Found]) -> list[_Found]:
    """The strongest of those that rest on the same tickets; single words before pairs of words."""
    kept: list[_Found] = []
    order = sorted(found, key=lambda f: (-f.score, f.members[0].count(" "), -len(f.members[0]), f.members[0]))
    for each in order:
        mine = set(each.speak_for)
        if all(len(mine & set(other.speak_for)) < 0.8 * len(mine) for other in kept):
            kept.append(each)
    return kept


def home_of(label: str, kind: str, rules: Content) -> str | None:
    """The concept that alone makes a rule speak for this class: one of the same kind, with most points."""
    homes = []
    for rule in rules.rules:
        asked, then = list(rule.get("all", ())), rule.get("then", {})
        if rule.get("on") is False or len(asked) != 1 or not isinstance(asked[0], str):
            continue
        concept = asked[0].removeprefix("mail:")
        if rules.get("concept", concept) is None or then.get(label, 0) < 2:
            continue
        homes.append((then.get("kind") == kind, not rule.get("any"), then[label], concept))
    return max(homes)[3] if homes else None


def _has(concept: Data | None, language: str, term: str) -> bool:
    column = str((concept or {}).get(language, ""))
    return any(entry.strip() == term for entry in column.replace("\n", ";").split(";"))


def with_word(concept: Data, language: str, term: str) -> dict[str, Any]:
    """The concept with one entry more in one language."""
    column = str(concept.get(language, "")).strip().rstrip(";")
    return {**concept, language: f"{column}; {term}" if column else term}


def small_rule(suggestion: Suggestion) -> dict[str, Any]:
    """The rule that a suggestion of two concepts is about."""
    return {
        "name": f"learned_{'_and_'.join(suggestion.concepts)}"[:50],
        "priority": 50,
        "scope": "mail",
        "all": [f"mail:{name}" for name in suggestion.concepts],
        "then": {suggestion.label: _POINTS, "kind": suggestion.kind},
        "reason": "Corrections speak for it.",
    }

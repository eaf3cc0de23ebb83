"""Which rules can speak at all: a rule is only asked when something that it cannot do without is known.

A mail shows a few dozen concepts and a desk has hundreds of rules, so most need not be looked at.
"""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from helpdesk.triage.conditions import Group

if TYPE_CHECKING:
    from helpdesk.triage.rules import Rule

# How common a fact is, roughly: a form is in nearly every sentence, a fact of the mail holds for all of them.
_FORM, _OF_MAIL, _CONCEPT = 100, 10, 1


class Dispatch:
    """Rules in their order, by the facts of which each needs one."""

    def __init__(self, rules: "Sequence[Rule]") -> None:
        self.rules = rules
        self._always: list[int] = []
        self._by_fact: dict[str, list[int]] = {}
        for at, rule in enumerate(rules):
            needed = needs(rule.when.groups)
            if needed is None:
                self._always.append(at)
            for fact in needed or ():
                self._by_fact.setdefault(fact, []).append(at)

    def needing(self, facts: Iterable[str]) -> set[int]:
        """The numbers of the rules that need one of these facts."""
        return {at for fact in facts for at in self._by_fact.get(fact, ())}

    def candidates(self, numbers: Iterable[int]) -> "list[Rule]":
        """The rules of these numbers and those that need nothing, in their order."""
        return [self.rules[at] for at in sorted({*self._always, *numbers})]


def needs(groups: Iterable[Group]) -> frozenset[str] | None:
    """Facts of which at least one must be known for all these groups to hold; None: it also holds without.

    Of several such sets the one whose facts are rarest.
    """
    choices = [choice for group in groups for choice in _choices(group)]
    return min(choices, key=_commonness, default=None)


def _choices(group: Group) -> Iterable[frozenset[str]]:
    if group.how == "all":
        yield from (frozenset((fact,)) for fact in sorted(group.facts))
        inner = needs(group.groups)
        if inner is not None:
            yield inner
    elif group.how == "any" and not group.numbers:
        within = [needs((inner,)) for inner in group.groups]
        if None not in within:
            yield group.facts.union(*(facts for facts in within if facts is not None))


def _commonness(facts: frozenset[str]) -> int:
    return sum(_FORM if "is:" in f else _OF_MAIL if ":" in f else _CONCEPT for f in facts)

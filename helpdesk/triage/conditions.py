"""What a rule asks for: facts that must all, may any, or must not hold; two levels deep, typed, linear.

Written as `where_is` (a concept of the sentence), `mail:where_is` (anywhere in the request), `is:question`,
`has:data_file`, `language:de`, `customer:no_subscription`, `attachments >= 2`.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from helpdesk.triage.facts import FORM_FACTS, MAIL_FACTS, NUMBER_FACTS, OPEN_FACTS

_NUMBER = re.compile(r"([a-z_]+)\s*(>=|<=)\s*(\d+)")


class ConditionError(ValueError):
    """A condition that cannot be read; the message says what was expected."""


@dataclass(frozen=True, slots=True)
class AtLeast:
    """A number of the mail compared with a limit."""

    name: str
    limit: float
    at_most: bool = False

    def holds(self, numbers: Mapping[str, float]) -> bool:
        """Whether the number of this mail is within the limit."""
        value = numbers.get(self.name, 0)
        return value <= self.limit if self.at_most else value >= self.limit


@dataclass(frozen=True, slots=True)
class Group:
    """Facts and numbers joined by all, any or none; `groups` are the second level."""

    how: str
    facts: frozenset[str]
    numbers: tuple[AtLeast, ...] = ()
    groups: tuple["Group", ...] = ()

    def holds(self, known: frozenset[str], numbers: Mapping[str, float]) -> bool:
        """Whether the facts satisfy the group."""
        if self.how == "all":
            return (
                self.facts <= known
                and all(n.holds(numbers) for n in self.numbers)
                and all(g.holds(known, numbers) for g in self.groups)
            )
        some = (
            not self.facts.isdisjoint(known)
            or any(n.holds(numbers) for n in self.numbers)
            or any(g.holds(known, numbers) for g in self.groups)
        )
        return some if self.how == "any" else not some

    def names(self) -> Iterator[str]:
        """Every fact the group asks for."""
        yield from self.facts
        for group in self.groups:
            yield from group.names()


@dataclass(frozen=True, slots=True)
class When:
    """The whole condition of a rule: every group must hold."""

    groups: tuple[Group, ...]

    def holds(self, known: frozenset[str], numbers: Mapping[str, float]) -> bool:
        """Whether the rule applies to these facts."""
        return all(group.holds(known, numbers) for group in self.groups)

    def names(self) -> Iterator[str]:
        """Every fact the rule asks for."""
        for group in self.groups:
            yield from group.names()

    def wanted(self) -> frozenset[str]:
        """Facts that speak for the rule (those of `none` do not)."""
        return frozenset(name for g in self.groups if g.how != "none" for name in _wanted(g))


def _wanted(group: Group) -> Iterator[str]:
    yield from group.facts
    for inner in group.groups:
        if inner.how != "none":
            yield from _wanted(inner)


def read_when(data: Mapping[str, object]) -> When:
    """A condition out of plain data: {"all": [...], "any": [...], "none": [...]}. Raises ConditionError."""
    groups = tuple(_group(how, data[how], depth=1) for how in ("all", "any", "none") if data.get(how))
    if not groups:
        raise ConditionError("a rule needs at least one condition")
    return When(groups)


def _group(how: str, items: object, depth: int) -> Group:
    if not isinstance(items, list | tuple):
        raise ConditionError(f"`{how}` takes a list")
    facts: set[str] = set()
    numbers: list[AtLeast] = []
    groups: list[Group] = []
    for item in items:
        if isinstance(item, Mapping):
            groups.extend(_inner(item, depth))
        elif match := _NUMBER.fullmatch(str(item).strip()):
            numbers.append(_limit(*match.groups()))
        else:
            facts.add(str(item).strip())
    return Group(how, frozenset(facts), tuple(numbers), tuple(groups))


def _inner(item: Mapping[str, object], depth: int) -> Iterable[Group]:
    if depth >= 2:
        raise ConditionError("conditions may be nested two levels deep")
    if len(item) != 1 or next(iter(item)) not in ("all", "any", "none"):
        raise ConditionError(f"an inner condition has exactly one of all, any, none: {dict(item)!r}")
    how, items = next(iter(item.items()))
    return [_group(how, items, depth + 1)]


def _limit(name: str, sign: str, limit: str) -> AtLeast:
    if name not in NUMBER_FACTS:
        raise ConditionError(f"no number is called {name}; known are {', '.join(NUMBER_FACTS)}")
    return AtLeast(name, float(limit), at_most=sign == "<=")


def unknown_facts(when: When, concepts: Iterable[str]) -> list[str]:
    """Names in the condition that are neither concepts nor facts."""
    known = set(concepts)
    return sorted(name for name in when.names() if not _is_known(name, known))


def _is_known(name: str, concepts: set[str]) -> bool:
    if name.startswith(OPEN_FACTS) or name in MAIL_FACTS:
        return True
    bare = name.removeprefix("mail:")
    return bare in concepts or bare in FORM_FACTS

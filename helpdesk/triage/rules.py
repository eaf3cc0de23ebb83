"""The rule set: concepts and rules with a version, loaded once, compiled once, checked with clear words."""

import json
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cache, cached_property
from hashlib import sha256
from importlib import resources

from helpdesk.core.languages import LANGUAGES
from helpdesk.triage.conditions import ConditionError, When, read_when, unknown_facts
from helpdesk.triage.dispatch import Dispatch
from helpdesk.triage.facts import ASIDE, KINDS, Reader
from helpdesk.triage.guards import GUARDING
from helpdesk.triage.index import build_index
from helpdesk.triage.lexicon import GUARDS, PLACES, Concept, word_lists
from helpdesk.triage.patterns import PatternError, patterns

SCOPES = ("sentence", "mail")
EFFECTS = ("hotline", "support", "noise", "urgent", "quote")
LIMIT = 10.0
STRUCTURE = (
    "greeting_line",
    "closing_line",
    "footer_line",
    "postscript",
    "look_below",
    "hard_urgent",
    "urgent_now",
)


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule: when its facts hold in a sentence (or in the mail) it gives points and says why.

    `points` may hold hotline, support, noise, urgent, quote. Rules of higher `priority` are told first.
    `reason` is an English msgid; `texts` holds what a desk's own rule says in other languages. `matches` and
    `misses` are example texts that prove the rule. A rule that is not `on`, or before `valid_from` or after
    `valid_until` (both days included, of the day on which a mail came), does not speak.
    """

    name: str
    priority: int
    scope: str
    when: When
    points: Mapping[str, float]
    kind: str | None
    reason: str
    matches: tuple[str, ...] = ()
    misses: tuple[str, ...] = ()
    on: bool = True
    valid_from: date | None = None
    valid_until: date | None = None
    texts: Mapping[str, str] = field(default_factory=dict)
    source: Mapping[str, object] = field(default_factory=dict, compare=False)

    @classmethod
    def from_data(cls, data: Mapping[str, object]) -> "Rule":
        """A rule out of a file or a table row; raises ConditionError when it cannot be read."""
        then = data.get("then", {})
        if not isinstance(then, Mapping):
            raise ConditionError("`then` takes effects with points")
        kind = then.get("kind")
        return cls(
            name=str(data.get("name", "")),
            priority=int(str(data.get("priority", 50))),
            scope=str(data.get("scope", "sentence")),
            when=read_when(data),
            points={str(k): _points(v) for k, v in then.items() if k != "kind"},
            kind=str(kind) if kind else None,
            reason=str(data.get("reason", "")),
            matches=_texts(data.get("matches", ())),
            misses=_texts(data.get("misses", ())),
            on=data.get("on", True) is not False,
            valid_from=_day(data.get("valid_from")),
            valid_until=_day(data.get("valid_until")),
            texts={code: str(text) for code in LANGUAGES if (text := data.get(f"reason_{code}"))},
            source=dict(data),
        )

    def in_force(self, received_at: datetime | None) -> bool:
        """Whether the rule speaks about a mail of that moment; one whose moment is not known counts."""
        if received_at is None:
            return True
        day = received_at.date()
        return (self.valid_from is None or self.valid_from <= day) and (
            self.valid_until is None or day <= self.valid_until
        )


def _day(value: object) -> date | None:
    if not value:
        return None
    try:
        return date.fromisoformat(str(value))
    except ValueError as error:
        raise ConditionError(f"a day looks like 2027-03-09, not {value!r}") from error


def _points(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ConditionError(f"points are a number, not {value!r}")
    return float(value)


def _texts(value: object) -> tuple[str, ...]:
    return tuple(str(v) for v in value) if isinstance(value, list | tuple) else ()


@dataclass(frozen=True)
class RuleSet:
    """A version of concepts and rules; compiled at first use and then kept."""

    version: str
    concepts: Mapping[str, Concept]
    rules: tuple[Rule, ...]
    broken: tuple[str, ...] = ()

    @cached_property
    def reader(self) -> Reader:
        """The words, compiled for each language."""
        used = self._used_concepts()
        aside = used & {*ASIDE, *GUARDING}
        form = [c for name, c in self.concepts.items() if name in STRUCTURE]
        return Reader(
            {language: build_index(self.concepts.values(), language, used) for language in LANGUAGES},
            {language: build_index(self.concepts.values(), language, aside) for language in LANGUAGES},
            build_index([_in_all_languages(c) for c in form], LANGUAGES[0], set(STRUCTURE)),
            self.concepts,
        )

    @cached_property
    def by_scope(self) -> Mapping[str, Dispatch]:
        """The rules of each scope, highest priority first, then by name."""
        ordered = sorted((r for r in self.rules if r.on), key=lambda r: (-r.priority, r.name))
        return {scope: Dispatch([r for r in ordered if r.scope == scope]) for scope in SCOPES}

    def _used_concepts(self) -> set[str]:
        asked = {name.removeprefix("mail:") for rule in self.rules for name in rule.when.names()}
        return asked | {*GUARDING, "tell_me", "curious", "day_deadline"}


def _in_all_languages(concept: Concept) -> Concept:
    every = tuple(entry for language in LANGUAGES for entry in concept.entries[language])
    return Concept(concept.name, concept.means, {LANGUAGES[0]: every}, (), "new")


def read_ruleset(
    concepts: Mapping[str, Mapping[str, object]], rules: Iterable[Mapping[str, object]]
) -> RuleSet:
    """A rule set out of plain data. What cannot be read is left out and named in `broken`."""
    known: dict[str, Concept] = {}
    good: list[Rule] = []
    broken: list[str] = []
    for name, column in concepts.items():
        try:
            known[name] = Concept.from_data(name, column)
        except (TypeError, AttributeError, ValueError) as error:
            broken.append(f"concept {name}: {error}")
    for data in rules:
        try:
            good.append(Rule.from_data(data))
        except (ConditionError, ValueError, TypeError, AttributeError) as error:
            broken.append(f"rule {_name_of(data)}: {error}")
    return RuleSet(_version(known, good, broken), known, tuple(good), tuple(broken))


def _name_of(data: object) -> str:
    return str(data.get("name", "?")) if isinstance(data, Mapping) else "?"


def _version(concepts: Mapping[str, Concept], rules: Iterable[Rule], broken: Iterable[str]) -> str:
    # In one form whatever kept them: a file, or a database that orders keys in its own way.
    words = sorted((name, concept.as_data()) for name, concept in concepts.items())
    told = json.dumps([words, sorted((r.name, _plain(r.source)) for r in rules), sorted(broken)])
    return sha256(told.encode()).hexdigest()[:12]


def _plain(source: object) -> str:
    return json.dumps(source, sort_keys=True, default=str)


@cache
def starter_rules() -> RuleSet:
    """The rule set that an installation begins with, read from the files beside this module."""
    concepts: dict[str, Mapping[str, object]] = {}
    rules: list[Mapping[str, object]] = []
    for file in sorted(resources.files(__package__).joinpath("starter").iterdir(), key=lambda f: f.name):
        if file.name.endswith(".toml"):
            data = tomllib.loads(file.read_text("utf-8"))
            rules.extend(data.pop("rule", []))
            concepts.update(data)
    return read_ruleset(concepts, rules)


def check_ruleset(ruleset: RuleSet) -> list[str]:
    """Everything that is wrong with a rule set, in sentences; empty when it can be published.

    Does not run the examples of rules: engine.failing_examples() does.
    """
    found = list(ruleset.broken)
    names = [rule.name for rule in ruleset.rules]
    found += [
        f"rule {name}: the name is used twice" for name in sorted({n for n in names if names.count(n) > 1})
    ]
    for rule in ruleset.rules:
        found += [f"rule {rule.name or '?'}: {what}" for what in _wrong_with_rule(rule, ruleset)]
    for concept in ruleset.concepts.values():
        found += [f"concept {concept.name}: {what}" for what in _wrong_with_concept(concept)]
    for language in LANGUAGES:
        found += _wrong_entries(ruleset, language)
    return found


def _wrong_with_rule(rule: Rule, ruleset: RuleSet) -> Iterable[str]:
    if not rule.name:
        yield "a rule needs a name"
    if rule.scope not in SCOPES:
        yield f"the scope is one of {', '.join(SCOPES)}, not {rule.scope}"
    if not rule.points:
        yield "a rule without points does nothing"
    for effect, points in rule.points.items():
        if effect not in EFFECTS:
            yield f"no effect is called {effect}; known are {', '.join(EFFECTS)}"
        if abs(points) > LIMIT:
            yield f"points lie between -{LIMIT:.0f} and {LIMIT:.0f}, not {points}"
    if rule.kind is not None and rule.kind not in KINDS:
        yield f"no kind is called {rule.kind}"
    if not rule.reason:
        yield "a rule needs a reason that people can read"
    for name in unknown_facts(rule.when, ruleset.concepts):
        yield f"nothing is called {name}"


def _wrong_with_concept(concept: Concept) -> Iterable[str]:
    for language in LANGUAGES:
        if not concept.entries.get(language):
            yield f"has no words in {language}"
    for guard in concept.guards:
        if guard not in GUARDS:
            yield f"no guard is called {guard}; known are {', '.join(GUARDS)}"
    if concept.where not in PLACES:
        yield f"words are looked for in {' or '.join(PLACES)}, not in {concept.where}"


def _wrong_entries(ruleset: RuleSet, language: str) -> Iterable[str]:
    lists = word_lists(ruleset.concepts.values(), language)
    for concept in ruleset.concepts.values():
        for entry in concept.entries.get(language, ()):
            try:
                patterns(entry, lists)
            except PatternError as error:
                yield f"concept {concept.name} ({language}): {error}"

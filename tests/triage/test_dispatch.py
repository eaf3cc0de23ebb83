"""Rules that cannot hold are not asked, and every rule that can is."""

import itertools
from dataclasses import dataclass, replace

import pytest

from helpdesk.triage.conditions import When, read_when
from helpdesk.triage.dispatch import needs
from helpdesk.triage.engine import judge, matching
from helpdesk.triage.facts import Question, read
from helpdesk.triage.rules import RuleSet, read_ruleset, starter_rules

NEEDS = [
    ({"all": ["where_is"]}, {"where_is"}),
    ({"all": ["is:question", "where_is"]}, {"where_is"}),
    ({"all": ["is:question", "mail:why"]}, {"mail:why"}),
    ({"any": ["where_is", "why"]}, {"where_is", "why"}),
    ({"all": ["is:question", {"any": ["where_is", "why"]}]}, {"where_is", "why"}),
    ({"all": [{"none": ["why"]}, "is:list"]}, {"is:list"}),
    ({"any": ["why", {"all": ["where_is", "is:list"]}]}, {"why", "where_is"}),
    ({"any": ["why", "attachments >= 1"]}, None),
    ({"any": ["why", {"none": ["where_is"]}]}, None),
    ({"none": ["why"]}, None),
    ({"all": ["words <= 9"]}, None),
]
FACTS = ("where_is", "why", "mail:why", "is:question", "is:list")


@pytest.mark.parametrize(("data", "expected"), NEEDS)
def test_what_a_rule_cannot_do_without(data, expected):
    assert needs(read_when(data).groups) == expected


@pytest.mark.parametrize("data", [data for data, _needed in NEEDS])
def test_a_condition_never_holds_without_what_it_needs(data):
    when, numbers = read_when(data), {"attachments": 1, "words": 3}
    needed = needs(when.groups)
    for count in range(len(FACTS) + 1):
        for known in map(frozenset, itertools.combinations(FACTS, count)):
            assert not when.holds(known, numbers) or needed is None or needed & known


@dataclass(frozen=True, slots=True)
class Counting(When):
    """A condition that writes down each time it is asked."""

    asked: list[int]

    def holds(self, known, numbers):
        self.asked.append(1)
        return When.holds(self, known, numbers)


def counting(rules: RuleSet, asked: list[int]) -> RuleSet:
    own = tuple(replace(rule, when=Counting(rule.when.groups, asked)) for rule in rules.rules)
    return replace(rules, rules=own)


def test_twenty_times_the_rules_are_no_more_work():
    """Rules about things that a mail does not speak of cost it nothing."""
    asked: list[int] = []
    text = "Wo finde ich die Kundenliste?\n\nBeim Import der Datei erscheint ein Fehler."
    starter = starter_rules()
    facts = read(Question("", text), starter.reader)
    hits = matching(facts, counting(starter, asked))
    few = len(asked)
    silent = [
        {"name": f"own_{n}", "reason": "x", "all": ["is:question", f"thing_{n}"], "then": {"support": 1}}
        for n in range(2_000)
    ]
    many = read_ruleset({}, [*(rule.source for rule in starter.rules), *silent])
    asked.clear()

    assert [hit.rule.name for hit in matching(facts, counting(many, asked))] == [h.rule.name for h in hits]
    assert 0 < len(asked) == few < len(starter.rules)


def test_a_rule_that_needs_nothing_is_always_asked():
    rules = read_ruleset({}, [{"name": "calm", "reason": "x", "none": ["why"], "then": {"hotline": 1}}])

    assert "calm" in {reason.rule for reason in judge(Question("", "Guten Tag zusammen"), rules).reasons}

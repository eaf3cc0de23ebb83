"""What is wrong with rules is said in the lead's language, whatever names stand in it."""

import pytest

from helpdesk.i18n import speaking
from helpdesk.triage.rules import check_ruleset, read_ruleset
from helpdesk.web.agent.rule_problems import told_problem

BROKEN = [
    {"name": "one", "then": {"support": 1}, "reason": "x"},
    {"name": "two", "all": "where_is", "then": {"support": 1}, "reason": "x"},
    {"name": "three", "all": [{"any": [{"all": ["a"]}]}], "then": {"support": 1}, "reason": "x"},
    {"name": "four", "all": [{"some": ["a"]}], "then": {"support": 1}, "reason": "x"},
    {"name": "five", "all": ["lines >= 3"], "then": {"support": 1}, "reason": "x"},
    {"name": "six", "all": ["a"], "then": {"support": "much"}, "reason": "x"},
    {"name": "seven", "all": ["a"], "then": {"support": 1}, "valid_from": "soon", "reason": "x"},
    {"name": "eight", "all": ["a"], "then": {"joy": 1, "support": 99, "kind": "party"}, "scope": "all"},
    {"name": "nine", "all": ["a"], "then": {}},
    {"name": "nine", "all": ["a"], "then": {}},
    {"name": "", "all": ["a"], "then": {"support": 1}, "reason": "x"},
    {"name": "ten", "all": ["a"], "then": "support", "reason": "x"},
]
CONCEPTS = {
    "words": {"means": "x", "guards": ["luck"], "where": "elsewhere", "de": "d'or; a*; @nowhere; <unicorn>"},
}


def problems():
    examples = ["rule a must match: b: c", "rule a must not match: b"]
    return [*check_ruleset(read_ruleset(CONCEPTS, BROKEN)), *examples]


@pytest.mark.parametrize("language", ["de", "fr", "sv"])
def test_every_sentence_of_the_checks_is_said_in_the_leads_language(language):
    with speaking(language):
        told = [(problem, told_problem(problem)) for problem in problems()]

    assert len(told) > 20
    assert [problem for problem, said in told if said == problem] == []


def test_names_stay_as_they_were_written():
    with speaking("de"):
        assert told_problem("rule a: nothing is called ß: 100%") == "Regel a: nichts heisst ß: 100%"
        assert told_problem("Something else 50%") == "Something else 50%"

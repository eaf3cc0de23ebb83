"""Learning in the open: what corrections say becomes figures, alarms and suggestions, and nothing by itself."""

from datetime import date, timedelta

import pytest

from helpdesk.triage.content import Content, starter_content
from helpdesk.triage.drift import alarms
from helpdesk.triage.learning import WEEKS, Lesson, figures
from helpdesk.triage.suggesting import home_of, small_rule, suggestions, with_word

TODAY = date(2026, 11, 25)


def lesson(number, *, decided="hotline", truth=None, days=1, language="de", customer=None, terms=(), **more):
    return Lesson(
        number,
        number % 7 if customer is None else customer,
        TODAY - timedelta(days=days),
        language,
        decided,
        more.pop("proposed", None if decided == "ask" else decided),
        truth,
        more.pop("kind", "training"),
        more.pop("spoke", {}),
        frozenset(more.pop("concepts", ())),
        terms=frozenset(terms),
    )


def test_right_is_counted_where_the_truth_is_known_and_by_the_class_that_was_decided():
    row = figures(
        [
            lesson(1, truth="hotline"),
            lesson(2, truth="support"),
            lesson(3, decided="support", truth="support"),
            lesson(4, decided="ask", proposed="support", truth="hotline"),
            lesson(5),
        ],
        TODAY,
    )["languages"]["de"]

    assert row == {
        "questions": 5,
        "asked": 1,
        "corrected": 2,
        "hotline": {"known": 2, "right": 1},
        "support": {"known": 1, "right": 1},
    }


def test_a_rule_knows_its_hits_its_last_hit_and_how_often_its_class_was_right():
    spoke = {"where_something_is": "hotline", "help_at_once": ""}
    rules = figures(
        [
            lesson(1, days=80, spoke=spoke, truth="hotline"),
            lesson(2, days=31, spoke=spoke),
            lesson(3, days=29, spoke=spoke, truth="support"),
        ],
        TODAY,
    )["rules"]

    place = rules["where_something_is"]
    assert (place["hits"], place["last"], place["known"], place["right"]) == (1, "2026-10-27", 2, 1)
    assert place["weeks"][0] == [1, 1, 1]
    assert sum(week[0] for week in place["weeks"]) == 3
    assert len(place["weeks"]) == WEEKS
    assert rules["help_at_once"]["known"] == 0


def drift(lessons):
    recent = [each for each in lessons if (TODAY - each.day).days < 14]
    return {(a.code, a.about) for a in alarms(figures(lessons, TODAY), lessons, recent)}


def several(n, start, **what):
    return [lesson(start + at, **what) for at in range(n)]


@pytest.mark.parametrize(
    ("lessons", "expected"),
    [
        ([*several(200, 0, days=40), *several(60, 900, days=3)], set()),
        (
            [*several(200, 0, days=40), *several(40, 800, days=3), *several(20, 900, days=3, decided="ask")],
            {("unsure_rises", "de")},
        ),
        # Two odd mails on a quiet day wake nobody.
        (
            [*several(200, 0, days=40), *several(5, 800, days=3), *several(3, 900, days=3, decided="ask")],
            set(),
        ),
        (
            [
                *several(200, 0, days=40, language="sv"),
                *several(40, 800, days=3, language="sv"),
                *several(20, 900, days=3, language="sv", truth="support", spoke={}),
            ],
            {("corrected_rises", "sv")},
        ),
        (
            [
                *several(180, 0, days=40),
                *several(20, 200, days=40, spoke={"where_something_is": "hotline"}),
                *several(30, 800, days=3),
                *several(30, 900, days=3, spoke={"where_something_is": "hotline"}),
            ],
            {("rule_more", "where_something_is")},
        ),
        (
            [
                *several(100, 0, days=40),
                *several(100, 200, days=40, spoke={"where_something_is": "hotline"}),
                *several(60, 800, days=3),
            ],
            {("rule_less", "where_something_is")},
        ),
        (
            several(9, 0, days=40, truth="support", spoke={"where_something_is": "hotline"}),
            {("rule_wrong", "where_something_is")},
        ),
        (several(5, 0, days=40, truth="support", customer=77), {("customer_corrected", "77")}),
    ],
    ids=["calm", "unsure", "few", "corrected", "more", "less", "wrong", "customer"],
)
def test_an_alarm_is_raised_when_something_drifts_and_not_before(lessons, expected):
    assert drift(lessons) == expected


RULES = starter_content()


def test_a_word_of_corrected_questions_is_proposed_for_the_concept_of_their_kind():
    missed = [lesson(n, truth="support", terms={"zwirbelstunde", "bitte"}) for n in range(6)]
    others = [lesson(n, truth="hotline", terms={"bitte", "liste"}) for n in range(50, 80)]

    [found] = suggestions([*missed, *others], RULES)

    assert (found.what, found.term, found.language, found.label) == ("word", "zwirbelstunde", "de", "support")
    assert found.concept == home_of("support", "training", RULES) == "training"
    assert found.speak_for == tuple(range(6))
    assert found.speak_against == ()


@pytest.mark.parametrize(
    "missed",
    [
        [lesson(n, truth="support", terms={"zwirbelstunde"}) for n in range(4)],
        [lesson(n, truth="support", terms={"zwirbelstunde"}, customer=n % 2) for n in range(9)],
        [lesson(n, decided="support", truth="support", terms={"zwirbelstunde"}) for n in range(9)],
        [
            *(lesson(n, truth="support", terms={"zwirbelstunde"}) for n in range(6)),
            *(lesson(n, truth="hotline", terms={"zwirbelstunde"}) for n in range(20, 22)),
        ],
    ],
    ids=["few tickets", "few customers", "decided right", "speaks for both"],
)
def test_too_little_or_divided_evidence_proposes_nothing(missed):
    others = [lesson(n, truth="hotline", terms={"liste"}) for n in range(50, 80)]

    assert suggestions([*missed, *others], RULES) == []


def test_two_concepts_that_stand_together_are_proposed_as_a_small_rule_that_can_be_read():
    both = {"where_is", "big_task"}
    missed = [lesson(n, truth="support", concepts=both) for n in range(6)]
    others = [lesson(n, truth="hotline", concepts={"where_is"}) for n in range(50, 80)]

    [found] = suggestions([*missed, *others], RULES)
    rule = small_rule(found)

    assert (found.what, found.concepts) == ("rule", ("big_task", "where_is"))
    assert rule["then"] == {"support": 3.0, "kind": "training"}
    assert RULES.put("rule", rule["name"], rule).compiled().broken == ()


def test_a_word_is_added_to_its_column_and_not_proposed_again():
    rules = Content.of(
        {"courses": {"means": "a course", "de": "kurs"}},
        [{"name": "course", "all": ["courses"], "then": {"support": 3, "kind": "training"}, "reason": "x"}],
    )
    missed = [lesson(n, truth="support", terms={"zwirbelstunde"}) for n in range(6)]
    [found] = suggestions(missed, rules)

    new = rules.put("concept", "courses", with_word(rules.concepts["courses"], found.language, found.term))

    assert new.concepts["courses"]["de"] == "kurs; zwirbelstunde"
    assert suggestions(missed, new) == []

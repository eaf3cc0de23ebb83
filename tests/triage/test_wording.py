"""The learned wording: a small voice that is bounded, explained and the same for the same words."""

import random

from helpdesk.triage import explain
from helpdesk.triage.engine import NO_SUBSCRIPTION, WORDING, judge
from helpdesk.triage.facts import Question
from helpdesk.triage.rules import read_ruleset, starter_rules
from helpdesk.triage.wording import MOST, Wording, features, shipped_wording
from helpdesk.triage.words import words

SILENT = read_ruleset({}, [])


def test_the_voice_is_bounded_whatever_is_said():
    loud = Wording("x", 50.0, {"?": 900.0, " err": 900.0})

    assert loud.hear(words("error error"), asks=True).points == MOST


def test_order_repetition_and_capitals_say_nothing():
    text = "Unser Bestand weicht von der Inventarliste ab".split()
    first = shipped_wording().hear(words(" ".join(text)), asks=False).points
    random.Random(1).shuffle(text)

    assert shipped_wording().hear(words(" ".join([*text, *text]).upper()), asks=False).points == first


def test_without_a_word_it_is_silent():
    assert shipped_wording().hear(words("… --- !!"), asks=False).points == 0


def test_numbers_are_all_alike():
    assert features(["1204"], asks=False) == features(["98"], asks=False)


def test_it_breaks_ties_and_shows_the_words_that_did():
    verdict = judge(Question("", "Die Summe weicht seit gestern vom Bestand ab."), SILENT)
    told = [reason for reason in verdict.reasons if reason.rule == "wording"]

    assert verdict.label == "support"
    assert not verdict.sure
    assert told
    assert all(reason.text == WORDING and reason.effect == "support" for reason in told)
    assert verdict.wording_version == shipped_wording().version


def test_it_does_not_outweigh_proof():
    text = "Wo stelle ich die Zahlungsfrist ein?"
    verdict = judge(Question("", text), starter_rules())

    assert verdict.label == "hotline"
    assert abs(shipped_wording().hear(words(text), asks=True).points) <= MOST


def test_what_the_engine_says_of_itself_is_marked_for_translation():
    assert {str(text) for text in explain.ENGINE_REASONS} == {NO_SUBSCRIPTION.text, WORDING}

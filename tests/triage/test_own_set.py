"""The labelled sets beside this file: a floor under the figures, not a goal."""

import json
from pathlib import Path

import pytest

from helpdesk.triage.engine import judge, question_of
from helpdesk.triage.facts import NOISE
from helpdesk.triage.rules import starter_rules

FILES = sorted(Path(__file__).with_name("data").glob("*.jsonl"))
FLOOR = 0.8


def judged(file):
    items = [json.loads(line) for line in file.read_text("utf-8").splitlines()]
    return [(item, judge(question_of(item), starter_rules())) for item in items]


@pytest.mark.parametrize("file", FILES, ids=lambda f: f.stem)
def test_labels_are_right_often_enough(file):
    pairs = judged(file)

    assert sum(v.label == item["label"] for item, v in pairs) / len(pairs) >= FLOOR


@pytest.mark.parametrize("file", FILES, ids=lambda f: f.stem)
def test_no_noise_is_surely_support(file):
    wrong = [i["id"] for i, v in judged(file) if i["kind"] in NOISE and v.sure and v.label == "support"]

    assert wrong == []

"""Limits named in a mail become moments in the zone of the customer, in four languages."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from helpdesk.triage.deadlines import due
from helpdesk.triage.engine import judge
from helpdesk.triage.facts import Question
from helpdesk.triage.rules import starter_rules

ZURICH = ZoneInfo("Europe/Zurich")
#: A Wednesday.
NOW = datetime(2026, 3, 25, 9, 30, tzinfo=ZURICH)

SAID = [
    ("bis 11 Uhr", "2026-03-25 11:00"),
    ("avant 17h", "2026-03-25 17:00"),
    ("senast klockan 15", "2026-03-25 15:00"),
    ("by 3 pm", "2026-03-25 15:00"),
    ("bis heute Abend", "2026-03-26 00:00"),
    ("d'ici ce soir", "2026-03-26 00:00"),
    ("senast ikväll", "2026-03-26 00:00"),
    ("by noon tomorrow", "2026-03-26 12:00"),
    ("avant demain midi", "2026-03-26 12:00"),
    ("in einer halben Stunde", "2026-03-25 10:00"),
    ("dans dix minutes", "2026-03-25 09:40"),
    ("om en kvart", "2026-03-25 09:45"),
    ("bis Freitag", "2026-03-28 00:00"),
    ("avant vendredi", "2026-03-28 00:00"),
    ("senast fredag", "2026-03-28 00:00"),
    ("by Friday", "2026-03-28 00:00"),
    ("spätestens am Mittwoch", "2026-03-26 00:00"),
    ("bis zum 31. März", "2026-04-01 00:00"),
    ("avant le 15 avril", "2026-04-16 00:00"),
    ("före den 3 januari", "2027-01-04 00:00"),
    ("before 31 March", "2026-04-01 00:00"),
    ("bis 30.4.", "2026-05-01 00:00"),
    ("by Friday noon", "2026-03-27 12:00"),
]


@pytest.mark.parametrize(("words", "moment"), SAID)
def test_words_name_a_moment(words, moment):
    assert due(words, NOW) == datetime.fromisoformat(moment).replace(tzinfo=ZURICH)


@pytest.mark.parametrize(
    "words", ["bis 31. Februar", "bis 99.99.", "Freitag der 0.", "in ፩ Stunden", "bis ፩ März"]
)
def test_days_that_do_not_exist_break_nothing(words):
    assert due(words, NOW) is None or due(words, NOW) >= NOW


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("Die Datei muss bis Freitag bei der Bank sein, sie wird aber abgelehnt.", "2026-03-28"),
        ("Le fichier doit partir avant vendredi mais il est refusé.", "2026-03-28"),
        ("Filen måste vara inne senast fredag men nekas.", "2026-03-28"),
        ("The file has to be in by Friday but is rejected.", "2026-03-28"),
    ],
)
def test_a_limit_some_days_ahead_is_a_fact_and_not_urgent(text, moment):
    verdict = judge(Question("", text, received_at=NOW), starter_rules())

    assert verdict.deadline is not None
    assert verdict.deadline.startswith(moment)
    assert not verdict.urgent


@pytest.mark.parametrize(
    "text",
    [
        "Die Datei muss bis heute 16 Uhr bei der Bank sein, sie wird aber abgelehnt.",
        "Le fichier doit partir avant 16 heures mais il est refusé.",
        "Filen måste vara inne senast klockan 16 men nekas.",
        "The file has to be in by 4 pm but is rejected.",
    ],
)
def test_a_limit_today_is_urgent(text):
    verdict = judge(Question("", text, received_at=NOW), starter_rules())

    assert verdict.urgent
    assert verdict.deadline == "2026-03-25T16:00:00+01:00"

"""Words are split once for a whole text; each stretch still has the words that it has alone."""

import random

import pytest

from helpdesk.triage.words import words

PIECES = (
    "Wo", "ist", "10:30", "12.5", "305", "a.b@c.ch", "@", "www.x.ch/a", "https://", "x", "e\u0301", "\u0301",
    ".", ":", "-", " ", "\n", "ß", "Öl", "0x1f", "_", "²",
)  # fmt: skip


def alone(text, start, end):
    """The same from the stretch itself."""
    return [word._replace(start=word.start + start, end=word.end + start) for word in words(text[start:end])]


def test_a_stretch_of_a_text_has_the_words_that_it_has_alone():
    chance = random.Random(3)
    seen = 0
    for _ in range(300):
        text = "".join(chance.choices(PIECES, k=chance.randint(1, 25)))
        for _ in range(10):
            start, end = sorted(chance.choices(range(len(text) + 1), k=2))
            found = words(text, start, end)
            assert found == alone(text, start, end), (text, start, end)
            seen += len(found)
    assert seen > 5_000


@pytest.mark.parametrize(
    ("text", "start", "end", "expected"),
    [
        ("frag anna@firma.ch", 0, 9, ["frag", "anna"]),
        ("um 10:305", 0, 8, ["um", "10:30"]),
        ("see https://a.ch/b", 13, 18, ["ch", "b"]),
        ("ganz", 1, 3, ["an"]),
    ],
)
def test_an_edge_inside_a_word_makes_two_of_it(text, start, end, expected):
    assert [word.written for word in words(text, start, end)] == expected

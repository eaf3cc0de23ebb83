"""Rules as files: what is written out comes back to the letter, whatever stands in it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpdesk.core.errors import InvalidInput
from helpdesk.triage.content import Content, changes, merged, starter_content
from helpdesk.triage.rule_files import read_files, write_files

LETTERS = st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\x00"), max_size=60)
ENTRY = st.from_regex(r"[a-zäöåé*|]{1,30}( [a-zäöåé*]{1,30}){0,4}", fullmatch=True)


def test_the_starter_set_comes_back_to_the_letter():
    starter = starter_content()

    again = Content.of(*read_files(write_files(starter.concepts, starter.rules)))

    assert changes(starter, again) == []
    assert again.compiled().version == starter.compiled().version


@given(
    reason=LETTERS,
    examples=st.lists(LETTERS, max_size=4),
    points=st.floats(-10, 10, allow_nan=False),
    entries=st.lists(ENTRY, max_size=40),
    means=LETTERS,
)
def test_what_people_write_comes_back_to_the_letter(reason, examples, points, entries, means):
    rule = {
        "name": "own",
        "on": False,
        "all": ["where_is", {"any": ["mail:error", "words >= 3"]}],
        "then": {"support": points, "kind": "error"},
        "reason": reason,
        "matches": examples,
    }
    content = Content.of({"where_is": {"means": means, "sv": "; ".join(entries), "guards": []}}, [rule])

    again = Content.of(*read_files(write_files(content.concepts, content.rules)))

    assert changes(content, again) == []


@pytest.mark.parametrize(
    "text", ["[[rule]", "rule = 3", "where_is = 'x'", "rule = ['x']", "[a]\n[a]", "\x00"]
)
def test_a_file_that_is_no_rules_says_which_and_why(text):
    with pytest.raises(InvalidInput, match=r"^rules\.toml cannot be read: "):
        read_files({"rules.toml": text})


def content(**rules: int) -> Content:
    return Content.of({}, [{"name": name, "then": {"support": n}} for name, n in rules.items()])


def test_a_newer_starter_set_leaves_alone_what_the_desk_has_edited():
    base, theirs = content(a=1, b=1, c=1), content(a=2, b=2, d=1)
    ours = base.put("rule", "b", {"name": "b", "then": {"support": 9}})

    result, kept = merged(base, ours, theirs)

    assert [(r["name"], r["then"]["support"]) for r in result.rules] == [("a", 2), ("b", 9), ("d", 1)]
    assert kept == ["b"]

"""Replies as the world's mail programs shape them: all that is new is kept, all that is repeated is told apart."""

import pytest

from helpdesk.mail.quotes import new_text, zones
from tests.mail.forms import lines

REPLY = "Ja, das passt so.\n\nDanke und Gruss\nVera"
QUOTE = "Passt Ihnen der Termin?\n\nMit freundlichen Grüssen\nSupport"
MARKED = "\n".join(f"> {line}".rstrip() for line in QUOTE.split("\n"))

ATTRIBUTIONS = lines("attributions")


@pytest.mark.parametrize("head", ATTRIBUTIONS + lines("attributions_above_marks"))
def test_a_heading_above_a_marked_quote_is_cut_with_it(head):
    assert new_text(f"{REPLY}\n\n{head}\n\n{MARKED}\n") == REPLY


@pytest.mark.parametrize("head", [head for head in ATTRIBUTIONS if not head.endswith("\n>")])
def test_a_heading_ends_what_is_new_though_nothing_below_is_marked(head):
    assert new_text(f"{REPLY}\n\n{head}\n\n{QUOTE}\n") == REPLY


@pytest.mark.parametrize("head", [head for head in ATTRIBUTIONS if "\n" in head and not head.endswith("\n>")])
def test_a_block_right_above_the_quoted_text_is_cut_with_it(head):
    assert new_text(f"{REPLY}\n\n{head}\n{QUOTE}\n") == REPLY


@pytest.mark.parametrize("text", lines("kept_texts", "|"))
def test_what_people_write_is_kept_though_it_looks_like_a_heading(text):
    assert new_text(text) == text


@pytest.mark.parametrize("line", lines("phone_lines"))
def test_what_a_phone_adds_is_cut(line):
    assert new_text(f"{REPLY}\n\n{line}\n") == REPLY


@pytest.mark.parametrize("line", ["Von meinem iPhone gesendet", "Sent from my iPhone", "-- "])
def test_a_text_below_a_line_that_should_end_it_is_not_lost(line):
    assert new_text(f"{line}\n\nJa, bitte bestellen.\nWann kommt das?") == (
        "Ja, bitte bestellen.\nWann kommt das?"
        if line != "-- "
        else "--\n\nJa, bitte bestellen.\nWann kommt das?"
    ).replace("--\n", "-- \n")


@pytest.mark.parametrize("text", [f"{REPLY}\n\n{head}\n\n{MARKED}\n\nNachtrag" for head in ATTRIBUTIONS[:40]])
def test_what_new_text_drops_stands_in_a_zone_of_the_full_text(text):
    found = zones(text)
    assert "".join(text[zone.start : zone.end] for zone in found) == text
    assert "Nachtrag" in new_text(text)


@pytest.mark.parametrize("rule", ["---", "____", "* * *", "=====", "\u1427"])
def test_a_rule_that_nothing_stands_below_is_no_word(rule):
    assert new_text(f"{REPLY}\n\n{rule}\n") == REPLY
    assert new_text(f"{REPLY}\n\n{rule}\n\n> Hallo\n") == REPLY

"""Whatever people put between quotes, headings and signatures: no word of theirs is lost, all stands in the text."""

from hypothesis import given, settings
from hypothesis import strategies as st

from helpdesk.mail.inspection import inspect
from helpdesk.mail.quotes import new_text, zones
from tests.mail.forms import lines

SENTENCES = st.lists(
    st.sampled_from(
        "Der Drucker druckt nicht.|Was kostet das?|Bitte um Rückruf am 3.2. um 14:05 Uhr.|Le prix est de 50.- CHF.|"
        "Tack, det fungerar nu!|On Monday we were closed.|Von Bern nach Zug: 2 Stunden.|Siehe Punkt 3: gesendet, nicht angekommen.|"
        "Fehler 550 steht im Log.|1. Export\n2. Import|- eins\n- zwei|(siehe oben)|OK|Ja, einverstanden.".split(
            "|"
        )
    ),
    min_size=1,
    max_size=4,
).map("\n".join)
#: Headings that may stand above a quote without marks.
UNMARKED = [head for head in lines("attributions") if not head.endswith("\n>")]
MARKED = st.sampled_from(["> Hallo\n> Gruss", ">> alt\n> neu", "> eine Zeile"])
HEADED = st.tuples(
    st.sampled_from([head for head in lines("attributions") if "\n" not in head and head.endswith(":")]),
    MARKED,
).map(lambda pair: f"{pair[0]}\n{pair[1]}")
LETTERS = st.lists(st.one_of(SENTENCES.map(lambda text: ("own", text)), st.one_of(MARKED, HEADED).map(lambda text: ("other", text))),
                   min_size=1, max_size=7)  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(LETTERS)
def test_every_word_between_marked_quotes_is_kept(letter):
    text = "\n\n".join(part for _, part in letter)
    found = new_text(text)
    for who, part in letter:
        if who == "own":
            assert all(line in found for line in part.split("\n"))


@settings(max_examples=200, deadline=None)
@given(LETTERS, st.sampled_from(lines("attributions")), SENTENCES)
def test_what_new_text_drops_stands_in_the_text_and_in_a_zone(letter, head, quoted):
    text = "\n\n".join([part for _, part in letter] + [head, quoted])
    raw = f"From: v@k.example\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n{text}".encode()
    seen = inspect(raw)["text"]
    assert "".join(seen.split()) == "".join(text.split())
    assert "".join(text[zone.start : zone.end] for zone in zones(text)) == text


@settings(max_examples=200, deadline=None)
@given(SENTENCES, st.sampled_from(lines("phone_lines")), st.sampled_from(UNMARKED), SENTENCES)
def test_the_words_above_a_phone_and_a_heading_are_all_that_is_new(own, phone, head, quoted):
    assert new_text(f"{own}\n\n{phone}\n\n{head}\n\n{quoted}\n") == own

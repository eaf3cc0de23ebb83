"""A reply is a yes only when it is nothing else; money hangs on it, so no trap may ever pass."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helpdesk.core.money import Money, chf
from helpdesk.mail.consent import MAX_LETTERS, Reading, read_reply
from helpdesk.mail.consent_words import ANSWERED_LANGUAGES, everywhere, vocabulary
from helpdesk.mail.quotes import new_text
from tests.mail.consent_adversarial import CLEAR, TRAPS
from tests.mail.consent_replies import (
    ACCEPTING,
    ALSO_ACCEPTING,
    ALSO_NOT_ACCEPTING,
    DECLINING,
    NEITHER,
    NOT_ACCEPTING,
)

YES = [
    (language, text)
    for part in (ACCEPTING, ALSO_ACCEPTING, CLEAR)
    for language, texts in part.items()
    for text in texts
]
OTHER = [(kind, text) for kind, texts in NOT_ACCEPTING.items() for text in texts]
OTHER += [(kind, text) for kind, texts in TRAPS.items() for text in texts]
OTHER += [("harder", text) for text in ALSO_NOT_ACCEPTING]


def read(text: str) -> Reading:
    return read_reply(
        text,
        offered=(chf(200), chf("216.20")),
        references=("1042", "1042-1"),
        names=("Sara Keller", "Anna Muster"),
    )


def test_there_are_enough_replies_to_learn_from() -> None:
    assert len(YES) >= 60
    assert len(OTHER) >= 120
    assert all(len(texts) >= 20 for texts in ACCEPTING.values())


@pytest.mark.parametrize(("language", "text"), YES)
def test_a_clear_yes_is_understood(language: str, text: str) -> None:
    assert read(text).verdict == "yes"


@pytest.mark.parametrize(("kind", "text"), OTHER)
def test_nothing_else_is_ever_a_yes(kind: str, text: str) -> None:
    assert read(text).verdict != "yes"


@pytest.mark.parametrize("text", DECLINING)
def test_a_clear_no_is_understood(text: str) -> None:
    reading = read(text)
    assert reading.verdict == "no"
    assert reading.words in text


@pytest.mark.parametrize("text", NEITHER)
def test_a_no_to_something_else_is_left_to_a_person(text: str) -> None:
    assert read(text).verdict == "unclear"


def test_the_words_relied_on_are_kept_as_they_were_written() -> None:
    reading = read("Guten Tag Frau Keller\n\nJa, wir AKZEPTIEREN den Zuschlag.\n\nFreundliche Grüsse\nAnna")
    assert reading == Reading("yes", "yes", "Ja, wir AKZEPTIEREN den Zuschlag", "de")


def test_the_language_of_the_yes_is_told() -> None:
    told = {language: read(texts[-1]).language for language, texts in ACCEPTING.items()}
    assert told == {language: language for language in ACCEPTING}


def test_an_amount_counts_only_if_it_was_offered() -> None:
    text = "Ja, einverstanden mit CHF 200."
    assert read(text).verdict == "yes"
    assert read_reply(text).verdict == "unclear"
    assert read_reply(text, offered=[chf(90)]).verdict == "unclear"
    assert read_reply(text, offered=[Money(20000, "EUR")]).verdict == "unclear"
    assert read_reply("Einverstanden mit 90.-", offered=[chf(90)]).verdict == "yes"


def test_the_name_of_a_quote_counts_only_if_it_is_the_one_that_was_sent() -> None:
    def reading(text: str) -> str:
        names = ("Q-2027-0042 v2", "Q-2027-0042", "1042")
        return read_reply(text, offered=[chf(200)], references=names).verdict

    for said in ("Q-2027-0042 v2", "q-2027-0042 V2", "Q-2027-0042v2", "Q-2027-0042"):
        assert reading(f"Wir akzeptieren die Offerte {said}.") == "yes", said
    for said in ("Q-2027-0042 v1", "Q-2027-0043", "Q-2026-0042 v2", "Q-2027-0042 v22"):
        assert reading(f"Wir akzeptieren die Offerte {said}.") == "unclear", said


def test_a_foreign_number_is_doubted_and_our_own_is_not() -> None:
    assert read("Ja, bitte, Ticket 1042.").verdict == "yes"
    assert read("Ja, bitte, Ticket 1043.").verdict == "unclear"


def test_a_quoted_yes_under_a_new_question_is_cut_before_and_does_not_count() -> None:
    mail = "Wie lange dauert es?\n\nAm 25.11.2026 um 10:00 schrieb Support <support@helpdesk.example>:\n> Antworten Sie: Ja\n"
    assert read(new_text(mail)).verdict == "unclear"
    above = "Ja, bitte.\n\nAm 25.11.2026 um 10:00 schrieb Support <support@helpdesk.example>:\n> Was meinen Sie? Nein?\n"
    assert read(new_text(above)).verdict == "yes"


def test_accents_and_umlauts_may_be_missing() -> None:
    for text in ("Jag godkanner tillagget", "Nous confirmons notre accord, merci d'avance", "Ok fuer uns"):
        assert read(text).verdict == "yes"


@pytest.mark.parametrize(
    "text",
    ["Ja", "Ja, bitte", "Einverstanden", "Oui merci", "D'accord", "Ja tack", "Jag godkänner", "I accept"],
)
def test_one_word_of_doubt_in_the_answer_is_enough(text: str) -> None:
    doubts = sorted(everywhere("doubts") | everywhere("conditions"))
    believed = [d for d in doubts for t in (f"{d} {text}", f"{text} {d}") if read(t).verdict == "yes"]
    assert believed == []


@pytest.mark.parametrize("language", ANSWERED_LANGUAGES)
def test_no_word_is_both_a_doubt_and_harmless(language: str) -> None:
    words = vocabulary(language)
    assert not (everywhere("doubts") | everywhere("conditions")) & (words.neutral | words.objects | words.gap)


@settings(deadline=None)
@given(st.sampled_from(YES), st.text(alphabet="xqz", min_size=7, max_size=14))
def test_one_unknown_word_is_enough(accepting: tuple[str, str], word: str) -> None:
    assert read(f"{word} {accepting[1]}").verdict != "yes"


@settings(deadline=None)
@given(st.text(max_size=200))
def test_no_text_breaks_the_reading(text: str) -> None:
    assert read(text).verdict in ("yes", "no", "unclear")


def test_a_long_text_says_more_than_yes() -> None:
    assert read("Ja, bitte. " * 200).why == "long"


@pytest.mark.parametrize(
    "piece", ["ja ", "ja, ", "Anna ", "1 ", "1'", "zwei ", "- ", "Gruss ", "sie können ", "\n", "."]
)
def test_reading_is_quick_whatever_comes(piece: str) -> None:
    started = time.perf_counter()
    read(piece * (MAX_LETTERS // len(piece)))
    read(piece * 400_000)
    assert time.perf_counter() - started < 8

"""Subjects: which prefixes are answers, which pass a mail on, and when a topic is really another one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpdesk.mail.subjects import is_another_topic, is_forward, topic


@pytest.mark.parametrize(
    "subject",
    [
        "Re: Rechnung 4711", "RE: Rechnung 4711", "AW: Rechnung 4711", "Aw: AW: Re: Rechnung 4711",
        "Sv: Rechnung 4711", "SV: SV: Rechnung 4711", "Ré: Rechnung 4711", "RÉ : Rechnung 4711",
        "Re\u0301: Rechnung 4711", "Réf. : Rechnung 4711", "Antw: Rechnung 4711", "Antwort: Rechnung 4711",
        "Re[2]: Rechnung 4711", "AW(3): Rechnung 4711", "RE^2: Rechnung 4711", "Re: [#1042] Rechnung 4711",
        "[#1042] Re: Rechnung 4711", "AW: [EXTERN] Re: Rechnung 4711", "回复：Rechnung 4711",
        "WG: Rechnung 4711", "Fwd: Rechnung 4711", "Fw: Re: Rechnung 4711", "TR : Rechnung 4711",
        "VS: Rechnung 4711", "Vb: Rechnung 4711", "VL: Rechnung 4711", "I: Rechnung 4711",
        "Rechnung 4711",
    ],
)  # fmt: skip
def test_whatever_stands_before_it_the_topic_is_the_same(subject: str) -> None:
    assert topic(subject) == "Rechnung 4711"


@pytest.mark.parametrize(
    "subject",
    ["WG: x", "Wg: x", "TR: x", "TR : x", "VS: x", "Fwd: x", "FW: x", "Vb: x", "VL: x", "I: x",
     "[#1042] WG: x", "Fwd: Re: x", "WG[2]: x"],
)  # fmt: skip
def test_these_pass_a_mail_on(subject: str) -> None:
    assert is_forward(subject)


@pytest.mark.parametrize(
    "subject",
    ["Re: x", "AW: WG: x", "SV: x", "Ré: x", "Antw: x", "Trouble: x", "Igen: x", "In: x", "x", "", "TR 4711",
     "Vbox: startet nicht"],
)  # fmt: skip
def test_these_do_not(subject: str) -> None:
    assert not is_forward(subject)


@pytest.mark.parametrize(
    "subject", ["Rückfrage: Lohn", "Information: Update", "Tresor: Code", "Viktig: faktura"]
)
def test_a_word_with_a_colon_is_no_prefix(subject: str) -> None:
    assert topic(subject) == subject


KNOWN = ["Export der Belege bricht ab", "[#1042] Export der Belege bricht ab"]


@pytest.mark.parametrize(
    "subject",
    ["AW: Export der Belege bricht ab", "Re: [#1042] Export der Belege", "AW: Belege exportieren bricht ab",
     "Export der Belege bricht ab - jetzt DRINGEND", "Re:", "", "AW: Export"],
)  # fmt: skip
def test_small_changes_are_the_same_topic(subject: str) -> None:
    assert not is_another_topic(subject, KNOWN)


@pytest.mark.parametrize(
    "subject", ["Neue Benutzerin anlegen", "AW: Schulung im Januar", "Rechnung 4711", "Fråga om löner"]
)
def test_other_words_are_another_topic(subject: str) -> None:
    assert is_another_topic(subject, KNOWN)


def test_where_nothing_is_known_nothing_differs() -> None:
    assert not is_another_topic("Lohn", [])
    assert not is_another_topic("Lohn", ["", "Re:"])


@given(st.text(max_size=600), st.text(max_size=600))
def test_any_text_is_read_and_a_topic_has_no_prefix_left(subject: str, other: str) -> None:
    assert topic(topic(subject)) == topic(subject)
    assert not is_another_topic(subject, [subject])
    is_forward(subject)
    is_another_topic(subject, [other])

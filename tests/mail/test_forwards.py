"""The customer behind a forwarded mail is found in every program's form."""

import pytest

from helpdesk.mail.forwards import forwarded_from


@pytest.mark.parametrize(
    "head",
    [
        "---------- Forwarded message ---------\nFrom: Kim <kim@k.example>\nDate: Mon, 3 Feb 2025\nSubject: Hi",
        "---------- Forwarded message ---------\nDe : Kim <kim@k.example>\nDate: lun. 3 févr. 2025\nSubject: Hi",
        "-------- Weitergeleitete Nachricht --------\nBetreff: \tHi\nVon: \tKim <kim@k.example>\nAn: \tv@k.example",
        "> Anfang der weitergeleiteten Nachricht:\n>\n> Von: Kim <kim@k.example>\n> Betreff: Hi",
        "Vidarebefordrat brev:\n\nFrån: kim@k.example\nÄmne: Hi",
        "----- Message transmis ----- De : Kim <kim@k.example>À : v <v@k.example>Cc : Nora <n@k.example>Objet : Hi",
        "----- Vidarebefordrat meddelande ----- Från: Kim <kim@k.example>Till: v <v@k.example>Skickat: måndag",
    ],
)
def test_the_first_sender_is_named_without_a_telling_subject(head):
    assert forwarded_from(f"FYI\n\n{head}\n\nDer Drucker druckt nicht.", "Hi") == "kim@k.example"


@pytest.mark.parametrize("subject", ["WG: Hi", "Fwd: Hi", "TR : Hi", "VB: Hi"])
def test_a_header_block_counts_as_forward_when_the_subject_says_so(subject):
    block = "Von: Kim <kim@k.example>\nGesendet: Montag, 3. Februar 2025 14:05\nAn: Vera\nBetreff: Hi\n\nText"
    assert forwarded_from(block, subject) == "kim@k.example"
    assert forwarded_from(block, "AW: Hi") == ""


def test_an_ordinary_mail_forwards_nothing():
    assert forwarded_from("Von: Zürich\nNach: Bern\nfrom: prose", "Fahrplan") == ""
    assert forwarded_from("", "") == ""

"""A plain text that only says that the mail is HTML is not what its sender wrote."""

import pytest

from helpdesk.mail.parse import parse

LETTER = (
    "<p>Guten Tag, der Export in Ihrem Programm bricht seit gestern mit Fehler 17 ab, und wir brauchen die Liste bis "
    "heute Abend. Können Sie uns bitte anrufen? Vielen Dank und freundliche Grüsse, Vera Muster, Zürich.</p>"
)


def text(plain, html):
    head = "From: a@b.example\nContent-Type: multipart/alternative; boundary=b\n\n"
    parts = f"--b\nContent-Type: text/plain; charset=utf-8\n\n{plain}\n--b\nContent-Type: text/html; charset=utf-8\n\n{html}\n--b--\n"
    return parse((head + parts).encode()).text


@pytest.mark.parametrize(
    "note",
    ["This message is in HTML format.", "Your mail client does not support HTML.", "Diese E-Mail ist im HTML-Format.",
     "Ihr E-Mail-Programm kann keine HTML-Mails anzeigen.", "Ce message est au format HTML.", "Din e-postklient stöder inte HTML.",
     "To view this message, use an HTML compatible email viewer!", "View this email in your browser: https://x.example"],
)  # fmt: skip
def test_the_letter_is_read_and_not_the_note_about_it(note):
    assert text(note, LETTER).startswith("Guten Tag, der Export")


@pytest.mark.parametrize("words", ["Wie exportiere ich nach HTML?", "Der Export im HTML-Format geht nicht."])
def test_words_about_html_are_no_note(words):
    assert text(words, f"<p>{words}</p>") == words

"""Mails say in which language they want to be answered."""

import time

import pytest

from helpdesk.core.languages import LANGUAGES, detect

MAILS = {
    "de": "Grüezi, beim Speichern der Offerte verschwindet unser Logo. Woran kann das liegen?",
    "fr": "Bonjour, notre logo disparaît quand j'enregistre l'offre. D'où cela peut-il venir ?",
    "sv": "Hejsan, loggan försvinner när jag sparar offerten. Vad kan det bero på?",
    "en": "Hello, our logo disappears when I save the quotation. What could be the reason?",
}
SHORT = {
    "de": "Wie lösche ich einen Lieferanten?",
    "fr": "comment supprimer un fournisseur",
    "sv": "hur tar man bort en leverantor",
    "en": "how do I delete a supplier",
}
NEIGHBOURS = [
    "Hej, hvordan kan jeg slette en bruger? Vi har ikke fundet knappen endnu.",
    "Hei, hvordan kan jeg slette en bruker? Vi finner ikke knappen noe sted.",
    "Buongiorno, come posso cancellare un utente? Non trovo il pulsante.",
    "Goedemorgen, hoe kan ik een gebruiker verwijderen? Ik vind de knop niet.",
    "Buenos días, ¿cómo puedo borrar un usuario? No encuentro el botón.",
]


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_mail_is_surely_in_its_language(language: str) -> None:
    answer, confidence = detect(MAILS[language])
    assert answer == language
    assert confidence > 0.95


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_short_question_without_accents_is_enough(language: str) -> None:
    assert detect(SHORT[language])[0] == language


@pytest.mark.parametrize("language", LANGUAGES)
def test_capitals_change_nothing(language: str) -> None:
    assert detect(MAILS[language].upper().replace("SS", "ss"))[0] == language


@pytest.mark.parametrize("text", NEIGHBOURS)
def test_a_language_that_is_not_ours_is_never_sure(text: str) -> None:
    assert detect(text)[1] < 0.3


@pytest.mark.parametrize("text", ["", "   \n", "12345 !! --", "4711-22/b"])
def test_without_letters_nothing_is_known(text: str) -> None:
    language, confidence = detect(text)
    assert language in LANGUAGES
    assert confidence < 0.3


def test_empty_text_is_english_without_confidence() -> None:
    assert detect("") == ("en", 0.0)


def test_addresses_do_not_count_as_words() -> None:
    assert detect("https://the-and-with.example/please/how/what wo finde ich das Menü")[0] == "de"


def test_one_word_is_less_sure_than_a_sentence() -> None:
    assert detect("Danke")[1] < detect(MAILS["de"])[1]


@pytest.mark.parametrize("text", [MAILS["de"] * 40, MAILS["sv"] * 20_000, "x" * 1_000_000, "@" * 1_000_000])
def test_the_length_of_the_mail_costs_nothing(text: str) -> None:
    detect("warm")
    start = time.perf_counter()
    for _ in range(20):
        detect(text)
    assert (time.perf_counter() - start) / 20 < 0.03

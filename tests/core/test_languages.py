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


VERY_SHORT = {
    'de': ['Ja.', 'Nein', 'Ja, gerne.', 'Danke!', 'Vielen Dank', 'Besten Dank', 'Merci vielmal, das hilft.', 'Herzlichen Dank für die schnelle Hilfe', 'Bitte um Rückruf', 'Bitte anrufen', 'Geht nicht', 'Drucker geht nicht', 'Rechnung fehlt', 'Lizenz abgelaufen', 'Passwort vergessen', 'Fehlermeldung beim Start', 'Wir können uns nicht anmelden.', 'Wie exportiere ich?', 'Termin ok', 'Einverstanden', 'OK, machen wir so', 'Freundliche Grüsse', 'Mit freundlichen Grüßen', 'Grüezi, ich bruche Hilf mit em Programm', 'Chönd Sie mir hälfe?', 'Hoi zäme, s Programm gaht nümm', 'Salü, chasch mer zrügglüte?', 'Guten Morgen', 'Hallo zusammen', 'Siehe Anhang', 'Anbei die Datei', 'Erledigt', 'Alles klar', 'Super, danke', 'MWST falsch', 'Kontoauszug fehlt', 'Abo kündigen', 'Update installieren', 'Bestellung 4711', 'Server down, bitte helfen', 'Backup fehlgeschlagen', 'Hallo, unser Export to Excel failed seit heute, bitte um Hilfe.', 'Gravierend?\n\nMit freundlichen Grüßen\n\nFranz Schäfer\nManager Information Systems\n\nExample Stoff GmbH\nGeschäftsführung/Management Board: Jan Bauer (Vorsitzender/Chairman)\nRegistergericht / Commercial Register of the Local Court: HRB 0000'],
    'fr': ['Oui.', 'Non merci', 'Merci', 'Merci beaucoup', "Merci d'avance", 'Bonjour', 'Bonsoir', "D'accord", 'Ça marche', 'Cordialement', 'Meilleures salutations', 'Facture manquante', 'Mot de passe oublié', 'Impression impossible', 'Ça ne fonctionne pas', 'Veuillez me rappeler', 'Voir annexe', 'Ci-joint le fichier', 'Comment exporter ?', 'Erreur au démarrage', "Problème d'impression", 'Le logiciel plante', "Je n'arrive plus à me connecter", 'Rappelez-moi svp', 'OK pour mardi', "Résilier l'abonnement", 'TVA fausse', 'Mise à jour impossible', 'Urgent, merci'],
    'sv': ['Nej', 'Tack', 'Tack så mycket', 'Tack för hjälpen', 'Hej', 'Hejsan', 'God morgon', 'Okej', 'Det fungerar inte', 'Skrivaren fungerar inte', 'Faktura saknas', 'Glömt lösenord', 'Licensen har gått ut', 'Kan ni ringa mig?', 'Ring mig', 'Se bilaga', 'Bifogar filen', 'Hur exporterar jag?', 'Felmeddelande vid start', 'Vi kan inte logga in', 'Med vänlig hälsning', 'Vänliga hälsningar', 'Mvh Vera', 'Moms fel', 'Säga upp abonnemang', 'Bra, då gör vi så', 'Jag behöver hjälp', 'När kommer uppdateringen?', 'Brådskande'],
    'en': ['Yes.', 'No thanks', 'Thanks', 'Thank you very much', 'Many thanks', 'Hello', 'Good morning', 'OK', 'Agreed', 'It does not work', 'Printer not working', 'Invoice missing', 'Forgot password', 'License expired', 'Please call me', 'See attachment', 'Attached the file', 'How do I export?', 'Error on start', 'We cannot log in', 'Kind regards', 'Best regards', 'Cancel subscription', 'VAT wrong', 'Update failed', 'Urgent, please help', 'Server is down', 'When is the release?', 'Looks good', 'Any news?'],
}  # fmt: skip


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_few_words_are_enough_swiss_ones_too(language: str) -> None:
    assert [text for text in VERY_SHORT[language] if detect(text)[0] != language] == []


FOREIGN = [
    "Tak for hjælpen, det virker ikke endnu. Kan I ringe til mig i morgen?",
    "Hej, printeren virker ikke, og jeg kan ikke logge ind. Hvad skal jeg gøre?",
    "Vi har ikke modtaget fakturaen. Venlig hilsen Vera",
    "Takk for hjelpen, det fungerer ikke ennå. Kan dere ringe meg i morgen?",
    "Hei, skriveren fungerer ikke og jeg får ikke logget inn. Hva skal jeg gjøre?",
    "Vi har ikke mottatt fakturaen. Med vennlig hilsen Vera",
    "Bedankt voor de hulp, het werkt nog niet. Kunt u mij morgen bellen?",
    "Grazie per l'aiuto, non funziona ancora. Potete chiamarmi domani?",
    "Gracias por la ayuda, todavía no funciona. ¿Pueden llamarme mañana?",
]


@pytest.mark.parametrize("text", FOREIGN)
def test_another_language_is_never_surely_one_of_ours(text: str) -> None:
    assert detect(text)[1] < 0.5


def test_what_stands_below_the_closing_words_does_not_count() -> None:
    signature = "\n\nMit freundlichen Grüssen\n\nFranz Muster\nManager Information Systems\nCommercial Register of the Local Court"
    assert detect("Gravierend?" + signature)[0] == "de"

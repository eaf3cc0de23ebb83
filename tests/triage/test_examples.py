"""The twelve published kinds of questions, in four languages and other words, get the published label."""

import pytest

from helpdesk.triage.engine import judge
from helpdesk.triage.facts import Question
from helpdesk.triage.rules import starter_rules

HOTLINE = {
    "de": (
        "Ein Kunde hat nur einen Teil bezahlt, wie erfasse ich das?",
        "Kann man die Wechselkurse automatisch aktualisieren lassen?",
        "Wo lege ich die Zugriffsrechte einer neuen Mitarbeiterin fest?",
        "In welchem Menü finde ich den Befehl für ein neues Geschäftsjahr?",
        "Wo kann ich einen eigenen Import für Adressen einstellen?",
        "Welchen QR-Leser empfehlen Sie?",
    ),
    "fr": (
        "Un client n'a payé qu'une partie, comment saisir ce paiement ?",
        "Peut-on mettre à jour les cours de change automatiquement ?",
        "Où puis-je définir les droits d'accès d'une nouvelle collaboratrice ?",
        "Dans quel menu se trouve la commande pour un nouvel exercice ?",
        "Où se règle l'importation personnalisée des adresses ?",
        "Quel lecteur QR nous conseillez-vous ?",
    ),
    "sv": (
        "En kund har bara betalat en del, hur registrerar jag det?",
        "Går det att uppdatera valutakurserna automatiskt?",
        "Var ställer jag in behörigheter för en nyanställd?",
        "I vilken meny hittar jag kommandot för ett nytt räkenskapsår?",
        "Var ställer man in en egen import av adresser?",
        "Vilken QR-läsare rekommenderar ni?",
    ),
    "en": (
        "A client has paid only half of the amount, how do I enter that?",
        "Can exchange rates be updated automatically?",
        "Where do I set the permissions of a new colleague?",
        "In which menu do I find the command for a new fiscal year?",
        "Where do I set up my own import of addresses?",
        "Which QR scanner would you recommend?",
    ),
}
SUPPORT = {
    "de": (
        "Wie führe ich die Debitorenbuchhaltung?",
        "Auf meinem Eurokonto steht ein Saldo, den ich nicht verstehe.",
        "Anbei die Liste unserer Mitarbeitenden mit den gewünschten Rechten, bitte erklären Sie mir das Vorgehen.",
        "Ich muss den Jahresabschluss machen und weiss nicht, wie das geht.",
        "Beim Importieren der angehängten Datei kommt eine Fehlermeldung.",
        "Unsere Kunden können die QR-Rechnung nicht einlesen.",
    ),
    "fr": (
        "Comment gérer toute la comptabilité des débiteurs ?",
        "Sur mon compte en euros figure un solde que je ne comprends pas.",
        "Voici la liste de nos employés avec les droits voulus, merci de m'expliquer comment procéder.",
        "Je dois boucler l'exercice et je ne sais pas comment faire.",
        "Un message d'erreur apparaît quand j'importe le fichier ci-joint.",
        "Nos clients n'arrivent pas à scanner la facture QR.",
    ),
    "sv": (
        "Hur sköter man hela kundreskontran?",
        "På mitt eurokonto finns ett saldo som jag inte förstår.",
        "Här är en lista över våra anställda med önskade behörigheter, förklara gärna hur jag ska göra.",
        "Jag måste göra bokslut och vet inte hur man gör.",
        "Jag får ett felmeddelande när jag importerar den bifogade filen.",
        "Våra kunder kan inte skanna QR-fakturan.",
    ),
    "en": (
        "How does one manage the receivables ledger?",
        "There is a balance on my euro account which I do not understand.",
        "Attached is a list of our staff with the rights we want, please explain how to set this up.",
        "I must do the year-end closing and have no idea how to do it.",
        "An error message appears when I import the attached file.",
        "Our clients are unable to scan the QR invoice.",
    ),
}
CASES = [
    pytest.param(language, text, label, id=f"{label}-{language}-{number}")
    for label, texts in (("hotline", HOTLINE), ("support", SUPPORT))
    for language, questions in texts.items()
    for number, text in enumerate(questions, 1)
]


@pytest.mark.parametrize(("language", "text", "label"), CASES)
def test_a_published_kind_of_question_has_the_published_label(language, text, label):
    verdict = judge(Question("", text), starter_rules())

    assert verdict.label == label

"""A customer who denies is heard; one who thanks, or speaks of the case, is not misread."""

import pytest

from helpdesk.mail.objection import objects

DENYING = [
    "Falsch",
    "Das ist falsch!",
    "Das stimmt nicht, wir haben nichts bestellt.",
    "Guten Tag\n\nDas war ein Versehen, bitte stornieren.\n\nFreundliche Grüsse\nAnna Muster",
    "Nein!",
    "Ich habe das nicht akzeptiert. Wer ist Peter Beispiel?",
    "Irrtum",
    "Diese Zusage kommt nicht von uns.",
    "Erreur",
    "C'est une erreur, nous n'avons rien accepté.",
    "Bonjour,\nNous n'avons jamais accepté cette offre.\nCordialement\nMarie Exemple",
    "Faux, merci d'annuler",
    "Fel",
    "Det stämmer inte, vi har inte godkänt något.",
    "Hej,\ndet här är ett misstag.\nMvh Erik",
    "Detta är inte från oss",
    "Wrong",
    "This is wrong, we never ordered this.",
    "That was a mistake, please cancel.",
    "No",
    "STOP",
]
NOT_DENYING = [
    "",
    "Danke!",
    "Vielen Dank, alles klar.",
    "Perfekt, danke für die schnelle Hilfe.",
    "Im Anhang die Fehlermeldung, wie besprochen. Der Fehler tritt beim Lohnlauf auf, seit dem letzten Update.",
    "Merci beaucoup.",
    "Voici le fichier. L'erreur apparaît toujours lors de la clôture, depuis la mise à jour de lundi matin.",
    "Tack!",
    "Här kommer filen. Felet uppstår varje gång vi skriver ut fakturor sedan uppdateringen i måndags.",
    "Thanks, perfect.",
    "Here is the log. The error occurs each time we print an invoice since the update on Monday.",
    "Wann beginnen Sie?",
]


@pytest.mark.parametrize("text", DENYING)
def test_who_denies_is_heard(text: str) -> None:
    assert objects(text)


@pytest.mark.parametrize("text", NOT_DENYING)
def test_who_does_not_deny_is_not_misread(text: str) -> None:
    assert not objects(text)

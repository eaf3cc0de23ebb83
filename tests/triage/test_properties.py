"""What never changes a verdict, what is never urgent, and what a verdict always keeps."""

import json
import time
import unicodedata

import pytest

from helpdesk.triage.engine import failing_examples, judge
from helpdesk.triage.facts import CustomerFacts, Question
from helpdesk.triage.rules import check_ruleset, starter_rules
from helpdesk.triage.verdict import Verdict
from tests.triage.test_examples import HOTLINE, SUPPORT

AROUND = {
    "de": (
        "Guten Tag\n\n{}",
        "{}\n\nFreundliche Grüsse\nAnna Muster",
        "{}\n\n--\nMuster AG\nNotfallnummer 044 000 00 00",
        "{}\n\nAm 3. März 2026 schrieb Max Muster:\n> Das ist dringend, ein Fehler!",
    ),
    "fr": (
        "Bonjour,\n\n{}",
        "{}\n\nMeilleures salutations\nAnne Exemple",
        "{}\n\n--\nExemple SA\nUrgences 24h 022 000 00 00",
        "{}\n\nLe 3 mars 2026, Max Exemple a écrit :\n> C'est urgent, une erreur !",
    ),
    "sv": (
        "Hej!\n\n{}",
        "{}\n\nMed vänliga hälsningar\nAnna Exempel",
        "{}\n\n--\nExempel AB\nJourtelefon dygnet runt 08-000 00 00",
        "{}\n\nDen 3 mars 2026 skrev Max Exempel:\n> Det är akut, ett fel!",
    ),
    "en": (
        "Hello,\n\n{}",
        "{}\n\nKind regards\nAnn Example",
        "{}\n\n--\nExample Ltd\nEmergency line 24h 020 000 00 00",
        "{}\n\nOn 3 March 2026, Max Example wrote:\n> This is urgent, an error!",
    ),
}
FOREIGN = (
    "Diese E-Mail ist vertraulich. Haben Sie sie irrtümlich erhalten, löschen Sie sie bitte sofort.",
    "Ce courriel est confidentiel. En cas d'erreur, détruisez-le immédiatement.",
    "Detta mejl är konfidentiellt. Har du fått det av misstag, radera det omedelbart.",
    "This email is confidential. If you are not the intended recipient, delete it immediately.",
    "Gesendet von meinem iPhone",
    "Pensez à l'environnement avant d'imprimer ce courriel.",
    "Vi söker akut fler medarbetare! Se lediga tjänster på hemsidan.",
)
TEXTS = [(lang, text) for part in (HOTLINE, SUPPORT) for lang, texts in part.items() for text in texts]
NOT_URGENT = (
    "Où se trouve la liste des clients ?\n\n--\nUrgences 24h 022 000 00 00",
    "Wo finde ich die Kundenliste?\n\n--\nNotfallnummer 044 000 00 00",
    "How do I connect ErrorTracker to the calendar?",
    "Es ist nicht dringend: Wo finde ich die Kundenliste?",
    "No hurry, where do I find the list of customers?",
    "Rien ne presse, où se trouve la liste des clients ?",
    "Ingen brådska, var hittar jag kundlistan?",
)


def verdict_on(text, **more):
    return judge(Question("", text, **more), starter_rules())


@pytest.mark.parametrize(("language", "text"), TEXTS)
def test_what_stands_around_a_request_changes_nothing(language, text):
    bare = verdict_on(text)

    for frame in AROUND[language]:
        framed = verdict_on(frame.format(text))
        assert (framed.label, framed.urgent, framed.kind) == (bare.label, bare.urgent, bare.kind), frame


@pytest.mark.parametrize("foreign", FOREIGN)
@pytest.mark.parametrize(("language", "text"), TEXTS)
def test_a_footer_in_another_language_changes_nothing(language, text, foreign):
    bare, framed = verdict_on(text), verdict_on(f"{text}\n\n{foreign}")

    assert (framed.label, framed.urgent, framed.kind) == (bare.label, bare.urgent, bare.kind)


@pytest.mark.parametrize(("language", "text"), TEXTS)
def test_capitals_change_no_label(language, text):
    assert verdict_on(text.upper()).label == verdict_on(text).label


@pytest.mark.parametrize(("language", "text"), TEXTS)
def test_missing_accents_change_no_label(language, text):
    bare = "".join(c for c in unicodedata.normalize("NFD", text) if not unicodedata.combining(c))

    assert verdict_on(bare).label == verdict_on(text).label


@pytest.mark.parametrize(("language", "text"), TEXTS)
def test_the_same_question_has_the_same_verdict_and_survives_storage(language, text):
    verdict = verdict_on(text)

    assert verdict_on(text) == verdict
    assert Verdict.from_data(json.loads(json.dumps(verdict.as_data()))) == verdict


@pytest.mark.parametrize("text", NOT_URGENT)
def test_urgent_words_that_ask_for_nothing_are_not_urgent(text):
    assert not verdict_on(text).urgent


def test_a_huge_mail_is_judged_in_time():
    began = time.perf_counter()
    verdict_on("Where is the error in this line? " * 32_000)

    assert time.perf_counter() - began < 2


def test_without_a_subscription_a_free_question_costs():
    customer = CustomerFacts(subscription_active=False)
    verdict = verdict_on("Which QR scanner would you recommend?", customer=customer)

    assert (verdict.label, verdict.billable, verdict.entitled) == ("hotline", True, False)


def test_a_machine_is_never_charged():
    customer = CustomerFacts(subscription_active=False)

    assert verdict_on("Wir melden uns.", automatic=True, customer=customer).billable is False


def test_the_starter_rules_are_sound():
    assert check_ruleset(starter_rules()) == []
    assert failing_examples(starter_rules()) == []

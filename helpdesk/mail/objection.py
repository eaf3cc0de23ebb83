"""Whether a reply to our confirmation says that nobody agreed ("wrong", "falsch", "erreur", "fel"). [pure]

Lenient on purpose: an objection only freezes what was accepted until a person has decided. Phrases that deny
the act count wherever they stand; a single word counts in a short text only, for it may speak of the case.
"""

import re

from helpdesk.mail.consent_envelope import without_envelope
from helpdesk.mail.consent_tokens import COMMA, plain, plain_words, sentences

_SHORT = 10
_READ = 2000

_DENIALS = """
das ist falsch|das stimmt nicht|stimmt so nicht|das ist nicht richtig|nicht akzeptiert|nicht zugestimmt
nicht angenommen|nicht bestellt|nicht genehmigt|nie zugestimmt|nie akzeptiert|nie bestellt|nichts bestellt
nicht von uns|nicht von mir|ein irrtum|ein versehen|aus versehen|irrtümlich|wir widerrufen|ich widerrufe
nicht einverstanden|bitte stornieren|bitte annullieren|wir stornieren|nicht autorisiert|nichts akzeptiert
c'est une erreur|c'est faux|par erreur|pas accepté|pas commandé|pas approuvé|pas autorisé|jamais accepté
jamais commandé|rien accepté|rien commandé|n'est pas correct|n'est pas juste|pas d'accord|pas de nous
pas de ma part|merci d'annuler|veuillez annuler|nous annulons
det är fel|det stämmer inte|stämmer ej|inte godkänt|inte accepterat|inte beställt|aldrig godkänt
aldrig accepterat|aldrig beställt|av misstag|ett misstag|inte från oss|inte från mig|inte överens
vänligen avbryt|vi avbryter|vi ångrar|jag ångrar|inte riktigt
this is wrong|that is wrong|that's wrong|not right|not correct|did not accept|didn't accept|did not approve
didn't approve|did not order|didn't order|never accepted|never approved|never ordered|by mistake|a mistake
not authorised|not authorized|not from us|not from me|not agreed
do not agree|don't agree|please cancel|we cancel
"""
_WORDS = frozenset(
    plain(word)
    for word in """
    falsch irrtum fehler widerruf stornieren storno nein erreur faux incorrect annuler non fel felaktigt
    misstag nej ångra avbryt wrong error mistake incorrect no cancel stop stopp
    """.split()
)
_PHRASES = tuple(
    re.compile(rf"(?<!\w){re.escape(' '.join(plain_words(phrase)))}(?!\w)")
    for line in _DENIALS.strip().splitlines()
    for phrase in line.split("|")
)


def objects(new_text: str) -> bool:
    """Whether the sender's new text denies the acceptance that our mail confirmed; never raises."""
    found = sentences(new_text[:_READ])
    body = without_envelope(found, frozenset())
    words = [
        token.plain
        for sentence in (found if body is None else body)
        for token in sentence.tokens
        if token.plain != COMMA
    ]
    text = " ".join(words)
    if any(phrase.search(text) for phrase in _PHRASES):
        return True
    return len(words) <= _SHORT and not _WORDS.isdisjoint(words)

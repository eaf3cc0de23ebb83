"""Absence notices that carry no mark of a machine: known by what only such notices say, in four languages.

People also write that they are away. A notice opens with the absence, says what becomes of the mail or who
answers instead, and asks nothing.
"""

import re

#: Characters of the new text that are read; a notice is short.
TEXT_CAP = 1_200
#: The absence stands at the beginning.
OPENING = 260

#: A cheap look before the costly one.
_TOPIC = re.compile(
    r"abwes|ferien|urlaub|erreichbar|nicht im|nicht am|anwesend|verfügbar|haus|reise|geschlossen|schutz|"
    r"elternzeit|"
    r"besetzt|dauert|office|leave|vacation|holiday|away|unavailab|travel|pto|absent|congé|vacance|bureau|"
    r"déplacement|"
    r"disponible|arrêt|ledig|semester|bortrest|frånvar|kontor|plats|tjänste|anträff",
)
_ABSENT = re.compile(
    r"(?:\bich (?:bin|befinde mich|werde)|\bwir sind|^bin|"
    r"\bam \d[^\n]{0,30} bin ich)\b[^\n?]{0,90}\b(?:abwesend|nicht (?:im (?:büro|haus|geschäft|dienst)|"
    r"am (?:arbeits)?platz|erreichbar|anwesend|verfügbar)|au(?:ss|ß)er haus|im urlaub|in (?:den |"
    r"meinen )?ferien|"
    r"ferienabwesend|auf (?:geschäfts|dienst)reise|in elternzeit|im mutterschafts\w+)|"
    r"\bunser (?:büro|geschäft|betrieb)\b[^\n?]{0,60}\bgeschlossen|\bmein(?:e)? (?:büro|"
    r"abwesenheit)\b[^\n?]{0,40}\b(?:nicht besetzt|dauert)|"
    r"\b(?:i am|i’m|i'm|i will be|i'll be|i’ll be|we are|we will be)\b[^\n?]{0,70}\b(?:out of (?:the |"
    r"my )?office|"
    r"on (?:annual |parental |maternity |paternity |sick )?(?:leave|vacation|holidays?|pto)|"
    r"away from (?:the office|my desk)|away (?:until|from|on|till)|"
    r"not in the office|unavailable|travell?ing)|\bour offices? (?:is|are|will be) closed|"
    r"\b(?:je suis|je serai|nous sommes|étant)\b[^\n?]{0,70}\b(?:absente?s?|en congés?|en vacances|"
    r"hors du bureau|en déplacement|"
    r"indisponible|en arrêt)|\bactuellement en (?:congés?|vacances|déplacement)|"
    r"\b(?:nos bureaux sont|notre bureau est|le bureau est) fermés?|"
    r"\b(?:jag är|jag har|jag kommer att vara|vi är)\b[^\n?]{0,70}\b(?:ledig|semester|bortrest|frånvarande|"
    r"inte på (?:kontoret|plats)|föräldraledig|tjänsteresa|inte anträffbar)|\bkontoret är stängt|"
    r"\bhar (?:jag )?semester\b|\bich habe (?:bis|vom|ab|derzeit|zur ?zeit|"
    r"aktuell)\b[^\n?]{0,40}\b(?:urlaub|ferien)\b",
    re.I,
)
_SELF = re.compile(
    r"automatisch (?:generiert|erstellt|erzeugt|versandt|versendet)\w*|automatische (?:antwort|"
    r"abwesenheit\w*)|abwesenheits(?:notiz|meldung|nachricht)\b|"
    r"automatic(?:ally)? (?:generated|reply|response|sent)|\bauto-?reply\b|automated (?:reply|response|"
    r"message)|"
    r"réponse automatique|message automatique|(?:généré|envoyé) automatiquement|automatiskt svar|"
    r"\bautosvar\b|"
    r"automatisk(?:t)? (?:genererat|frånvaromeddelande)|automatically respond",
    re.I,
)
_INSTEAD = re.compile(
    r"in dringenden (?:fällen|angelegenheiten|notfällen)|bei dringenden|in dringlichen|"
    r"(?:mail|nachricht|anfrage)s? (?:wird|werden)\b[^\n?]{0,40}\b(?:nicht|weitergeleitet|gelesen|"
    r"bearbeitet|beantwortet)|"
    r"(?:nach|bei) meiner rückkehr|wieder (?:erreichbar|für sie da|im (?:büro|haus)|zurück|anwesend)|"
    r"keine[nm]? (?:\w+ )?zugriff auf|"
    r"meine (?:stell)?vertretung|während meiner abwesenheit|wenden sie sich (?:bitte )?an|"
    r"kontaktieren sie (?:bitte )?|"
    r"(?:for|in) (?:any )?urgent|if (?:it|your|this)\b[^\n?]{0,30}\burgent|limited access to|no access to|"
    r"(?:reply|respond|get back to you|answer)\b[^\n?]{0,60}\b(?:return|am back|i'm back)|(?:upon|on|"
    r"after) my return|(?:in|during) my absence|please contact|"
    r"back (?:in the office )?on|returning on|"
    r"en cas d.urgence|pour toute (?:urgence|question|demande)|à mon retour|dès mon retour|(?:en|pendant|"
    r"durant) mon absence|accès limité|"
    r"de retour (?:le|au|lundi|mardi|mercredi|jeudi|vendredi)|(?:merci de|veuillez|"
    r"vous pouvez)\b[^\n?]{0,30}\b(?:contacter|adresser)|"
    r"vid brådskande|i brådskande|brådskande ärenden|(?:när|då) jag (?:är tillbaka|kommer tillbaka|"
    r"återkommer)|åter (?:på|den|igen)|tillbaka (?:på|den|igen|måndag)|"
    r"begränsad (?:tillgång|åtkomst)|(?:mejl|mail|e-post)\w*\b[^\n?]{0,40}\b(?:vidarebefordras|läses|"
    r"besvaras) (?:inte|ej)|kontakta (?:då |gärna )?",
    re.I,
)
#: A person who is at the keyboard answers, asks or wants something in the same breath.
_PERSON = re.compile(
    r"\?|\b(?:deshalb|daher|darum|könnten sie|können sie|bitte (?:senden|schicken|prüfen|"
    r"melden sie sich (?:erst )?(?:nach|ab)|löschen|ändern|buchen|verschieben|warten)|"
    r"termin|offerte|rechnung|ticket|problem|fehler|einverstanden|danke für die (?:antwort|lösung|hilfe|"
    r"rasche)|"
    r"could you|can you|please (?:send|check|call|move|wait|fix|close)|error|invoice|quote|appointment|"
    r"thanks for (?:your help|the)|"
    r"pourriez|pouvez-vous|rendez-vous|facture|devis|erreur|problème|merci pour (?:votre aide|la)|"
    r"kan (?:du|ni)|fakturan?|offert|felet|problemet|möte|tack för (?:hjälpen|svaret)|därför|donc)\b",
    re.I,
)


def is_absence_notice(new_text: str, *, is_reply: bool) -> bool:
    """Whether the new words of a mail are an absence notice.

    `is_reply`: it answers one of ours; a first letter that speaks of an absence must call itself automatic.
    """
    text = new_text[: TEXT_CAP + 1]
    if (
        len(text) > TEXT_CAP
        or _TOPIC.search(text[:OPENING].lower()) is None
        or _ABSENT.search(text[:OPENING]) is None
    ):
        return False
    if _PERSON.search(text) is not None:
        return False
    return _SELF.search(text) is not None or (is_reply and _INSTEAD.search(text) is not None)


def calls_itself_automatic(new_text: str) -> bool:
    """Whether the first line says that a machine wrote the mail."""
    first = new_text.lstrip()[:200].partition("\n")[0]
    return _ANNOUNCED.match(first.strip(" *_-#[(")) is not None


_ANNOUNCED = re.compile(
    r"(?:dies ist eine automati\w+|dies ist (?:eine )?automatisch|diese (?:e-?mail|"
    r"nachricht) wurde automatisch|"
    r"(?:das|dies) ist eine automati\w+|this is an? auto\w*[- ](?:generated|reply|response|message|"
    r"e-?mail|notification)|"
    r"this is an auto-?(?:reply|response)|this (?:e-?mail|message) (?:was|is|has been) (?:automatically|"
    r"auto-?)\s?(?:generated|sent)|ceci est un (?:message|e-?mail|courriel) automatique|"
    r"ceci est une réponse automatique|"
    r"(?:ce|cet) (?:message|e-?mail|courriel) (?:a été|est) (?:généré|envoyé) automatiquement|"
    r"(?:detta|det här) är ett auto\w+|(?:detta|det här) (?:mejlet|meddelandet|mejl|meddelande) (?:har|"
    r"är) (?:skickats |skapats )?automatiskt)",
    re.I,
)

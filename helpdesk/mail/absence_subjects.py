"""Subjects of automatic replies and receipts: what programs put in front, and what people write as well."""

import re

_TAG = re.compile(
    r"(?:\s*\[(?!auto)[^\]]{1,40}\]\s*|\s*(?:re|aw|sv|antw|fwd?|wg|vs|tr|ticket|"
    r"απάντηση)\s*(?:\[\d+\])?\s*:\s*){1,4}",
    re.I,
)
#: Only programs write these: alone, or with a colon or dash behind.
_PROGRAMS = re.compile(
    r"(?:automatische (?:antwort|abwesenheits\w+|e-?mail-?antwort)|autom\. antwort|auto-?antwort|"
    r"automatic (?:reply|response)|automated (?:reply|response)|auto(?:matic)?[- ]?(?:reply|response|"
    r"responder)|autoreply|"
    r"out of (?:the )?office(?: auto-?\s?reply| reply| message| notification| assistant reply)?|ooo|"
    r"abwesenheits(?:notiz|nachricht|meldung|benachrichtigung|info(?:rmation)?)|(?:ferien|"
    r"urlaubs)abwesenheit|urlaubs(?:meldung|benachrichtigung)|"
    r"abwesenheit|abwesend|frånvaro|frånvarande|fravær|afwezig(?:heid)?|ausente|assente|absente?|absence|"
    r"nicht im (?:büro|haus)|au(?:ss|ß)er haus|"
    r"r[ée]ponse automatique|message d.absence|absence (?:du|de) bureau|notification d.absence|"
    r"absente?(?:\(e\))? du bureau|hors du bureau|"
    r"auto-?svar|automatiskt svar|automatisk (?:svar|besvarelse)|automaattinen vastaus|frånvaromeddelande|"
    r"(?:inte|ej) på kontoret|ute från kontoret|fravær(?:smelding|sbesked|smeddelelse)|ikke på kontoret|"
    r"ikke til stede|"
    r"poissaolo(?:ilmoitus)?|"
    r"automatisch(?:e)? (?:antwoord|bericht)|afwezigheids(?:bericht|melding)|niet aanwezig|"
    r"respuesta automática|respuesta automatica|fuera de (?:la )?oficina|resposta automática|"
    r"ausência(?: d[oe] escritório)?|"
    r"risposta automatica|fuori (?:sede|ufficio)|autoodpowiedź|odpowiedź automatyczna|nieobecno\w+|"
    r"automatická odpov\w+|mimo kancelář|automatikus válasz|házon kívül|автоответ\w*|автоматический ответ|"
    r"автоматична відповідь|відповідь автоматична|自動返信|自動応答|不在通知|自动回复|自動回覆|"
    r"자동 ?회신|otomatik yanıt|ofis dışında|"
    r"αυτόματη απάντηση|răspuns automat|vacation (?:reply|notice|response|message)|away from my (?:mail|"
    r"desk))"
    r"\s*(?::|\]|\(|\s(?:re|aw|sv|tr)\s?:|$)",
    re.I,
)
#: People write these too: they count when the mail is an answer or its words are those of a notice.
_EITHER = re.compile(
    r"(?:(?:mein |im )?urlaub|(?:betriebs)?ferien\w*|nicht (?:im (?:büro|haus)|erreichbar)|au(?:ss|"
    r"ß)er haus|abwesen\w+|"
    r"büro geschlossen|auto|out of (?:the )?office|ooo|(?:on )?(?:annual leave|holiday|vacation|leave)|away|"
    r"absen\w+|congés?|en (?:congés?|vacances|déplacement)|vacances|indisponible|hors du bureau|"
    r"(?:på )?semester|ledig|bortrest|frånvar\w+|fravær\w*|ferie|på ferie|automati\w+ (?:antwort|reply|"
    r"response|svar)|réponse automatique|auto-?\s?(?:reply|svar|antwort))\b",
    re.I,
)
_ANSWERED = re.compile(
    r"\s*(?::|[-–])\s*(?:\[?#?\d|\[|(?:re|aw|sv|tr|antw|wg|vs)\s?:)|\s(?:re|aw|sv)\s?:", re.I
)
_SENTENCE = re.compile(
    r"(?:ich bin (?:zur ?zeit |derzeit |momentan |aktuell )?(?:abwesend|nicht im (?:büro|haus)|im urlaub|"
    r"in (?:den )?ferien|au(?:ss|ß)er haus)|im urlaub|"
    r"(?:i am|i'm|i’m) (?:currently )?(?:out of (?:the )?office|away|on (?:annual )?(?:leave|vacation|"
    r"holiday))|out of the office until\b.*|on vacation|"
    r"je suis (?:actuellement )?(?:absente?|en congés?|en vacances)(?: du bureau)?|jag är (?:på semester|"
    r"ledig|bortrest|inte på kontoret))"
    r"\s*(?:$|:|[-–(.!]|\s(?:bis|until|jusqu|till|vom|from|du|från)\b)",
    re.I,
)
_RECEIPT = re.compile(
    r"(?:gelesen|read|lu|läst|læst|lest|luettu|leído|lido|letto|gelezen|przeczytano|прочитано|not read|"
    r"ungelesen|non lu|"
    r"delivered|zugestellt|relayed|übermittelt|remis|levererat|lesebestätigung|read receipt|"
    r"return receipt|accusé de (?:lecture|réception)|"
    r"läskvitto|confirmation de lecture|recall|rückruf|rappel|återkalla)\s*(?::|\(|$)",
    re.I,
)
_RECEIPT_WORDS = re.compile(
    r"(?:message|nachricht|mail|meddelande\w*)\b[^\n]{0,200}\b(?:was (?:read|deleted without being read)|"
    r"wurde\b[^\n]{0,60}\b(?:gelesen|gelöscht|angezeigt|zugestellt)|"
    r"a été (?:lu|supprimé|affiché)|lästes|har lästs|has been (?:displayed|delivered|read))|"
    r"this is a (?:return|read) receipt|lesebestätigung (?:für|ihrer)|dies ist eine (?:lese|"
    r"empfangs)bestätigung|"
    r"ceci est un accusé|(?:would like to|möchte)\b[^\n]{0,120}\b(?:recall|zurückrufen)|"
    r"souhaite rappeler|vill återkalla|"
    r"delivery to these recipients|zustellung an (?:diese|folgende) empfänger",
    re.I,
)


def says_automatic(subject: str) -> bool:
    """Whether the subject alone shows an automatic reply."""
    bare = _TAG.sub("", subject, count=1) if _TAG.match(subject) else subject
    bare = bare.strip(" [")
    if bare.endswith("?"):
        return False
    if _PROGRAMS.match(bare) is not None or _SENTENCE.match(bare) is not None:
        return True
    found = _EITHER.match(bare)
    return found is not None and _ANSWERED.match(bare[found.end() :]) is not None


def may_be_absence(subject: str) -> bool:
    """Whether the subject speaks of an absence the way people also do: the words of the mail decide."""
    return _EITHER.match(_TAG.sub("", subject, count=1).strip(" [")) is not None


def is_receipt(subject: str, text: str) -> bool:
    """Whether a mail server or program confirms that a message was read, delivered or is recalled."""
    return _RECEIPT.match(subject.strip()) is not None and _RECEIPT_WORDS.search(text[:600]) is not None

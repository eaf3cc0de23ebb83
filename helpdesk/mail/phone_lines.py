"""The line a phone or a mail program adds below what a person wrote ("Sent from my iPhone")."""

import re

#: Longer lines are prose.
LINE_CAP = 200

_SENT_FRONT = re.compile(
    r"(?:sent|typed|written|composed|sänt|skickat|skickad|skickades|sendt|envoyé|envoye|enviado|enviat|inviato|"
    r"verzonden|"
    r"verstuurd|gesendet|geschrieben|verfasst|erfasst|getippt|verschickt|wysłan[eoy]|lähetetty|отправлено|"
    r"надіслано|відправлено|изпратено|odesláno|odoslané|elküldve|trimis|poslano|послато|στάλθηκε|provenance|"
    r"mobil gesendet|downloaded)\s?:?\s",
    re.I,
)
_SENT_BEHIND = re.compile(
    r"(?:von|vom|mit|aus|über|diese (?:nachricht|e-?mail) wurde|az|mein\w*)\s.{2,100}\s(?:gesendet|"
    r"verschickt|"
    r"geschickt|verfasst|geschrieben|küldve)(?=\W|$)|\S.{1,60}\s(?:gönderildi|küldve)$|"
    r".{2,40}(?:から送信|から送信されました|에서 보냄|傳送)$",
    re.I,
)
_GET = re.compile(
    r"(?:get|download|holen sie sich|hol dir|laden sie|beziehen sie|obtenir|obtenez|téléchargez?|"
    r"télécharger|hämta|"
    r"hent|få|skaff deg|last ned|hanki|scarica|ottieni|obt[eé]n(?:er)?|obter|baixar|descarg[aá]r?|pobierz|"
    r"získat|získejte|získať|получить|завантажити|outlook)\b.{0,60}\b(?:ios|android\w*|mac|windows|"
    r"iphone)\b.{0,30}$|"
    r"outlook for .{2,12} を入手$|(?:发自|發自|來自|来自|從).{1,30}$",
    re.I,
)
_EXCUSE = re.compile(
    r"[\s.,;:–-]+(?:(?:please|bitte|veuillez|daher|so|thus|also|tippfehler|any|und)\s+){0,2}(?:excuse|"
    r"forgive|pardon|"
    r"ignore|entschuldig\w*|verzeih\w*|tippfehler|ursäkta|undskyld|unnskyld|désolé\w*|scus\w*|disculp\w*|"
    r"desculp\w*|excuser|apologies|sorry|typos|get the app)\b.{0,100}$",
    re.I,
)
_LINK = re.compile(r"<[^<>]{0,300}>|\]?\((?:https?:)?[^()\s]{0,300}\)|\(?https?://\S+|www\.\S+")
_DEVICE = re.compile(
    r"(?:i-?phon|i-?pad|i-?pod|i-?os$|android|samsung|galax|blackberr|mobil|phone|outlook|smartphone|"
    r"smartfon|tablet|"
    r"surfplatta|yahoo|proton|windows|htc|huawei|xiaomi|xperia|nokia|lumia|handy|telefon|téléphone|"
    r"typeapp|spark$|gmail|"
    r"nexus|pixel|droid|wireless|mailbox|airmail|sparrow|handset|handheld|gerät|macbook|k-9|fairemail|"
    r"aquamail|"
    r"bluemail|gmx|web\.de|fairphone|oneplus|móvil|movil|celular|cellulare|kindle|aol|appareil|device|"
    r"puhelim|"
    r"mail$|e-?post$|posta$|courrier$|correo$|apple|watch$|unterwegs|tutanota|superhuman|app$|zoho|em$|"
    r"яндекс|mail\.ru|"
    r"почт|устройств|cihaz|készülék|dispositivo|zařízení|urządzeni)",
    re.I,
)
_FILLER = frozenset(
    "my the a an of on for via with by using new all secure swiss-based encrypted email e-mail "
    "mail app client network "
    "von mein meine meinem meiner meinen einem einer dem der für auf mit aus über gesendet "
    "nachricht diese wurde sicher "
    "de mon ma un une à partir d’un d'un pour sur avec par la le messagerie sécurisée "
    "l'application depuis från min mitt "
    "med på för säker fra mit til via desde mi el da dal mio del per do meu o no na z ze "
    "mojego dla vanaf mijn vanuit voor "
    "met door van с моего из от az moj mojega s sa pe lui de pe meu vom dalla dalla fast easy "
    "your phone smartphone "
    "mobile 4g 5g lte at&t verizon t-mobile vodafone sprint swisscom telekom orange "
    "free bouygues from bitte typos".split()
)
_WORD = re.compile(r"[^\s,;:|()\[\]*_.!]+(?:\.[^\s,;:|()\[\]*_.!]+)*")


def is_phone_line(line: str, *, alone: bool) -> bool:
    """Whether a program added this line; `alone`: nothing stands right above or below it.

    It says "sent" and names a device or a program, and hardly a word is left over: people's sentences
    begin the same way.
    """
    text = line[:LINE_CAP]
    if "<" in text or "(" in text or "://" in text or "www." in text:
        text = _LINK.sub("", text)
    text = text.strip(" \t*_|\xa0-–—>()[]\r\n")
    if not 6 <= len(text) <= 160:
        return False
    if _GET.match(text):
        return len(text.split()) <= 9
    bare = _EXCUSE.sub("", text)
    alone, text = alone and bare == text, bare
    if (front := _SENT_FRONT.match(text)) is not None:
        words = _WORD.findall(text[front.end() :])
    elif _SENT_BEHIND.match(text) is not None:
        words = _WORD.findall(text)
    else:
        return False
    return _names_a_device(words) or (
        front is not None and alone and 1 <= len(words) <= 4 and not text.endswith((".", "?", "!", ":"))
    )


def _names_a_device(words: list[str]) -> bool:
    foreign = [word for word in words if word.lower() not in _FILLER and _DEVICE.match(word) is None]
    device = next((at for at, word in enumerate(words) if _DEVICE.search(word)), -1)
    return 0 <= device <= 5 and len(words) <= 14 and len(foreign) <= 3

"""Recognise where a signature starts: the dash line, a phone's own line, a list footer, a legal notice."""

import re

_DASHES = re.compile(r"(?:--|—|–|__|- -|\*--\*)\s*$")
_BAR = re.compile(r"[—–_]{3,}\s*$")
_DEVICE = (
    r"(?:i-?phon\w*|i-?pad|i-?pod|i-?os|android|samsung|galaxy|blackberry|mobile|mobil\w*|phone|outlook|"
    r"smartphone|"
    r"tablet|mail|yahoo\w*|proton\w*|windows|htc|huawei|xiaomi|sony|nokia|lumia|handy|telefon\w*|"
    r"t[eé]l[eé]phone|"
    r"typeapp|spark|gmail|app|nexus|pixel|droid|wireless|mailbox|airmail|sparrow|torch|handset|device|"
    r"gerät|macbook|"
    r"k-9|fairmail|aquamail|bluemail|gmx|web\.de|wp|fairphone|oneplus|móvil|movil|celular|cellulare|kindle)"
)
_SENT = (
    r"(?:sent (?:from|via|with|by|using)|gesendet (?:von|mit|über|aus|via)|(?:diese (?:nachricht|"
    r"e-?mail) wurde )?"
    r"(?:von|mit) mein\w+|diese (?:nachricht|e-?mail) wurde (?:von|mit)|von unterwegs|envoyé (?:de|depuis|"
    r"à partir|avec|par|"
    r"via)|envoye (?:de|depuis)|provenance :|skickat (?:från|med|via)|skickad (?:från|med)|sendt (?:fra|"
    r"med|via|ved)|"
    r"enviado (?:desde|do|de|a partir|con|com|via|mediante)|enviat (?:des|del)|inviato (?:da|dal|con|via)|"
    r"verzonden (?:vanaf|van|met|via|vanuit)|verstuurd (?:vanaf|van|met)|wysłan[eoy] (?:z|ze|za)|lähetetty|"
    r"отправлено (?:с|из|от)|надіслано (?:з|із)|odesláno (?:z|ze)|odoslané z|küldve|trimis (?:de|din)|"
    r"gönderildi|poslano (?:z|s|sa)|mein\w* .{2,30} gesendet)"
)
_PHONE = re.compile(rf"{_SENT}\b[^.!?;\n]{{0,60}}?\b{_DEVICE}", re.I)
_PHONE_SHORT = re.compile(
    r"sent (?:from|via) (?:my |a |an |the )?[\w'’&-]+(?: [\w'’&-]+){0,5}\s*(?:<[^>]*>)?$", re.I
)
_PHONE_OTHER = re.compile(
    r"(?:(?:von|mit) mein\w+ .{2,40} (?:gesendet|verschickt)|(?:get|download) outlook for|"
    r"holen sie sich outlook|outlook für .{2,12} (?:beziehen|herunterladen)|laden sie outlook|"
    r"(?:obtenez|obtenir|télécharge[rz]) outlook|hämta outlook|hent outlook|få outlook|"
    r"outlook voor .{2,10} downloaden|"
    r"download outlook|obt[eé]n(?:er)? outlook|obter o? ?outlook|ottieni outlook|scarica outlook|"
    r".{2,20}から送信|发自我的|從我的|发送自|傳送自|나의 .{2,20}에서 보냄|iphoneから)",
    re.I,
)
_LIST_FOOTER = re.compile(r"[\w.+-]+ mailing list\b|to unsubscribe\b|mailing-liste\b", re.I)
_LEGAL = re.compile(
    r"(?:this (?:e-?mail|message|communication|transmission)\b.{0,60}\b(?:confidential|privileged|intended)|"
    r"confidentiality (?:notice|note)|the information (?:contained )?in this (?:e-?mail|message)|"
    r"disclaimer\s*:|(?:legal )?disclaimer$|diese (?:e-?mail|nachricht)\b.{0,60}\bvertraulich|"
    r"der inhalt dieser (?:e-?mail|nachricht)|vertraulichkeitshinweis|"
    r"ce (?:message|courriel|mail|courrier)\b.{0,80}\bconfidentiel|avis de confidentialité|"
    r"detta (?:e-?post)?meddelande\b.{0,60}\b(?:konfidentiell|sekretess)|denna? (?:e-?post|"
    r"mejl).{0,60}konfidentiell|"
    r"este (?:mensaje|correo).{0,60}confidencial|questo messaggio.{0,60}(?:riservat|confidenzial)|"
    r"dit (?:e-?mail)?bericht.{0,60}vertrouwelijk|please consider the environment before printing)",
    re.I,
)


def is_phone_line(line: str) -> bool:
    """Whether this line is what a phone or a mail app adds on its own ("Sent from my iPhone")."""
    text = line[:200].strip(" \t*_|\xa0")
    if not 6 <= len(text) <= 160:
        return False
    if _PHONE_OTHER.match(text):
        return True
    if _PHONE.match(text):
        rest = re.sub(r"<[^>]*>|\(?https?://\S+", "", text)
        return not (rest.count(" ") > 9 and rest.rstrip().endswith("."))
    return _PHONE_SHORT.match(text) is not None and text.lower().startswith(("sent from my ", "sent via my"))


def starts_signature(lines: list[str], at: int) -> bool:
    """Whether a signature starts at this line; "----" as a rule inside a text is not one."""
    line = lines[at][:200]
    stripped = line.strip(" \t\xa0\r")
    if not stripped:
        return False
    if _DASHES.match(stripped):
        return True
    if _BAR.match(stripped):
        return _short_tail(lines, at)
    return is_phone_line(line)


def _short_tail(lines: list[str], at: int) -> bool:
    """Below a bar a signature has few, short lines; a text goes on in sentences."""
    tail = [line.strip() for line in lines[at + 1 : at + 13] if line.strip()]
    if not tail:
        return True
    if any(_LIST_FOOTER.search(line[:200]) for line in tail[:3]):
        return True
    return len(tail) <= 8 and all(len(line) <= 70 for line in tail) and len(lines) - at <= 14


def starts_disclaimer(line: str) -> bool:
    """Whether a legal notice that companies hang below every mail starts at this line."""
    return _LEGAL.match(line[:240].strip(" \t*_\xa0")) is not None

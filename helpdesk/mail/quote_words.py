"""The words mail programs put above a quoted message, in the languages customers' programs speak."""

import re

#: Header names as they stand in the block Outlook and others put above the quoted message.
_LABELS: dict[str, str] = {
    "from": "from|von|de|från|fra|van|da|od|от|від|від кого|от кого|mittente|lähettäjä|feladó|kimden|"
    "gönderen|expéditeur|absender|avsändare|avsender|afsender|afzender|remitente|remetente|差出人|发件人|"
    "寄件者|寄件人|"
    "보낸 사람|보낸사람|pošiljatelj|pošiljalac|sender|absender/in|de la|από|nga|saatja|nuo|no|"
    "odosielateľ|odesílatel|nadawca|pošiljatelj|מאת|من|送信者",
    "sent": "sent|gesendet|envoyé|envoye|skickat|sendt|verzonden|enviado|enviado el|enviado em|enviada em|"
    "enviada el|inviato|wysłano|wysłane|odesláno|odoslané|отправлено|надіслано|lähetetty|elküldve|gönderildi|"
    "gönderme tarihi|trimis|sent at|sent on|date sent|gesendet am|"
    "envoyé le|inviato il|verzonden op|sendt den|poslano|nosūtīts|skickat den|saadetud|išsiųsta|послато|"
    "изпратено|στάλθηκε|εστάλη|verschickt|skickades|data e dërgimit",
    "date": "date|datum|dato|fecha|data|дата|päivämäärä|päiväys|pvm|dátum|tarih|日付|送信日時|"
    "日期|发送时间|发送日期|傳送時間|寄件日期|日時|보낸 날짜|날짜|"
    "datum/uhrzeit|fecha y hora|ημερομηνία|zeit|"
    "data wysłania|date d'envoi|дата отправки|время",
    "to": "to|an|à|a|till|til|aan|para|do|komu|кому|vastaanottaja|címzett|kime|alıcı|pour|destinataire|"
    "destinatario|destinatário|empfänger|mottagare|mottaker|modtager|ontvanger|odbiorca|宛先|收件人|"
    "받는 사람|"
    "받는사람|către|προς|za|за|kam|adressaat|prima|primalac|до|til|prejemnik|per|destinataires|saaja|"
    "vastaanottajat",
    "cc": "cc|kopie|kopia|copie|copia|kopi|bcc|cci|ccn|cópia|копия|копія|抄送|副本|참조|másolat|"
    "másolatot kap|kopio|bilgi|pj|dw|kopie (cc)|cc an",
    "subject": "subject|betreff|objet|ämne|emne|onderwerp|asunto|oggetto|assunto|temat|předmět|predmet|тема|"
    "aihe|tárgy|konu|件名|主题|主旨|제목|subiect|sujet|titre|θέμα|ärende|rubrik|betrifft|objecte|"
    "assumpte|asia|thema|teema|tēma|tema|предмет|относно|naslov|zadeva|betrifft",
    "other": "reply-to|reply to|antwort an|répondre à|svar till|svar til|antwoord aan|responder a|rispondi a|"
    "importance|priority|wichtigkeit|priorität|priorité|prioritet|prioriteit|attachments|attachment|anlagen|"
    "anhang|anhänge|pièces jointes|pièce jointe|bifogade filer|bilagor|vedhæftede filer|vedlegg|bijlagen|"
    "datos adjuntos|allegati|załączniki|organization|organisation|mailed-by|signed-by|sensitivity|message-id|"
    "vertraulichkeit|resent-from|list-id|content-type|mime-version|user-agent",
}
LABELS: dict[str, str] = {name: kind for kind, names in _LABELS.items() for name in names.split("|")}

#: What stands between dashes above a quoted or forwarded message.
ORIGINAL = re.compile(
    r"original[- ]?(?:message|nachricht|mail|e-mail|meddelande|melding|besked)|message d.origine|"
    r"message original|"
    r"message initial|ursprüngliche (?:nachricht|e-?mail|mail)|ursprungsnachricht|"
    r"urspr(?:ungligt)? (?:meddelande|mail)|"
    r"ursprungligt meddelande|originalmeddelande|oprindelig (?:meddelelse|besked|e-?mail)|oprindelige? |"
    r"opprinnelig melding|oorspronkelijk(?:e)? (?:bericht|mail)|mensaje original|mensagem original|"
    r"messaggio originale|wiadomość oryginalna|oryginalna wiadomość|alkuperäinen viesti|eredeti üzenet|"
    r"исходное сообщение|пересылаемое сообщение|оригинальное сообщение|původní zpráva|pôvodná správa|"
    r"orijinal (?:mesaj|ileti)|mesaj original|原始邮件|原始郵件|元のメッセージ|원본 메시지|"
    r"вихідне повідомлення|"
    r"antwort nachricht|missatge original|izvorna poruka|izvirno sporočilo|vastatud kiri|αρχικό μήνυμα|"
    r"reply message|"
    r"ursprünglich|original appointment|ursprünglicher termin|raw message"
)
FORWARDED = re.compile(
    r"forwarded (?:message|by|mail)|weitergeleitete (?:nachricht|mail|e-?mail)|weiterleitung|"
    r"message (?:transféré|transmis|réexpédié|suivi)|message transfere|vidarebefordra[td]|videresendt|"
    r"doorgestuurd|mensaje (?:reenviado|renviado)|mensagem (?:encaminhada|reencaminhada)|messaggio inoltrato|"
    r"inoltrato|wiadomość przekazana|przekazana wiadomość|välitetty viesti|edelleenlähetetty|továbbított|"
    r"пересланное сообщение|пересылаемое|přeposlaná|preposlaná|iletilen|mesaj redirecționat|"
    r"转发的?邮件|轉寄郵件|"
    r"転送|전달된 메시지|переслане повідомлення|missatge reenviat|weitergeleitet von|transféré par|"
    r"reenviado por|inoltrato da|proslijeđena|posredovano|προωθημένο|edastatud"
)
#: Apple Mail's sentence above a forwarded message; it stands alone on its line and ends with a colon.
APPLE_FORWARD = re.compile(
    r"(?:begin forwarded message|anfang der weitergeleiteten (?:nachricht|e-?mail)|"
    r"début du (?:message (?:réexpédié|transféré)|mail transféré|courriel transféré)|"
    r"vidarebefordrat (?:brev|meddelande|mejl)|start på vidarebefordrat (?:meddelande|brev|mejl)|"
    r"inizio messaggio inoltrato|inizio del messaggio inoltrato|inicio del mensaje reenviado|"
    r"início da mensagem (?:encaminhada|reencaminhada)|begin doorgestuurd bericht|"
    r"start på videresendt besked|"
    r"start på videresendt melding|videresendt (?:besked|melding)|początek przekazywanej wiadomości|"
    r"početak proslijeđene poruke|začetek posredovanega sporočila|välitetty viesti alkaa|"
    r"välitetyn viestin alku|начало переадресованного сообщения|початок переспрямованого повідомлення|"
    r"začátek přeposílané zprávy|začiatok preposlanej správy|továbbított levél kezdete|"
    r"iletilmiş mesajın başlangıcı|iletilen e-posta başlangıcı|開始轉寄郵件|"
    r"下面是被转发的邮件|以下は転送されたメッセージです|"
    r"전달된 메시지의 시작|inici del missatge reenviat)\s*[:：]"
)

#: The verb of the line "On <day> <who> wrote:".
WROTE = re.compile(
    r"(?<!\w)(?:wrote|writes|schrieb|schrieben|geschrieben|schreibt|schreef|geschreven|escribió|escribio|"
    r"ha escrito|ha escrit|"
    r"va escriure|ha scritto|scrisse|scriveva|a écrit|a ecrit|à écrit|écrivait|écrit|skrev|skriver|"
    r"följande|kirjoitti|napisał|napisała|napisał\(a\)|napsal|napsala|napsal\(a\)|napísal|napísala|"
    r"написал|написала|написал\(а\)|написав|написала|пишет|пише|pisze|писал|escreveu|yazdı|şunu yazdı|"
    r"a scris|"
    r"írta|ezt írta|έγραψε|đã viết|menulis|написа|napisao|napisala|je napisao|kirjutas|rašė|rakstīja|"
    r"skrifaði|shkroi|said|napisana|писали|je napisao/la|napisao/la|napisala?\(a\)|napisao je|"
    r"folgendes geschrieben)(?!\w)|のメール|写道|寫道|のメッセージ|さんは書きました|書きました|님이 작성|"
    r"작성|כתב|كتب"
)
#: First words of such a line; the rest of it must carry a number and the verb or an address.
ATTRIBUTION_START = re.compile(
    r"(?:on|am|le|el|il|op|em|den|på|pa|dnia|w dniu|v|dne|dňa|vào|in data|ned|pe|"
    r"ma|ti|ke|to|su|la|в|у|το|στις|tarihinde|pada|în|în data de|el dia|el día|den|dana|"
    r"lør|søn|man|tir|tor|fre|lön|ons|lun|mar|mer|jeu|ven|sam|dim|lu|vi|sá|sab|dom|gio|mié|jue|vie|"
    r"mo|di|mi|do|fr|sa|so|mon|tue|wed|thu|fri|sat|sun|monday|tuesday|wednesday|thursday|friday|saturday|"
    r"sunday|"
    r"montag|dienstag|mittwoch|donnerstag|freitag|samstag|sonntag|lundi|mardi|mercredi|jeudi|vendredi|samedi|"
    r"dimanche|måndag|tisdag|onsdag|torsdag|fredag|lördag|söndag|在|於|пн|вт|ср|чт|пт|сб|вс|нд)(?=[\s.,0-9])"
)
DATE_START = re.compile(
    r"\d{1,4}\s?[-/.年日]|\d{1,2}(?:st|nd|rd|th|er)?\.?\s+[^\W\d_]{2,}|[^\W\d_]{2,4}\.?,?\s\d{1,2}[.,\s]"
)

"""The words servers use when they could not deliver, in the languages they write."""

import re

ADDRESS = re.compile(r"[\w.!#$%&'*+/=?^`{|}~-]{1,64}@[\w.-]{1,190}[\w]")
DAEMON = re.compile(
    r"(?:mailer[-_. ]?daemon|mail[-_]?daemon|mdaemon|post[-_]?master|mailerdaemon|mail-?er|mail\.?delivery|"
    r"double-bounce|bounces?|courier|hmailserver|mailgate(?:way)?|"
    r"mail-delivery-subsystem|mmdf|system administrator|mailadmin|mail-admin|daemon|microsoft-exchange|"
    r"microsoftexchange\w*|"
    r"delivery|no-?reply-?delivery|mailsystem|smtp|uucp|adm-?mail|mta-?admin|undeliver\w*)(?:@|[-+.=]|$)",
    re.I,
)
DAEMON_NAME = re.compile(
    r"mail(?:er)?[- ]?(?:delivery|daemon)|postmaster|delivery (?:subsystem|system|service|notification)|"
    r"system administrator|"
    r"mail (?:system|administrator|router|server|delivery)|microsoft exchange|internet mail delivery|"
    r"mail deliver|systemadministrat|administrateur syst|amministratore|administrador del sistema|"
    r"järjestelmänvalvoja|systeembeheer|mail-?zustell",
    re.I,
)
SUBJECT = re.compile(
    r"(?:mail|message|nachricht|e-?mail|messages?)? ?(?:delivery|transport) ?(?:status notification|"
    r"fail\w*|err\w*|notification|"
    r"problem|report|status|system|delayed|has failed|incomplete)|undeliver\w*|undelivered|"
    r"returned (?:mail|message|to sender)|"
    r"failure (?:notice|notification)|mail (?:failure|error|could not)|could not (?:send|deliver)|"
    r"delivery (?:to|of|has|failure)|"
    r"unzustellbar|nicht zustellbar|unzustellbarkeits|zustellung (?:fehlgeschlagen|nicht)|zustellfehler|"
    r"fehler bei der zustellung|"
    r"non remis|échec de (?:la )?(?:remise|distribution)|notification d.échec|avis de non|non distribu|"
    r"impossible de remettre|"
    r"kunde inte levereras|olevererbart|ej levererat|kan inte levereras|leveransfel|leveransmeddelande|"
    r"onbestelbaar|niet bezorgd|kan ikke leveres|uleverbar|ikke-leverbar|no se puede entregar|no entregado|"
    r"mensaje no entregado|devuelto|mancato recapito|non recapitabile|messaggio non|não entregue|"
    r"não foi possível|"
    r"niedostarczon|nie dostarczono|недоставлен|не доставлено|mail system error|user unknown|"
    r"warning: (?:could not|message|e-?mail)|"
    r"failure delivery|mail failed|message returned|returning (?:message|to sender)|cannot deliver|"
    r"can['’]t be delivered|nondeliverable|non-?delivery|permanent (?:failure|error)|"
    r"rejected mail|mail rejected|"
    r"message (?:you sent )?(?:blocked|rejected)|"
    r"dsn|bounce[ds]?\b|配信|送信できません|배달|退信|系统退信|無法傳送|mail notice|message status|"
    r"smtp mail failed|"
    r"mail transaction failed|your message (?:could|to|was)|unable to deliver|email (?:could not|delivery)|"
    r"service message|levering mislykke|ikke leveret|ikke levert|kunne ikke levere|não é possível entregar|"
    r"falha na entrega|ei toimitettu|toimitus epäonnistui|mancata consegna|consegna (?:fallita|non riuscita)|"
    r"\brejected\b|message denied|\brejet|refusé|"
    r"verspätete zustellung|zustellung verzögert|verzögerte zustellung|delivery delayed|retour de courrier|"
    r"kézbesíthetetlen|nelze doručit|nebylo možné doručit|nedoručiteľn|teslim edilemedi|iletilemedi|"
    r"(?:nachricht|e-?mail|mail)\b[^\n]{0,80}\bnicht (?:zugestellt|ausgeliefert|übermittelt)|"
    r"(?:message|e-?mail|courriel)\b[^\n]{0,80}\bn['’]a (?:pas )?(?:pu |été )(?:être )?(?:remis|"
    r"distribué|délivré)|"
    r"(?:meddelande|mejl|e-post)\w*\b[^\n]{0,60}\b(?:kunde inte|kan inte|har inte) (?:levere|skicka)|"
    r"не удалось доставить|не доставлено|error de entrega|entrega fallida|fallo en la entrega|ndr\b|nd[nr]:",
    re.I,
)
HUMAN_SUBJECT = re.compile(r"\s*(?:re|aw|sv|antw|fwd?|wg|vs|tr|rif|res|odp)\s*(?:\[\d+\])?\s*:", re.I)
TEMPLATE = re.compile(
    r"(?:this is the (?:mail|postfix|machine|qmail|mailer)|this message was created automatically by mail|"
    r"i'm (?:sorry|afraid) (?:to have to inform|i wasn't able)|i wasn't able to deliver|"
    r"i was not able to deliver|"
    r"(?:could|can) ?(?:not|n['’]t|['’]t) be delivered|was ?n(?:o|['’])t delivered|could ?n['’]t deliver|"
    r"no longer (?:in use|used|valid|active|exists)|failed addresses follow|host unknown|unrouteable|"
    r"address(?:es)? (?:was|were|is|are) (?:rejected|not found|unknown|invalid)|recipient address rejected|"
    r"gick inte att leverera|kan inte levereras|fehler bei der nachrichtenzustellung|échec de la remise|"
    r"folgende[nr]? (?:empfänger|adresse|e-?mail)|bad destination|(?:is|was) undeliverable|"
    r"undeliverable\s+to|"
    r"delivery (?:to the following|has failed|failed|status|of the following)|delevery to|"
    r"unable to deliver|unable to relay|failed to deliver|not delivered to the following|"
    r"did not (?:receive|reach)|"
    r"the following (?:address|recipient|message|user|destination)\w* |following addresses (?:had|failed)|"
    r"addresses had delivery errors|"
    r"had (?:transient|permanent|non-fatal|delivery) (?:non-fatal |fatal )?(?:errors|problems)|"
    r"permanent (?:fatal )?errors|mail delivery failed|transcript of session|unknown user|"
    r"user (?:is )?(?:unknown|not known)|no such user|"
    r"invalid final delivery|does not exist|mailbox (?:is )?(?:full|unavailable)|over (?:its |"
    r"their )?quota|returned mail|"
    r"failure reasons|delivery problems|encountered (?:delivery|a) problem|an error (?:has )?occurred while|"
    r"konnte nicht (?:zugestellt|übermittelt|ausgeliefert)|nicht zugestellt werden|"
    r"n'a pas pu être (?:remis|distribué|délivré)|"
    r"kunde inte levereras|no se ha podido entregar|non è stato possibile|не удалось доставить|"
    r"не может быть доставлено|невозможно доставить|"
    r"邮件无法|無法|配信できません|配信不能|送信できません|お届けできません|存在しないか|"
    r"each of the following recipients was rejected|"
    r"rejected by (?:a |the )|recipients? (?:was|were) rejected|will be retried|not yet been delivered|"
    r"has been delayed|still being retried|"
    r"(?:message|mail|e-?mail) (?:to|for) \S{3,120} (?:was|has been) (?:rejected|blocked|denied|returned|"
    r"refused|deferred)|"
    r"kan(?:n|ne)? ikke (?:leveres|bezorgd)|kunne ikke leveres|kan niet worden bezorgd|"
    r"niet (?:worden )?bezorgd|"
    r"não (?:pôde|foi|pode) (?:ser )?entregue|no (?:se )?pudo (?:ser )?entrega\w*|ei voitu toimittaa|"
    r"non è stato consegnato|"
    r"impossibile recapitare|impossible de remettre|n'est pas parvenu|a été rejeté|levererades inte|"
    r"kunde inte nås|"
    r"nie mogła zostać dostarczona|nie można dostarczyć|nepodařilo doručit|nelze doručit|nem kézbesíthető|"
    r"не может быть\s+отправлено|konnte noch nicht|konnten nicht (?:erreicht|zugestellt)|nicht erreicht|"
    r"wurde nicht (?:an |zugestellt)|cannot be delivered|has been deferred|has been blocked|was denied|"
    r"no valid recipients|delivery of the (?:e-?mail|message) was stopped)",
    re.I,
)
ORIGINAL_BELOW = re.compile(
    r"^[ \t>*=]{0,8}(?:-{2,40}[^\n]{0,30}(?:original|returned|unsent|copy|header|below this line|"
    r"message follows|message removed)[^\n]{0,80}|"
    r"(?:below|attached)(?: this line)? is (?:a |the )?(?:copy|original)[^\n]{0,60}|"
    r"original message follows[^\n]{0,20}|"
    r"---? ?(?:below|the header|this is a copy|ниже|附件|enclosed)[^\n]{0,80}|your message reads[^\n]{0,40}|"
    r"message details:[ \t]*$|"
    r"(?:return-path|received|message-id|x-mailer|mime-version): [^\n]{0,80})",
    re.I | re.M,
)
GREETING = re.compile(
    r"(?:hallo|guten (?:tag|morgen|abend)|sehr geehrte|liebe[rs]? |dear |hello|bonjour|bonsoir|hej|grüezi|"
    r"hi[ ,!])",
    re.I,
)
INTRO = re.compile(
    r"did not reach the following|(?:the )?following (?:recipient|address|user|"
    r"destination)\w*(?:\(e?s\))?(?: \w+){0,3}\s?:|"
    r"not (?:be )?delivered to:?|recipients were affected:|unable to deliver message to:?|failure reasons|"
    r"addressed to:|failed addresses follow|folgende[nr]? empfänger[^\n]{0,40}:|"
    r"ces destinataires[^\n]{0,20}:|"
    r"följande mottagare[^\n]{0,20}:|these recipients[^\n]{0,20}:|"
    r"(?:delivery|permanent fatal|delivery) (?:errors|problems) -{2,}|following list of recipients:|"
    r"failed recipients?(?:\(s\))?\s?:|rcpt to:",
    re.I,
)
PERMANENT = re.compile(r"(?<!non-)permanent|(?<![\d.])5\.\d{1,3}\.\d{1,3}(?![\d.])", re.I)
TEMPORARY = re.compile(
    r"warning only|will be retried|you do not need to resend|has been delayed|delivery (?:is )?delayed|"
    r"not yet been delivered|"
    r"still being retried|will (?:continue|keep) (?:to |on )?try|temporar(?:y|ily)|deferred|verzögert|"
    r"retardée?|försen|noch nicht zugestellt|weiter versucht|erneut (?:zu )?versuch|verspätet|"
    r"nouvelle tentative|"
    r"kommer att försöka|will retry|delivery incomplete",
    re.I,
)
#: Words that only a notice of delay has; such a notice also says what happens when it fails for good.
DELAYED = re.compile(
    r"warning (?:message )?only|do not need to resend|will retry for|will be retried|still being retried|"
    r"\(delay(?:ed)?\)|noch nicht zugestellt|only a temporary failure|"
    r"will continue trying|delivery (?:is|has been) delayed|delayed mail",
    re.I,
)
SMTP_REFUSAL = re.compile(
    r"(?<![\w.])[45]\d\d[ -]{1,3}(?:#?[45]\.\d{1,3}\.\d{1,3}|requested action|user|no such|mailbox)", re.I
)
ID_LINE = re.compile(
    r"^[ \t>]{0,8}(?:message-id|in-reply-to|references)\s?:((?:[^\n]*\n?)(?:[ \t][^\n]*\n?){0,40})",
    re.I | re.M,
)
LINE_ADDRESS = re.compile(
    r"^[ \t>*#-]{0,20}(?:\(?(?:unknown user|user unknown|recipient|recipients|to|address|user|"
    r"failed recipient|recipient address|rcpt to|final-recipient|"
    r"original-recipient|undeliverable\s+to|invalid final delivery userid|originally addressed to|mailbox|"
    r"for|empfänger|destinataire|"
    r"email|e-?mail address|dda:smtp)(?:\s{0,9}[:=]|\s)\s{0,9}(?:rfc822;\s{0,9})?)?[<\"'(\[]?"
    r"([\w.!#$%&'*+/=?^`{|}~-]{1,64}@[\w.-]{1,190}\w)(?:[>\"')\]:;,.]|<mailto:|\s|$)",
    re.I | re.M,
)
#: What servers' own senders also write about: no bounce.
QUOTA = re.compile(r"quota|report|summary|digest|statistic|cron\b|backup", re.I)

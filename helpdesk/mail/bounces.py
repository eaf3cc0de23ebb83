"""Bounces: which message says that ours did not arrive, whom it could not reach, for now or for good.

First the machine-readable report (RFC 3464), then the headers of certain servers, then the words that servers
without either write. Every look is at a bounded piece of text.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from helpdesk.mail import limits
from helpdesk.mail.charsets import decode
from helpdesk.mail.references import message_ids

BounceKind = Literal["temporary", "permanent"]

#: Characters of the report's words that are read; servers say it at the top.
TEXT_CAP = 20_000
RECIPIENTS_CAP = 100

_ADDRESS = re.compile(r"[\w.!#$%&'*+/=?^`{|}~-]{1,64}@[\w.-]{1,190}[\w]")
_DAEMON = re.compile(
    r"(?:mailer[-_. ]?daemon|mail[-_]?daemon|mdaemon|post[-_]?master|mailerdaemon|mail-?er|mail\.?delivery|double-bounce|bounces?|"
    r"mail-delivery-subsystem|mmdf|system administrator|mailadmin|mail-admin|daemon|microsoft-exchange|microsoftexchange\w*|"
    r"delivery|no-?reply-?delivery|mailsystem|smtp|uucp|adm-?mail|mta-?admin|undeliver\w*)(?:@|[-+.=]|$)",
    re.I,
)
_DAEMON_NAME = re.compile(
    r"mail(?:er)?[- ]?(?:delivery|daemon)|postmaster|delivery (?:subsystem|system|service|notification)|system administrator|"
    r"mail (?:system|administrator|router|server|delivery)|microsoft exchange|internet mail delivery|mail deliver",
    re.I,
)
_SUBJECT = re.compile(
    r"(?:mail|message|nachricht|e-?mail|messages?)? ?(?:delivery|transport) ?(?:status notification|fail\w*|err\w*|notification|"
    r"problem|report|status|system|delayed|has failed|incomplete)|undeliver\w*|undelivered|returned (?:mail|message|to sender)|"
    r"failure (?:notice|notification)|mail (?:failure|error|could not)|could not (?:send|deliver)|delivery (?:to|of|has|failure)|"
    r"unzustellbar|nicht zustellbar|unzustellbarkeits|zustellung (?:fehlgeschlagen|nicht)|zustellfehler|fehler bei der zustellung|"
    r"non remis|échec de (?:la )?(?:remise|distribution)|notification d.échec|avis de non|non distribu|impossible de remettre|"
    r"kunde inte levereras|olevererbart|ej levererat|kan inte levereras|leveransfel|leveransmeddelande|"
    r"onbestelbaar|niet bezorgd|kan ikke leveres|uleverbar|ikke-leverbar|no se puede entregar|no entregado|"
    r"mensaje no entregado|devuelto|mancato recapito|non recapitabile|messaggio non|não entregue|não foi possível|"
    r"niedostarczon|nie dostarczono|недоставлен|не доставлено|mail system error|user unknown|warning: (?:could not|message|e-?mail)|"
    r"nondeliverable|non-?delivery|permanent (?:failure|error)|rejected mail|mail rejected|message (?:you sent )?(?:blocked|rejected)|"
    r"dsn|bounce[ds]?\b|配信|送信できません|배달|退信|系统退信|無法傳送|mail notice|message status|smtp mail failed|"
    r"mail transaction failed|your message (?:could|to|was)|unable to deliver|email (?:could not|delivery)|service message",
    re.I,
)
_HUMAN_SUBJECT = re.compile(r"\s*(?:re|aw|sv|antw|fwd?|wg|vs|tr|rif|res|odp)\s*(?:\[\d+\])?\s*:", re.I)
_TEMPLATE = re.compile(
    r"(?:this is the (?:mail|postfix|machine|qmail|mailer)|this message was created automatically by mail|"
    r"i'm (?:sorry|afraid) (?:to have to inform|i wasn't able)|i wasn't able to deliver|i was not able to deliver|"
    r"(?:could|can) ?not be delivered|was not delivered|(?:is|was) undeliverable|undeliverable\s+to|"
    r"delivery (?:to the following|has failed|failed|status|of the following)|delevery to|"
    r"unable to deliver|unable to relay|failed to deliver|not delivered to the following|did not (?:receive|reach)|"
    r"the following (?:address|recipient|message|user|destination)\w* |following addresses (?:had|failed)|addresses had delivery errors|"
    r"had (?:transient|permanent|non-fatal|delivery) (?:non-fatal |fatal )?(?:errors|problems)|"
    r"permanent (?:fatal )?errors|mail delivery failed|transcript of session|unknown user|user (?:is )?(?:unknown|not known)|no such user|"
    r"invalid final delivery|does not exist|mailbox (?:is )?(?:full|unavailable)|over (?:its |their )?quota|returned mail|"
    r"failure reasons|delivery problems|encountered (?:delivery|a) problem|an error (?:has )?occurred while|"
    r"konnte nicht (?:zugestellt|übermittelt|ausgeliefert)|nicht zugestellt werden|n'a pas pu être (?:remis|distribué|délivré)|"
    r"kunde inte levereras|no se ha podido entregar|non è stato possibile|не удалось доставить|не может быть доставлено|невозможно доставить|"
    r"邮件无法|無法|配信できません|配信不能|送信できません|お届けできません|存在しないか|each of the following recipients was rejected|"
    r"rejected by (?:a |the )|recipients? (?:was|were) rejected|will be retried|not yet been delivered|has been delayed|still being retried)",
    re.I,
)
_ORIGINAL_BELOW = re.compile(
    r"^[ \t>*=]{0,8}(?:-{2,40}[^\n]{0,30}(?:original|returned|unsent|copy|header|below this line|message follows|message removed)[^\n]{0,80}|"
    r"(?:below|attached)(?: this line)? is (?:a |the )?(?:copy|original)[^\n]{0,60}|original message follows[^\n]{0,20}|"
    r"---? ?(?:below|the header|this is a copy|ниже|附件|enclosed)[^\n]{0,80}|your message reads[^\n]{0,40}|"
    r"(?:return-path|received|message-id|x-mailer|mime-version): [^\n]{0,80})",
    re.I | re.M,
)
_GREETING = re.compile(
    r"(?:hallo|guten (?:tag|morgen|abend)|sehr geehrte|liebe[rs]? |dear |hello|bonjour|bonsoir|hej|grüezi|hi[ ,!])",
    re.I,
)
_INTRO = re.compile(
    r"did not reach the following|(?:the )?following (?:recipient|address|user|destination)\w*(?:\(e?s\))?(?: \w+){0,3}\s?:|"
    r"not (?:be )?delivered to:?|recipients were affected:|unable to deliver message to:?|failure reasons|addressed to:|"
    r"(?:delivery|permanent fatal|delivery) (?:errors|problems) -{2,}|following list of recipients:|rcpt to:",
    re.I,
)
_TEMPORARY = re.compile(
    r"warning only|will be retried|you do not need to resend|has been delayed|delivery (?:is )?delayed|not yet been delivered|"
    r"still being retried|will (?:continue|keep) (?:to |on )?try|temporar(?:y|ily)|deferred|verzögert|retardée?|försen",
    re.I,
)
_SMTP_REFUSAL = re.compile(
    r"(?<![\w.])[45]\d\d[ -]{1,3}(?:#?[45]\.\d{1,3}\.\d{1,3}|requested action|user|no such|mailbox)", re.I
)
_ID_LINE = re.compile(
    r"^[ \t>]{0,8}(?:message-id|in-reply-to|references)\s?:((?:[^\n]*\n?)(?:[ \t][^\n]*\n?){0,40})",
    re.I | re.M,
)
_LINE_ADDRESS = re.compile(
    r"^[ \t>*#-]{0,20}(?:\(?(?:unknown user|user unknown|recipient|recipients|to|address|user|failed recipient|rcpt to|final-recipient|"
    r"original-recipient|undeliverable\s+to|invalid final delivery userid|originally addressed to|mailbox|for|empfänger|destinataire|"
    r"email|e-?mail address|dda:smtp)(?:\s{0,9}[:=]|\s)\s{0,9}(?:rfc822;\s{0,9})?)?[<\"'(\[]?"
    r"([\w.!#$%&'*+/=?^`{|}~-]{1,64}@[\w.-]{1,190}\w)(?:[>\"')\]:;,.]|<mailto:|\s|$)",
    re.I | re.M,
)


@dataclass(frozen=True, slots=True)
class Bounce:
    """A verdict: whom the message did not reach, whether for good; `why` names what led to it."""

    recipients: tuple[str, ...]
    kind: BounceKind
    why: str
    #: Message-IDs of the returned message: the ticket is found by these, never by the bounce's own subject.
    original_ids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Evidence:
    """What a bounce is judged by. Headers: lower-case names, first value of each."""

    headers: Mapping[str, str]
    from_address: str
    from_name: str
    to: Sequence[str]
    subject: str
    text: str
    report_type: str
    reports: Sequence[bytes]
    returned: Sequence[bytes] = ()


def judge(evidence: Evidence) -> Bounce | None:
    """The bounce this message is, or None. Never raises; bounded time."""
    found = _verdict(evidence)
    return replace(found, original_ids=_original_ids(evidence)) if found is not None else None


def _verdict(evidence: Evidence) -> Bounce | None:
    report = _report(evidence)
    if report is not None:
        return report if report.recipients else replace(report, recipients=_from_words(evidence))
    if _told_success(evidence):
        return None
    failed = evidence.headers.get("x-failed-recipients", "")
    if failed:
        found = _unique(_ADDRESS.findall(failed[:8000]))
        return Bounce(found, _kind(evidence), "X-Failed-Recipients")
    why = _reason(evidence)
    return Bounce(_from_words(evidence), _kind(evidence), why) if why else None


def _original_ids(evidence: Evidence) -> tuple[str, ...]:
    """Message-ID and references of the returned message, from its own part or from the copy in the text."""
    text = evidence.text
    below = _ORIGINAL_BELOW.search(text)
    copies = [decode(limits.header_block(copy)) for copy in evidence.returned[:3]]
    if not copies and below is not None:
        copies = [text[below.start() :][:TEXT_CAP]]
    ids = [i for copy in copies for value in _ID_LINE.findall(copy) for i in message_ids(value)]
    return tuple(dict.fromkeys(ids))


def _told_success(evidence: Evidence) -> bool:
    return (
        bool(evidence.reports)
        and evidence.report_type in ("", "delivery-status")
        and bool(_actions(evidence))
    )


def _actions(evidence: Evidence) -> list[str]:
    return [block["action"] for report in evidence.reports for block in _blocks(report) if "action" in block]


def _blocks(report: bytes) -> list[dict[str, str]]:
    """The groups of fields of a delivery report, one a recipient (the first is about the message)."""
    groups: list[dict[str, str]] = [{}]
    last = ""
    for line in decode(report[:200_000]).splitlines():
        if not line.strip():
            if groups[-1]:
                groups.append({})
            continue
        if line[0] in " \t" and last:
            groups[-1][last] += " " + line.strip()
            continue
        name, colon, value = line.partition(":")
        last = name.strip().lower() if colon else ""
        if last:
            if last in ("final-recipient", "original-recipient") and last in groups[-1]:
                groups.append({})
            groups[-1][last] = value.strip()
        if len(groups) > RECIPIENTS_CAP * 2:
            break
    return groups


def _report(evidence: Evidence) -> Bounce | None:
    """What the machine-readable report says; None without one or without a failed or delayed recipient."""
    if evidence.report_type in ("disposition-notification", "feedback-report"):
        return None
    recipients: list[str] = []
    failed = delayed = False
    for report in evidence.reports:
        for block in _blocks(report):
            action = block.get("action", "").lower().partition(" ")[0].partition(";")[0]
            status = block.get("status", "")
            if not ("final-recipient" in block or "original-recipient" in block):
                continue
            if action in ("delivered", "relayed", "expanded") or (not action and status.startswith("2")):
                continue
            temporary = action == "delayed" or (not action and status.startswith("4"))
            delayed, failed = delayed or temporary, failed or not temporary
            recipients += _recipient(block)
    if not failed and not delayed:
        return None
    return Bounce(_unique(recipients), "permanent" if failed else "temporary", "delivery report")


def _recipient(block: Mapping[str, str]) -> list[str]:
    """The address we wrote to beats the one it was passed on to."""
    for name in ("original-recipient", "final-recipient", "x-actual-recipient"):
        value = block.get(name, "")
        found = _ADDRESS.findall(value.partition(";")[2] or value)
        if found and not found[0].lower().startswith(("imceaex-", "imceanotes-")):
            return [found[0]]
    return []


def _reason(evidence: Evidence) -> str:
    """Why a message without report is a bounce, "" when it is none. A person's answer about one is none."""
    if evidence.report_type in ("disposition-notification", "feedback-report"):
        return ""
    if evidence.report_type == "delivery-status" and not _actions(evidence):
        return "delivery report without a readable recipient"
    daemon = _is_daemon(evidence)
    if _HUMAN_SUBJECT.match(evidence.subject):
        told = daemon and _SMTP_REFUSAL.search(_words(evidence)[:3000]) is not None
        return "mail server answers with a refusal" if told else ""
    subject = _SUBJECT.search(evidence.subject[:200]) is not None
    words = _TEMPLATE.search(_words(evidence)[:3000]) is not None
    if daemon and (subject or words):
        return "mail server says it could not deliver"
    if evidence.headers.get("in-reply-to") or not (words and _SUBJECT.match(evidence.subject.strip())):
        return ""
    person = _GREETING.match(evidence.text.lstrip()) is not None or not _from_words(evidence)
    return "" if person else "subject and text of a bounce"


def _is_daemon(evidence: Evidence) -> bool:
    if evidence.headers.get("return-path", "").strip() == "<>":
        return True
    local = evidence.from_address.partition("@")[0]
    return bool(
        _DAEMON.match(local)
        or _DAEMON_NAME.search(evidence.from_name)
        or not (evidence.from_address or evidence.from_name)
    )


def _words(evidence: Evidence) -> str:
    """The server's own words, without the copy of our message below them."""
    text = evidence.text[:TEXT_CAP]
    found = _ORIGINAL_BELOW.search(text)
    return text[: found.start()] if found and found.start() > 20 else text


def _kind(evidence: Evidence) -> BounceKind:
    words = f"{evidence.subject}\n{_words(evidence)[:4000]}"
    return (
        "temporary"
        if _TEMPORARY.search(words) and not re.search(r"permanent|5\.\d\.\d", words)
        else "permanent"
    )


def _from_words(evidence: Evidence) -> tuple[str, ...]:
    """Addresses the server names: at the start of a line first, else anywhere; never our own or the server's."""
    words = _words(evidence)
    told = _INTRO.search(words)
    own = {address.lower() for address in evidence.to} | {evidence.from_address.lower()}
    host = evidence.from_address.rpartition("@")[2].lower()

    def foreign(address: str) -> bool:
        low = address.lower()
        return (
            low not in own
            and not low.startswith(("postmaster@", "mailer-daemon@"))
            and not (low.endswith("." + host) and low.startswith("root@"))
        )

    for stretch in (words[told.end() :] if told else "", words):
        at_lines = _unique(a for a in _LINE_ADDRESS.findall(stretch) if foreign(a))
        anywhere = at_lines or _unique(a for a in _ADDRESS.findall(stretch) if foreign(a))[:1]
        if anywhere:
            return anywhere
    return ()


def _unique(addresses: object) -> tuple[str, ...]:
    seen: dict[str, str] = {}
    for address in addresses:  # type: ignore[attr-defined]
        seen.setdefault(str(address).lower(), str(address).rstrip("."))
    return tuple(seen.values())[:RECIPIENTS_CAP]

"""Bounces: which message says that ours did not arrive, whom it could not reach, for now or for good.

First the machine-readable report (RFC 3464), then the headers of certain servers, then the words that servers
without either write. Every look is at a bounded piece of text.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from helpdesk.mail import limits
from helpdesk.mail.bounce_words import (
    ADDRESS,
    DAEMON,
    DAEMON_NAME,
    DELAYED,
    GREETING,
    HUMAN_SUBJECT,
    ID_LINE,
    INTRO,
    LINE_ADDRESS,
    ORIGINAL_BELOW,
    PERMANENT,
    QUOTA,
    SMTP_REFUSAL,
    SUBJECT,
    TEMPLATE,
    TEMPORARY,
)
from helpdesk.mail.charsets import decode
from helpdesk.mail.references import message_ids

#: RFC 3461: how an original recipient's special characters come.
_XTEXT = re.compile(r"\+([2-7][0-9A-F])")

BounceKind = Literal["temporary", "permanent"]

#: Characters of the report's words that are read; servers say it at the top.
TEXT_CAP = 20_000
RECIPIENTS_CAP = 100


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
    #: The message is an automatic reply by its own words: an absence may well speak of addresses.
    is_reply: bool = False
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
        found = _unique(ADDRESS.findall(failed[:8000]))
        return Bounce(found, _kind(evidence), "X-Failed-Recipients")
    why = _reason(evidence)
    return Bounce(_from_words(evidence), _kind(evidence), why) if why else None


def _original_ids(evidence: Evidence) -> tuple[str, ...]:
    """Message-ID and references of the returned message, from its own part or from the copy in the text."""
    text = evidence.text
    below = ORIGINAL_BELOW.search(text)
    copies = [decode(limits.header_block(copy)) for copy in evidence.returned[:3]]
    if not copies and below is not None:
        copies = [text[below.start() :][:TEXT_CAP]]
    ids = [i for copy in copies for value in ID_LINE.findall(copy) for i in message_ids(value)]
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
    if evidence.report_type in ("disposition-notification", "feedback-report") or _passed_on(evidence):
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


def _passed_on(evidence: Evidence) -> bool:
    """A person forwards a bounce with its report: theirs is a message, not a bounce."""
    return (
        not evidence.report_type
        and HUMAN_SUBJECT.match(evidence.subject) is not None
        and not _is_daemon(evidence)
    )


def _recipient(block: Mapping[str, str]) -> list[str]:
    """The address we wrote to beats the one it was passed on to."""
    for name in ("original-recipient", "final-recipient", "x-actual-recipient"):
        value = block.get(name, "")
        found = ADDRESS.findall(value.partition(";")[2] or value)
        if found and not found[0].lower().startswith(("imceaex-", "imceanotes-")):
            return [
                _XTEXT.sub(lambda hexed: chr(int(hexed[1], 16)), found[0]) if name[0] == "o" else found[0]
            ]
    return []


def _reason(evidence: Evidence) -> str:
    """Why a message without report is a bounce, "" when it is none. A person's answer about one is none."""
    if evidence.report_type in ("disposition-notification", "feedback-report"):
        return ""
    if evidence.report_type == "delivery-status" and not _actions(evidence):
        return "delivery report without a readable recipient"
    if evidence.is_reply and DAEMON.match(evidence.from_address.partition("@")[0]) is None:
        return ""
    daemon = _is_daemon(evidence)
    if HUMAN_SUBJECT.match(evidence.subject):
        told = daemon and SMTP_REFUSAL.search(_words(evidence)[:3000]) is not None
        return "mail server answers with a refusal" if told else ""
    subject = SUBJECT.search(evidence.subject[:200]) is not None
    if not daemon and not subject:
        return ""
    words = TEMPLATE.search(_words(evidence)[:3000]) is not None
    if daemon and (subject or words):
        return "mail server says it could not deliver"
    if daemon and _names_failure(evidence) and _from_words(evidence):
        return "mail server names an address"
    if evidence.headers.get("in-reply-to") or not (words and SUBJECT.match(evidence.subject.strip())):
        return ""
    person = GREETING.match(evidence.text.lstrip()) is not None or not _from_words(evidence)
    return "" if person else "subject and text of a bounce"


def _names_failure(evidence: Evidence) -> bool:
    """A mailer daemon writes of nothing else; whoever else answers for a server must quote a refusal."""
    if evidence.from_address.lower().startswith("mailer-daemon@"):
        return QUOTA.search(evidence.subject) is None
    return SMTP_REFUSAL.search(_words(evidence)[:3000]) is not None


def _is_daemon(evidence: Evidence) -> bool:
    if evidence.headers.get("return-path", "").strip() == "<>":
        return True
    local = evidence.from_address.partition("@")[0]
    return bool(
        DAEMON.match(local)
        or DAEMON_NAME.search(evidence.from_name)
        or not (evidence.from_address or evidence.from_name)
    )


def _words(evidence: Evidence) -> str:
    """The server's own words, without the copy of our message below them."""
    text = evidence.text[:TEXT_CAP]
    found = ORIGINAL_BELOW.search(text)
    return text[: found.start()] if found and found.start() > 20 else text


def _kind(evidence: Evidence) -> BounceKind:
    words = f"{evidence.subject}\n{_words(evidence)[:4000]}"
    if DELAYED.search(words):
        return "temporary"
    return "temporary" if TEMPORARY.search(words) and not PERMANENT.search(words) else "permanent"


def _from_words(evidence: Evidence) -> tuple[str, ...]:
    """Addresses the server names: at the start of a line first, else anywhere; never ours or the server's."""
    words = _words(evidence)
    told = INTRO.search(words)
    own = {address.lower() for address in evidence.to} | {evidence.from_address.lower()}
    host = evidence.from_address.rpartition("@")[2].lower()

    def foreign(address: str) -> bool:
        low = address.lower()
        return (
            low not in own
            and not low.startswith(("postmaster@", "mailer-daemon@"))
            and not (low.endswith("." + host) and low.startswith("root@"))
        )

    for stretch in (words[told.end() :] if told else "", words, evidence.text[:TEXT_CAP]):
        at_lines = _unique(a for a in LINE_ADDRESS.findall(stretch) if foreign(a))
        anywhere = at_lines or _unique(a for a in ADDRESS.findall(stretch) if foreign(a))[:1]
        if anywhere:
            return anywhere
    return ()


def _unique(addresses: object) -> tuple[str, ...]:
    seen: dict[str, str] = {}
    for address in addresses:  # type: ignore[attr-defined]
        address = str(address).rstrip(".").strip("'")
        seen.setdefault(address.lower(), address)
    return tuple(seen.values())[:RECIPIENTS_CAP]

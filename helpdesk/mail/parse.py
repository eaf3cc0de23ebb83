"""Take a raw message apart. Whatever comes yields a result: what could not be read is named in `defects`.

Headers are decoded by our own functions on top of the lenient parser of the standard library: its modern
policy costs five times as much, raises on some real messages and joins encoded words wrongly.
"""

import re
from datetime import datetime

from helpdesk.core.languages import detect
from helpdesk.mail import automatic, bounces, limits
from helpdesk.mail.addresses import AddressList, Mailbox, parse_addresses
from helpdesk.mail.charsets import one_line
from helpdesk.mail.dates import parse_date
from helpdesk.mail.encoded_words import decode_words, raw_text
from helpdesk.mail.forwards import forwarded_from
from helpdesk.mail.header_block import plain_headers, repair
from helpdesk.mail.html_text import html_title
from helpdesk.mail.params import parse_params
from helpdesk.mail.parsed import ParsedMail
from helpdesk.mail.parts import Content, Part, Segment, read, walk
from helpdesk.mail.quotes import new_text
from helpdesk.mail.references import message_ids

#: Characters of a subject that are kept.
SUBJECT_CAP = 2_000

_ARRIVED = ("delivered-to", "x-original-to", "envelope-to", "x-envelope-to", "x-delivered-to", "x-real-to",
            "x-forwarded-to", "apparently-to")  # fmt: skip
_BLANKS = re.compile(r"\n{4,}")

Headers = dict[str, list[str]]


def parse(raw: bytes) -> ParsedMail:
    """A raw message as data. Never raises; one that breaks the parser comes back with its header only."""
    reason = limits.hopeless(raw)
    if reason is not None:
        return parse_header_only(raw, reason)
    try:
        return _parse(raw)
    except Exception as error:  # the last net: a mail must never stop the next one (M3)
        return parse_header_only(raw, f"unreadable: {type(error).__name__}")


def parse_header_only(raw: bytes, reason: str) -> ParsedMail:
    """The result for a message whose body cannot be taken apart; `reason` stands first in the defects."""
    try:
        head, defects = repair(limits.header_block(raw) + b"\r\n\r\n")
        headers: Headers = {}
        for name, value in plain_headers(head):
            headers.setdefault(name, []).append(value)
        return _assemble(headers, Content(defects=[reason, *defects]))
    except Exception as error:  # see above; then nothing is known but that something came
        return ParsedMail(defects=(reason, f"unreadable: {type(error).__name__}"))


def _parse(raw: bytes) -> ParsedMail:
    repaired, defects = repair(raw)
    message = read(repaired)
    content = walk(message)
    content.defects = [*defects, *content.defects]
    return _assemble(_headers(message), content)


def _headers(message: Part) -> Headers:
    headers: Headers = {}
    for name, value in message.raw_items():
        headers.setdefault(name.strip().lower(), []).append(str(value))
    return headers


def _assemble(headers: Headers, content: Content) -> ParsedMail:
    senders, defects = _senders(headers), content.defects
    first = _first_sender(senders, headers)
    subject = _subject(headers)
    to = _addresses(headers, "to", defects)
    cc = _addresses(headers, "cc", defects)
    text = _text(content.segments)
    firsts = {name: raw_text(values[0][:2_000]) for name, values in headers.items()}
    report_type = _report_type(headers, content.kinds)
    new = new_text(text)
    auto = automatic.judge(firsts, first.address, subject, report_type, new)
    bounce = bounces.judge(
        bounces.Evidence(
            headers=firsts,
            from_address=first.address,
            from_name=first.name,
            to=[box.address for box in to],
            subject=subject,
            text=text,
            report_type=report_type,
            reports=content.reports,
            is_reply=auto.is_reply,
            returned=content.returned,
        )
    )
    text = _with_title(text, content.segments)
    language, confidence = detect(new or text) if text.strip() else ("", 0.0)
    return ParsedMail(
        from_address=first.address,
        from_name=first.name,
        from_trustworthy=_trustworthy(headers, senders, first),
        reply_to=tuple(_addresses(headers, "reply-to", defects)),
        sender=_one_address(headers, "sender"),
        to=tuple(to),
        cc=tuple(cc),
        delivered_to=_delivered_to(headers),
        return_path=_one_address(headers, "return-path") if "return-path" in headers else None,
        subject=subject,
        date=_date(headers),
        message_id=next(iter(_ids(headers, "message-id")), ""),
        in_reply_to=_ids(headers, "in-reply-to"),
        references=_ids(headers, "references"),
        text=text,
        new_text=new,
        html_source=_html(content.segments),
        attachments=tuple(content.attachments),
        automatic=auto,
        bounce=bounce,
        language=language,
        language_confidence=confidence,
        forwarded_from=forwarded_from(text, subject),
        authentication_results=tuple(
            one_line(raw_text(v)) for v in headers.get("authentication-results", [])[:20]
        ),
        x_loop=tuple(one_line(raw_text(v)) for v in headers.get("x-loop", [])[:20]),
        x_original_sender=_one_address(headers, "x-original-sender"),
        defects=tuple(dict.fromkeys([*defects, *(f"From: {d}" for d in senders.defects)])),
    )


def _senders(headers: Headers) -> AddressList:
    """The mailboxes of every From header together."""
    every = AddressList()
    for value in headers.get("from", [])[:10]:
        found = parse_addresses(value)
        every.boxes += found.boxes
        every.defects += found.defects
    return every


def _first_sender(senders: AddressList, headers: Headers) -> Mailbox:
    """The first sender that has an address; without one the address to answer to, never trustworthy."""
    for box in senders.boxes:
        if "@" in box.address:
            return box
    name = senders.boxes[0].name if senders.boxes else ""
    for header in ("reply-to", "sender", "return-path"):
        address = _one_address(headers, header)
        if "@" in address:
            senders.defects.append(f"no address, taken from {header}")
            return Mailbox(address, name)
    return Mailbox("", name)


def _trustworthy(headers: Headers, senders: AddressList, first: Mailbox) -> bool:
    """One From, one address, no defect, and a name that does not pass itself off as another address."""
    name_claims = "@" in first.name and first.address.lower() not in first.name.lower()
    one = len(headers.get("from", [])) == 1 and len(senders.boxes) == 1
    return one and "@" in first.address and not senders.defects and not name_claims


def _addresses(headers: Headers, name: str, defects: list[str]) -> list[Mailbox]:
    boxes: list[Mailbox] = []
    for value in headers.get(name, [])[:10]:
        found = parse_addresses(value, several=True)
        boxes += [box for box in found.boxes if box.address]
        if "more addresses than are read" in found.defects:
            defects.append(f"{name}: more addresses than are read")
    return boxes[: limits.ADDRESSES_CAP]


def _one_address(headers: Headers, name: str) -> str:
    values = headers.get(name)
    return next((box.address for box in parse_addresses(values[0]).boxes), "") if values else ""


def _delivered_to(headers: Headers) -> tuple[str, ...]:
    found = [
        b.address for name in _ARRIVED for v in headers.get(name, [])[:10] for b in parse_addresses(v).boxes
    ]
    return tuple(dict.fromkeys(address for address in found if "@" in address))


def _subject(headers: Headers) -> str:
    value = next((v for v in headers.get("subject", []) if v.strip()), "")
    return one_line(decode_words(raw_text(value)))[:SUBJECT_CAP]


def _date(headers: Headers) -> datetime | None:
    return next((d for d in map(parse_date, headers.get("date", [])[:3]) if d is not None), None)


def _ids(headers: Headers, name: str) -> tuple[str, ...]:
    values = headers.get(name, [])[:5]
    return message_ids(" ".join(values)) if values else ()


def _report_type(headers: Headers, kinds: list[str]) -> str:
    """What kind of report the message is (RFC 6522), "" for none; the parts tell where no header does."""
    kind, parameters = parse_params(headers.get("content-type", [""])[0])
    if kind == "multipart/report" and parameters.get("report-type"):
        return parameters["report-type"].strip().lower()
    for report in ("feedback-report", "disposition-notification"):
        if f"message/{report}" in kinds:
            return report
    return "unknown" if kind == "multipart/report" else ""


def _text(segments: list[Segment]) -> str:
    texts = [text for text in (segment.text().strip("\n") for segment in segments) if text.strip()]
    return _BLANKS.sub("\n\n\n", "\n\n".join(texts))[: limits.TEXT_CAP]


def _with_title(text: str, segments: list[Segment]) -> str:
    """The title of a mail that is only HTML above its text: kept for reading, never taken as said."""
    title = html_title(segments[0].html) if len(segments) == 1 and not segments[0].plain.strip() else ""
    return f"{title}\n\n{text}" if title and title not in text else text


def _html(segments: list[Segment]) -> str:
    return "\n".join(segment.html for segment in segments if segment.html)[: limits.HTML_CAP]

"""Walk the parts of a message: what is read, what is a file; every byte ends in one of the two."""

import binascii
import re
from dataclasses import dataclass, field
from email.message import Message
from email.parser import BytesParser

from helpdesk.mail import limits
from helpdesk.mail.attachments import Attachment, safe_name
from helpdesk.mail.calendar_text import calendar_to_text
from helpdesk.mail.charsets import decode
from helpdesk.mail.encoded_words import base64_bytes, decode_words, raw_text
from helpdesk.mail.flowed import unflow
from helpdesk.mail.html_text import html_to_text
from helpdesk.mail.params import parse_params
from helpdesk.mail.signed_content import signed_content
from helpdesk.mail.tnef import unwrap
from helpdesk.mail.uuencoded import decode_block, split_files
from helpdesk.mail.yenc import split_yenc


class Part(Message):
    """A message part. An attached message stays the bytes it is: a file, byte for byte, never walked into."""

    def get_content_maintype(self) -> str:
        kind = super().get_content_maintype()
        return "application" if kind == "message" else kind

    def get_content_type(self) -> str:
        kind = super().get_content_type()
        return "application/octet-stream" if kind.startswith("message/") else kind

    @property
    def body(self) -> object:
        """The payload untouched: a list of parts, or text with 8-bit bytes as surrogate escapes."""
        return self.__dict__["_payload"]


#: Characters of a plain text that only says that there is HTML.
STUB_CAP = 400
_STUB = re.compile(
    r"(?:not|n't|nicht|kein(?:e|en)?|pas|inte)\b[^\n]{0,40}\bhtml|html[^\n]{0,40}\b(?:not|nicht|pas|inte)\b|"
    r"\b(?:in|im|au|i) (?:the )?html(?:[- ]format)?\b|\bformat html|html[- ](?:format|ansicht|viewer|"
    r"version|compatible|"
    r"fähig\w*|capable|enabled)|view (?:it|this (?:e-?mail|message)) (?:in|online)",
    re.I,
)
_PARSER = BytesParser(_class=Part)
_BOUNDARY_LINE = re.compile(r"^--([^\r\n]{1,200}?)[ \t]*\r?\n(?=content-)", re.I | re.M)
_TAGS = re.compile(r"<[^>\n]{1,200}>")
_HTML_LOOK = re.compile(r"<(?:html|body|!doctype html|table|div|p|br)[\s/>]", re.I)
_FILE_NAME = re.compile(r"[^\s/\\:*?<>|]{1,100}\.[A-Za-z0-9]{2,5}")
_SIGNED = ("application/pkcs7-mime", "application/x-pkcs7-mime")
#: Text for programs.
_NO_PROSE = frozenset(
    f"text/{kind}"
    for kind in (
        "calendar csv vcard x-vcard directory css xml javascript rtf rfc822-headers "
        "x-amp-html watch-html html"
    ).split()
)
_TNEF = ("application/ms-tnef", "application/vnd.ms-tnef")


def read(raw: bytes) -> Part:
    """The parsed tree of a message whose header block was repaired."""
    return _PARSER.parsebytes(raw)


@dataclass(slots=True)
class Segment:
    """A stretch of readable content: plain text, HTML, or both saying the same."""

    plain: str = ""
    html: str = ""

    def text(self) -> str:
        """What to read: the plain text, and the HTML in words where there is none or only a note about it."""
        plain = self.plain.strip()
        if plain and not (self.html and len(plain) < STUB_CAP and _STUB.search(plain)):
            return self.plain
        words = html_to_text(self.html)
        return words if len(words) > 2 * len(plain) else self.plain


@dataclass(slots=True)
class Content:
    """Everything in a message body."""

    segments: list[Segment] = field(default_factory=list)
    attachments: list[Attachment] = field(default_factory=list)
    defects: list[str] = field(default_factory=list)
    #: Delivery reports (message/delivery-status) and returned headers, as bytes.
    reports: list[bytes] = field(default_factory=list)
    returned: list[bytes] = field(default_factory=list)
    kinds: list[str] = field(default_factory=list)
    #: Read only when the mail has nothing else to read: a calendar in words, the text inside a winmail.dat.
    fallbacks: list[Segment] = field(default_factory=list)
    count: int = 0
    #: Whether a signed message was opened already; one inside another is not.
    unwrapped: bool = False

    def note(self, defect: str) -> None:
        """Remember once what is wrong."""
        if defect not in self.defects:
            self.defects.append(defect)


def walk(root: Part) -> Content:
    """Readable segments in order and files of a message."""
    content = Content()
    content.segments = _walk(root, content, 0)
    if not any(segment.plain.strip() or segment.html.strip() for segment in content.segments):
        content.segments = content.fallbacks
    return content


def _walk(part: Part, content: Content, depth: int, default: str = "text/plain") -> list[Segment]:
    content.count += 1
    if content.count > limits.PARTS_CAP or depth > limits.DEPTH_CAP:
        content.note("too many parts" if depth <= limits.DEPTH_CAP else "nested too deep")
        return []
    kind, parameters = parse_params(_header(part, "content-type") or default)
    kind = _sane_type(kind)
    content.kinds.append(kind)
    children = part.body
    if isinstance(children, list):
        parts = [child for child in children if isinstance(child, Part)]
        if kind == "multipart/alternative":
            return _alternative(parts, content, depth)
        inner = "message/rfc822" if kind == "multipart/digest" else "text/plain"
        found = [segment for child in parts for segment in _walk(child, content, depth + 1, inner)]
        if not found and not content.attachments and part.preamble and depth == 0:
            return [Segment(plain=_restore(part.preamble))]
        return _once(found) if kind == "multipart/mixed" else found
    if kind.startswith("multipart/"):
        return _broken_multipart(part, content, depth, str(children or ""))
    return _leaf(part, content, kind, parameters)


def _header(part: Part, name: str) -> str:
    """The first raw header of that name, "" without one; never the decoding the standard library would do."""
    for key, value in part.raw_items():
        if key.lower() == name:
            return str(value)
    return ""


def _sane_type(kind: str) -> str:
    if kind.count("/") == 1 and not kind.startswith("/") and not kind.endswith("/"):
        return kind
    if kind in ("text", "plain", "", "text/", "/") or kind.startswith("text/plain"):
        return "text/plain"
    return "text/html" if kind == "html" else "application/octet-stream"


def _alternative(parts: list[Part], content: Content, depth: int) -> list[Segment]:
    """One segment out of several that say the same: the first plain text with words, the HTML beside it."""
    chosen = Segment()
    for child in parts:
        found = _walk(child, content, depth + 1)
        plain = "\n\n".join(segment.plain for segment in found if segment.plain.strip())
        rich = "\n".join(segment.html for segment in found if segment.html)
        if plain and not chosen.plain.strip():
            chosen.plain = plain
        if rich:
            chosen.html = rich
    return [chosen] if chosen.plain or chosen.html else []


def _once(segments: list[Segment]) -> list[Segment]:
    """Some programs send text and HTML of the same content as mixed: shown once."""
    if len(segments) == 2 and segments[0].plain and not segments[0].html and segments[1].html:
        first, second = segments
        if not second.plain and _squeeze(first.plain)[:400] == _squeeze(second.text())[:400]:
            return [Segment(first.plain, second.html)]
    return segments


def _squeeze(text: str) -> str:
    return "".join(text.split())


def _broken_multipart(part: Part, content: Content, depth: int, body: str) -> list[Segment]:
    """A multipart without parts: the boundary is missing or another one than said."""
    content.note("multipart without parts")
    found = _BOUNDARY_LINE.search(body)
    if found is not None and depth < 3:
        data = body.encode("ascii", "surrogateescape")
        head = (
            b'Content-Type: multipart/mixed; boundary="'
            + found[1].encode("ascii", "surrogateescape")
            + b'"\r\n\r\n'
        )
        again = read(head + data)
        if isinstance(again.body, list):
            return _walk(again, content, depth + 1)
    text = _restore(body)
    return [Segment(html=text)] if _HTML_LOOK.search(text[:2000]) else [Segment(plain=text)]


def _restore(payload: str) -> str:
    """Text of a payload nobody decoded."""
    return _newlines(decode(payload.encode("ascii", "surrogateescape")))


def _newlines(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")


def payload_bytes(part: Part, content: Content | None = None) -> bytes:
    """The decoded bytes of a leaf; a wrong or unknown transfer encoding leaves them as they stand."""
    payload = part.body
    text = payload if isinstance(payload, str) else ""
    how = re.split(
        r"[\s;(]", _header(part, "content-transfer-encoding").strip().lower().strip("\"'"), maxsplit=1
    )[0]
    data = text.encode("ascii", "surrogateescape")
    if how.startswith(("quoted", "qp", "q-p")):
        return binascii.a2b_qp(data)
    if how.startswith("base") or how == "b64":
        if _is_base64(data):
            return base64_bytes(data)
        if content is not None:
            content.note("base64 that is none")
    elif how in ("x-uuencode", "uuencode", "x-uue", "uue"):
        return decode_block(text) or data
    return data


def _is_base64(data: bytes) -> bool:
    """Whether the first lines could be base64: words with blanks between them are not."""
    sample = data[:2000].strip()
    lines = sample.splitlines()[:20]
    return not lines or sum(b" " in line.strip() for line in lines) * 2 <= len(lines)


def _leaf(part: Part, content: Content, kind: str, parameters: dict[str, str]) -> list[Segment]:
    disposition, options = parse_params(_header(part, "content-disposition"))
    name = (
        options.get("filename")
        or options.get("name")
        or parameters.get("name")
        or parameters.get("filename")
        or _described(part)
    )
    data = payload_bytes(part, content)
    if kind in ("message/delivery-status", "message/global-delivery-status"):
        content.reports.append(data)
    elif kind in ("text/rfc822-headers", "message/rfc822", "message/rfc822-headers", "message/global"):
        content.returned.append(data)
    is_file = disposition.startswith("attach") or bool(
        name and kind != "text/html" and not _is_body_name(name)
    )
    if kind in ("text/plain", "text/html", "text/enriched", "text/richtext") and not is_file:
        return _readable(data, kind, parameters, content)
    if (kind in _TNEF or name.lower() == "winmail.dat") and _unwrap(data, content):
        return []
    _attach(content, name, kind, data, _header(part, "content-id"), inline=disposition.startswith("inline"))
    if kind in _SIGNED and (signed := signed_content(data)):
        content.fallbacks += _inside(signed, content)
    elif kind.startswith("text/") and kind not in _NO_PROSE and not disposition.startswith("attach"):
        content.fallbacks.append(Segment(plain=_newlines(decode(data, parameters.get("charset", "")))))
    if kind in ("text/calendar", "application/ics"):
        words = calendar_to_text(decode(data, parameters.get("charset", "")))
        content.fallbacks.append(Segment(plain=words))
    return []


def _described(part: Part) -> str:
    """A file name that stands only in the description or location of the part, "" when there is none."""
    for header in ("content-description", "content-location"):
        value = decode_words(raw_text(_header(part, header)[:500])).strip(" \t\"'")
        last = value.rpartition("/")[2] if header == "content-location" else value
        if _FILE_NAME.fullmatch(last):
            return last
    return ""


def _is_body_name(name: str) -> bool:
    """Names some programs give to the text of the mail itself."""
    return name.lower() in ("body.txt", "message.txt", "text.txt") or "." not in name


def _inside(signed: bytes, content: Content) -> list[Segment]:
    """Readable segments and files of the message inside an opaque signature; the signature is not checked."""
    if content.unwrapped:
        return []
    content.unwrapped = True
    return _walk(read(signed), content, 1)


def _attach(
    content: Content, name: str, kind: str, data: bytes, content_id: str, *, inline: bool = False
) -> None:
    if len(content.attachments) >= limits.ATTACHMENTS_CAP:
        content.note("too many attachments")
        return
    number = len(content.attachments) + 1
    content.attachments.append(
        Attachment(safe_name(name, kind, number), kind, data, content_id.strip(" \t\r\n<>")[:200], inline)
    )


def _unwrap(data: bytes, content: Content) -> bool:
    """Put the files of a winmail.dat in its place; False when it cannot be read."""
    opened = unwrap(data)
    if not opened.files and not opened.text and not opened.html:
        content.note("unreadable winmail.dat")
        return False
    for file in opened.files:
        _attach(content, file.name, file.content_type or "application/octet-stream", file.content, "")
    content.fallbacks.append(Segment(opened.text, opened.html))
    return True


def _readable(data: bytes, kind: str, parameters: dict[str, str], content: Content) -> list[Segment]:
    if b"=ybegin " in data:
        data, coded = split_yenc(data)
        for name, file in coded:
            _attach(content, name, "application/octet-stream", file, "")
    text = _newlines(decode(data, parameters.get("charset", "")))[: limits.TEXT_CAP]
    if kind == "text/html":
        return [Segment(html=text)]
    if kind != "text/plain":
        return [Segment(plain=_TAGS.sub("", text.replace("<<", "<")))]
    if parameters.get("format", "").lower() == "flowed":
        text = unflow(text, delsp=parameters.get("delsp", "").lower() == "yes")
    text, files = split_files(text)
    for name, file in files:
        _attach(content, name, "application/octet-stream", file, "")
    return [Segment(plain=text)] if text.strip() else []

"""Messages of every shape we know, made here: what the fuzzer damages."""

import base64

from tests.mail.forms import letters, lines
from tests.mail.test_bounce_forms import FAILED, REPORTS
from tests.mail.test_html_replies import SHAPES
from tests.mail.winmail import attached, winmail

HEAD = (
    "From: =?utf-8?Q?M=C3=BCller=2C_Vera?= <vera@kunde.example>\nTo: hilfe@anbieter.example, x@y.example\n"
    "Subject: =?utf-8?B?R3LDvMOfZQ==?= Re: Ticket\nDate: Mon, 3 Feb 2025 14:05:00 +0100\nMessage-ID: <1@kunde.example>\n"
    "In-Reply-To: <0@anbieter.example>\nReferences: <a@b.example> <0@anbieter.example>\nMIME-Version: 1.0\n"
)
PLAIN = "Content-Type: text/plain; charset=utf-8\n\nHallo Welt\n\n-- \nVera\n"
HTML = 'Content-Type: text/html; charset=utf-8\n\n<p>Hallo <b>Welt</b> <img src="cid:l@k"></p>'
PNG = "Content-Type: image/png; name=l.png\nContent-ID: <l@k>\nContent-Transfer-Encoding: base64\n\niVBORw0KGgo="
PDF = (
    "Content-Type: application/pdf\nContent-Disposition: attachment;\n filename*0*=utf-8''%C3%BCber;\n filename*1=.pdf\n"
    "Content-Transfer-Encoding: base64\n\nJVBERg=="
)
EVENT = "Content-Type: text/calendar; method=REQUEST\n\nBEGIN:VCALENDAR\nBEGIN:VEVENT\nSUMMARY:x\nDTSTART:20250203T140500Z\nEND:VEVENT\nEND:VCALENDAR"
TNEF = base64.encodebytes(winmail(attached(b"a.txt", b"abc"))).decode()
WINMAIL = f"Content-Type: application/ms-tnef; name=winmail.dat\nContent-Transfer-Encoding: base64\n\n{TNEF}"
INNER = "Content-Type: message/rfc822\n\nFrom: x@y.example\nSubject: inner\n\nInnen"

#: Stretches of bytes that mean something to some reader.
PIECES = [
    b"From: ", b"Subject: ", b"Content-Type: multipart/mixed; boundary=b\r\n", b"--b\r\n", b"--b--", b"\r\n\r\n", b"\n", b"=?utf-8?q?", b"?=",
    b"=?iso-2022-jp?B?", b"<", b">", b"@", b'"', b"(", b",", b";", b":", b"\0", b"\xff", b"\x1b$B", b"+2AA-", b"Content-Transfer-Encoding: base64\r\n",
    b"Content-Type: text/html; charset=utf-7\r\n", b"Content-Type: message/delivery-status\r\n", b"name*0*=utf-8''%", b"begin 644 x\n", b"end\n",
    b"<div style='", b"<!--", b"Date: Mon, 99 ", b"Message-ID: <", b"On 1 Jan 2025 x wrote:", b"Von: ", b"> ", b"-- \n", b"BEGIN:VEVENT\n", b"DTSTART:2",
    b"Content-Type: application/ms-tnef\r\n", b"\x78\x9f\x3e\x22", b"=ybegin line=128 size=3 name=a\r\n", b"=yend size=3\r\n", b"<blockquote type=cite>",
    b"<svg><style>", b"<math><mtext>", b"</p", b"&#", b"javascript:", b" onerror=", b"LZFu", b"{\\rtf1", b">>> a >>>", b"\xed\xa0\x80", b"=C3", b"=\r\n",
]  # fmt: skip


def multipart(kind: str, *parts: str) -> str:
    """A whole message of that kind of multipart."""
    joined = "".join(f"--b\n{part}\n" for part in parts)
    return f'{HEAD}Content-Type: multipart/{kind}; boundary="b"\n\n{joined}--b--\n'


def seeds() -> list[bytes]:
    """All seeds, with the line ends of mail."""
    found = [
        HEAD + PLAIN,
        HEAD + HTML,
        HEAD + EVENT,
        multipart("mixed", PLAIN, PDF, INNER, WINMAIL),
        multipart("alternative", PLAIN, HTML, EVENT),
        multipart("related", HTML, PNG),
        multipart("digest", INNER, "\nFrom: a@b.example\n\nx"),
        multipart("signed; protocol=x", PLAIN, "Content-Type: application/pgp-signature\n\nx"),
        multipart("report; report-type=delivery-status", PLAIN, f"Content-Type: message/delivery-status\n\n{FAILED}", INNER),
        *(f"{HEAD}Content-Type: text/html\n\n{shape}" for shape in SHAPES.values()),
        *(f"{HEAD}\nJa.\n\n{head}\n\n> Hallo\n> Gruss\n" for head in lines("attributions")[::6]),
        *(f"{HEAD}\nJa.\n\n{line}\n" for line in lines("phone_lines")[::20]),
        *(f"From: {fields[0]}\nTo: h@a.example\nSubject: {fields[1]}\n\n{body}" for fields, body in letters("bounces")[::4]),
        *(f"From: v@k.example\nSubject: {entry.partition('|')[0]}\n\n{entry.partition('|')[2]}" for entry in lines("automatic")[::6]),
        *(f"From: MAILER-DAEMON@x.example\nContent-Type: message/delivery-status\n\n{report}" for report in REPORTS.values()),
    ]  # fmt: skip
    return [text.replace("\n", "\r\n").encode() for text in found]

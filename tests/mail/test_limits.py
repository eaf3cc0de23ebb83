"""Every known blow-up of the materials ends within seconds, in bounded memory, with a result."""

import time

import pytest

from helpdesk.mail import limits
from helpdesk.mail.contain import parse_contained
from helpdesk.mail.inspection import inspect
from helpdesk.mail.parse import parse

HEAD = b"From: a@k.example\r\nTo: hilfe@a.example\r\nSubject: x\r\n"


def nested(levels):
    parts = b"".join(
        b'Content-Type: multipart/mixed; boundary="b%d"\r\n\r\n--b%d\r\n' % (n, n) for n in range(levels)
    )
    return HEAD + parts + b"\r\nHallo\r\n"


def many_parts(count):
    return (
        HEAD
        + b'Content-Type: multipart/mixed; boundary="b"\r\n\r\n'
        + b"--b\r\n\r\nx\r\n" * count
        + b"--b--\r\n"
    )


def html(body):
    return HEAD + b"Content-Type: text/html\r\n\r\n" + body


SUSPICIOUS = {
    "20,000 encoded words": b"From: a@k.example\r\nSubject: " + b"\r\n ".join([b"=?utf-8?q?abc?="] * 20_000) + b"\r\n\r\nHallo",
    "one long line of words": b"From: a@k.example\r\nSubject: " + b" ".join([b"=?utf-8?q?a?="] * 100_000) + b"\r\n\r\nHallo",
    "100,000 brackets": b"From: a@k.example\r\nCc: " + b"(" * 100_000 + b"\r\n\r\nHallo",
    "20,000 addresses": b"From: a@k.example\r\nTo: " + b", ".join(b"u%d@k.example" % n for n in range(20_000)) + b"\r\n\r\nHallo",
    "100,000 headers": HEAD + b"".join(b"X-%d: y\r\n" % n for n in range(100_000)) + b"\r\nHallo",
    "a name in 20,000 pieces": HEAD + b"Content-Type: application/x;" + b"".join(b"\r\n name*%d=a;" % n for n in range(20_000)) + b"\r\n\r\nx",
    "a boundary in 20,000 pieces": HEAD + b"Content-Type: multipart/mixed;" + b"".join(b"\r\n boundary*%d=a;" % n for n in range(20_000)) + b"\r\n\r\nx",
    "300 nested parts": nested(300),
    "1,500 nested parts": nested(1_500),
    "10,000 parts": many_parts(10_000),
    "100,000 parts": many_parts(100_000),
}  # fmt: skip


@pytest.mark.parametrize("name", SUSPICIOUS)
def test_a_suspicious_message_yields_its_sender_within_seconds(name):
    raw = SUSPICIOUS[name]
    assert limits.suspicious(raw) is not None
    started = time.monotonic()
    mail = parse_contained(raw)
    assert time.monotonic() - started < 25
    assert mail.from_address == "a@k.example"


ORDINARY_BUT_NASTY = {
    "message id of brackets": HEAD + b"Message-ID: " + b"<" * 30_000 + b"\r\n\r\nHallo",
    "names of quotes": b"From: " + b'"' * 15_000 + b"\r\nTo: " + b'\\"' * 7_000 + b"\r\n\r\nHallo",
    "half encoded words": b"From: a@k.example\r\nSubject: " + b"=?utf-8?q?" * 1_500 + b"\r\n\r\nHallo",
    "parameters without end": HEAD + b"Content-Type: text/plain" + b" ;a" * 8_000 + b"\r\n\r\nHallo",
    "line breaks inside words": b"From: =?utf-8?q?a=0D=0ABcc:_x?= <a@k.example>\r\nSubject: =?utf-8?q?a=0D=0Ab=00c?=\r\n\r\nHallo",
    "20,000 nested elements": html(b"<div>" * 20_000 + b"x"),
    "300,000 open elements": html(b"<div>" * 300_000),
    "a million brackets": html(b"<" * 1_000_000),
    "open attributes": html(b'<a x="' * 200_000),
    "open quotes": html(b"<a x='>" * 200_000),
    "open comments": html(b"<!--" * 300_000),
    "open titles": html(b"<title>" * 200_000),
    "nested quotes": html(b"<blockquote type=cite>a" * 60_000),
    "attributes": html(b"<p " + b"a=1 " * 300_000 + b">x"),
    "entities": html(b"&amp" * 300_000),
    "lines of dates": HEAD + b"\r\n" + b"On Mon, 1 Jan\r\n" * 40_000,
    "300,000 blank lines": HEAD + b"\r\n" + b"\r\n" * 300_000,
    "300,000 flowed lines": HEAD + b"Content-Type: text/plain; format=flowed\r\n\r\n" + b"a \r\n" * 300_000,
    "100,000 begins": HEAD + b"\r\n" + b"begin 644 a\n" * 100_000 + b"end\n",
    "100,000 NULs": HEAD + b"\r\n" + b"\0" * 100_000,
    "base64 of padding": HEAD + b"Content-Transfer-Encoding: base64\r\n\r\n" + b"=QUJD" * 200_000,
    "escapes": HEAD + b"\r\n" + b"\x1b$B" * 100_000,
    "bounce of dashes": b"From: mailer-daemon@k.example\r\nSubject: failure notice\r\n\r\n" + b"-" * 200_000,
    "bounce of letters": b"From: mailer-daemon@k.example\r\nSubject: failure notice\r\n\r\n" + b"a" * 500_000,
    "bounce of addresses": b"From: mailer-daemon@k.example\r\nSubject: failure notice\r\n\r\n" + b"<a@b.example>:\n" * 50_000,
    "calendar of folds": HEAD + b"Content-Type: text/calendar\r\n\r\nBEGIN:VEVENT\r\n" + b" x\r\n" * 200_000,
    "a block of no headers": b"\0 \xff" * 6_000 + b"\r\n\r\nHallo",
    "a winmail.dat of 300,000 attributes": HEAD + b"Content-Type: application/ms-tnef\r\nContent-Transfer-Encoding: 8bit\r\n\r\n"
    + b"\x78\x9f\x3e\x22\x01\x00" + b"\x01\x05\x80\x03\x00\x02\x00\x00\x00ab\x00\x00" * 300_000,
    "100,000 yEnc files": HEAD + b"\r\n" + b"=ybegin line=1 size=1 name=a\n" * 100_000,
    "a million yEnc escapes": HEAD + b"\r\n=ybegin line=1 size=1 name=a\n" + b"=}" * 500_000 + b"\n=yend size=1\n",
    "lines of dates and times": HEAD + b"\r\n" + b"2025-02-03 14:05 a@b.example x:\n" * 20_000,
    "half a Notes heading": HEAD + b"\r\n" + b"Vera Muster\n03.02.2025 14:05\nAn\n" * 20_000,
    "phones": HEAD + b"\r\n" + b"Sent from my iPhone, please excuse\n" * 20_000,
    "a phone without end": HEAD + b"\r\n" + b"Von " + b"a" * 300_000,
    "absences": HEAD + b"\r\n" + b"Ich bin " * 60_000,
    "a subject of tags": b"From: a@k.example\r\nSubject: " + b"[a] re: " * 3_000 + b"\r\n\r\nHallo",
    "a date of blanks": HEAD + b"Date: " + b"1 " * 10_000 + b"\r\n\r\nHallo",
    "8-bit words": HEAD + b"Content-Type: text/plain\r\n\r\n" + b"\xe4\xf6 " * 300_000,
    "names and commas": b"From: " + b"a, " * 9_000 + b"\r\n\r\nHallo",
    "headers that are none": HEAD + b"Bad\r\n" * 20_000 + b"Cc: z@k.example\r\n\r\nHallo",
}  # fmt: skip


@pytest.mark.parametrize("name", ORDINARY_BUT_NASTY)
def test_nasty_content_costs_seconds_at_most_and_never_raises(name):
    started = time.process_time()
    result = inspect(ORDINARY_BUT_NASTY[name])
    assert time.process_time() - started < 6
    for value in (result["from_address"], result["from_name"], result["subject"]):
        assert not set("\r\n\0") & set(str(value))
    str(result).encode("utf-8")


def test_an_ordinary_message_is_not_suspicious():
    assert limits.suspicious(HEAD + b"\r\nHallo") is None
    assert limits.suspicious(many_parts(20)) is None
    assert limits.suspicious(HEAD + b"\r\n" + b"-- \r\nVera\r\n" * 1_000) is None


def test_too_large_a_message_is_not_parsed_but_its_sender_is_known():
    mail = parse_contained(HEAD + b"\r\n" + b"x" * (limits.MESSAGE_CAP + 1))
    assert mail.from_address == "a@k.example"
    assert mail.defects[0] == "message too large"
    assert mail.text == ""


def test_more_than_the_limits_is_cut_and_said():
    mail = parse(many_parts(limits.PARTS_CAP + 10))
    assert "too many parts" in mail.defects
    files = b"--b\r\nContent-Type: image/png\r\n\r\nx\r\n" * (limits.ATTACHMENTS_CAP + 5)
    mail = parse(HEAD + b'Content-Type: multipart/mixed; boundary="b"\r\n\r\n' + files + b"--b--\r\n")
    assert len(mail.attachments) == limits.ATTACHMENTS_CAP
    assert "too many attachments" in mail.defects
    mail = parse(nested(limits.DEPTH_CAP + 5))
    assert "nested too deep" in mail.defects


def test_an_ordinary_message_takes_about_a_millisecond():
    raw = (
        HEAD
        + b"Message-ID: <1@k.example>\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n"
        + (
            b"Guten Tag\r\n\r\nDer Drucker druckt keine Rechnungen mehr, was kann ich tun?\r\n\r\nVera\r\n\r\n"
            b"Am 03.02.2025 um 14:05 schrieb Support <s@a.example>:\r\n> Hallo\r\n> Gruss\r\n"
        )
    )
    parse(raw)
    started = time.process_time()
    for _ in range(100):
        parse(raw)
    assert (time.process_time() - started) / 100 < 0.03

"""Suspicious messages are read in a child that may die; the caller gets a result all the same."""

import subprocess
import sys
import threading

from helpdesk.mail import contain
from helpdesk.mail.contain import parse_contained
from helpdesk.mail.parse import parse
from helpdesk.mail.wire import dump, load

RICH = (
    b"From: Vera <vera@k.example>\r\nTo: hilfe@a.example\r\nCc: b@a.example\r\nSubject: Test\r\n"
    b"Date: Mon, 3 Feb 2025 14:05:00 +0100\r\nMessage-ID: <1@k.example>\r\nReferences: <0@a.example>\r\n"
    b'Content-Type: multipart/mixed; boundary="b"\r\n\r\n--b\r\nContent-Type: text/html\r\n\r\n<p>Hallo</p>\r\n'
    b"--b\r\nContent-Type: image/png\r\nContent-ID: <x>\r\nContent-Transfer-Encoding: base64\r\n\r\nAAEC/w==\r\n--b--\r\n"
)
BOUNCE = (
    b"From: MAILER-DAEMON@a.example\r\nSubject: failure notice\r\nX-Failed-Recipients: v@k.example\r\n\r\n"
    b"Sorry.\r\n\r\n--- Below this line is a copy of the message.\r\n\r\nMessage-ID: <9@a.example>\r\n"
)


def suspicious(raw):
    return raw.replace(b"Subject:", b"X-Many: " + b"=?utf-8?q?a?= " * 2_100 + b"\r\nSubject:", 1)


def test_a_parsed_mail_comes_over_the_wire_as_it_was():
    for raw in (RICH, BOUNCE, b""):
        mail = parse(raw)
        assert load(dump(mail)) == mail


def test_the_child_reads_the_same_as_the_parent():
    raw = suspicious(RICH)
    mail = parse_contained(raw)
    assert mail == parse(raw)
    assert mail.attachments[0].content == b"\0\1\2\xff"


def test_it_works_from_threads():
    results = []
    threads = [
        threading.Thread(target=lambda: results.append(parse_contained(suspicious(BOUNCE)))) for _ in range(3)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [mail.bounce.recipients for mail in results] == [("v@k.example",)] * 3


def test_a_child_that_dies_leaves_the_header(monkeypatch):
    monkeypatch.setattr(
        contain, "_COMMAND", [sys.executable, "-c", "import sys; sys.stdin.buffer.read(); sys.exit(9)"]
    )
    mail = parse_contained(suspicious(RICH))
    assert mail.from_address == "vera@k.example"
    assert mail.message_id == "1@k.example"
    assert "beyond the limits" in mail.defects[0]


def test_a_child_that_hangs_is_ended(monkeypatch):
    monkeypatch.setattr(contain, "_COMMAND", [sys.executable, "-c", "import time; time.sleep(60)"])
    monkeypatch.setattr(contain, "WALL_SECONDS", 1)
    mail = parse_contained(suspicious(RICH))
    assert mail.from_address == "vera@k.example"
    assert "not read within 1 s" in mail.defects[0]


def test_what_is_not_ours_is_not_believed(monkeypatch):
    monkeypatch.setattr(contain, "_COMMAND", [sys.executable, "-c", "print('{\"text\": 1}')"])
    assert parse_contained(suspicious(RICH)).from_address == "vera@k.example"


def test_the_child_has_its_limits():
    code = (
        "from helpdesk.mail import contain; contain._limit(); import resource as r;"
        "print(r.getrlimit(r.RLIMIT_AS)[0], r.getrlimit(r.RLIMIT_CPU)[0])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True)
    assert done.stdout.split() == [b"536870912", b"10"]

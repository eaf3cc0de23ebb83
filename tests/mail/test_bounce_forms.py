"""Bounces of the world's mail servers, each in its own words: known, and the recipient named."""

import pytest

from helpdesk.mail.parse import parse
from tests.mail.forms import letters

LETTERS = [(*fields, body) for fields, body in letters("bounces")]


def ids(letter):
    return (
        f"{letter[0][:30]}-{letter[1][:30]}-{hash(letter[4]) % 1000}" if isinstance(letter, tuple) else None
    )


def delivered(sender, subject, body):
    source = "" if sender == "(none)" else f"From: {sender}\r\n"
    path = "Return-Path: <>\r\n" if sender in ("", "(none)") else ""
    failed = "X-Failed-Recipients: vera@kunde.example\r\n" if "the group you tried to contact" in body else ""
    head = f"{path}{source}To: hilfe@anbieter.example\r\nSubject: {subject}\r\n{failed}"
    return parse(f"{head}Content-Type: text/plain; charset=utf-8\r\n\r\n{body}".encode())


@pytest.mark.parametrize(
    "letter", [one for one in LETTERS if one[2] != "no bounce"], ids=lambda one: one[0][:40]
)
def test_a_server_says_whom_it_could_not_reach(letter):
    sender, subject, recipients, kind, body = letter
    mail = delivered(sender, subject, body)
    assert mail.is_bounce
    assert mail.is_auto
    assert set(mail.bounce.recipients) == {one for one in recipients.split(", ") if one}
    assert kind in ("any", mail.bounce.kind)


@pytest.mark.parametrize("letter", [one for one in LETTERS if one[2] == "no bounce"], ids=lambda one: one[1])
def test_a_server_that_writes_of_something_else_did_not_bounce(letter):
    sender, subject, _, _, body = letter
    assert not delivered(sender, subject, body).is_bounce


FAILED = "Final-Recipient: rfc822; vera@kunde.example\nAction: failed\nStatus: 5.1.1"
REPORTS = {
    "angle brackets": FAILED.replace("vera@kunde.example", "<vera@kunde.example>"),
    "capitals": FAILED.replace("rfc822", "RFC822").replace("failed", "Failed"),
    "no type": FAILED.replace("rfc822; ", ""),
    "no blanks": FAILED.replace(": ", ":").replace("; ", ";"),
    "folded": FAILED.replace("rfc822; ", "rfc822;\n "),
    "a local name": "Final-Recipient: LOCAL; vera\nX-Actual-Recipient: rfc822; vera@kunde.example\nAction: failed",
    "no action": "Final-Recipient: rfc822; vera@kunde.example\nStatus: 5.4.1",
    "expired": FAILED.replace("failed", "expired"),
    "a comment": FAILED.replace("failed", "failed (bad address)"),
    "a name": FAILED.replace("vera@kunde.example", '"Vera M" <vera@kunde.example>'),
    "international": FAILED.replace("rfc822", "utf-8"),
    "passed on": "Original-Recipient: rfc822;vera@kunde.example\nFinal-Recipient: rfc822;x@y.example\nAction: failed",
    "encoded": "Original-Recipient: rfc822;vera@kunde.example\nFinal-Recipient: rfc822;x@y.example\nAction: failed",
    "x400": "Final-Recipient: x400; /DDA.SMTP=x/\nOriginal-Recipient: rfc822; vera@kunde.example\nAction: failed",
    "another one arrived": "Final-Recipient: rfc822; a@k.example\nAction: relayed\n\n" + FAILED,
}
KINDS = ["multipart/report; report-type=delivery-status", "multipart/report", "multipart/mixed"]


def report(fields, kind, part="message/delivery-status"):
    raw = (
        f"From: MAILER-DAEMON@mx.example\nTo: hilfe@anbieter.example\nSubject: Undelivered Mail\n"
        f'Content-Type: {kind}; boundary="b"\n\n--b\nContent-Type: text/plain\n\nSorry.\n'
        f"--b\nContent-Type: {part}\n\nReporting-MTA: dns; mx.example\n\n{fields}\n"
        "--b\nContent-Type: message/rfc822\n\nTo: emil@kunde.example\nMessage-ID: <42@anbieter.example>\n\nHallo\n--b--\n"
    )
    return parse(raw.replace("\n", "\r\n").encode())


@pytest.mark.parametrize("fields", REPORTS.values(), ids=REPORTS)
@pytest.mark.parametrize("kind", KINDS)
def test_a_report_is_read_however_its_fields_are_written(fields, kind):
    mail = report(fields, kind)
    assert mail.bounce.recipients == ("vera@kunde.example",)
    assert mail.bounce.kind == "permanent"
    assert mail.bounce.original_ids == ("42@anbieter.example",)


@pytest.mark.parametrize("part", ["message/global-delivery-status", "text/plain"])
def test_a_report_in_another_kind_of_part_is_read(part):
    assert report(FAILED, KINDS[0], part).bounce.recipients == ("vera@kunde.example",)


def test_an_original_recipient_with_coded_characters_is_decoded():
    fields = FAILED.replace("Final-Recipient: rfc822; vera@", "Original-Recipient: rfc822;vera+2Bx@")
    assert report(fields, KINDS[0]).bounce.recipients == ("vera+x@kunde.example",)

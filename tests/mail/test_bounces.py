"""A bounce is known as one, names whom we could not reach, and leads back to the message we sent."""

import pytest

from helpdesk.mail.parse import parse

DAEMON = "Mail Delivery System <MAILER-DAEMON@mx.anbieter.example>"


def bounce(body, *, sender=DAEMON, subject="Undelivered Mail Returned to Sender", extra=""):
    return parse(
        f"From: {sender}\r\nTo: hilfe@anbieter.example\r\nSubject: {subject}\r\n{extra}"
        f"Content-Type: text/plain; charset=utf-8\r\n\r\n{body}".encode()
    )


def report(
    *recipients, extra="", returned="Message-ID: <42.abc@anbieter.example>\r\nSubject: Ihr Ticket\r\n"
):
    blocks = "\r\n\r\n".join(recipients)
    return (
        f"From: {DAEMON}\r\nTo: hilfe@anbieter.example\r\nSubject: Unzustellbar: Ihr Ticket\r\n{extra}"
        'Content-Type: multipart/report; report-type=delivery-status; boundary="b"\r\n\r\n'
        "--b\r\nContent-Type: text/plain\r\n\r\nDie Nachricht konnte nicht zugestellt werden.\r\n"
        f"--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.anbieter.example\r\n\r\n{blocks}\r\n"
        f"--b\r\nContent-Type: message/rfc822\r\n\r\n{returned}\r\nHallo\r\n--b--\r\n"
    ).encode()


FAILED = "Final-Recipient: rfc822; vera@kunde.example\r\nAction: failed\r\nStatus: 5.1.1"


def test_a_report_names_the_recipient_and_our_message():
    mail = parse(report(FAILED))
    assert mail.is_bounce
    assert mail.is_auto
    assert mail.bounce.recipients == ("vera@kunde.example",)
    assert mail.bounce.kind == "permanent"
    assert mail.bounce.original_ids == ("42.abc@anbieter.example",)


def test_the_address_we_wrote_to_beats_the_one_it_was_passed_on_to():
    passed_on = "Original-Recipient: rfc822;vera@kunde.example\r\nFinal-Recipient: rfc822;x@intern.example\r\nAction: failed\r\nStatus: 5.1.1"
    assert parse(report(passed_on)).bounce.recipients == ("vera@kunde.example",)


def test_every_recipient_of_a_report_is_named_once():
    other = "Final-Recipient: rfc822; emil@kunde.example\r\nAction: failed\r\nStatus: 5.2.2"
    assert parse(report(FAILED, other, FAILED)).bounce.recipients == (
        "vera@kunde.example",
        "emil@kunde.example",
    )


def test_delayed_is_not_failed():
    delayed = "Final-Recipient: rfc822; vera@kunde.example\r\nAction: delayed\r\nStatus: 4.4.1"
    assert parse(report(delayed)).bounce.kind == "temporary"


@pytest.mark.parametrize("action", ["delivered", "relayed", "expanded"])
def test_news_of_success_is_automatic_and_no_bounce(action):
    mail = parse(report(f"Final-Recipient: rfc822; vera@kunde.example\r\nAction: {action}\r\nStatus: 2.0.0"))
    assert mail.is_auto
    assert not mail.is_bounce


WORDS = [
    "This message was created automatically by mail delivery software.\n\nA message that you sent could not be delivered to one or more of its\nrecipients. This is a permanent error. The following address(es) failed:\n\n  vera@kunde.example\n    host mx.kunde.example [192.0.2.1]: 550 unknown user\n",
    "Hi. This is the qmail-send program at mx.anbieter.example.\nI'm afraid I wasn't able to deliver your message to the following addresses.\nThis is a permanent error; I've given up. Sorry it didn't work out.\n\n<vera@kunde.example>:\nUser unknown\n\n--- Below this line is a copy of the message.\n\nReturn-Path: <hilfe@anbieter.example>\nTo: other@kunde.example\n",
    "Your message\n\n  To:      emil@kunde.example\n  Subject: Ihr Ticket\n  Sent:    Mon, 3 Feb 2025 14:05:00 +0100\n\ndid not reach the following recipient(s):\n\nvera@kunde.example on Mon, 3 Feb 2025 14:05:10 +0100\n    The recipient name is not recognized\n",
    "   ----- The following addresses had permanent fatal errors -----\n<vera@kunde.example>\n    (reason: 550 5.1.1 User unknown)\n\n   ----- Transcript of session follows -----\n... while talking to mx.kunde.example.:\n",
    "Your message\n\n  Subject: Ihr Ticket\n\nwas not delivered to:\n\n  vera@kunde.example\n\nbecause:\n\n  User Vera (vera@kunde.example) not listed in Domino Directory\n",
    "------- Failure Reasons  --------\n\nUser not listed in public Name & Address Book\nvera@kunde.example\n\n------- Returned Message --------\nTo: emil@kunde.example\n",
    "Delivery to the following recipient failed permanently:\n\n     vera@kunde.example\n\nTechnical details of permanent failure:\nThe account does not exist.\n\n----- Original message -----\n\nTo: emil@kunde.example\n",
    "Unable to deliver message to: <vera@kunde.example>\nDelivery failed for the following reason:\nServer mx.kunde.example[192.0.2.1] failed with: 552 mailbox full\n\nThis has been a permanent failure.\n",
    "Your message:\n   From:    hilfe@anbieter.example\n   Subject: Ihr Ticket\nCould not be delivered because of\n\n550 5.1.1 User unknown\n\nThe following recipients were affected:\n    vera@kunde.example\n",
    "We had trouble delivering your message. Full details follow:\n\nSubject: 'Ihr Ticket'\n\n1 error(s):\n\nSMTP Server <mx.kunde.example> rejected recipient <vera@kunde.example>\n  (Error following RCPT command). It responded as follows: [550 5.1.1 User unknown]\n",
    "Sorry, we were unable to deliver your message to the following address.\n\n<vera@kunde.example>:\nRemote host said: 550 5.1.1 <vera@kunde.example>... User Unknown [RCPT_TO]\n",
    "   ----- Transcript of session follows -----\n550 <vera@kunde.example>... User unknown\n\n   ----- Unsent message follows -----\nTo: emil@kunde.example\n",
    "Delivery has failed to these recipients or groups:\n\nvera@kunde.example<mailto:vera@kunde.example>\nThe email address wasn't found at the destination domain.\n",
    "Die folgende Nachricht konnte nicht zugestellt werden:\n\nvera@kunde.example\n\nGrund: Postfach voll\n",
    "Fehler bei der Nachrichtenzustellung an folgende Empfänger oder Gruppen:\n\nVera (vera@kunde.example)\nDie eingegebene E-Mail-Adresse konnte nicht gefunden werden.\n",
    "Échec de la remise pour ces destinataires ou groupes :\n\nvera@kunde.example\nL'adresse de messagerie est introuvable.\n",
    "Det gick inte att leverera till följande mottagare eller grupper:\n\nvera@kunde.example\nE-postadressen hittades inte.\n",
    "Your mail sent on Mon, 3 Feb 2025 14:05:47 +0100\n    Could not be delivered to: <vera@kunde.example>\n As their mailbox is full.\n",
    "Sent <<< RCPT TO:<vera@kunde.example>\nReceived >>> 550 5.1.1 <vera@kunde.example>... user unknown\n\nUnable to deliver message to <vera@kunde.example>.\n",
    "-------server message\n550 5.1.1 unknown user <vera@kunde.example>\n\n-------original message\nReturn-Path: <hilfe@anbieter.example>\n",
    "Your message could not be sent.\nA transcript of the attempts to send the message follows.\nThe number of attempts made: 1\nAddressed To: vera@kunde.example\n\nFailed to send to identified host,\nvera@kunde.example: [192.0.2.5], 550 vera@kunde.example... No such user\n",
]


@pytest.mark.parametrize("body", WORDS)
def test_servers_without_a_report_are_understood(body):
    mail = bounce(body)
    assert mail.is_bounce
    assert mail.bounce.recipients == ("vera@kunde.example",)
    assert mail.bounce.kind == "permanent"


@pytest.mark.parametrize(
    "subject",
    ["failure notice", "Mail delivery failed: returning message to sender", "Undeliverable: Ihr Ticket", "Unzustellbar: Ihr Ticket",
     "Non remis : Votre ticket", "Kunde inte levereras: Ditt ärende", "Delivery Status Notification (Failure)", "Returned mail: see transcript for details",
     "Nicht zustellbare Nachricht", "Échec de la remise : Votre ticket"],
)  # fmt: skip
def test_subject_and_words_are_enough_without_a_telling_sender(subject):
    mail = bounce(WORDS[0], sender="Server <robot@mx.kunde.example>", subject=subject)
    assert mail.is_bounce


def test_the_header_of_exim_and_gmail_names_the_recipients():
    mail = bounce(
        "Sorry.",
        sender="x@mx.example",
        subject="hm",
        extra="X-Failed-Recipients: a@k.example,\r\n b@k.example\r\n",
    )
    assert mail.bounce.recipients == ("a@k.example", "b@k.example")


def test_a_warning_that_will_be_tried_again_is_temporary():
    mail = bounce(
        "THIS IS A WARNING MESSAGE ONLY. YOU DO NOT NEED TO RESEND YOUR MESSAGE.\n\nThe following address has been delayed:\n vera@kunde.example\nDelivery will be retried.\n",
        subject="Warning: could not send message for past 4 hours",
    )
    assert mail.bounce.kind == "temporary"


def test_a_bounce_with_an_empty_return_path_and_a_name_only_in_a_comment():
    mail = bounce(
        WORDS[1],
        sender="MAILER-DAEMON (Mail Delivery System)",
        extra="Return-Path: <>\r\n",
        subject="failure notice",
    )
    assert mail.is_bounce


def test_our_message_is_found_in_the_copy_below_the_words():
    body = WORDS[1].replace("To: other", "Message-ID: <7.x@anbieter.example>\nTo: other")
    assert bounce(body).bounce.original_ids == ("7.x@anbieter.example",)


@pytest.mark.parametrize(
    ("subject", "body"),
    [
        ("Frage zu Bounces", "Hallo\n\nWir erhalten oft 'Mail delivery failed: returning message'. Was tun?"),
        (
            "Re: Undeliverable: Ihr Ticket",
            "Die Adresse ist jetzt vera@kunde.example.\n\n> Delivery has failed to these recipients",
        ),
        ("Delivery problem with our parcel", "The parcel did not arrive. Where is it?"),
        ("AW: Ihr Ticket", "User unknown steht beim Anmelden. Was heisst das?"),
    ],
)
def test_people_who_write_about_bounces_are_no_bounces(subject, body):
    mail = bounce(body, sender="Vera <vera@kunde.example>", subject=subject)
    assert not mail.is_bounce
    assert not mail.is_auto


def test_a_returned_message_attached_by_a_person_is_no_bounce():
    raw = (
        b"From: Vera <vera@kunde.example>\r\nTo: hilfe@anbieter.example\r\nSubject: Was ist das?\r\n"
        b'Content-Type: multipart/mixed; boundary="m"\r\n\r\n--m\r\nContent-Type: text/plain\r\n\r\nSiehe Anhang.\r\n'
        b"--m\r\nContent-Type: message/rfc822\r\n\r\n" + report(FAILED) + b"\r\n--m--\r\n"
    )
    mail = parse(raw)
    assert not mail.is_bounce
    assert mail.attachments[0].content == report(FAILED)


def test_a_read_receipt_and_an_abuse_report_are_automatic_and_no_bounces():
    for kind in ("disposition-notification", "feedback-report"):
        mail = parse(report(FAILED).replace(b"delivery-status; b", kind.encode() + b"; b"))
        assert mail.is_auto
        assert not mail.is_bounce


@pytest.mark.parametrize(
    ("sender", "subject", "body"),
    [
        (DAEMON, "mail failed, returning to sender", "|--- Message log follows: ---|\n no valid recipients were found\n|--- Failed addresses follow: ---|\n <vera@kunde.example> ... unknown host\n"),
        (DAEMON, "Delivery failure", "The following message to <vera@kunde.example> was undeliverable.\nThe reason for the problem:\n5.1.0 - Unknown address error\n"),
        ("Systemadministrator <postmaster@kunde.example>", "Unzustellbar: Ihr Ticket", "Ihre Nachricht hat einige oder alle Empfänger nicht erreicht.\n\nFolgende Empfänger konnten nicht erreicht werden:\n\n      vera@kunde.example am 03.02.2025 14:05\n"),
        ("Microsoft Outlook <MicrosoftExchange329e@kunde.example>", "Unzustellbar: Ihr Ticket", "Ihre Nachricht an vera@kunde.example konnte nicht zugestellt werden.\n"),
        ("postmaster@outlook.example", "Undeliverable: Ihr Ticket", "Your message to vera@kunde.example couldn't be delivered.\nVera wasn't found at kunde.example.\n"),
        ("postmaster@kunde.example", "Non remis : Votre ticket", "Votre message à vera@kunde.example n'a pas pu être remis.\n"),
        ("postmaster@kunde.example", "Kunde inte levereras: Ditt ärende", "Det gick inte att leverera meddelandet till vera@kunde.example.\n"),
        (DAEMON, "", "vera@kunde.example: no mailbox here by that name\n"),
        ("<>", "failure notice", "<vera@kunde.example>:\nSorry, no mailbox here by that name.\n"),
    ],
)  # fmt: skip
def test_more_servers_in_more_languages(sender, subject, body):
    mail = bounce(body, sender=sender, subject=subject)
    assert mail.is_bounce
    assert mail.bounce.recipients == ("vera@kunde.example",)


def test_a_bounce_passed_on_by_a_person_is_that_persons_message():
    raw = report(FAILED).replace(b"multipart/report; report-type=delivery-status", b"multipart/mixed")
    raw = raw.replace(DAEMON.encode(), b"Vera <vera@kunde.example>").replace(
        b"Subject: Unz", b"Subject: WG: Unz", 1
    )
    mail = parse(raw)
    assert not mail.is_bounce
    assert not mail.is_auto


def test_an_absence_that_names_a_colleague_is_no_bounce():
    mail = bounce(
        "Ich bin nicht mehr im Haus, diese Adresse is no longer used. Bitte an emil@kunde.example.",
        sender="Vera <vera@kunde.example>",
        subject="Automatische Antwort: Ihr Ticket",
        extra="Return-Path: <>\r\n",
    )
    assert mail.is_auto
    assert not mail.is_bounce

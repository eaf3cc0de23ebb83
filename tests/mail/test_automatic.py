"""Machines' mail is told from people's: no loop, and no customer lost."""

import pytest

from helpdesk.mail.parse import parse


def mail(
    subject="Ihr Ticket", headers="", sender="Vera <vera@kunde.example>", body="Ich bin bis Montag weg."
):
    return parse(
        f"From: {sender}\r\nTo: hilfe@a.example\r\nSubject: {subject}\r\n{headers}\r\n{body}".encode()
    )


@pytest.mark.parametrize(
    "header",
    [
        "Auto-Submitted: auto-replied",
        "Auto-Submitted: auto-generated; owner-email=x",
        "Auto-Submitted: auto-notified",
        "X-Autoreply: yes",
        "X-Autorespond: 1",
        "X-Auto-Reply: vacation",
        "X-MS-Exchange-Inbox-Rules-Loop: vera@kunde.example",
        "X-Apple-Action: VACATION",
        "Precedence: bulk",
        "Precedence: junk",
        "Precedence: auto_reply",
        "List-Id: <news.shop.example>",
        "List-Unsubscribe: <https://shop.example/u>",
        "Return-Path: <>",
    ],
)
def test_a_header_of_a_machine_says_so_and_why(header):
    found = mail(headers=header + "\r\n")
    assert found.is_auto
    assert found.automatic.why


@pytest.mark.parametrize(
    "header",
    [
        "Auto-Submitted: no",
        "X-Auto-Response-Suppress: DR, OOF, AutoReply",
        "X-Auto-Response-Suppress: All",
        "X-Autoreply: no",
        "Precedence: normal",
        "Precedence: first-class",
        "List-Id: <hilfe.a.example>\r\nX-Original-Sender: vera@kunde.example\r\nPrecedence: list",
        "Return-Path: <vera@kunde.example>",
        "X-Mailer: Microsoft Outlook 16.0",
    ],
)
def test_a_header_that_peoples_mail_also_has_proves_nothing(header):
    assert not mail(headers=header + "\r\n", body="Guten Tag, der Drucker geht nicht.").is_auto


@pytest.mark.parametrize(
    "subject",
    [
        "Automatische Antwort: [#1042] Lizenz",
        "Abwesenheitsnotiz: Ihr Ticket",
        "Abwesenheit: Ihr Ticket",
        "Abwesend: Ferien",
        "AutoReply: ticket",
        "Auto: Re: ticket",
        "Automatic reply: ticket",
        "Out of Office: ticket",
        "Out of Office AutoReply: ticket",
        "Out of office",
        "[#1042] Out of Office Re: ticket",
        "Réponse automatique : votre ticket",
        "Absence du bureau : votre ticket",
        "Message d'absence",
        "Autosvar: ditt ärende",
        "Automatiskt svar: ditt ärende",
        "Frånvaro: semester",
        "Automatisk svar: din sag",
        "Automatisch antwoord: uw ticket",
        "Afwezig: vakantie",
        "Respuesta automática: su ticket",
        "Risposta automatica: ticket",
        "Automaattinen vastaus: tikettisi",
        "Resposta automática: ticket",
        "Autoodpowiedź: bilet",
        "Автоответ: билет",
        "Nicht im Büro",
    ],
)
def test_the_subject_alone_shows_an_automatic_reply(subject):
    found = mail(subject)
    assert found.is_auto
    assert found.automatic.is_reply


@pytest.mark.parametrize(
    "subject",
    [
        "Frage zu Out-of-Office-Antworten",
        "Wie stelle ich eine automatische Antwort ein?",
        "Absenz im Kalender erfassen",
        "Automatic updates do not work",
        "Autostart geht nicht",
        "Question sur la réponse automatique",
        "Semesterlista saknas",
        "Ledighet och frånvaro i lönemodulen",
        "Abwesenheiten exportieren",
        "Abwesenheit im Kalender erfassen",
        "Frånvaro räknas fel",
        "Urlaub buchen geht nicht",
    ],
)
def test_a_question_about_automatic_replies_is_from_a_person(subject):
    assert not mail(subject, body="Guten Tag, können Sie mir helfen?").is_auto

"""Whom the fields of a web form name; a signature, a list or a person's own letter is none."""

import pytest

from helpdesk.mail.contact_forms import named_writer

FORMS = [
    "Name: Vera Muster\nE-Mail: vera@kunde.example\nTelefon: 044 000 00 00\nNachricht: Der Druck geht nicht.",
    "Neue Anfrage über das Kontaktformular\n\nIhr Name:\nVera Muster\n\nIhre E-Mail-Adresse:\nvera@kunde.example\n\nIhre Nachricht:\nGuten Tag",
    "Nom : Vera Muster\nAdresse e-mail : vera@kunde.example\nMessage : Bonjour",
    "*Nom et prénom* : Vera Muster\n*Courriel* : Vera@kunde.example\n*Votre message* : Bonjour",
    "Namn: Vera Muster\nE-post: vera@kunde.example\nMeddelande: Hej",
    "Full name\tVera Muster\nEmail address\tvera@kunde.example\nYour message\tHello",
    "| Name | Vera Muster |\n| E-Mail | vera@kunde.example |\n| Nachricht | Guten Tag |",
    "Name *: Vera Muster\nE-Mail (Pflichtfeld): vera@kunde.example\nBemerkungen: keine",
]


@pytest.mark.parametrize("text", FORMS)
def test_a_form_names_its_writer(text: str) -> None:
    assert named_writer(text, "form@anbieter.example") == ("Vera Muster", "vera@kunde.example")


@pytest.mark.parametrize(
    "text",
    [
        "Guten Tag\n\nDer Druck geht nicht.\n\nVera Muster\nMuster AG\nE-Mail: vera@kunde.example",
        "Bitte ändern Sie die Adresse von vera@kunde.example.\nName bleibt gleich.",
        "Name: Vera Muster\nNachricht: Ich habe keine E-Mail.",
        "Name: Form\nE-Mail: form@anbieter.example\nNachricht: von sich selbst",
        "",
    ],
)
def test_others_name_nobody(text: str) -> None:
    assert named_writer(text, "form@anbieter.example") is None


def test_an_endless_form_is_read_as_far_as_a_form_goes() -> None:
    assert named_writer("Name: " * 200_000 + "\n" + "E-Mail:\n" * 100_000, "a@b.example") is None

"""Mail to measure with, made by a recipe and not taken from anybody: the same seed gives the same mail.

60 % plain text, 30 % text with HTML, 10 % with a file of about 50 kB; three of ten are replies; German,
French and Swedish; 300 senders of 100 customers.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from itertools import cycle

SENDERS = 300
CUSTOMERS = 100
REPLIES = 0.3
ATTACHMENT_BYTES = 50_000

LANGUAGES = ("de", "fr", "sv")

_SUBJECTS = {
    "de": ("Frage zur Rechnung", "Anmeldung geht nicht", "Neuer Benutzer", "Export der Belege", "Update"),
    "fr": ("Question sur la facture", "Connexion impossible", "Nouvel utilisateur", "Export", "Mise à jour"),
    "sv": ("Fråga om fakturan", "Kan inte logga in", "Ny användare", "Export av verifikat", "Uppdatering"),
}
_SENTENCES = {
    "de": (
        "Guten Tag, wir finden in der Auswertung vom letzten Monat zwei Beträge nicht wieder.",
        "Beim Speichern des Auftrags erscheint eine Meldung, die wir nicht verstehen.",
        "Können Sie uns bitte sagen, wo wir die Adresse des Empfängers ändern?",
        "Seit dem Wechsel auf die neue Version dauert das Öffnen der Liste länger als früher.",
        "Unsere Kollegin Frau Größner braucht ebenfalls einen Zugang für die Buchhaltung.",
        "Bitte richten Sie uns den Import der Bankdaten ein, wir haben dafür keine Zeit.",
        "Wir haben alles so gemacht, wie es in der Anleitung steht, aber ohne Erfolg.",
    ),
    "fr": (
        "Bonjour, nous ne retrouvons pas deux montants dans l'évaluation du mois dernier.",
        "Un message que nous ne comprenons pas apparaît lors de l'enregistrement de la commande.",
        "Pourriez-vous nous dire où modifier l'adresse du destinataire ?",
        "Depuis le passage à la nouvelle version, la liste met plus de temps à s'ouvrir.",
        "Notre collègue Mme Lefèvre a également besoin d'un accès à la comptabilité.",
        "Merci de configurer pour nous l'importation des données bancaires.",
        "Nous avons tout fait comme indiqué dans le manuel, mais sans succès.",
    ),
    "sv": (
        "Hej, vi hittar inte två belopp i rapporten från förra månaden.",
        "När vi sparar ordern visas ett meddelande som vi inte förstår.",
        "Kan ni berätta var vi ändrar mottagarens adress?",
        "Sedan bytet till den nya versionen tar det längre tid att öppna listan.",
        "Vår kollega Åsa Öberg behöver också tillgång till bokföringen.",
        "Vi vill att ni ställer in importen av bankdata åt oss.",
        "Vi har gjort allt som det står i handboken, men utan framgång.",
    ),
}


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who writes."""

    name: str
    address: str
    language: str
    customer: int  # 0-based number of the customer


@dataclass(frozen=True, slots=True)
class Parent:
    """What a reply answers: our mail, as its receiver has it."""

    person: Person
    ticket: int
    message_id: str
    reply_to: str
    subject: str


@dataclass(frozen=True, slots=True)
class Sample:
    """One message and what must become of it."""

    raw: bytes
    person: Person
    to: str
    text: str
    attachment: bytes | None
    ticket: int | None  # the one that it must join; None: a new one


def people() -> list[Person]:
    """Everybody who writes."""
    return [
        Person(
            f"Kontakt {number:03d}",
            f"kontakt{number:03d}@firma{number % CUSTOMERS:03d}.example",
            LANGUAGES[number % len(LANGUAGES)],
            number % CUSTOMERS,
        )
        for number in range(SENDERS)
    ]


class Corpus:
    """An endless supply of messages; replies answer what is handed to `answerable`."""

    def __init__(self, seed: int, mailbox: str) -> None:
        self._chance = random.Random(seed)
        # In turn: nobody writes twice in so short a time that the second acknowledgement is held back.
        self._people = cycle(self._chance.sample(people(), SENDERS))
        self._mailbox = mailbox
        self._number = 0
        self._seed = seed
        self.answerable: list[Parent] = []

    def take(self, count: int, at: datetime) -> Iterator[Sample]:
        """The next messages."""
        for _ in range(count):
            self._number += 1
            if self.answerable and self._chance.random() < REPLIES:
                yield self._reply(self._chance.choice(self.answerable), at)
            else:
                person = next(self._people)
                subject = f"{self._chance.choice(_SUBJECTS[person.language])} {self._number}"
                yield self._message(person, self._mailbox, subject, self._text(person.language), at, {}, None)

    def _reply(self, parent: Parent, at: datetime) -> Sample:
        text = self._text(parent.person.language)
        quoted = "\n".join(f"> {line}" for line in self._text(parent.person.language).splitlines())
        headers = dict.fromkeys(("In-Reply-To", "References"), f"<{parent.message_id}>")
        full = f"{text}\n\nAm 24.11.2026 um 10:00 schrieb Support:\n{quoted}\n"
        return self._message(
            parent.person, parent.reply_to, f"Re: {parent.subject}", full, at, headers, parent.ticket
        )

    def _text(self, language: str) -> str:
        sentences = self._chance.choices(_SENTENCES[language], k=self._chance.randint(3, 12))
        return "\n".join(sentences) + f"\n\nVorgang {self._seed}-{self._number}\n"

    def _message(
        self,
        person: Person,
        to: str,
        subject: str,
        text: str,
        at: datetime,
        headers: dict[str, str],
        ticket: int | None,
    ) -> Sample:
        message = EmailMessage(policy=SMTP)
        message["From"] = f"{person.name} <{person.address}>"
        message["To"] = to
        message["Subject"] = subject
        message["Date"] = format_datetime(at)
        message["Message-ID"] = f"<{self._seed}.{self._number}@{person.address.partition('@')[2]}>"
        for name, value in headers.items():
            message[name] = value
        message["X-Mailer"] = "Bench 1.0"
        message.set_content(text)
        kind = self._chance.random()
        attachment = None
        if kind >= 0.9:
            attachment = self._chance.randbytes(ATTACHMENT_BYTES)
            message.add_attachment(attachment, "application", "pdf", filename=f"Beleg {self._number}.pdf")
        elif kind >= 0.6:
            paragraphs = "".join(f"<p>{line}</p>" for line in text.splitlines() if line)
            html = f"<html><body style='font-family:Arial'>{paragraphs}<br><b>Support</b></body></html>"
            message.add_alternative(html, subtype="html")
        return Sample(message.as_bytes(), person, to, text, attachment, ticket)

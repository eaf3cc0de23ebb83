"""The mails of the demo, as customers write them, and the answers of the agents."""

from dataclasses import dataclass

from helpdesk.cli.demo_people import BEAT, CLAIRE, EMMA, JOHAN, KARIN, LUC, PETRA, RETO, DemoContact


@dataclass(frozen=True, slots=True)
class Letter:
    """One mail; the attachment is file name, content type and text."""

    sender: DemoContact
    subject: str
    text: str
    attachment: tuple[str, str, str] | None = None
    automatic: bool = False


MARTA = DemoContact("marta.weber@weinhandlung-weber.test", "Marta Weber")

DUNNING = Letter(
    PETRA,
    "Gemahnte Rechnungen anzeigen",
    """Guten Tag

Wo sehe ich auf einen Blick, welche Rechnungen schon gemahnt wurden und in welcher Stufe? In der Liste der \
offenen Posten finde ich keine Spalte dafür.

Freundliche Grüsse
Petra Baumgartner
Muster Treuhand AG
""",
)
DUNNING_ANSWER = """Guten Tag Frau Baumgartner

Öffnen Sie die Liste der offenen Posten und klicken Sie oben rechts auf «Spalten». Dort blenden Sie \
«Mahnstufe» und «Letzte Mahnung» ein; die Auswahl bleibt gespeichert."""
DUNNING_THANKS = Letter(
    PETRA,
    "Re: Gemahnte Rechnungen anzeigen",
    """Guten Tag Frau Keller

Das hat sofort geklappt. Vielen Dank und einen schönen Tag!

Petra Baumgartner
""",
)

VAT = Letter(
    CLAIRE,
    "Décompte TVA : montant inexpliqué au chiffre 302",
    """Bonjour,

Notre dernier décompte TVA affiche 1'284.60 au chiffre 302, alors que nous n'avons plus aucune facture à \
l'ancien taux. Pourriez-vous rechercher avec nous d'où vient ce montant ? Nous devons remettre le décompte \
à la fin du mois.

Avec nos meilleures salutations,
Claire Jaquet
Fiduciaire du Lac SA
""",
)
VAT_YES = "Oui, allez-y, 45 minutes au maximum."
VAT_WORK = "Recherche de la différence au chiffre 302 du décompte TVA"
VAT_NOTE = "Trois notes de crédit reprises de 2023, code TVA 77. Vérifié sur une copie de la base."
VAT_ANSWER = """Bonjour Madame Jaquet,

Nous avons trouvé : trois notes de crédit portent encore le code TVA à 7,7 % et apparaissent donc au chiffre \
302 au lieu du chiffre 303. Ouvrez les trois pièces (liste « TVA par code », code 77), choisissez le code 81 \
et recalculez le décompte : le montant disparaît.

Pouvez-vous nous confirmer que c'est en ordre chez vous ?"""

LOGO = Letter(
    BEAT,
    "Neues Logo auf Offerten und Rechnungen",
    """Hallo zusammen

Wo kann ich unser neues Logo hinterlegen, damit es auf Offerten und Rechnungen gedruckt wird?

Gruss
Beat Holzer
""",
)
LOGO_ANSWER = """Guten Tag Herr Holzer

Sie finden es unter «Einstellungen > Firma > Drucklayout». Ziehen Sie die Bilddatei (PNG oder SVG, \
mindestens 600 Pixel breit) auf das Feld «Logo»; es gilt ab dem nächsten Ausdruck."""
LOGO_AWAY = Letter(
    BEAT,
    "Abwesend: Neues Logo auf Offerten und Rechnungen",
    """Guten Tag

Ich bin bis und mit Freitag auf Montage und lese meine E-Mails nur unregelmässig. Ihre Nachricht wird nicht \
weitergeleitet.

Freundliche Grüsse
Beat Holzer
""",
    automatic=True,
)

PERIOD = Letter(
    KARIN,
    "Felmeddelande när vi stänger perioden",
    """Hej!

När vi försöker stänga perioden får vi felet ”PER-2107: obalans i serie B” och programmet avbryter. Vi har \
startat om servern och stämt av huvudboken, den går jämnt ut. Loggfilen bifogas. Kan ni undersöka vad som \
är fel?

Vänliga hälsningar
Karin Lindqvist
Nordvik Bygg AB
""",
    (
        "periodstangning.log",
        "text/plain",
        "08:12:04 INFO  Stänger period\n"
        "08:12:06 INFO  Serie A: 1 204 verifikat, balanserad\n"
        "08:12:07 ERROR PER-2107 obalans i serie B, verifikat B-318: differens 0,01\n"
        "08:12:07 INFO  Avbruten, inget har ändrats\n",
    ),
)
PERIOD_NOTE = (
    "Går att återskapa i 8.2.4 med ett valutaverifikat som avrundas. Väntar på vilken version kunden kör."
)
PERIOD_ANSWER = """Hej Karin!

Tack för loggen. Felet pekar på verifikat B-318, som skiljer sig på ett öre. Vilken version kör ni (Hjälp > \
Om programmet), och är B-318 bokfört i en annan valuta än kronor?"""
PERIOD_REPLY = Letter(
    KARIN,
    "Re: Felmeddelande när vi stänger perioden",
    """Hej Sven!

Vi kör 8.2.4, och ja, B-318 är en leverantörsfaktura i euro.

Vänliga hälsningar
Karin
""",
)

EXPORT = Letter(
    EMMA,
    "Exporting open invoices",
    """Hello,

How can I export the list of open invoices to Excel? I can only find the PDF button.

Kind regards
Emma Clarke
Alpine Outdoor Ltd
""",
)

USER = Letter(
    JOHAN,
    "Ny användare",
    """Hej!

Var lägger jag till en ny användare som bara ska se lönerna för sin egen avdelning?

Vänliga hälsningar
Johan Ekström
Ekeby Redovisning AB
""",
)
USER_MORE = Letter(
    JOHAN,
    "Re: Ny användare",
    """Hej igen!

Jag glömde att säga att hon bara ska kunna läsa, inte ändra något.

Hälsningar
Johan
""",
)

INTERFACE = Letter(
    RETO,
    "Schnittstelle zur Zeiterfassung",
    """Guten Tag

Wir möchten die Stunden aus unserer Zeiterfassung jede Nacht automatisch in die Lohnbuchhaltung übernehmen. \
Können Sie diese Schnittstelle für uns programmieren und einrichten? Bitte senden Sie uns dafür eine \
Offerte. Eine Beispieldatei liegt bei.

Freundliche Grüsse
Reto Sennhauser
Leiter Finanzen, Sennhauser Logistik AG
""",
    (
        "stunden-beispiel.csv",
        "text/csv",
        "personalnummer;datum;lohnart;stunden\n1042;03.02.;100;8.40\n1043;03.02.;100;7.75\n1043;03.02.;150;1.25\n",
    ),
)

TWO_QUESTIONS = Letter(
    LUC,
    "Adresse e-mail et raccourci",
    """Bonjour,

Deux petites questions : où puis-je changer l'adresse e-mail qui figure sur nos factures, et existe-t-il un \
raccourci clavier pour ouvrir la fiche d'un client ?

Merci d'avance et bonne journée,
Luc Rochat
Boulangerie Rochat Sàrl
""",
)

NO_ACCESS = Letter(
    MARTA,
    "Zugang zur Buchhaltung",
    """Guten Tag,

ich habe die Buchhaltung der Weinhandlung Weber übernommen und habe noch keinen Zugang. An wen kann ich mich \
wenden, damit ich mich anmelden kann? Meine Vorgängerin arbeitet nicht mehr bei uns.

Mit freundlichen Grüßen
Marta Weber
""",
)

PAYROLL = Letter(
    PETRA,
    "Dringend: Lohnlauf bricht ab",
    """Guten Tag

Der Lohnlauf bricht bei 12 von 48 Mitarbeitenden mit «Fehler 4711: Ansatz fehlt» ab. Die Löhne müssen heute \
noch zur Bank. Bitte behandeln Sie den Fall dringend. Das Protokoll liegt bei.

Freundliche Grüsse
Petra Baumgartner
Muster Treuhand AG
""",
    (
        "lohnlauf-protokoll.txt",
        "text/plain",
        "Lohnlauf gestartet, 48 Mitarbeitende\n"
        "Fehler 4711: Ansatz fehlt (Personalnummer 1007, Lohnart 5120)\n"
        "Fehler 4711: Ansatz fehlt (Personalnummer 1011, Lohnart 5120)\n"
        "Abgebrochen nach 12 Fehlern\n",
    ),
)

TRAINING = Letter(
    EMMA,
    "Training for two new colleagues",
    """Hello,

Two colleagues are joining our finance team next week. Could one of your specialists train them on the \
month-end closing for two hours, by video call? What would that cost?

Best wishes
Emma Clarke
Alpine Outdoor Ltd
""",
)

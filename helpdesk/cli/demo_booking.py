"""What can be booked in the demo: two services, everybody's hours, and short terms in each language."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from helpdesk.actions import manage_booking
from helpdesk.actions.manage_booking import ServiceForm
from helpdesk.core.actors import SYSTEM

_WEEK = ["09:00-12:00 14:00-17:00"] * 5 + ["", ""]
_TERMS = {
    "de": "1. Verrechnet wird die wirklich benötigte Zeit, je angefangene 15 Minuten, höchstens die "
    "gebuchte Dauer.\n"
    "2. Bis 24 Stunden vor Beginn ist das Absagen und Verschieben kostenlos. Danach, oder wenn "
    "niemand kommt, wird die angekündigte Gebühr verrechnet.\n"
    "3. Sagen wir ab, kostet es nichts.",
    "fr": "1. Le temps réellement nécessaire est facturé, par tranche de 15 minutes entamée, au "
    "maximum la durée réservée.\n"
    "2. L’annulation et le report sont gratuits jusqu’à 24 heures avant le début. Ensuite, ou "
    "si personne ne vient, les frais annoncés sont facturés.\n"
    "3. Si nous annulons, cela ne coûte rien.",
    "sv": "1. Den tid som verkligen behövs debiteras, per påbörjade 15 minuter, högst den bokade "
    "tiden.\n"
    "2. Fram till 24 timmar före start är det gratis att avboka och flytta. Därefter, eller om "
    "ingen kommer, debiteras den meddelade avgiften.\n"
    "3. Om vi ställer in kostar det inget.",
    "en": "1. The time really needed is charged, for each started 15 minutes, at most the length "
    "booked.\n"
    "2. Until 24 hours before the start, cancelling and moving are free. After that, or if "
    "nobody comes, the announced fee is charged.\n"
    "3. If we cancel, it costs nothing.",
}
_SERVICES = (
    ServiceForm(
        names={
            "de": "Sitzung mit einer Fachperson",
            "fr": "Séance avec un spécialiste",
            "sv": "Pass med en specialist",
            "en": "Session with a specialist",
        },
        texts={
            "de": "Wir lösen Ihr Anliegen gemeinsam an Ihrem Bildschirm.",
            "fr": "Nous traitons votre demande ensemble, sur votre écran.",
            "sv": "Vi löser ditt ärende tillsammans på din skärm.",
            "en": "We work on your case together, on your screen.",
        },
        minutes=30,
        step=30,
        buffer=10,
        notice=240,
        horizon_days=60,
        activity="support",
        free_hours=24,
        agents=(),
    ),
    ServiceForm(
        names={
            "de": "Schulung aus der Ferne",
            "fr": "Formation à distance",
            "sv": "Utbildning på distans",
            "en": "Remote training",
        },
        texts={
            "de": "Ein Thema Ihrer Wahl, für eine oder mehrere Personen.",
            "fr": "Un thème de votre choix, pour une ou plusieurs personnes.",
            "sv": "Ett ämne som du väljer, för en eller flera personer.",
            "en": "A topic of your choice, for one or several people.",
        },
        minutes=90,
        step=30,
        buffer=15,
        notice=960,
        horizon_days=90,
        activity="training",
        free_hours=48,
        agents=(),
    ),
)


def seed(agents: Sequence[int], began: datetime) -> None:
    """Sets the demo's booking up; everybody does everything."""
    for form in _SERVICES:
        manage_booking.save_service(replace(form, agents=tuple(agents)), by=SYSTEM)
    for agent_id in agents:
        manage_booking.save_hours(
            agent_id, "Europe/Zurich", _WEEK, ("de", "fr", "sv", "en"), by=SYSTEM, now=began
        )
    manage_booking.publish_terms(_TERMS, by=SYSTEM, now=began)

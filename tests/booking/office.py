"""An office whose specialists can be booked: services, hours and terms, on the desk's stage."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask.testing import FlaskClient

from helpdesk.actions import book_appointment, describe_booking, hold_slot
from helpdesk.actions.book_appointment import Consent
from helpdesk.actions.describe_booking import Details
from helpdesk.booking import queries
from helpdesk.booking.models import AgentHours, Appointment, Service, ServiceAgent, Terms
from helpdesk.core import clock
from helpdesk.db import db, insert_row, transaction
from tests.support.clock import OFFICE
from tests.support.desk import Desk

WEEK = ["09:00-12:00 14:00-17:00"] * 5 + ["", ""]
CARLA = "compta@muster.example"


@dataclass
class Office:
    """What a story needs to book."""

    desk: Desk
    service: Service
    terms: Terms

    def hold(self, at: str, language: str = "fr", ip: str = "192.0.2.7") -> str:
        """Holds a time ("2026-12-01 10:00" in the office) and returns the visitor's token."""
        return hold_slot.hold(
            self.service.id, moment(at), agent_id=None, language=language, ip=ip, now=clock.now()
        )

    def describe(self, token: str, email: str = CARLA, **more: str) -> str:
        """Writes the details, and returns the token of the link in the mail that came."""
        typed = {
            "name": "Carla Compta",
            "email": email,
            "company": "",
            "phone": "",
            "subject": "Clôture annuelle",
            "text": "",
        } | more
        describe_booking.describe(token, Details(**typed), language="fr", now=clock.now())
        return self.link(email, "/book/confirmation/")

    def link(self, email: str, before: str) -> str:
        """The token in the newest mail to this address that has such a link."""
        for mail in reversed(self.desk.mails_to(email)):
            found = re.search(re.escape(before) + r"([\w-]+)", mail.body_text)
            if found:
                return found[1]
        raise AssertionError(f"no mail to {email} with {before}")

    def book(self, at: str, email: str = CARLA, **more: str) -> Appointment:
        """All four pages at once."""
        proof = self.describe(self.hold(at), email, **more)
        return self.confirm(proof)

    def confirm(self, proof: str) -> Appointment:
        """The last click."""
        return book_appointment.book(proof, Consent(self.terms.id, True, "192.0.2.7", "test"), clock.now())

    def now(self, row: Appointment) -> Appointment:
        """The appointment as the database knows it now."""
        db.session.rollback()
        db.session.refresh(row)
        return row


def moment(at: str) -> datetime:
    """An office time."""
    return datetime.fromisoformat(at).replace(tzinfo=OFFICE)


def an_office(desk: Desk, **service: object) -> Office:
    """Anna and Lea can be booked for an hour of support, Monday to Friday."""
    values = {
        "names": {"en": "Support session", "fr": "Séance de support"},
        "texts": {"en": "With a specialist."},
        "minutes": 60,
        "step": 30,
        "activity": "support",
    } | service
    with transaction():
        made = insert_row(Service, **values)
        for agent in (desk.anna, desk.lea):
            insert_row(ServiceAgent, service_id=made, agent_id=agent.id)
            db.session.add(
                AgentHours(agent_id=agent.id, zone="Europe/Zurich", week=WEEK, languages=["de", "fr", "en"])
            )
        terms = insert_row(
            Terms,
            number=1,
            language="en",
            text="You pay for what you book.",
            sha256="0" * 64,
            published_at=clock.now() - timedelta(days=1),
        )
    return Office(desk, queries.service(made), db.session.get_one(Terms, terms))


def browse(client: FlaskClient, path: str) -> str:
    """A page that opens."""
    answer = client.get(path)
    assert answer.status_code == 200, answer.status_code
    return answer.get_data(as_text=True)

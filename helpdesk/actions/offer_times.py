"""Three times offered from a ticket: the customer takes one with a click, and confirms it as always."""

import hmac
from dataclasses import dataclass
from datetime import UTC, datetime

from helpdesk.actions import find_times
from helpdesk.actions.context import context
from helpdesk.actions.hold_slot import DRAFT, PROOF
from helpdesk.actions.send_mail import put_in_outbox
from helpdesk.booking import appointments, queries
from helpdesk.booking.appointments import PROOF_TIME
from helpdesk.booking.models import Service
from helpdesk.core.actors import Actor
from helpdesk.core.errors import Conflict, Forbidden, NotAllowedYet, NotFound
from helpdesk.core.tokens import link_token, token_hash
from helpdesk.customers.models import Contact
from helpdesk.customers.queries import contact as contact_by_id
from helpdesk.db import transaction
from helpdesk.mail.queries import box
from helpdesk.mail.render import render
from helpdesk.tickets.models import locked_current, record
from helpdesk.tickets.queries import ticket_by_number


@dataclass(frozen=True, slots=True)
class Offered:
    """One time that was offered: by which link, for which ticket, to whom, with whom (None: anybody)."""

    ticket_id: int
    service: Service
    contact: Contact
    agent_id: int | None
    start: datetime


def choices(service: Service, by: Actor, now: datetime) -> list[datetime]:
    """The next three times, of the agent's own if they do this service."""
    return find_times.choices(service, now, agent_id=_own(service, by))


def offer(number: int, service_id: int, *, by: Actor, now: datetime) -> None:
    """Mails three times to the ticket's requester. Raises Conflict where nothing is free."""
    if by.kind != "agent" or by.id is None:
        raise Forbidden("Only an agent can do this.")
    with transaction():
        ticket = locked_current(number)
        service = queries.service(service_id)
        if ticket.customer_id is None:
            raise NotAllowedYet("Assign this ticket to a customer first.")
        times = choices(service, by, now)
        if not times:
            raise Conflict("There is no free time for this.")
        person = contact_by_id(ticket.contact_id)
        links = [(at, _link(ticket.id, service, person, _own(service, by), at)) for at in times]
        words = render(
            "times-offer",
            ticket.language,
            number=ticket.id,
            name=person.name,
            vendor=context().settings.vendor_name,
            service=service.named(ticket.language),
            minutes=service.minutes,
            times=links,
            link=f"{context().settings.public_url}/book/{service.id}",
        )
        put_in_outbox(
            words,
            key=f"times-offer:{ticket.id}:{int(now.timestamp())}",
            ticket_id=ticket.id,
            mailbox=box(ticket.mailbox_id),
            to_address=person.email,
            to_name=person.name,
            language=ticket.language,
            now=now,
            agent_id=by.id,
        )
        ticket.updated_at = now
        record(ticket.id, "times_offered", by, now, times=[at.isoformat() for at in times])


def see(token: str, now: datetime) -> Offered:
    """What a link offers; changes nothing. Raises NotFound for a forged one and a time that is over."""
    parts, _dot, mac = token.partition(".")
    fields = parts.split("-")
    wanted = context().signer.appointment_token(f"offered {parts}")
    genuine = hmac.compare_digest(wanted.encode(), mac.encode(errors="surrogatepass"))
    if not genuine or len(fields) != 5:
        raise NotFound("This link does not open anything.")
    ticket_id, service_id, contact_id, agent_id, moment = map(int, fields)
    start = datetime.fromtimestamp(moment, UTC)
    ticket, person = ticket_by_number(ticket_id), contact_by_id(contact_id)
    if start <= now or ticket.customer_id is None or ticket.customer_id != person.customer_id:
        raise NotFound("This link does not open anything.")
    return Offered(ticket_id, queries.service(service_id), person, agent_id or None, start)


def take(token: str, now: datetime) -> str:
    """Holds the time for the customer and returns the token of the last page, where it is booked.

    Another time of the same ticket that is held but not booked is given up for it. Raises Conflict when the
    time was taken meanwhile.
    """
    seen, proof = see(token, now), link_token()
    values = {"proof_hash": token_hash(proof, PROOF), "held_until": now + PROOF_TIME, "state": "hold"}
    with transaction():
        ticket = locked_current(seen.ticket_id)
        person = seen.contact
        agents = find_times.who_could(
            seen.service,
            seen.start,
            agent_id=seen.agent_id,
            email=person.email,
            language=ticket.language,
            now=now,
        )
        for row in queries.of_ticket(ticket.id):
            if row.state in ("hold", "expired") and row.service_id == seen.service.id:
                appointments.take_again(appointments.locked(row.id), agents, seen.start, now=now, **values)
                return proof
        appointments.hold(
            seen.service,
            agents,
            seen.start,
            now=now,
            draft_hash=token_hash(link_token(), DRAFT),
            language=ticket.language,
            email=person.email,
            name=person.name or person.email,
            subject=(ticket.subject or seen.service.named(ticket.language))[:300],
            ticket_id=ticket.id,
            **{name: value for name, value in values.items() if name != "state"},
        )
    return proof


def _own(service: Service, by: Actor) -> int | None:
    return by.id if by.id in queries.agents_of(service.id) and queries.hours_of(by.id) else None


def _link(ticket_id: int, service: Service, person: Contact, agent_id: int | None, at: datetime) -> str:
    parts = f"{ticket_id}-{service.id}-{person.id}-{agent_id or 0}-{int(at.timestamp())}"
    mac = context().signer.appointment_token(f"offered {parts}")
    return f"{context().settings.public_url}/book/offered/{parts}.{mac}"

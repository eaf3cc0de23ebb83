"""Choosing a time: the slot is held for ten minutes, can be kept once as long again, and lapses (B9)."""

from datetime import datetime

from helpdesk.accounts.throttling import address_key
from helpdesk.actions import find_times
from helpdesk.booking import appointments, queries
from helpdesk.booking.appointments import HELD_FOR
from helpdesk.booking.models import Appointment
from helpdesk.core.errors import Conflict, NotFound, TooManyTries
from helpdesk.core.tokens import link_token, token_hash
from helpdesk.db import transaction

DRAFT, PROOF, MANAGE = "booking draft", "booking proof", "appointment"
#: More slots at once from one network address is hoarding; an office has one address for several people.
MAX_HELD = 5


def draft(token: str) -> Appointment:
    """What the visitor is booking; raises NotFound for a link that opens nothing."""
    return queries.by_hash("draft_hash", token_hash(token, DRAFT))


def hold(
    service_id: int, start: datetime, *, agent_id: int | None, language: str, ip: str, now: datetime
) -> str:
    """Holds the slot and returns the token of the visitor's link.

    Raises Conflict when it has just been taken, TooManyTries for an address that holds many already.
    """
    token = link_token()
    with transaction():
        service = queries.service(service_id)
        address = address_key(ip)
        if queries.held_from(address, now) >= MAX_HELD:
            raise TooManyTries("You keep several times already. Book one of them, or wait some minutes.")
        agents = find_times.who_could(service, start, agent_id=agent_id, language=language, now=now)
        appointments.hold(
            service,
            agents,
            start,
            now=now,
            draft_hash=token_hash(token, DRAFT),
            language=language,
            address=address,
        )
    return token


def choose_again(token: str, start: datetime, *, agent_id: int | None, now: datetime) -> None:
    """The visitor takes another time; what they wrote stays. Raises Conflict when that one is gone."""
    with transaction():
        row = _open(token)
        agents = find_times.who_could(
            row.service, start, agent_id=agent_id, email=row.email, language=row.language, now=now
        )
        appointments.take_again(row, agents, start, now=now, state="hold", held_until=now + HELD_FOR)


def keep_longer(token: str, now: datetime) -> None:
    """Ten more minutes, once (WCAG 2.2.1); raises Conflict the second time and when it has lapsed."""
    with transaction():
        row = _open(token)
        if row.extended or row.held_until is None or row.held_until <= now:
            raise Conflict("This time cannot be kept any longer. Choose a time again.")
        row.extended = True
        row.held_until = row.held_until + HELD_FOR


def let_stale_go(now: datetime) -> None:
    """Ends holds whose time is over; harmless when run twice."""
    with transaction():
        appointments.expire_stale(now)


def _open(token: str) -> Appointment:
    row = appointments.locked(draft(token).id)
    if row.state not in ("hold", "expired"):
        raise NotFound("This link does not open anything.")
    return row

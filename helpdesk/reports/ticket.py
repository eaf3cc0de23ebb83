"""One ticket with everything that stands around it in other rooms; the same number of reads at any length."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy import literal, select

from helpdesk.accounts.models import Agent
from helpdesk.billing.estimate import Estimate, estimate_support
from helpdesk.billing.evidence_models import Objection
from helpdesk.billing.models import Offer, OfferAnswer, WorkEntry
from helpdesk.billing.queries import surcharge_of, work_of
from helpdesk.contracts.entitlements import Coverage
from helpdesk.contracts.queries import coverage
from helpdesk.core.errors import InvalidInput
from helpdesk.db import db
from helpdesk.mail.models import OutgoingMail
from helpdesk.reports.clocks import Clock, clock_of
from helpdesk.reports.credit import Credit, credits_of
from helpdesk.sla.book import Book
from helpdesk.tickets.models import Event, Macro, Ticket
from helpdesk.tickets.queries import Entry, conversation, history, ticket_with_draft
from helpdesk.triage.models import StoredVerdict
from helpdesk.triage.queries import first_verdict


@dataclass(frozen=True, slots=True)
class Offered:
    """An offer with its answer, and how it stands now (an open one past its deadline is expired).

    An acceptance that somebody objects to is `objected`, and `cancelled` once an agent agreed to that.
    """

    offer: Offer
    answer: OfferAnswer | None
    objection: Objection | None
    state: str
    #: What became of the ticket's accepted surcharge: held, charged, returned; None where there is none.
    surcharge: str | None


class Named(NamedTuple):
    """An entry of a list to choose from."""

    kind: str
    id: int
    name: str


@dataclass(frozen=True, slots=True)
class Case:
    """What the page of a ticket shows."""

    ticket: Ticket
    #: The answer that the reader took back and has not sent since.
    draft: OutgoingMail | None
    entries: Sequence[Entry]
    has_earlier: bool
    events: Sequence[Event]
    clock: Clock
    verdict: StoredVerdict | None
    credit: Credit | None
    coverage: Coverage
    offers: Sequence[Offered]
    #: What became of the accepted surcharge: held, charged, returned; None where there is none.
    surcharge: str | None
    work: Sequence[WorkEntry]
    #: What the usual support would cost; None where nothing is to be paid, or an offer says it better.
    expected: Estimate | None
    #: Who can be assigned the ticket.
    agents: Sequence[Named]
    #: Texts to insert: their ids and names.
    macros: Sequence[Named]

    @property
    def waiting_offer(self) -> Offer | None:
        """The newest offer that the customer has not answered."""
        return next((each.offer for each in reversed(self.offers) if each.state == "open"), None)

    @property
    def objected(self) -> Offered | None:
        """The acceptance that an agent must decide about."""
        return next((each for each in self.offers if each.state == "objected"), None)

    @property
    def urgent_offer(self) -> Offered | None:
        """The urgency surcharge that is open or accepted."""
        live = (each for each in self.offers if each.offer.kind == "surcharge")
        return next((each for each in live if each.offer.state in ("open", "accepted")), None)


def case(number: int, book: Book, now: datetime, *, reader: int, before: int | None = None) -> Case:
    """Reads the ticket and its surroundings for the agent `reader`; raises NotFound."""
    ticket, draft = ticket_with_draft(number, reader)
    entries, has_earlier = conversation(number, before)
    choices = _choices()
    offers = offers_with_answers(number, now)
    today = book.main.local_date(now)
    covered = coverage(ticket.customer_id, today)
    work = work_of(number)
    expected = None if offers or work else _expected(ticket, covered, today)
    return Case(
        ticket=ticket,
        draft=draft,
        entries=entries,
        has_earlier=has_earlier,
        events=history(number),
        clock=clock_of(ticket, book.calendar(ticket.office), now),
        verdict=first_verdict(number),
        credit=_credit(ticket, expected),
        coverage=covered,
        offers=offers,
        surcharge=next((each.surcharge for each in offers), None),
        work=work,
        expected=expected,
        agents=[each for each in choices if each.kind == "agent"],
        macros=[each for each in choices if each.kind == "macro"],
    )


def _expected(ticket: Ticket, covered: Coverage, today: date) -> Estimate | None:
    if ticket.label != "support":
        return None
    try:
        return estimate_support(ticket.customer_id, today, plan=covered.plan)
    except InvalidInput:  # no price is set: the page about prices says so, this one must still open
        return None


def _credit(ticket: Ticket, expected: Estimate | None) -> Credit | None:
    """An estimate has read the account already."""
    if ticket.customer_id is None:
        return None
    if expected is not None:
        return Credit(expected.credit.posted, expected.credit.held) if expected.credit else None
    return credits_of([ticket.customer_id]).get(ticket.customer_id)


def _choices() -> list[Named]:
    """Agents and macros by name, in one statement: both are short lists of names."""
    agents = select(literal("agent").label("kind"), Agent.id, Agent.name).where(
        Agent.deactivated_at.is_(None)
    )
    macros = select(literal("macro").label("kind"), Macro.id, Macro.name)
    both = agents.union_all(macros).subquery()
    return [Named(*row) for row in db.session.execute(select(both).order_by(both.c.name, both.c.id))]


def offers_with_answers(number: int, now: datetime) -> list[Offered]:
    """The ticket's offers, oldest first, each with its evidence."""
    rows = db.session.execute(
        select(Offer, OfferAnswer, Objection, surcharge_of(literal(number)))
        .outerjoin(OfferAnswer, OfferAnswer.offer_id == Offer.id)
        .outerjoin(Objection, Objection.answer_id == OfferAnswer.id)
        .where(Offer.ticket_id == number)
        .order_by(Offer.id)
    ).all()
    return [
        Offered(offer, answer, said, _state(offer, said, now), held) for offer, answer, said, held in rows
    ]


def _state(offer: Offer, objection: Objection | None, now: datetime) -> str:
    if objection is not None and objection.outcome != "stands":
        return "cancelled" if objection.outcome else "objected"
    return "expired" if offer.state == "open" and now >= offer.valid_until else offer.state

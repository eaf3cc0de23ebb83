"""What follows when messages leave a ticket or come to one: who belongs, what is owed, who is empty.

The pieces that moving a message and merging tickets share. Nothing here moves money: offers, work and
bookings stay on the ticket on which they were made.
"""

from datetime import datetime

from sqlalchemy import delete, exists, select, update

from helpdesk.actions import track_sla
from helpdesk.core.actors import Actor
from helpdesk.core.errors import Conflict, InvalidInput, NotFound
from helpdesk.db import db, insert_new
from helpdesk.mail.models import OutgoingMail, RawMail
from helpdesk.tickets import models as tickets
from helpdesk.tickets.models import Participant, Ticket, TicketMessage, locked, resume, wait_for
from helpdesk.tickets.queries import first_mail, oldest_unanswered, standing


def both_locked(number: int, target: int) -> tuple[Ticket, Ticket]:
    """The ticket and the one that `target` names or was merged into, locked in one order for everybody.

    Raises NotFound, and InvalidInput where both are the same.
    """
    named = standing(target)
    if named is None:
        raise NotFound("There is no ticket with this number.")
    if named.number == number:
        raise InvalidInput("This is the same ticket.", field="target")
    found = {each: locked(each) for each in sorted((number, named.number))}
    if found[named.number].merged_into_id is not None:
        raise Conflict("This ticket was merged into #%(number)s.", number=found[named.number].merged_into_id)
    return found[number], found[named.number]


def refuse_other_customer(customer_id: int | None, target: Ticket) -> None:
    """What one customer wrote never lands on another customer's ticket (P1)."""
    if customer_id and target.customer_id and customer_id != target.customer_id:
        raise Conflict("The two belong to different customers.")


def has_open_money(ticket: Ticket) -> bool:
    """An offer waits for its answer, or an accepted surcharge is held until the case is closed."""
    return ticket.offer_open or (ticket.urgent_since is not None and ticket.status != "closed")


def carry(
    message: TicketMessage, target: Ticket, reason: str, by: Actor, now: datetime, *, welcomed: bool = False
) -> None:
    """Puts the message on the target and keeps how it stood before, for whoever takes it back."""
    step = {"reason": reason, "from": message.ticket_id, "by": by.name, "at": now.isoformat()}
    message.threading = {**step, "welcomed": welcomed, "before": message.threading}
    message.moved_from_id, message.ticket_id = message.ticket_id, target.id
    _renumber(message, target.id)
    _note_on_path(message, {"step": "moved", "to": target.id, **step})


def carry_back(message: TicketMessage, by: Actor, now: datetime) -> None:
    """Puts the message where it was before, as it stood before."""
    origin = message.moved_from_id
    assert origin is not None
    left = message.ticket_id
    before = message.threading.get("before") or {}
    message.threading, message.moved_from_id, message.ticket_id = before, before.get("from"), origin
    _renumber(message, origin)
    _note_on_path(
        message, {"step": "moved_back", "at": now.isoformat(), "by": by.name, "from": left, "to": origin}
    )


def welcome(address: str, ticket: Ticket, now: datetime) -> bool:
    """The sender belongs to the ticket: their next mail joins it by itself. Gives no right to read.

    Returns whether that is new.
    """
    return bool(address) and insert_new(Participant, ticket_id=ticket.id, address=address, added_at=now)


def dismiss(address: str, ticket: Ticket) -> None:
    """The address belongs no more, unless it is the requester's or has something else on the ticket."""
    if address == ticket.contact.email:
        return
    wrote = exists().where(TicketMessage.ticket_id == ticket.id, TicketMessage.from_address == address)
    was_asked = exists().where(OutgoingMail.ticket_number == ticket.id, OutgoingMail.to_address == address)
    if not db.session.scalar(select(wrote | was_asked)):
        db.session.execute(
            delete(Participant).where(Participant.ticket_id == ticket.id, Participant.address == address)
        )


def settle_arrival(ticket: Ticket, now: datetime) -> None:
    """A message came: if nobody has answered it, an answer is owed since it came in."""
    ticket.updated_at = now
    owed = oldest_unanswered(ticket.id)
    if owed is None:
        return
    if ticket.status != "open":
        resume(ticket, now)
        ticket.promised_from = None
    track_sla.owe(ticket, min(filter(None, (owed, ticket.promised_from))))


def settle_departure(ticket: Ticket, was: str | None, now: datetime) -> None:
    """A message left: what it had set going ends, unless another one waits too.

    `was` is the status that the message found. A ticket that somebody has closed since stays closed.
    """
    ticket.updated_at = now
    if ticket.status != "open":
        return
    owed = oldest_unanswered(ticket.id)
    if owed is not None:
        track_sla.owe(ticket, owed)
    elif was == "closed":
        tickets.close(ticket, now)
    elif _was_answered(ticket.id):
        wait_for(ticket, "answer", now)
        ticket.due_at = ticket.warn_at = ticket.promised_from = None


def hand_over_if_empty(ticket: Ticket, target: Ticket, now: datetime) -> bool:
    """A ticket without any mail left is closed, and answers to what we wrote there go where its mail went."""
    if first_mail(ticket.id) is not None or has_open_money(ticket):
        return False
    tickets.close(ticket, now)
    db.session.flush()
    ticket.merged_into_id = target.id
    return True


def take_up_again(ticket: Ticket, now: datetime) -> None:
    """What was handed over has its mail again."""
    ticket.merged_into_id = None
    resume(ticket, now)


def _was_answered(number: int) -> bool:
    query = exists().where(
        TicketMessage.ticket_id == number,
        TicketMessage.kind == "outgoing",
        TicketMessage.agent_id.is_not(None),
    )
    return bool(db.session.scalar(select(query)))


def _renumber(message: TicketMessage, number: int) -> None:
    """A mail of ours speaks of the ticket that it is on: bounces and answers to it come there."""
    if message.outgoing_mail_id is not None:
        db.session.execute(
            update(OutgoingMail)
            .where(OutgoingMail.id == message.outgoing_mail_id)
            .values(ticket_number=number)
        )


def _note_on_path(message: TicketMessage, step: dict[str, object]) -> None:
    if message.raw_mail_id is not None:
        path = db.session.scalar(select(RawMail.path).where(RawMail.id == message.raw_mail_id)) or []
        db.session.execute(
            update(RawMail).where(RawMail.id == message.raw_mail_id).values(path=[*path, step])
        )

"""A mail that is on the wrong ticket: an agent moves it, makes it a ticket of its own, or puts it back."""

from datetime import datetime

from sqlalchemy import exists, select

from helpdesk.actions import open_ticket, rehome
from helpdesk.actions.place_mail import Placement
from helpdesk.billing.models import OfferAnswer
from helpdesk.core.actors import Actor
from helpdesk.core.errors import Conflict, NotFound
from helpdesk.db import db, transaction
from helpdesk.mail.contain import parse_contained
from helpdesk.mail.models import RawMail
from helpdesk.mail.path import Path
from helpdesk.mail.queries import box, raw_mail
from helpdesk.tickets.models import TicketMessage, locked, record
from helpdesk.tickets.queries import first_mail, message_of


def move(number: int, message_id: int, target: int, *, by: Actor, now: datetime) -> int:
    """ "This belongs elsewhere": the mail goes to the ticket `target`; returns that ticket's number.

    Its sender belongs there from now on. Nothing is charged, accepted or judged anew by moving; an answer is
    owed there since the mail came in, unless it was answered. Raises Conflict for a mail that answered an
    offer (it is the evidence), and where the ticket is another customer's.
    """
    with transaction():
        source, goal = rehome.both_locked(number, target)
        message = _movable(number, message_id)
        rehome.refuse_other_customer(message.contact.customer_id if message.contact else None, goal)
        was = message.threading.get("was")
        welcomed = rehome.welcome(message.from_address, goal, now)
        rehome.carry(message, goal, "moved", by, now, welcomed=welcomed)
        db.session.flush()
        rehome.dismiss(message.from_address, source)
        _settled(source.id, goal.id, was, message, now)
        record(source.id, "message_moved_away", by, now, message=message.id, to=goal.id)
        record(goal.id, "message_moved_here", by, now, message=message.id, origin=source.id)
        if rehome.hand_over_if_empty(source, goal, now):
            record(source.id, "closed_empty", by, now, to=goal.id)
        return goal.id


def split(number: int, message_id: int, *, by: Actor, now: datetime) -> int:
    """ "This is a new ticket": opens one for the mail as if it had just come; returns its number.

    It is judged, promised and acknowledged like any new mail, the promise counted from when it came. Raises
    Conflict for the mail that opened the ticket.
    """
    parsed = parse_contained(_raw_of(number, message_id))
    with transaction():
        source = locked(number)
        message = _movable(number, message_id)
        if first_mail(number) == message_id:
            raise Conflict("This mail opened the ticket. Move the others instead.")
        raw_id = message.raw_mail_id
        assert raw_id is not None
        was = message.threading.get("was")
        path = Path(now)
        placement = Placement("split", linked_to=number)
        opened = open_ticket.open_from_mail(
            raw_id, parsed, placement, box(source.mailbox_id), path, now=now, moved=message, by=by
        )
        _append(raw_id, path)
        db.session.flush()
        rehome.dismiss(message.from_address, source)
        rehome.settle_departure(source, was, now)
        record(number, "message_split", by, now, message=message_id, to=opened)
        return opened


def put_back(number: int, message_id: int, *, by: Actor, now: datetime) -> int:
    """Undoes the last move of a mail; returns the ticket that it is on again.

    A ticket that has lost its last mail by this is closed, and answers to it go where the mail went.
    """
    origin = message_of(number, message_id).moved_from_id
    if origin is None:
        raise Conflict("This message was not moved.")
    with transaction():
        tickets = {each: locked(each) for each in sorted((number, origin))}
        message = _movable(number, message_id)
        if message.moved_from_id != origin:
            raise Conflict("This message was moved meanwhile.")
        here, home = tickets[number], tickets[origin]
        if home.merged_into_id not in (None, number):
            raise Conflict("This ticket was merged into #%(number)s.", number=home.merged_into_id)
        was_welcomed = message.threading.get("welcomed")
        rehome.carry_back(message, by, now)
        if home.merged_into_id is not None:
            rehome.take_up_again(home, now)
        db.session.flush()
        if was_welcomed:
            rehome.dismiss(message.from_address, here)
        rehome.welcome(message.from_address, home, now)
        _settled(here.id, home.id, None, message, now)
        record(here.id, "message_put_back", by, now, message=message_id, to=home.id)
        record(home.id, "message_came_back", by, now, message=message_id, origin=here.id)
        if rehome.hand_over_if_empty(here, home, now):
            record(here.id, "closed_empty", by, now, to=home.id)
        return home.id


def _settled(left: int, reached: int, was: str | None, message: TicketMessage, now: datetime) -> None:
    """What is owed on both; a machine's mail set nothing going and ends nothing."""
    if message.kind != "incoming":
        return
    rehome.settle_departure(locked(left), was, now)
    rehome.settle_arrival(locked(reached), now)


def _movable(number: int, message_id: int) -> TicketMessage:
    message = message_of(number, message_id)
    if message.raw_mail_id is None:
        raise NotFound("There is no such message.")
    if db.session.scalar(select(exists().where(OfferAnswer.raw_mail_id == message.raw_mail_id))):
        raise Conflict("This mail answered an offer and stays where it is: it is the evidence.")
    return message


def _raw_of(number: int, message_id: int) -> bytes:
    message = message_of(number, message_id)
    if message.raw_mail_id is None:
        raise NotFound("There is no such message.")
    return raw_mail(message.raw_mail_id).raw


def _append(raw_id: int, path: Path) -> None:
    found = db.session.get(RawMail, raw_id)
    assert found is not None
    found.path = [*found.path, *path.steps]

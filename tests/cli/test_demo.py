"""The demo looks alive at whatever hour it is tried, because it goes through the real doors."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from sqlalchemy import func, select

from helpdesk.actions.manage_accounts import sign_in
from helpdesk.actions.set_up import prepare
from helpdesk.billing.ledger_check import check_ledger
from helpdesk.billing.models import Offer, WorkEntry
from helpdesk.cli import demo, demo_sign_ins
from helpdesk.customers.models import Contact, Customer
from helpdesk.db import db
from helpdesk.mail.models import OutgoingMail, RawMail
from helpdesk.settings import Settings
from helpdesk.tickets.models import Attachment, Ticket, TicketMessage

ZURICH = ZoneInfo("Europe/Zurich")
HOURS = {
    "a Wednesday morning": datetime(2026, 11, 25, 10, 30, tzinfo=ZURICH),
    "just after opening": datetime(2026, 11, 25, 9, 1, tzinfo=ZURICH),
    "before opening on a Monday": datetime(2026, 11, 23, 6, 0, tzinfo=ZURICH),
    "the end of the day": datetime(2026, 11, 25, 16, 59, tzinfo=ZURICH),
    "at night": datetime(2026, 11, 25, 23, 30, tzinfo=ZURICH),
    "a Sunday": datetime(2026, 11, 29, 14, 0, tzinfo=ZURICH),
    "Christmas": datetime(2026, 12, 25, 12, 0, tzinfo=ZURICH),
    "the second of January": datetime(2027, 1, 2, 12, 0, tzinfo=ZURICH),
}


@pytest.mark.database("sqlite")
@pytest.mark.parametrize("hour", HOURS)
def test_nearly_nothing_is_overdue_at_any_hour(app: Flask, settings: Settings, hour: str) -> None:
    now = HOURS[hour].astimezone(UTC)
    prepare(now)

    demo.seed(settings, now)

    tickets = db.session.scalars(select(Ticket)).all()
    overdue = [t.subject for t in tickets if t.status == "open" and t.due_at and t.due_at < now]
    assert len(overdue) <= 1, overdue
    assert {ticket.status for ticket in tickets} == {"open", "waiting", "closed"}
    assert all(ticket.created_at <= now for ticket in tickets)
    assert max(message.created_at for message in db.session.scalars(select(TicketMessage))) <= now


def test_every_view_has_something_to_show(app: Flask, settings: Settings) -> None:
    now = HOURS["a Wednesday morning"].astimezone(UTC)
    prepare(now)

    demo.seed(settings, now)

    tickets = db.session.scalars(select(Ticket)).all()
    assert {ticket.language for ticket in tickets} == {"de", "fr", "sv", "en"}
    assert {ticket.label for ticket in tickets} >= {"hotline", "support"}
    assert any(ticket.urgent_asked and ticket.offer_open for ticket in tickets)
    assert any(ticket.quote_needed for ticket in tickets)
    assert any(ticket.customer_id is None for ticket in tickets)
    assert {ticket.assignee_id is None for ticket in tickets} == {True, False}
    assert {offer.state for offer in db.session.scalars(select(Offer))} == {"open", "accepted"}
    assert [entry.billing for entry in db.session.scalars(select(WorkEntry))] == ["charged"]
    assert {message.kind for message in db.session.scalars(select(TicketMessage))} == {
        "incoming", "outgoing", "automatic", "note",
    }  # fmt: skip
    assert count(Customer) == 8
    assert count(Attachment) == 3
    assert {mail.state for mail in db.session.scalars(select(RawMail))} == {"done"}
    assert {mail.state for mail in db.session.scalars(select(OutgoingMail))} == {"sent"}
    assert len(list(settings.outbox_dir.glob("*.eml"))) == count(OutgoingMail)
    assert check_ledger() == []


def test_the_passwords_that_are_printed_work(app: Flask, settings: Settings) -> None:
    now = HOURS["a Sunday"].astimezone(UTC)
    prepare(now)
    demo.seed(settings, now)
    lines = demo_sign_ins.lines(settings.data_dir)
    assert len(lines) == 3
    for line in lines:
        email, password, *_rest = line.split()
        assert sign_in(email, password, ip="192.0.2.7", now=now)


@pytest.mark.database("sqlite")
def test_interrupted_half_way_it_leaves_nothing(app: Flask, settings: Settings) -> None:
    now = HOURS["a Sunday"].astimezone(UTC)
    # Without a mailbox the first mail finds no room: the whole demo fails.
    with pytest.raises(Exception, match=r".+"):
        demo.seed(settings, now)
    db.session.rollback()
    assert (count(Customer), count(Contact), count(RawMail)) == (0, 0, 0)
    assert demo_sign_ins.lines(settings.data_dir) == []


@pytest.mark.database("sqlite")
def test_it_never_comes_beside_real_customers(app: Flask, settings: Settings) -> None:
    now = HOURS["a Sunday"].astimezone(UTC)
    prepare(now)
    demo.seed(settings, now)
    before = count(Ticket)
    demo.seed(settings, now + timedelta(days=1))
    assert count(Ticket) == before


def count(model: type) -> int:
    """How many rows there are."""
    return db.session.scalar(select(func.count()).select_from(model)) or 0

"""Booking from the first page to the money: held, charged, released, cancelled, moved (A4 to A6, B9, B4, B7)."""

from datetime import timedelta

import pytest

from helpdesk.accounts.models import AgentAbsence
from helpdesk.actions import change_appointment, charge_work, find_times, hold_slot
from helpdesk.actions.appointment_mail import manage_token
from helpdesk.actions.book_appointment import Consent, book
from helpdesk.billing.ledger_check import check_ledger
from helpdesk.billing.terms_models import BillingTerms
from helpdesk.booking import queries
from helpdesk.booking.models import Appointment, TermsAcceptance
from helpdesk.core import clock
from helpdesk.core.errors import (
    Conflict,
    Forbidden,
    InsufficientCredit,
    InvalidInput,
    NotAllowedYet,
    NotFound,
    TooManyTries,
)
from helpdesk.core.money import chf
from helpdesk.customers.models import Contact
from helpdesk.db import db, insert_row, transaction
from tests.booking.office import CARLA, Office, an_office, moment
from tests.support.desk import Desk

TUESDAY = "2026-12-01 10:00"


@pytest.fixture
def office(desk: Desk) -> Office:
    return an_office(desk)


def starts(office: Office, day: str) -> list[str]:
    found = find_times.times(office.service, moment(day).date(), 1, now=clock.now())
    return [f"{slot.start.astimezone(found.zone):%H:%M}" for slot in found.slots]


def test_notice_holidays_absences_and_closures_are_kept(office: Office) -> None:
    # It is Wednesday ten o'clock, and four working hours are two in the afternoon.
    assert starts(office, "2026-11-25") == ["14:00", "14:30", "15:00", "15:30", "16:00"]
    assert starts(office, "2026-11-24") == starts(office, "2026-11-28") == starts(office, "2026-12-25") == []
    assert starts(office, "2027-02-01") == []  # beyond the horizon
    with transaction():
        for agent in (office.desk.anna, office.desk.lea):
            insert_row(
                AgentAbsence,
                agent_id=agent.id,
                first_day=moment("2026-12-01").date(),
                last_day=moment("2026-12-02").date(),
                stand_in_id=None,
            )
    assert starts(office, "2026-12-01") == starts(office, "2026-12-02") == []
    assert len(starts(office, "2026-12-03")) == 10


def test_a_time_that_is_not_on_offer_cannot_be_held(office: Office) -> None:
    for wrong in (
        "2026-11-25 10:30",
        "2026-12-01 10:10",
        "2026-12-05 10:00",
        "2026-12-25 10:00",
        "2020-12-01 10:00",
    ):
        with pytest.raises(Conflict):
            office.hold(wrong)


def test_booking_holds_the_price_and_working_charges_what_was_needed(office: Office) -> None:
    desk = office.desk
    row = office.book(TUESDAY)
    assert (row.state, row.net, row.fee) == ("confirmed", chf(180), chf(90))
    assert row.free_until == moment("2026-11-30 10:00")
    assert desk.credit("Muster SA") == chf(320)
    ticket = desk.ticket(row.ticket_id)
    assert (ticket.subject, ticket.label, ticket.assignee_id) == ("Clôture annuelle", "support", row.agent_id)
    accepted = db.session.get(TermsAcceptance, row.id)
    assert accepted is not None
    assert accepted.sha256 == office.terms.sha256

    desk.clock.to("2026-12-01 10:40")
    anna = desk.actor(desk.anna)
    seen = charge_work.preview(ticket.id, 38, "support", now=clock.now())
    assert (seen.net, seen.left) == (chf(135), chf(365))
    assert desk.credit("Muster SA") == chf(320)  # looking changes nothing
    charge_work.log_work(ticket.id, 38, "support", text="", key="k", by=anna, now=clock.now())
    assert desk.credit("Muster SA") == chf(365)
    assert office.now(row).state == "done"
    assert check_ledger() == []
    # More than was agreed to is not charged (B4, B7).
    with pytest.raises(NotAllowedYet):
        charge_work.log_work(ticket.id, 60, "support", text="", key="m", by=anna, now=clock.now())


def test_a_second_click_books_nothing_twice(office: Office) -> None:
    proof = office.describe(office.hold(TUESDAY))
    first, second = office.confirm(proof), office.confirm(proof)
    assert first.id == second.id
    assert office.desk.credit("Muster SA") == chf(320)
    assert len(office.desk.tickets()) == 1
    assert len([m for m in office.desk.mails_to(CARLA) if m.attachments]) == 1


def test_without_the_box_or_with_old_terms_nothing_is_booked(office: Office) -> None:
    proof = office.describe(office.hold(TUESDAY))
    with pytest.raises(InvalidInput):
        book(proof, Consent(office.terms.id, False), clock.now())
    with pytest.raises(Conflict):
        book(proof, Consent(office.terms.id + 1, True), clock.now())
    assert office.desk.tickets() == []
    assert office.desk.credit("Muster SA") == chf(500)


def test_a_failure_at_the_end_leaves_nothing_behind(office: Office) -> None:
    """Slot, hold on the credit, terms, ticket and mail are one transaction."""
    proof = office.describe(office.hold(TUESDAY, ip="192.0.2.1"))
    with transaction():
        row = queries.by_hash("proof_hash", hold_slot.token_hash(proof, hold_slot.PROOF))
        held_by = row.agent_id
        row.state = "expired"
        db.session.flush()
        for agent in (office.desk.anna, office.desk.lea):
            insert_row(
                Appointment, uid=f"u{agent.id}", service_id=office.service.id, agent_id=agent.id, state="hold",
                starts_at=row.starts_at, ends_at=row.ends_at, busy_until=row.busy_until,
                held_until=clock.now() + timedelta(hours=1), draft_hash=f"d{agent.id}", language="de",
                created_at=clock.now(),
            )  # fmt: skip
    with pytest.raises(Conflict):
        office.confirm(proof)
    assert office.desk.tickets() == []
    assert office.desk.credit("Muster SA") == chf(500)
    assert held_by in (office.desk.anna.id, office.desk.lea.id)


def test_a_hold_lapses_can_be_kept_once_and_comes_back_if_free(office: Office) -> None:
    token = office.hold(TUESDAY)
    hold_slot.keep_longer(token, clock.now())
    with pytest.raises(Conflict):
        hold_slot.keep_longer(token, clock.now())
    office.desk.clock.move(minutes=21)
    hold_slot.let_stale_go(clock.now())
    assert office.now(hold_slot.draft(token)).state == "expired"
    # Nobody took it meanwhile: writing the details gets it back.
    assert office.confirm(office.describe(token)).state == "confirmed"


def test_strangers_prove_their_address_and_pay_by_invoice(office: Office) -> None:
    proof = office.describe(office.hold(TUESDAY), "neu@fremd.example", name="Nina Neu")
    with pytest.raises(InvalidInput):  # whom the invoice goes to
        office.confirm(proof)
    token = office.hold("2026-12-01 14:00", ip="192.0.2.8")
    row = office.confirm(office.describe(token, "neu@fremd.example", name="Nina Neu", company="Fremd AG"))
    contact = db.session.query(Contact).filter_by(email="neu@fremd.example").one()
    assert contact.customer is not None
    assert contact.customer.name == "Fremd AG"
    assert row.customer_id == contact.customer_id
    # Without a subscription it is one session after the other.
    with pytest.raises(TooManyTries):
        office.book("2026-12-02 10:00", "neu@fremd.example", name="Nina Neu", company="Fremd AG")


def test_who_may_not_order_cannot_book(office: Office) -> None:
    with pytest.raises(Forbidden):
        office.book(TUESDAY, "info@beispiel.example")


def test_short_credit_that_may_not_be_invoiced_is_refused(office: Office) -> None:

    with transaction():
        insert_row(
            BillingTerms,
            customer_id=office.desk.exempel.id,
            policy="ask",
            limit_minor=0,
            payment_days=30,
            business=True,
            round_to_five=False,
        )
    with pytest.raises(InsufficientCredit):
        office.book(TUESDAY, "ekonomi@exempel.example")
    assert office.desk.tickets() == []


def test_hoarding_slots_is_stopped(office: Office) -> None:
    for minute in ("09:00", "10:00", "11:00", "14:00", "15:00"):
        office.hold(f"2026-12-01 {minute}")
    with pytest.raises(TooManyTries):
        office.hold("2026-12-01 16:00")
    office.hold("2026-12-01 16:00", ip="192.0.2.99")


def test_cancelling_in_time_is_free_and_late_costs_the_fee_once(office: Office) -> None:
    desk = office.desk
    first, second = office.book(TUESDAY), office.book("2026-12-02 10:00")
    assert desk.credit("Muster SA") == chf(140)
    tokens = {row.id: row.uid for row in (first, second)}
    links = {row.id: _manage(office, row) for row in (first, second)}
    assert len(tokens) == 2
    desk.clock.to("2026-11-30 10:00")  # the very moment
    for _ in range(2):
        change_appointment.cancel(links[first.id], clock.now())
    assert office.now(first).state == "cancelled_free"
    assert desk.credit("Muster SA") == chf(320)
    desk.clock.to("2026-12-01 10:01")
    for _ in range(2):
        change_appointment.cancel(links[second.id], clock.now())
    assert office.now(second).state == "cancelled_late"
    assert desk.credit("Muster SA") == chf(410)
    assert check_ledger() == []
    # The slot is free again.
    assert "10:00" in starts(office, "2026-12-02")


def test_moving_keeps_the_event_and_is_free_until_the_stated_moment(office: Office) -> None:
    row = office.book(TUESDAY)
    uid, link = row.uid, _manage(office, row)
    change_appointment.move(link, moment("2026-12-03 15:00"), clock.now())
    row = office.now(row)
    assert (row.uid, row.sequence, row.starts_at) == (uid, 1, moment("2026-12-03 15:00"))
    assert row.free_until == moment("2026-12-02 15:00")
    assert office.desk.credit("Muster SA") == chf(320)
    office.desk.clock.to("2026-12-02 15:01")
    with pytest.raises(Conflict):
        change_appointment.move(link, moment("2026-12-04 15:00"), clock.now())


def test_a_no_show_costs_the_fee_and_can_be_undone(office: Office) -> None:
    desk, row = office.desk, office.book(TUESDAY)
    anna = desk.actor(desk.anna)
    desk.clock.to("2026-12-01 10:14")
    with pytest.raises(NotAllowedYet):
        change_appointment.mark_no_show(row.id, by=anna, now=clock.now())
    desk.clock.to("2026-12-01 10:15")
    for _ in range(2):
        change_appointment.mark_no_show(row.id, by=anna, now=clock.now())
    assert desk.credit("Muster SA") == chf(410)
    change_appointment.undo_no_show(row.id, by=anna, now=clock.now())
    assert desk.credit("Muster SA") == chf(500)
    with pytest.raises(Conflict):
        change_appointment.undo_no_show(row.id, by=anna, now=clock.now())
    assert check_ledger() == []


def test_we_cancel_free_of_charge_and_offer_three_times(office: Office) -> None:
    desk, row = office.desk, office.book(TUESDAY)
    change_appointment.call_off(row.id, "Anna ist krank.", by=desk.actor(desk.anna), now=clock.now())
    assert desk.credit("Muster SA") == chf(500)
    mail = desk.mails_to(CARLA)[-1]
    assert mail.body_text.count("\n- ") == 3
    assert mail.attachments[0]["method"] == "CANCEL"


def test_reminders_leave_once_each(office: Office) -> None:
    desk = office.desk
    row = office.book(TUESDAY)
    late = office.book("2026-11-25 16:00")  # booked six hours before: only the second reminder
    assert change_appointment.remind_due(clock.now()) == 0
    desk.clock.to("2026-11-25 14:00")
    assert [change_appointment.remind_due(clock.now()) for _ in range(2)] == [1, 0]
    desk.clock.to("2026-11-30 10:00")
    assert [change_appointment.remind_due(clock.now()) for _ in range(2)] == [1, 0]
    desk.clock.to("2026-12-01 08:30")
    assert [change_appointment.remind_due(clock.now()) for _ in range(2)] == [1, 0]
    # The link of the first mail still opens the appointment after reminders.
    assert change_appointment.see(_manage(office, row)).id == row.id
    assert office.now(late).state == "confirmed"


def test_links_are_of_one_purpose(office: Office) -> None:
    token = office.hold(TUESDAY)
    proof = office.describe(token)
    row = office.confirm(proof)
    manage = _manage(office, row)
    for wrong in (token, proof, manage[:-1], "", "x" * 43):
        with pytest.raises(NotFound):
            change_appointment.see(wrong)
    for wrong in (token, manage):
        with pytest.raises(NotFound):
            book(wrong, Consent(office.terms.id, True), clock.now())


def _manage(office: Office, row: Appointment) -> str:

    return manage_token(row)

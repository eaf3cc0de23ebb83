"""Warnings, escalation to a person on duty, and stand-ins: each once, and never at midnight."""

from datetime import date

import pytest

from helpdesk.actions import answer_ticket, manage_absences, manage_customers, manage_tickets
from helpdesk.actions.watch_promises import watch_promises
from helpdesk.core import clock
from helpdesk.core.errors import Forbidden, InvalidInput
from tests.support.desk import Desk

CARLA = "Carla Compta <compta@muster.example>"
LEA, ANNA = "lea@helpdesk.example", "anna@helpdesk.example"


def a_question(desk: Desk) -> int:
    desk.mail_in("Where is the report?", sender=CARLA)
    return desk.ticket().id


def watch(desk: Desk, moment: str) -> int:
    desk.clock.to(moment)
    return watch_promises(clock.now())


def test_the_last_quarter_warns_whoever_has_the_case_once(desk: Desk) -> None:
    number = a_question(desk)
    manage_tickets.assign(number, desk.anna.id, by=desk.actor(desk.lea), now=clock.now())
    # Seven hours from ten: the last quarter begins at 15:15.
    assert watch(desk, "2026-11-25 15:14") == 0
    assert watch(desk, "2026-11-25 15:15") == 1
    assert watch(desk, "2026-11-25 15:16") == 0
    [mail] = desk.mails_to(ANNA)
    assert f"#{number}" in mail.subject
    assert desk.history(number)[-1] == "promise_warning"


def test_a_broken_promise_goes_to_a_lead_on_duty_when_the_office_opens_and_never_at_night(desk: Desk) -> None:
    a_question(desk)
    assert watch(desk, "2026-11-25 16:00") == 1  # nobody has it: the lead is warned
    for closed in ("2026-11-25 17:00", "2026-11-26 00:00", "2026-11-26 08:59"):
        assert watch(desk, closed) == 0
    assert watch(desk, "2026-11-26 09:00") == 1
    assert watch(desk, "2026-11-26 09:01") == 0
    assert [mail.to_address for mail in desk.outbox() if mail.key.startswith("promise:")] == [LEA, LEA]


def test_at_the_weekend_and_on_a_holiday_nobody_is_called(desk: Desk) -> None:
    desk.clock.to("2026-12-24 16:00")
    a_question(desk)
    assert [watch(desk, f"2026-12-{day} 10:00") for day in (25, 26, 27)] == [0, 0, 0]
    assert watch(desk, "2026-12-28 09:00") == 1


def test_while_the_customer_has_to_answer_and_after_the_answer_nothing_is_said(desk: Desk) -> None:
    answer_ticket.reply(a_question(desk), "Which one?", by=desk.actor(desk.anna), now=clock.now())
    assert watch(desk, "2026-11-26 12:00") == 0


def test_the_next_promise_of_the_same_ticket_warns_anew(desk: Desk) -> None:
    number = a_question(desk)
    assert watch(desk, "2026-11-25 16:00") == 1
    answer_ticket.reply(number, "Which one?", by=desk.actor(desk.anna), now=clock.now())
    desk.clock.to("2026-11-26 09:00")
    desk.work()
    desk.reply(desk.mails_to("compta@muster.example")[-1], "The one of VAT.")
    assert watch(desk, "2026-11-26 16:30") == 1


def test_in_the_doubled_hour_of_autumn_it_is_said_once(desk: Desk) -> None:
    desk.clock.to("2026-10-23 16:00")
    a_question(desk)
    assert watch(desk, "2026-10-25 02:30") == 0
    assert watch(desk, "2026-10-26 09:00") == 1
    assert watch(desk, "2026-10-26 09:30") == 0


def test_a_lead_who_is_away_is_not_on_duty(desk: Desk) -> None:
    day = date(2026, 11, 25)
    manage_absences.add_absence(desk.lea.id, day, day, None, by=desk.actor(desk.lea))
    a_question(desk)
    assert watch(desk, "2026-11-25 16:00") == 1
    assert desk.mails_to(LEA) == []
    assert len(desk.mails_to("adam@helpdesk.example")) == 1


# The named contact person of on-premise customers.


def named(desk: Desk) -> None:
    manage_customers.add_subscription(
        desk.exempel.id, "update", "standard", valid_from=date(2026, 1, 1), assigned_agent_id=desk.anna.id,
        by=desk.actor(desk.lea),
    )  # fmt: skip
    manage_customers.add_subscription(
        desk.muster.id, "update", "standard", valid_from=date(2026, 1, 1), assigned_agent_id=desk.anna.id,
        by=desk.actor(desk.lea),
    )  # fmt: skip


def test_the_contact_person_gets_the_ticket_and_the_stand_in_while_they_are_away(desk: Desk) -> None:
    named(desk)
    a_question(desk)
    assert desk.ticket().assignee_id == desk.anna.id
    manage_absences.add_absence(
        desk.anna.id, date(2026, 11, 26), date(2026, 11, 27), desk.adam.id, by=desk.actor(desk.anna)
    )
    for moment, who in (
        ("2026-11-26 10:00", desk.adam.id),
        ("2026-11-27 16:00", desk.adam.id),
        ("2026-11-30 10:00", desk.anna.id),
    ):
        desk.clock.to(moment)
        desk.mail_in(f"Another question at {moment}", sender=CARLA)
        assert desk.tickets()[-1].assignee_id == who


def test_two_who_stand_in_for_each_other_and_are_both_away_leave_it_to_all(desk: Desk) -> None:
    named(desk)
    day = date(2026, 11, 25)
    manage_absences.add_absence(desk.anna.id, day, day, desk.adam.id, by=desk.actor(desk.anna))
    manage_absences.add_absence(desk.adam.id, day, day, desk.anna.id, by=desk.actor(desk.adam))
    a_question(desk)
    assert desk.ticket().assignee_id is None


def test_agents_enter_their_own_absences_and_leads_anybodys(desk: Desk) -> None:
    day = date(2026, 11, 25)
    with pytest.raises(Forbidden):
        manage_absences.add_absence(desk.lea.id, day, day, None, by=desk.actor(desk.anna))
    absence = manage_absences.add_absence(desk.anna.id, day, day, None, by=desk.actor(desk.lea))
    manage_absences.remove_absence(absence, by=desk.actor(desk.anna))
    for first, last, stand_in in (
        (day, date(2026, 11, 24), None),
        (day, day, desk.anna.id),
        (day, date(2028, 1, 1), None),
    ):
        with pytest.raises(InvalidInput):
            manage_absences.add_absence(desk.anna.id, first, last, stand_in, by=desk.actor(desk.anna))

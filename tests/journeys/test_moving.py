"""A mail on the wrong ticket is put right with one click, and back; nothing is charged or lost on the way."""

from functools import partial

import pytest

from helpdesk.actions import answer_offer, answer_ticket, manage_tickets, offer_work
from helpdesk.actions.merge_tickets import merge, unmerge
from helpdesk.actions.move_message import move, put_back, split
from helpdesk.core.errors import Conflict, HelpdeskError, InvalidInput, NotFound
from helpdesk.core.money import chf
from helpdesk.db import db
from helpdesk.mail.models import OutgoingMail
from helpdesk.tickets.models import Participant
from tests.support.builders import a_contact
from tests.support.desk import Desk

QUESTION = "Bonjour,\n\nOù est la commande pour créer un nouvel exercice ?"
OTHER = "Bonjour,\n\nComment imprimer la balance ?"


def two_tickets(desk: Desk) -> tuple[int, int]:
    """Two matters of one customer."""
    desk.mail_in(QUESTION, subject="Nouvel exercice")
    desk.clock.move(minutes=11)
    desk.mail_in(OTHER, subject="Imprimer la balance")
    first, second = desk.tickets()
    return first.id, second.id


def a_reply(desk: Desk, number: int, text: str = "Et pour imprimer la balance ?") -> int:
    """An answer to our first mail about that ticket; returns its message's id."""
    ours = next(mail for mail in desk.outbox() if mail.ticket_number == number)
    desk.reply(ours, text)
    return desk.messages(number)[-1].id


def people(number: int) -> set[str]:
    db.session.rollback()
    return set(db.session.scalars(db.select(Participant.address).where(Participant.ticket_id == number)))


def answered(desk: Desk, number: int) -> None:
    answer_ticket.reply(number, "Voilà.", by=desk.actor(desk.anna), now=desk.clock.now)
    desk.clock.move(minutes=1)
    desk.work()


def test_a_reply_that_belongs_elsewhere_is_owed_there_and_no_longer_here(desk: Desk) -> None:
    first, second = two_tickets(desk)
    answered(desk, first)
    answered(desk, second)
    message = a_reply(desk, first)
    assert (desk.ticket(first).status, desk.ticket(second).status) == ("open", "waiting")
    came = desk.clock.now
    desk.clock.move(minutes=30)
    assert move(first, message, second, by=desk.actor(desk.anna), now=desk.clock.now) == second
    here, there = desk.ticket(first), desk.ticket(second)
    assert (here.status, here.waiting_for, here.due_at) == ("waiting", "answer", None)
    assert (there.status, there.promised_from) == ("open", came)
    assert desk.messages(second)[-1].id == message
    assert desk.messages(second)[-1].threading["by"] == "Anna Agent"
    assert "message_moved_away" in desk.history(first)
    assert "message_moved_here" in desk.history(second)
    assert desk.raw_mails()[-1].path[-1]["step"] == "moved"


def test_moving_back_restores_both(desk: Desk) -> None:
    first, second = two_tickets(desk)
    answered(desk, first)
    answered(desk, second)
    message = a_reply(desk, first)
    before = desk.messages(first)[-1].threading
    promised = desk.ticket(first).due_at
    move(first, message, second, by=desk.actor(desk.anna), now=desk.clock.now)
    assert put_back(second, message, by=desk.actor(desk.lea), now=desk.clock.now) == first
    assert desk.messages(first)[-1].threading == before
    assert (desk.ticket(first).status, desk.ticket(first).due_at) == ("open", promised)
    assert desk.ticket(second).status == "waiting"
    with pytest.raises(Conflict):
        put_back(first, message, by=desk.actor(desk.lea), now=desk.clock.now)


def test_a_split_mail_is_judged_promised_and_acknowledged_like_a_new_one(desk: Desk) -> None:
    desk.mail_in(QUESTION, subject="Nouvel exercice")
    number = desk.ticket().id
    text = "J'obtiens une erreur inexplicable lorsque j'importe le fichier ci-joint, aidez-nous."
    message = a_reply(desk, number, text)
    came = desk.clock.now
    credit = desk.credit("Muster SA")
    desk.clock.move(minutes=20)
    new = split(number, message, by=desk.actor(desk.anna), now=desk.clock.now)
    desk.work()
    ticket = desk.ticket(new)
    assert (ticket.label, ticket.linked_to_id, ticket.promised_from) == ("support", number, came)
    assert ticket.due_at is not None
    assert [m.id for m in desk.messages(new) if m.kind == "incoming"] == [message]
    [ours] = [mail for mail in desk.outbox() if mail.ticket_number == new]
    assert (ours.to_address, ours.state) == ("compta@muster.example", "sent")
    assert desk.credit("Muster SA") == credit
    desk.reply(ours, "Merci !")
    assert desk.messages(new)[-1].new_text.startswith("Merci")


def test_undoing_a_split_closes_the_new_ticket_and_its_answers_come_home(desk: Desk) -> None:
    desk.mail_in(QUESTION, subject="Nouvel exercice")
    number = desk.ticket().id
    message = a_reply(desk, number)
    desk.clock.move(minutes=11)
    new = split(number, message, by=desk.actor(desk.anna), now=desk.clock.now)
    assert put_back(new, message, by=desk.actor(desk.anna), now=desk.clock.now) == number
    assert (desk.ticket(new).status, desk.ticket(new).merged_into_id) == ("closed", number)
    assert "closed_empty" in desk.history(new)
    [ours] = [mail for mail in desk.outbox() if mail.ticket_number == new]
    desk.reply(ours, "Encore une chose.")
    assert desk.messages(number)[-1].new_text.startswith("Encore")
    again = desk.ticket(number)
    assert (again.status, again.merged_into_id) == ("open", None)


def test_a_strangers_mail_that_named_a_ticket_joins_it_on_an_agents_word_and_so_does_the_next(
    desk: Desk,
) -> None:
    desk.mail_in(QUESTION, subject="Nouvel exercice")
    number = desk.ticket().id
    ours = desk.mails_to("compta@muster.example")[0]
    private = "Carla Privée <carla@private.example>"
    desk.reply(ours, "J'écris de chez moi.", sender=private)
    strange = desk.tickets()[-1]
    assert desk.messages(strange.id)[0].threading["reason"] == "stranger"
    message = desk.messages(strange.id)[0].id
    move(strange.id, message, number, by=desk.actor(desk.anna), now=desk.clock.now)
    assert (desk.ticket(strange.id).status, desk.ticket(strange.id).merged_into_id) == ("closed", number)
    assert "carla@private.example" in people(number)
    desk.reply(ours, "Encore de chez moi.", sender=private)
    assert desk.messages(number)[-1].from_address == "carla@private.example"
    desk.clock.move(minutes=1)
    answered(desk, number)
    assert desk.outbox()[-1].to_address == "compta@muster.example"  # belonging gives no right to read
    put_back(number, message, by=desk.actor(desk.anna), now=desk.clock.now)
    assert desk.ticket(strange.id).status == "open"


def test_whoever_was_moved_in_by_mistake_does_not_belong_after_the_undo(desk: Desk) -> None:
    desk.mail_in(QUESTION, subject="Nouvel exercice")
    number = desk.ticket().id
    desk.mail_in("Hi", sender="Mallory <mallory@evil.example>", subject="Hello")
    other = desk.tickets()[-1].id
    message = desk.messages(other)[0].id
    move(other, message, number, by=desk.actor(desk.anna), now=desk.clock.now)
    put_back(number, message, by=desk.actor(desk.anna), now=desk.clock.now)
    assert people(number) == {"compta@muster.example"}


def test_what_cannot_be_moved_says_why(desk: Desk) -> None:
    first, second = two_tickets(desk)
    opening = desk.messages(first)[0].id
    ours = desk.messages(first)[1].id
    desk.mail_in("Frage", sender="Ina Info <info@beispiel.example>", subject="Frage")
    foreign = desk.tickets()[-1].id
    by = desk.actor(desk.anna)

    def refused(error: type[HelpdeskError], source: int, message: int, target: int | None) -> None:
        act = split if target is None else partial(move, target=target)
        with pytest.raises(error):
            act(source, message, by=by, now=desk.clock.now)

    refused(InvalidInput, first, opening, first)
    refused(NotFound, first, opening, 999_999)
    refused(NotFound, second, opening, first)
    refused(NotFound, first, ours, second)
    refused(Conflict, first, opening, foreign)
    refused(Conflict, first, opening, None)
    assert [len(desk.messages(each)) for each in (first, second)] == [2, 2]


def test_the_mail_that_accepted_an_offer_stays_where_it_is(desk: Desk) -> None:
    first, second = two_tickets(desk)
    by = desk.actor(desk.anna)
    offer_work.offer_support(first, 30, by=by, now=desk.clock.now)
    desk.work()
    offer = [mail for mail in desk.outbox() if mail.key.startswith("offer:")][-1]
    desk.reply(offer, "Oui, d'accord.")
    assert "offer_accepted" in desk.history(first)
    answer = [m.id for m in desk.messages(first) if m.kind == "incoming"][-1]
    for act in (lambda: move(first, answer, second, by=by, now=desk.clock.now),
                lambda: split(first, answer, by=by, now=desk.clock.now)):  # fmt: skip
        with pytest.raises(Conflict):
            act()


def test_a_yes_that_is_moved_to_an_open_offer_accepts_nothing(desk: Desk) -> None:
    first, second = two_tickets(desk)
    by = desk.actor(desk.anna)
    offer_work.offer_support(second, 30, by=by, now=desk.clock.now)
    message = a_reply(desk, first, "Oui, d'accord.")
    move(first, message, second, by=by, now=desk.clock.now)
    assert desk.ticket(second).offer_open
    assert desk.credit("Muster SA") == chf(500)
    assert "offer_accepted" not in desk.history(second)


def test_replies_to_a_merged_ticket_arrive_at_the_other_one_and_all_can_be_undone(desk: Desk) -> None:
    first, second = two_tickets(desk)
    by = desk.actor(desk.anna)
    before = {number: [m.id for m in desk.messages(number)] for number in (first, second)}
    assert merge(second, first, by=by, now=desk.clock.now) == first
    assert (desk.ticket(second).status, desk.ticket(second).merged_into_id) == ("closed", first)
    assert [m.id for m in desk.messages(first)] == sorted(before[first] + before[second])
    for mail in [mail for mail in desk.outbox() if mail.key.startswith("ack:")]:
        desk.reply(mail, "Encore une question sur la balance.")
    assert len(desk.messages(first)) == 6
    unmerge(second, by=by, now=desk.clock.now)
    assert [m.id for m in desk.messages(second)] == before[second]
    assert (desk.ticket(second).status, desk.ticket(second).merged_into_id) == ("open", None)
    assert desk.ticket(second).due_at is not None
    assert {"merged", "unmerged"} <= set(desk.history(second))
    db.session.rollback()
    numbers = db.session.scalars(db.select(OutgoingMail.ticket_number).order_by(OutgoingMail.id))
    assert list(numbers) == [first, second]


def test_merges_of_merges_lead_to_the_last_one(desk: Desk) -> None:
    first, second = two_tickets(desk)
    desk.clock.move(minutes=11)
    desk.mail_in("Une troisième question.", subject="Troisième")
    third = desk.tickets()[-1].id
    by = desk.actor(desk.anna)
    merge(first, second, by=by, now=desk.clock.now)
    merge(second, third, by=by, now=desk.clock.now)
    [ours] = [mail for mail in desk.outbox() if mail.key == "ack:1"]
    desk.reply(ours, "Alors ?")
    assert desk.messages()[-1].ticket_id == third
    with pytest.raises(Conflict):
        unmerge(first, by=by, now=desk.clock.now)
    with pytest.raises(InvalidInput):  # a circle: the first one leads to the third already
        merge(third, first, by=by, now=desk.clock.now)


def test_people_of_the_merged_ticket_may_go_on_writing_and_nobody_else_may(desk: Desk) -> None:
    a_contact(desk.muster, "it@muster.example", name="Igor IT")
    desk.mail_in(QUESTION, subject="Nouvel exercice")
    desk.mail_in(OTHER, subject="Balance", sender="Igor IT <it@muster.example>")
    first, second = (ticket.id for ticket in desk.tickets())
    merge(second, first, by=desk.actor(desk.anna), now=desk.clock.now)
    [to_igor] = desk.mails_to("it@muster.example")
    desk.reply(to_igor, "Des nouvelles ?")
    assert desk.messages(first)[-1].from_address == "it@muster.example"
    desk.reply(to_igor, "Montrez-moi tout.", sender="Mallory <mallory@evil.example>")
    assert len(desk.tickets()) == 3


def test_open_money_stands_in_the_way_of_a_merge(desk: Desk) -> None:
    first, second = two_tickets(desk)
    by = desk.actor(desk.anna)
    offer = offer_work.offer_urgent(first, by=by, now=desk.clock.now)
    with pytest.raises(Conflict):
        merge(first, second, by=by, now=desk.clock.now)
    answer_offer.by_phone(offer, True, name="Carla", words="oui", by=by, now=desk.clock.now)
    with pytest.raises(Conflict):
        merge(first, second, by=by, now=desk.clock.now)
    manage_tickets.close(first, by=by, now=desk.clock.now)
    credit = desk.credit("Muster SA")
    merge(first, second, by=by, now=desk.clock.now)
    assert desk.credit("Muster SA") == credit


def test_a_merged_ticket_cannot_be_worked_on_by_mistake(desk: Desk) -> None:
    first, second = two_tickets(desk)
    by = desk.actor(desk.anna)
    merge(second, first, by=by, now=desk.clock.now)
    for act in (
        lambda: manage_tickets.reopen(second, by=by, now=desk.clock.now),
        lambda: answer_ticket.reply(second, "Bonjour", by=by, now=desk.clock.now),
        lambda: merge(second, first, by=by, now=desk.clock.now),
    ):
        with pytest.raises(Conflict):
            act()


def test_tickets_of_two_customers_are_never_merged(desk: Desk) -> None:
    desk.mail_in(QUESTION, subject="Nouvel exercice")
    desk.mail_in("Frage", sender="Ina Info <info@beispiel.example>", subject="Frage")
    first, second = (ticket.id for ticket in desk.tickets())
    with pytest.raises(Conflict):
        merge(second, first, by=desk.actor(desk.anna), now=desk.clock.now)

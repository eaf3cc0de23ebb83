"""M6: an answer leaves once, can be taken back for ten seconds, and comes back visibly when it cannot arrive."""

import pytest

from helpdesk.actions import answer_ticket, brake, manage_outbox, manage_tickets
from helpdesk.actions.answer_ticket import Upload
from helpdesk.core.errors import Conflict
from helpdesk.db import db
from helpdesk.mail.models import MailBrake, OutgoingMail
from helpdesk.mail.outcome import Outcome
from helpdesk.mail.queries import open_brake
from helpdesk.tickets.models import Pause
from tests.support.desk import Desk
from tests.web.stage import contact

QUESTION = "Bonjour,\n\nOù est la commande pour créer un nouvel exercice ?"
CARLA = "compta@muster.example"


def asked(desk: Desk) -> int:
    """A question was asked and acknowledged."""
    desk.mail_in(QUESTION)
    return desk.ticket().id


def answered(desk: Desk, number: int, text: str = "Dans le menu Fichier.", **more: object) -> OutgoingMail:
    """Anna's answer, not sent yet."""
    answer_ticket.reply(number, text, by=desk.actor(desk.anna), now=desk.clock.now, **more)  # type: ignore[arg-type]
    return desk.outbox()[-1]


def later(desk: Desk, **span: float) -> OutgoingMail:
    """Some time goes by, everything due is tried; the newest mail as it is then."""
    desk.clock.move(**span)
    desk.work()
    return desk.outbox()[-1]


def test_an_answer_can_be_taken_back_and_everything_is_as_before(desk: Desk) -> None:
    number = asked(desk)
    before = desk.ticket()
    due, status = before.due_at, before.status
    file = Upload("menu.pdf", "application/pdf", b"%PDF-1.4 menu")
    mail = answered(desk, number, "Dans le menu\n\nFichier. ", attachments=[file])
    desk.clock.move(seconds=9)
    desk.work()
    manage_outbox.take_back(mail.id, by=desk.actor(desk.anna), now=desk.clock.now)
    later(desk, minutes=5)
    ticket = desk.ticket()
    assert (ticket.status, ticket.due_at, ticket.assignee_id) == (status, due, None)
    assert ticket.answered_at is None
    assert db.session.query(Pause).count() == 0
    assert [message.kind for message in desk.messages()] == ["incoming", "outgoing"]
    assert len(desk.postman.sent) == 1
    draft = desk.outbox()[-1]
    assert (draft.state, draft.written) == ("withdrawn", "Dans le menu\n\nFichier.")
    assert [each["filename"] for each in draft.attachments] == ["menu.pdf"]


def test_what_was_taken_back_and_sent_again_keeps_its_files(desk: Desk) -> None:
    number = asked(desk)
    files = [Upload(name, "text/plain", name.encode()) for name in ("a.txt", "b.txt")]
    mail = answered(desk, number, attachments=files)
    manage_outbox.take_back(mail.id, by=desk.actor(desk.anna), now=desk.clock.now)
    kept = [desk.outbox()[-1].attachments[1]["sha256"]]
    again = answered(desk, number, "Dans le menu Édition.", instead_of=mail.id, kept=kept)
    assert [each["filename"] for each in again.attachments] == ["b.txt"]
    assert later(desk, seconds=11).state == "sent"
    assert desk.outbox()[-2].undo is None  # the draft is used up


def test_what_has_left_cannot_be_taken_back(desk: Desk) -> None:
    mail = answered(desk, asked(desk))
    later(desk, seconds=11)
    with pytest.raises(Conflict):
        manage_outbox.take_back(mail.id, by=desk.actor(desk.anna), now=desk.clock.now)
    assert desk.ticket().status == "waiting"


def test_taking_back_leaves_what_the_customer_did_meanwhile(desk: Desk) -> None:
    number = asked(desk)
    [ours] = desk.mails_to(CARLA)
    mail = answered(desk, number)
    desk.clock.move(seconds=3)
    desk.reply(ours, "Encore une chose.")
    promised = desk.ticket().promised_from
    manage_outbox.take_back(mail.id, by=desk.actor(desk.anna), now=desk.clock.now)
    assert (desk.ticket().status, desk.ticket().promised_from) == ("open", promised)


def test_closing_with_an_answer_that_is_taken_back_charges_nothing(desk: Desk) -> None:
    desk.mail_in("C'est urgent : notre serveur est en panne.", subject="URGENT: panne")
    number = desk.ticket().id
    [offer] = [each for each in desk.mails_to(CARLA) if each.key.startswith("offer:")]
    desk.reply(offer, "Oui, d'accord, merci de commencer tout de suite.")

    def posted() -> int:
        query = "SELECT count(*) FROM transfer WHERE cause = 'surcharge' AND kind = 'post'"
        return int(db.session.execute(db.text(query)).scalar_one())

    mail = answered(desk, number, "C'est réparé.", close=True)
    assert desk.ticket().status == "closed"
    manage_outbox.take_back(mail.id, by=desk.actor(desk.anna), now=desk.clock.now)
    assert (desk.ticket().status, posted()) == ("open", 0)
    answered(desk, number, "C'est réparé maintenant.", close=True)
    assert posted() == 0
    later(desk, seconds=11)
    assert (desk.ticket().status, posted()) == ("closed", 1)
    manage_tickets.settle(number, now=desk.clock.now)
    assert posted() == 1


def test_a_refused_answer_brings_the_ticket_back_at_once(desk: Desk) -> None:
    answered(desk, asked(desk))
    desk.postman.says = Outcome("refused", "550 5.1.1 nobody here", recipient=True)
    assert later(desk, seconds=11).state == "failed"
    assert desk.ticket().status == "open"
    assert desk.ticket().due_at is not None
    assert "mail_failed" in desk.history()
    marked = contact(CARLA)
    assert marked.mail_fails_since is not None
    assert "550 5.1.1" in marked.mail_fails_why
    desk.mail_in("Me revoilà.", subject="Autre chose")
    assert contact(CARLA).mail_fails_since is None


def test_a_failed_answer_is_tried_again_with_the_same_message_id(desk: Desk) -> None:
    mail = answered(desk, asked(desk))
    desk.postman.says = Outcome("refused", "554 too large")
    later(desk, seconds=11)
    assert contact(CARLA).mail_fails_since is None  # the mail was refused, not the person
    desk.postman.says = Outcome("accepted")
    manage_outbox.try_again(mail.id, by=desk.actor(desk.anna), now=desk.clock.now)
    again = later(desk, seconds=1)
    assert (again.state, again.message_id) == ("sent", mail.message_id)
    with pytest.raises(Conflict):
        manage_outbox.try_again(mail.id, by=desk.actor(desk.anna), now=desk.clock.now)


def test_an_edited_answer_takes_the_place_of_the_failed_one(desk: Desk) -> None:
    number = asked(desk)
    mail = answered(desk, number)
    desk.postman.says = Outcome("refused", "554 spam")
    later(desk, seconds=11)
    desk.postman.says = Outcome("accepted")
    answered(desk, number, "Dans le menu, tout simplement.", instead_of=mail.id)
    assert later(desk, seconds=11).state == "sent"
    assert [each.state for each in desk.outbox()] == ["sent", "withdrawn", "sent"]


def test_later_means_one_five_fifteen_sixty_minutes_and_four_hours_for_five_days(desk: Desk) -> None:
    answered(desk, asked(desk))
    desk.clock.move(seconds=10)
    desk.postman.says = Outcome("retry", "451 later")
    begin, pauses = desk.clock.now, []
    while True:
        desk.work()
        mail = desk.outbox()[-1]
        if mail.state != "queued":
            break
        pauses.append(round((mail.due_at - desk.clock.now).total_seconds() / 60))
        desk.clock.to(mail.due_at.astimezone(begin.tzinfo).strftime("%Y-%m-%d %H:%M:%S"))
    assert pauses[:7] == [1, 5, 15, 60, 240, 240, 240]
    assert mail.state == "failed"
    assert 5 * 24 <= (desk.clock.now - begin).total_seconds() / 3600 < 5 * 24 + 5
    assert desk.history().count("mail_failed") == 1


def test_broken_after_the_dot_is_tried_once_more_and_then_a_person_is_asked(desk: Desk) -> None:
    mail = answered(desk, asked(desk))
    desk.postman.says = Outcome("retry", "451 later")
    later(desk, seconds=11)
    desk.postman.says = Outcome("unknown", "Connection unexpectedly closed")
    assert later(desk, minutes=1, seconds=1).state == "unknown"
    assert later(desk, minutes=9).attempts == 2  # not before ten minutes are over
    second = later(desk, minutes=1, seconds=1)
    assert (second.state, second.attempts, second.doubts) == ("unknown", 3, 2)
    assert later(desk, hours=30).attempts == 3
    assert "mail_in_doubt" in desk.history()
    assert desk.ticket().status == "open"
    manage_outbox.arrived(mail.id, by=desk.actor(desk.anna), now=desk.clock.now)
    assert desk.outbox()[-1].state == "sent"


def test_a_server_that_is_away_costs_a_mail_nothing(desk: Desk) -> None:
    answered(desk, asked(desk))
    desk.postman.says = Outcome("retry", "Connection refused", away=True)
    for _ in range(40):
        later(desk, seconds=31)
    assert desk.outbox()[-1].attempts == 0
    desk.postman.says = Outcome("accepted")
    assert later(desk, seconds=31).state == "sent"


def test_what_one_person_gets_about_a_ticket_leaves_in_the_order_it_was_written(desk: Desk) -> None:
    number = asked(desk)
    answered(desk, number, "D'abord ceci.")
    desk.postman.says = Outcome("retry", "451 greylisted")
    later(desk, seconds=11)
    answered(desk, number, "Et puis cela.")
    desk.postman.says = Outcome("accepted")
    assert later(desk, seconds=20).state == "queued"  # the first one is not due before a minute is over
    later(desk, seconds=60)
    texts = [raw.decode() for _to, raw in desk.postman.sent[1:]]
    assert ["D'abord" in texts[0], "Et puis" in texts[1]] == [True, True]


# The brake (M4)


def test_one_sender_gets_one_acknowledgement_in_ten_minutes(desk: Desk) -> None:
    for n in range(5):
        desk.mail_in(f"Question {n}", subject=f"Question {n}")
        desk.mail_in(f"Frage {n}", sender="Someone <someone@strange.example>", subject=f"Frage {n}")
    assert len(desk.mails_to(CARLA)) == 1
    assert len(desk.mails_to("someone@strange.example")) == 1
    desk.clock.move(minutes=11)
    desk.mail_in("Une autre question", subject="Plus tard")
    assert len(desk.mails_to(CARLA)) == 2


def test_a_machine_that_hides_what_it_is_gets_few_mails_a_day(desk: Desk) -> None:
    for n in range(60):
        desk.mail_in(
            f"Ticket {n} was received", sender="Robot <robot@strange.example>", subject=f"Got it {n}"
        )
        desk.clock.move(minutes=11)
    assert len(desk.mails_to("robot@strange.example")) == 20


def test_the_answer_to_a_stranger_holds_not_a_word_of_theirs(desk: Desk) -> None:
    desk.mail_in(
        "Buy at http://evil.example now",
        subject="WIN-A-PRIZE http://evil.example",
        sender='"Click http://evil.example" <victim@strange.example>',
    )
    [mail] = desk.mails_to("victim@strange.example")
    [(_to, raw)] = desk.postman.sent
    assert mail.to_name == ""
    assert not any(word in raw.decode() for word in ("evil", "WIN-A-PRIZE", "prize", "Click"))


@pytest.mark.settings(AUTOMATIC_MAIL_LIMIT="10")
def test_too_much_automatic_mail_pulls_the_brake_until_a_lead_releases_it(desk: Desk) -> None:
    for n in range(14):
        desk.mail_in("Frage", sender=f"Person <p{n}@strange.example>", subject=f"Frage {n}")
    assert len(desk.postman.sent) == 10
    assert open_brake() is not None
    number = desk.tickets()[0].id
    answered(desk, number, "Agents still answer.")
    later(desk, seconds=11)
    assert len(desk.postman.sent) == 11
    later(desk, hours=2)
    assert len(desk.postman.sent) == 11
    assert brake.release(put_away=False, by=desk.actor(desk.lea), now=desk.clock.now) == 4
    desk.work()
    assert len(desk.postman.sent) == 15
    [row] = db.session.query(MailBrake).all()
    assert (row.sent, row.released_by) == (10, "Lea Lead")


@pytest.mark.settings(AUTOMATIC_MAIL_LIMIT="10")
def test_what_a_loop_wrote_can_be_put_away(desk: Desk) -> None:
    for n in range(12):
        desk.mail_in("Frage", sender=f"Person <p{n}@strange.example>", subject=f"Frage {n}")
    assert brake.release(put_away=True, by=desk.actor(desk.lea), now=desk.clock.now) == 2
    desk.work()
    assert len(desk.postman.sent) == 10
    assert [each.state for each in desk.outbox()[-2:]] == ["withdrawn", "withdrawn"]
    assert brake.release(put_away=True, by=desk.actor(desk.lea), now=desk.clock.now) == 0

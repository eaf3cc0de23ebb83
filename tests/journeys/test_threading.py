"""M5: a mail joins a ticket by our reply address or our Message-ID, and only if its sender belongs there."""

from helpdesk.actions import answer_ticket, manage_tickets
from tests.support.desk import SUPPORT, Desk

QUESTION = "Bonjour,\n\nOù est la commande pour créer un nouvel exercice ?"


def test_an_answer_to_our_mail_joins_its_ticket(desk: Desk) -> None:
    desk.mail_in(QUESTION)
    number = desk.ticket().id
    answer_ticket.reply(number, "Dans le menu Fichier.", by=desk.actor(desk.anna), now=desk.clock.now)
    desk.clock.move(minutes=1)
    desk.work()
    assert desk.ticket().status == "waiting"
    reply = desk.mails_to("compta@muster.example")[-1]
    desk.reply(reply, "Merci, je ne le trouve pas.")
    ticket = desk.ticket()
    assert ticket.status == "open"
    assert ticket.due_at is not None
    assert [message.kind for message in desk.messages()] == ["incoming", "outgoing", "outgoing", "incoming"]
    assert desk.messages()[-1].threading["proof"] == "reply_address"


def test_our_message_id_is_enough_where_the_reply_address_was_lost(desk: Desk) -> None:
    desk.mail_in(QUESTION)
    [ours] = desk.mails_to("compta@muster.example")
    desk.mail_in("Encore une question.", to=SUPPORT, headers={"In-Reply-To": f"<{ours.message_id}>"})
    assert len(desk.tickets()) == 1
    assert desk.messages()[-1].threading["proof"] == "message_id"


def test_a_stranger_who_knows_everything_gets_a_ticket_of_their_own(desk: Desk) -> None:
    desk.mail_in(QUESTION, subject="Secret")
    [ours] = desk.mails_to("compta@muster.example")
    desk.reply(ours, "Show me this ticket.", sender="Mallory <mallory@evil.example>")
    victim, strange = desk.tickets()
    assert strange.linked_to_id == victim.id
    assert len(desk.messages(victim.id)) == 2
    for mail in desk.mails_to("mallory@evil.example"):
        assert "Secret" not in mail.subject + mail.body_text


def test_a_number_in_the_subject_is_no_authority(desk: Desk) -> None:
    desk.mail_in(QUESTION)
    number = desk.ticket().id
    desk.mail_in("Une autre chose.", subject=f"[#{number}] autre chose")
    assert len(desk.tickets()) == 2


def test_a_guessed_reply_address_opens_a_linked_ticket(desk: Desk) -> None:
    desk.mail_in(QUESTION)
    [ours] = desk.mails_to("compta@muster.example")
    guessed = ours.reply_to.replace("@", "a@")
    desk.mail_in(QUESTION, to=guessed, envelope_to=[guessed])
    assert len(desk.tickets()) == 2


def test_two_senders_in_one_mail_are_nobody(desk: Desk) -> None:
    desk.mail_in(QUESTION)
    [ours] = desk.mails_to("compta@muster.example")
    desk.reply(ours, "Hello", sender="compta@muster.example, mallory@evil.example")
    assert len(desk.tickets()) == 2


def test_an_answer_to_a_ticket_closed_long_ago_opens_a_linked_one(desk: Desk) -> None:
    desk.mail_in(QUESTION)
    first = desk.ticket()
    manage_tickets.close(first.id, by=desk.actor(desk.anna), now=desk.clock.now)
    [ours] = desk.mails_to("compta@muster.example")
    desk.clock.move(days=31)
    desk.reply(ours, "Une nouvelle question.")
    assert desk.tickets()[-1].linked_to_id == first.id


def test_an_answer_soon_after_closing_reopens_with_a_fresh_promise(desk: Desk) -> None:
    desk.mail_in(QUESTION)
    first = desk.ticket()
    manage_tickets.close(first.id, by=desk.actor(desk.anna), now=desk.clock.now)
    [ours] = desk.mails_to("compta@muster.example")
    desk.clock.move(days=2)
    desk.reply(ours, "Cela ne marche pas encore.")
    ticket = desk.ticket()
    assert ticket.status == "open"
    assert ticket.due_at is not None
    assert ticket.due_at > desk.clock.now  # no instant breach
    assert "reopened_by_reply" in desk.history()


def test_a_copied_colleague_gets_no_rights(desk: Desk) -> None:
    desk.mail_in(QUESTION, headers={"Cc": "Nosy <nosy@elsewhere.example>"})
    [ours] = desk.mails_to("compta@muster.example")
    desk.reply(ours, "I was in copy.", sender="Nosy <nosy@elsewhere.example>")
    assert len(desk.tickets()) == 2

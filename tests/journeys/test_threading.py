"""M5: a mail joins a ticket by our reply address or our Message-ID, and only if its sender belongs there."""

from typing import Any

import pytest
from sqlalchemy import delete, select

from helpdesk.actions import answer_ticket, manage_tickets, offer_work
from helpdesk.actions.context import context
from helpdesk.db import db, transaction
from helpdesk.mail.models import OutgoingMail
from helpdesk.tickets.models import Event, Participant, Ticket, TicketMessage
from helpdesk.triage.models import StoredVerdict
from tests.support.desk import SUPPORT, Desk
from tests.support.letters import letter

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


def test_an_old_mail_reused_for_a_new_topic_opens_a_linked_ticket(desk: Desk) -> None:
    desk.mail_in(QUESTION, subject="Nouvel exercice")
    first = desk.ticket()
    [ours] = desk.mails_to("compta@muster.example")
    desk.clock.move(minutes=11)
    desk.reply(ours, "Bonjour, il nous faut trois licences de plus.", subject="Licences supplémentaires")
    new = desk.tickets()[-1]
    assert (new.linked_to_id, desk.messages(new.id)[0].threading["reason"]) == (first.id, "another_topic")
    assert len(desk.messages(first.id)) == 2
    assert desk.mails_to("compta@muster.example")[-1].ticket_number == new.id


@pytest.mark.parametrize(
    "subject",
    ["RE: AW: [#1001] Nouvel exercice", "Sv: Nouvel exercice (urgent)", "Antw: nouvel Exercice", "Re:"],
)
def test_a_subject_that_only_grew_prefixes_stays(desk: Desk, subject: str) -> None:
    desk.mail_in(QUESTION, subject="Nouvel exercice")
    [ours] = desk.mails_to("compta@muster.example")
    desk.reply(ours, "Merci.", subject=subject)
    assert len(desk.tickets()) == 1


def test_another_subject_soon_after_closing_is_a_new_matter(desk: Desk) -> None:
    desk.mail_in(QUESTION, subject="Nouvel exercice")
    first = desk.ticket()
    manage_tickets.close(first.id, by=desk.actor(desk.anna), now=desk.clock.now)
    [ours] = desk.mails_to("compta@muster.example")
    desk.reply(ours, "Bonjour", subject="Formation en janvier")
    assert (desk.ticket(first.id).status, desk.tickets()[-1].linked_to_id) == ("closed", first.id)


def test_an_answer_after_half_a_year_of_silence_is_a_new_matter(desk: Desk) -> None:
    desk.mail_in(QUESTION)
    first = desk.ticket()
    [ours] = desk.mails_to("compta@muster.example")
    desk.clock.move(days=181)
    desk.reply(ours, "Et encore ?")
    new = desk.tickets()[-1]
    assert (new.linked_to_id, desk.messages(new.id)[0].threading["reason"]) == (first.id, "long_ago")


def test_an_out_of_office_with_its_own_subject_stays_on_its_ticket_however_late(desk: Desk) -> None:
    desk.mail_in(QUESTION)
    first = desk.ticket()
    manage_tickets.close(first.id, by=desk.actor(desk.anna), now=desk.clock.now)
    [ours] = desk.mails_to("compta@muster.example")
    desk.clock.move(days=40)
    desk.reply(
        ours, "Je suis absente.", subject="Absence du bureau", headers={"Auto-Submitted": "auto-replied"}
    )
    assert len(desk.tickets()) == 1
    assert desk.ticket().status == "closed"


def test_while_an_offer_waits_a_yes_under_another_subject_is_still_looked_at(desk: Desk) -> None:
    desk.mail_in(QUESTION, subject="Nouvel exercice")
    number = desk.ticket().id
    offer_work.offer_support(number, 30, by=desk.actor(desk.anna), now=desk.clock.now)
    offer = [mail for mail in desk.outbox() if mail.key.startswith("offer:")][-1]
    desk.reply(offer, "Oui, d'accord.", subject="Accord pour le devis")
    assert "offer_accepted" in desk.history(number)
    assert desk.messages(number)[-2].threading["score"] < 1


def test_an_answer_to_their_own_mail_is_linked_and_proves_nothing(desk: Desk) -> None:
    desk.mail_in(letter(QUESTION, message_id="<mine@mail.muster.example>"))
    first = desk.ticket()
    answers = {"In-Reply-To": "<mine@mail.muster.example>", "References": "<mine@mail.muster.example>"}
    desk.mail_in("J'ai oublié la pièce jointe.", headers=answers)
    own = desk.tickets()[-1]
    assert (own.linked_to_id, desk.messages(own.id)[0].threading["reason"]) == (first.id, "answers_their_own")
    desk.mail_in("Moi aussi.", sender="Nosy <nosy@elsewhere.example>", headers=answers)
    copied = desk.tickets()[-1]
    assert (copied.linked_to_id, desk.messages(copied.id)[0].threading["reason"]) == (first.id, "stranger")


# From outside: what an attacker can put into a mail, and what must not follow.


def attack(desk: Desk, **parts: Any) -> None:
    """Mallory writes; the victim's ticket must not change and Mallory must not read a word of it."""
    desk.mail_in("Send me the history.", **{"sender": "Mallory <mallory@evil.example>", **parts})
    victim, *strange = desk.tickets()
    assert len(strange) == 1
    assert [m.kind for m in desk.messages(victim.id)] == ["incoming", "outgoing"]
    assert desk.mails_to("compta@muster.example")[1:] == []
    for mail in desk.mails_to("mallory@evil.example"):
        assert "Secret" not in mail.subject + mail.body_text + str(mail.body_html)
        assert mail.ticket_number == strange[0].id
        assert not {m.message_id for m in desk.mails_to("compta@muster.example")} & set(mail.references)


def test_attacks_on_the_thread_join_nothing_and_read_nothing(desk: Desk) -> None:
    def stage() -> Any:
        desk.mail_in(QUESTION, subject="Secret")
        return desk.mails_to("compta@muster.example")[0]

    ours = stage()
    number = ours.ticket_number
    local, _, host = ours.reply_to.partition("@")
    tag = local.partition("+")[2]
    assert number is not None
    signer = context().signer
    tries: list[dict[str, Any]] = [
        # somebody else's reply address, by To, by envelope, by a header that a server adds
        {"to": ours.reply_to, "envelope_to": [ours.reply_to]},
        {"headers": {"Delivered-To": ours.reply_to}},
        {"headers": {"X-Original-To": ours.reply_to}},
        # guessed: the number with another end, the end with another number, one letter changed, shortened
        {"to": f"support+{tag[:-20]}{'a' * 20}@{host}"},
        {"to": f"support+{signer.reply_tag(number + 1, 'mallory@evil.example')}@{host}"},
        {"to": f"support+{tag[:-1]}{'b' if tag[-1] != 'b' else 'c'}@{host}"},
        {"to": f"support+{tag[:-4]}@{host}"},
        {"to": f"support+{tag}.x@{host}"},
        # their own genuine tag beside the victim's Message-ID
        {
            "to": f"support+{signer.reply_tag(number + 40, 'mallory@evil.example')}@{host}",
            "headers": {"In-Reply-To": f"<{ours.message_id}>"},
        },
        # Message-IDs: ours, in any header, among four hundred, with words that our ids begin with
        {"headers": {"In-Reply-To": f"<{ours.message_id}>"}},
        {"headers": {"References": f"<x@y.example> <{ours.message_id}>"}},
        {"headers": {"References": " ".join([f"<{n}@y.example>" for n in range(399)] + [f"<{ours.message_id}>"])}},
        # subjects and words
        {"subject": f"Re: [#{number}] Secret"},
        {"subject": ours.subject},
        # names that look like the victim's address, and several senders at once
        {"sender": '"compta@muster.example" <mallory@evil.example>', "to": ours.reply_to},
        {"sender": "compta@muster.example, mallory@evil.example", "to": ours.reply_to},
        {"sender": "mallory@evil.example, compta@muster.example", "to": ours.reply_to},
        {"sender": "compta@muster.example <mallory@evil.example>", "to": ours.reply_to},
        {"headers": {"Sender": "compta@muster.example", "Reply-To": "compta@muster.example"}, "to": ours.reply_to},
        {"headers": {"Cc": "compta@muster.example", "X-Original-Sender": "compta@muster.example"},
         "to": ours.reply_to},
    ]  # fmt: skip
    for parts in tries:
        attack(desk, **parts)
        _forget_all_but(desk, 1)


def _forget_all_but(desk: Desk, kept: int) -> None:
    """The victim's ticket stays, what an attack left is taken away."""
    first = desk.tickets()[kept - 1].id
    desk.clock.move(minutes=11)
    with transaction():
        tickets = select(Ticket.id).where(Ticket.id > first)
        messages = select(TicketMessage.id).where(TicketMessage.ticket_id > first)
        for model, column in (
            (StoredVerdict, StoredVerdict.ticket_id), (Event, Event.ticket_id), (Participant, Participant.ticket_id),
        ):  # fmt: skip
            db.session.execute(delete(model).where(column.in_(tickets)))
        db.session.execute(delete(TicketMessage).where(TicketMessage.id.in_(messages)))
        db.session.execute(delete(OutgoingMail).where(OutgoingMail.ticket_number > first))
        db.session.execute(delete(Ticket).where(Ticket.id > first))


def test_a_forged_from_needs_the_victims_own_reply_address_or_our_id(desk: Desk) -> None:
    """Who can forge the sender still does not have what only our mail to the victim held."""
    desk.mail_in(QUESTION, subject="Secret")
    number = desk.ticket().id
    for to in (
        SUPPORT,
        f"support+{context().signer.reply_tag(number, 'mallory@evil.example')}@helpdesk.example",
    ):
        desk.mail_in(
            "Close it.", to=to, envelope_to=[to], headers={"In-Reply-To": "<guess.1001@helpdesk.example>"}
        )
        assert len(desk.messages(number)) == 2


def test_what_is_copied_to_us_gives_the_others_no_rights(desk: Desk) -> None:
    """The one who writes belongs to the ticket; those in To and Cc do not, and are not written to."""
    others = "Nosy <nosy@elsewhere.example>, Boss <boss@muster.example>"
    desk.mail_in(QUESTION, subject="Secret", to=f"{SUPPORT}, {others}", headers={"Cc": others})
    number = desk.ticket().id
    answer_ticket.reply(number, "The answer.", by=desk.actor(desk.anna), now=desk.clock.now)
    desk.clock.move(minutes=1)
    desk.work()
    assert {to for to, _raw in desk.postman.sent} == {"compta@muster.example"}
    ours = desk.mails_to("compta@muster.example")[-1]
    for nosy in ("Nosy <nosy@elsewhere.example>", "Boss <boss@muster.example>"):
        desk.reply(ours, "What did you write?", sender=nosy)
        assert desk.tickets()[-1].linked_to_id == number
    assert len(desk.messages(number)) == 3

"""What cannot be read or handled is kept, seen, tried again, made a ticket or put away, and can be taken back (M3)."""

from datetime import timedelta

import pytest

from helpdesk.actions import handle_mail, quarantine, replay_mail
from helpdesk.actions.context import context
from helpdesk.core.errors import Conflict, InvalidInput
from helpdesk.db import db
from helpdesk.jobs.schedule import SCHEDULE
from helpdesk.mail.limits import MESSAGE_CAP
from helpdesk.reports import mail_queues
from helpdesk.reports.flight import flight
from helpdesk.tickets.models import Attachment
from tests.support.desk import Desk
from tests.support.letters import letter

QUESTION = "Bonjour,\n\nOù est la commande pour créer un nouvel exercice ?"


@pytest.fixture
def poison(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> int:
    """A mail that broke its handling three times; the fault is repaired by now."""

    def broken(*_arguments: object) -> str:
        raise RuntimeError("a fault of ours")

    with monkeypatch.context() as patch:
        patch.setattr(handle_mail, "_follow", broken)
        stored = desk.mail_in(QUESTION, subject="Nouvel exercice", work=False)
        for _ in range(3):
            handle_mail.handle_due(desk.clock.now)
            desk.clock.move(minutes=2)
    assert stored is not None
    assert desk.raw_mails()[0].state == "quarantine"
    return stored


def test_each_failure_and_what_people_did_are_on_record(desk: Desk, poison: int) -> None:
    by = desk.actor(desk.lea)
    quarantine.discard(poison, "spam", by=by, now=desk.clock.now)
    quarantine.take_back(poison, by=by, now=desk.clock.now)
    quarantine.retry(poison, by=by, now=desk.clock.now)
    desk.work()
    steps = [step["step"] for step in desk.raw_mails()[0].path]
    assert steps[:7] == ["failed", "failed", "failed", "discarded", "taken_back", "retried", "stored"]
    assert steps[-1] == "handled"
    assert desk.raw_mails()[0].path[3]["reason"] == "spam"
    assert len(desk.tickets()) == 1


def test_a_ticket_made_by_hand_holds_the_mail_and_answers_to_it_arrive(desk: Desk, poison: int) -> None:
    number = quarantine.to_ticket(poison, by=desk.actor(desk.anna), now=desk.clock.now)
    ticket = desk.ticket(number)
    assert (ticket.customer_id, ticket.subject, ticket.label) == (desk.muster.id, "Nouvel exercice", None)
    assert ticket.due_at is not None
    [file] = db.session.scalars(db.select(Attachment))
    assert (file.filename, file.content_type) == (f"mail-{poison}.eml", "message/rfc822")
    assert context().files.get(file.sha256) == desk.raw_mails()[0].raw
    assert desk.outbox() == []
    assert desk.raw_mails()[0].state == "done"
    for act in (quarantine.retry, quarantine.to_ticket):
        with pytest.raises(Conflict):
            act(poison, by=desk.actor(desk.anna), now=desk.clock.now)


def test_only_what_was_put_away_is_taken_back_and_a_reason_is_needed(desk: Desk, poison: int) -> None:
    by = desk.actor(desk.lea)
    with pytest.raises(Conflict):
        quarantine.take_back(poison, by=by, now=desk.clock.now)
    with pytest.raises(InvalidInput):
        quarantine.discard(poison, "  ", by=by, now=desk.clock.now)


def test_after_a_quarter_of_an_hour_it_is_an_alarm(
    desk: Desk, poison: int, capsys: pytest.CaptureFixture[str]
) -> None:
    [watch] = [job for job in SCHEDULE if job.name == "watch_mail"]
    assert watch.every <= timedelta(minutes=5)
    since = mail_queues.health().oldest_quarantined
    assert since is not None
    watch.run(since + timedelta(minutes=14))
    assert "mail_in_quarantine_too_long" not in capsys.readouterr().out
    watch.run(since + timedelta(minutes=16))
    assert "mail_in_quarantine_too_long" in capsys.readouterr().out


def everything(desk: Desk) -> tuple[object, ...]:
    """What a rehearsal must not change."""
    return (
        [(t.id, t.status, t.due_at) for t in desk.tickets()],
        [(m.id, m.ticket_id, m.raw_mail_id, m.subject) for m in desk.messages()],
        [(m.id, m.key, m.state) for m in desk.outbox()],
        [(m.id, m.state, m.attempts, m.path) for m in desk.raw_mails()],
        desk.history(),
        desk.credit("Muster SA"),
    )


def test_a_rehearsal_says_what_would_be_and_changes_nothing(desk: Desk, poison: int) -> None:
    before = everything(desk)
    told = replay_mail.rehearse(poison, desk.clock.now)
    assert (told.state, told.error) == ("done", None)
    assert {"opened", "triaged", "acknowledged"} <= {step["step"] for step in told.steps}
    assert everything(desk) == before
    assert replay_mail.replay(poison, by=desk.actor(desk.lea), now=desk.clock.now) == "done"
    assert len(desk.tickets()) == 1
    with pytest.raises(Conflict):
        replay_mail.replay(poison, by=desk.actor(desk.lea), now=desk.clock.now)


def test_a_rehearsal_of_what_was_handled_shows_only_what_differs(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.mail_in(QUESTION, subject="Nouvel exercice")
    desk.clock.move(minutes=11)
    desk.reply(desk.outbox()[0], "Encore une question.", subject="Tout autre chose")
    desk.clock.move(days=1)
    before = everything(desk)
    for mail in desk.raw_mails():
        assert replay_mail.rehearse(mail.id, desk.clock.now).changes == []
    monkeypatch.setattr("helpdesk.actions.place_mail.is_another_topic", lambda *_: False)
    told = replay_mail.rehearse(desk.raw_mails()[1].id, desk.clock.now)
    [placed] = [change for change in told.changes if change[0] == "placed"]
    assert placed[1] is not None
    assert placed[2] is not None
    assert (placed[1]["reason"], placed[2]["reason"]) == ("another_topic", "reply")
    assert everything(desk) == before


def test_a_rehearsal_says_that_it_would_fail_again(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.mail_in(QUESTION)
    monkeypatch.setattr(handle_mail, "_follow", lambda *_: 1 / 0)
    told = replay_mail.rehearse(desk.raw_mails()[0].id, desk.clock.now)
    assert told.error is not None
    assert told.error.startswith("ZeroDivisionError")


# Copies


def test_every_delivery_of_a_mail_is_seen_on_its_path(desk: Desk) -> None:
    raw = letter(QUESTION)
    first = desk.mail_in(raw, source_key="7:1")
    second = desk.mail_in(raw, source_key="8:1")  # fetched again after a change of UIDVALIDITY
    third = desk.mail_in(
        b"Delivered-To: info@helpdesk.example\r\n" + raw, envelope_to=["info@helpdesk.example"]
    )
    assert len(desk.tickets()) == 1
    for each in (first, second, third):
        assert each is not None
        found = flight(each)
        assert [d.id for d in found.deliveries] == [first, second, third]
        assert [d.original for d in found.deliveries] == [True, False, False]
        assert found.ticket == desk.ticket().id


def test_a_reused_message_id_is_another_mail_and_marked(desk: Desk) -> None:
    first = desk.mail_in(letter(QUESTION, message_id="<same@mail.muster.example>"))
    desk.mail_in(letter("Tout autre chose.", message_id="<same@mail.muster.example>"))
    assert len(desk.tickets()) == 2
    assert desk.messages(desk.tickets()[1].id)[0].threading["reused_id"] == first


def test_a_machine_that_never_changes_its_message_id_hides_nothing_and_doubles_nothing(desk: Desk) -> None:
    mails = [
        letter(f"Rapport {n}", message_id="<always@machine.example>", subject=f"R{n}") for n in range(25)
    ]
    for raw in mails + mails[::5]:
        desk.mail_in(b"Received: from elsewhere\r\n" + raw, work=False)
    for raw in mails[::7]:
        desk.mail_in(raw, work=False)
    desk.work()
    desk.clock.move(minutes=1)
    desk.work()
    assert len(desk.tickets()) == 25


def test_a_copy_that_was_handled_first_makes_the_one_from_quarantine_a_copy(desk: Desk, poison: int) -> None:
    raw = desk.raw_mails()[0].raw
    desk.mail_in(b"Received: from elsewhere\r\n" + raw)
    assert len(desk.tickets()) == 1
    quarantine.retry(poison, by=desk.actor(desk.lea), now=desk.clock.now)
    desk.work()
    assert len(desk.tickets()) == 1
    assert desk.raw_mails()[0].copy_of_id == desk.raw_mails()[1].id


# Too large


def too_large(**parts: object) -> bytes:
    head = letter("x", subject="Sauvegarde", **parts)  # type: ignore[arg-type]
    return head + b"A" * 76 + (b"\r\n" + b"A" * 76) * (MESSAGE_CAP // 78)


@pytest.mark.database("sqlite")
def test_what_is_too_large_is_kept_on_a_ticket_and_its_sender_is_told_once(desk: Desk) -> None:
    raw = too_large()
    desk.mail_in(raw)
    ticket = desk.ticket()
    assert (ticket.subject, ticket.label) == ("Sauvegarde", None)
    assert desk.messages()[0].threading["unread"] == "too_large"
    [told] = desk.mails_to("compta@muster.example")
    assert (told.key, told.language, told.automatic) == ("too-large:1", "fr", True)
    assert "volumineux" in told.subject
    assert "Sauvegarde" not in told.body_text
    assert desk.raw_mails()[0].size == len(raw)
    desk.mail_in(too_large())
    assert len(desk.mails_to("compta@muster.example")) == 1


@pytest.mark.database("sqlite")
def test_a_machine_is_not_told_that_its_mail_is_too_large(desk: Desk) -> None:
    desk.mail_in(too_large(headers={"Auto-Submitted": "auto-generated"}))
    assert desk.outbox() == []
    assert desk.messages()[0].threading["unread"] == "too_large"


def test_a_mail_that_ends_its_process_each_time_is_not_tried_for_ever(desk: Desk) -> None:
    """The system kills who takes too much memory: no line of ours runs then, only the count of attempts is left."""
    stored = desk.mail_in(QUESTION, work=False)
    for attempt in range(1, handle_mail.MAX_ATTEMPTS + 1):
        [claimed] = handle_mail._claim(desk.clock.now, 50)  # and nothing after that: killed
        assert (claimed.id, claimed.attempts) == (stored, attempt)
        assert handle_mail.handle_due(desk.clock.now) == 0
        desk.clock.move(minutes=2)
    desk.mail_in("Et une autre question", subject="Autre chose")
    kept, other = desk.raw_mails()
    assert (kept.state, kept.error, other.state) == ("quarantine", handle_mail.DIED, "done")
    assert [step["step"] for step in kept.path] == ["failed"]

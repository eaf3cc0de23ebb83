"""Evidence that was touched shows it: the seal holds on to every part, and to the answer before (B4)."""

from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from helpdesk.billing import objections, offers
from helpdesk.billing.evidence import SEALED, seal
from helpdesk.billing.ledger_check import Finding, check_ledger
from helpdesk.billing.models import OfferAnswer
from helpdesk.billing.queries import seal_of
from helpdesk.core.actors import SYSTEM
from helpdesk.core.errors import Conflict, InvalidInput, NotAllowedYet
from helpdesk.core.money import chf
from helpdesk.db import db, insert_row, transaction
from helpdesk.db.transactions import dialect
from helpdesk.mail.models import RawMail
from tests.billing.world import NOW, World

DAY = timedelta(hours=24)


def behind_the_back(statement: str, table: str) -> None:
    """What somebody at a prompt does, who switches the triggers off first."""
    with transaction():
        connection = db.session.connection()
        if dialect() == "sqlite":
            for (name,) in connection.exec_driver_sql(
                f"SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = '{table}'"
            ).all():
                connection.exec_driver_sql(f"DROP TRIGGER {name}")
            connection.exec_driver_sql("PRAGMA defer_foreign_keys = ON")
        else:
            connection.exec_driver_sql(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        connection.exec_driver_sql(statement)


@pytest.fixture
def answered(world: World) -> World:
    """Three offers on one ticket, all answered."""
    with transaction():
        for net in (45, 90, 135):
            world.say(world.offer("work", chf(net)))
    return world


def numbers(world: World, *counts: int) -> list[str]:
    return [f"{world.ticket}-{n}" for n in counts]


def test_what_nobody_touched_is_sound(answered: World) -> None:
    assert check_ledger() == []
    answers = list(db.session.scalars(db.select(OfferAnswer)))
    assert len({seal_of(answer.id) for answer in answers}) == 3


@pytest.mark.parametrize(
    "change",
    [
        "words = 'Ja, gerne'",
        "name = 'Somebody Else'",
        "at = at",
        "contact_id = NULL",
        "ip = '192.0.2.8'",
        "user_agent = 'other'",
        'auth_result = \'{"proof": "dmarc"}\'',
    ],
)
def test_a_part_that_was_changed_breaks_its_seal(answered: World, change: str) -> None:
    statement = f"UPDATE offer_answer SET {change} WHERE offer_id = (SELECT min(id) FROM offer) + 1"
    behind_the_back(statement, "offer_answer")
    findings = [] if change == "at = at" else [Finding("evidence_changed", numbers(answered, 2)[0])]
    assert check_ledger() == findings


def test_a_text_that_was_changed_afterwards_is_found(answered: World) -> None:
    behind_the_back("UPDATE offer SET text = 'Gratis' WHERE id = (SELECT min(id) FROM offer)", "offer")
    assert check_ledger() == [Finding("evidence_text", numbers(answered, 1)[0])]


def test_an_answer_that_was_taken_out_breaks_the_chain(answered: World) -> None:
    second = "(SELECT min(id) FROM offer) + 1"
    for table, column in (("answer_seal", "answer_id"), ("offer_answer", "id")):
        behind_the_back(
            f"DELETE FROM {table} WHERE {column} = (SELECT min(id) FROM offer_answer) + 1",
            table,
        )
    behind_the_back(f"UPDATE offer SET state = 'withdrawn' WHERE id = {second}", "offer")
    assert check_ledger() == [Finding("evidence_chain", numbers(answered, 3)[0])]


def test_an_answer_that_was_put_in_has_no_seal(answered: World) -> None:
    behind_the_back(
        "DELETE FROM answer_seal WHERE answer_id = (SELECT max(id) FROM offer_answer)", "answer_seal"
    )
    assert check_ledger() == [Finding("evidence_unsealed", numbers(answered, 3)[0])]


def test_the_seal_is_over_every_part_and_over_the_one_before() -> None:
    whole: dict = dict.fromkeys(SEALED, "x") | {"at": NOW}
    plain = seal(whole, "")
    changed = {seal(whole | {name: NOW + DAY if name == "at" else "y"}, "") for name in SEALED}
    assert len(changed | {plain, seal(whole, plain)}) == len(SEALED) + 2


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE answer_seal SET seal = 'x'",
        "DELETE FROM answer_seal",
        "DELETE FROM objection",
        "UPDATE objection SET words = 'All is well'",
        "UPDATE objection SET outcome = 'stands'",
    ],
)
def test_seals_and_objections_are_kept(answered: World, statement: str) -> None:
    an_objection(answered)
    with pytest.raises(DBAPIError), transaction():
        db.session.execute(text(statement))


def an_objection(world: World) -> int:
    """The customer denies the newest acceptance; returns its answer's id."""
    answer = max(answer.id for answer in db.session.scalars(db.select(OfferAnswer)))
    with transaction():
        raw = insert_row(
            RawMail,
            source="test",
            source_key=f"objection-{answer}",
            sha256="0" * 64,
            size=1,
            raw=b"x",
            received_at=NOW,
            due_at=NOW,
        )
        assert objections.object_to(
            answer, contact_id=world.contact, raw_mail_id=raw, raw_sha256="0" * 64, words="Falsch", now=NOW
        )
        again = objections.object_to(
            answer, contact_id=world.contact, raw_mail_id=raw, raw_sha256="1" * 64, words="Ja", now=NOW
        )
    assert not again
    return answer


def test_nothing_is_charged_under_what_the_customer_denies(world: World) -> None:
    with transaction():
        world.top_up(chf(500))
        offer = world.offer()
        world.say(offer)
        offers.hold_surcharge(offer.id, by=SYSTEM, now=NOW)
    an_objection(world)
    with pytest.raises(NotAllowedYet), transaction():
        offers.post_surcharge(world.ticket, now=NOW)
    with transaction():
        objections.decide(1, stands=True, reason="They called", agent_id=world.agent, now=NOW)
        offers.post_surcharge(world.ticket, now=NOW)
    assert world.available() == chf(300)
    assert check_ledger() == []


@pytest.mark.parametrize("stands", [True, False])
def test_work_stops_until_the_objection_is_decided(world: World, stands: bool) -> None:
    with transaction():
        world.top_up(chf(500))
        world.say(world.offer("work", chf(90)))
    an_objection(world)
    with pytest.raises(NotAllowedYet), transaction():
        world.log(15)
    with pytest.raises(InvalidInput), transaction():
        objections.decide(1, stands=stands, reason=" ", agent_id=world.agent, now=NOW)
    with transaction():
        objections.decide(1, stands=stands, reason="Checked", agent_id=world.agent, now=NOW)
    with pytest.raises(Conflict), transaction():
        objections.decide(1, stands=not stands, reason="Again", agent_id=world.agent, now=NOW)
    if stands:
        with transaction():
            assert world.log(15).net == chf(45)
    else:
        with pytest.raises(NotAllowedYet), transaction():
            world.log(15)


def test_an_acceptance_may_be_denied_for_a_day(world: World) -> None:
    with transaction():
        offer = world.offer("work", chf(90))
        world.say(offer)
    assert objections.acceptance(offer.id, NOW + DAY - timedelta(seconds=1)) is not None
    assert objections.acceptance(offer.id, NOW + DAY) is None


def test_a_refusal_cannot_be_objected_to(world: World) -> None:
    with transaction():
        world.say(world.offer("work", chf(90)), accepted=False)
    with pytest.raises(DBAPIError, match="objection_to_nothing"):
        an_objection(world)


@pytest.mark.parametrize("standing", [None, "held", "charged"])
def test_a_surcharge_is_waived_once_whether_held_or_charged(world: World, standing: str | None) -> None:
    def waive() -> None:
        offers.waive_surcharge(world.ticket, by=world.clerk, now=NOW, reason="our server was down")

    with transaction():
        world.top_up(chf(500))
        offer = world.offer()
        world.say(offer)
        if standing:
            offers.hold_surcharge(offer.id, by=SYSTEM, now=NOW)
        if standing == "charged":
            offers.post_surcharge(world.ticket, now=NOW)
    if standing:
        with transaction():
            waive()
    with pytest.raises(Conflict), transaction():
        waive()
    assert world.available() == chf(500)
    assert check_ledger() == []


@pytest.mark.parametrize("kind", ["single", "pending"])
def test_urgency_without_an_acceptance_before_it_cannot_be_written_by_anybody(
    world: World, kind: str
) -> None:
    """B4: neither without a yes, nor with one that came after, was a no, or was to something else."""
    with transaction():
        world.top_up(chf(500))
        late = world.say(world.offer(), now=NOW + timedelta(hours=1)).answer_id
        no = world.say(world.offer("work", chf(200)), accepted=False).answer_id
        work = world.say(world.offer("work", chf(200))).answer_id
    verb = world.charge if kind == "single" else world.hold
    for acceptance in (None, late, no, work):
        with pytest.raises(NotAllowedYet), transaction():
            verb("surcharge:x", chf(200), cause="surcharge", acceptance_id=acceptance, ticket_id=world.ticket)
    assert world.available() == chf(500)

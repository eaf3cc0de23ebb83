"""What the database refuses at a bare SQL prompt, with no Python of ours in between; and the check finds."""

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from helpdesk.billing import constraints, ledger, offers
from helpdesk.billing.ledger_check import Finding, check_ledger
from helpdesk.billing.models import WorkEntry
from helpdesk.core.actors import SYSTEM
from helpdesk.core.errors import NotAllowedYet
from helpdesk.core.money import Money, chf
from helpdesk.db import db, insert_row, transaction
from helpdesk.db.transactions import dialect
from tests.billing.world import NOW, World

_AT = NOW.strftime("%Y-%m-%d %H:%M:%S.%f")


def sql(statement: str, **values: object) -> None:
    with transaction():
        db.session.execute(text(statement), values)


def insert(world: World, **row: object) -> None:
    """One transfer by hand; what is not said is a plain licence charge of a franc."""
    full = {
        "key": "by hand",
        "kind": "single",
        "debit_account_id": world.credit,
        "credit_account_id": world.revenue,
        "amount_minor": 100,
        "currency": "CHF",
        "cause": "licence",
        "cause_ref": "",
        "actor_kind": "system",
        "reason": "",
        "created_at": _AT,
    } | row
    sql(f"INSERT INTO transfer ({', '.join(full)}) VALUES ({', '.join(':' + name for name in full)})", **full)


@pytest.fixture
def booked(world: World) -> World:
    with transaction():
        world.top_up(chf(500))
        world.hold("h", chf(300))
        world.charge("a", chf(50))
    return world


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE transfer SET amount_minor = 1",
        "UPDATE transfer SET reason = 'nicer' WHERE key = 'a'",
        "DELETE FROM transfer WHERE key = 'a'",
        "DELETE FROM transfer",
        "DELETE FROM account",
        "UPDATE account SET currency = 'EUR'",
        "UPDATE account SET customer_id = NULL, kind = 'cash', limit_minor = NULL WHERE kind = 'credit'",
        "UPDATE account SET limit_minor = -1 WHERE kind = 'credit'",
        "UPDATE account SET debits_posted = debits_posted + 15001 WHERE kind = 'credit'",
        "UPDATE price SET amount_minor = 1",
        "DELETE FROM price",
        "UPDATE lot_use SET used_minor = 1",
        "DELETE FROM lot_use",
        "DELETE FROM credit_lot",
        "UPDATE credit_lot SET rate_minor = 1",
        "UPDATE credit_lot SET kind = 'bonus'",
        "UPDATE credit_lot SET bought_minor = bought_minor + 1",
        "UPDATE credit_lot SET used_minor = bought_minor + 1",
        "UPDATE credit_lot SET expires_at = '2026-01-01 00:00:00.000000'",
        "INSERT INTO lot_use VALUES ('a', 4711, 1, 5, 5)",
    ],
)
def test_what_was_booked_is_never_changed_or_removed(booked: World, statement: str) -> None:
    with pytest.raises(DBAPIError):
        sql(statement)
    assert ledger.balance(booked.credit) == (chf(450), chf(300), chf(150))
    assert check_ledger() == []


def test_books_cannot_be_emptied_or_replaced_round_the_back(booked: World) -> None:
    trick = {
        "sqlite": "INSERT OR REPLACE INTO transfer SELECT * FROM transfer WHERE key = 'a'",
        "postgresql": "TRUNCATE transfer CASCADE",
    }
    with pytest.raises(DBAPIError, match=r"ledger_(key_taken|unchangeable)"):
        sql(trick[dialect()])
    assert check_ledger() == []


@pytest.mark.parametrize(
    ("row", "refusal"),
    [
        ({"amount_minor": 15001}, "within_limit|lot_not_enough"),
        ({"kind": "pending", "amount_minor": 15001}, "within_limit|lot_not_enough"),
        ({"amount_minor": 0}, "amount"),
        ({"amount_minor": -5}, "amount"),
        ({"amount_minor": 10**12}, "amount"),
        ({"currency": "EUR"}, "ledger_currency"),
        ({"key": "a"}, "transfer.key|pk_transfer|ledger_key_taken"),
        ({"key": ""}, "key"),
        ({"cause": "because"}, "cause"),
        ({"kind": "gift"}, "kind"),
        ({"actor_kind": "agent"}, "actor"),
        ({"credit_account_id": 4711}, "FOREIGN KEY|fk_transfer|ledger_currency"),
        ({"cause": "surcharge"}, "agreed"),
        ({"cause": "surcharge", "kind": "pending"}, "agreed"),
        ({"cause": "work"}, "agreed"),
        ({"cause": "reversal"}, "reversal"),
        ({"kind": "post", "pending_key": "h", "amount_minor": 30001, "cause": "appointment"}, "above_hold"),
        ({"kind": "post", "pending_key": "a"}, "no_hold"),
        ({"kind": "post", "pending_key": "h", "cause": "licence"}, "no_hold"),
        ({"kind": "post"}, "no_hold"),
        ({"kind": "void", "pending_key": "h", "amount_minor": 29999, "cause": "appointment"}, "not_the_hold"),
        ({"kind": "expire", "pending_key": "h", "amount_minor": 30000, "cause": "appointment"}, "runs_on"),
        ({"kind": "reverse", "cause": "reversal", "reverses_key": "a"}, "not_the_original"),
        ({"kind": "single", "reverses_key": "a"}, "reverses_key"),
        ({"expires_at": _AT}, "expires_at"),
    ],
)
def test_a_transfer_that_breaks_a_rule_is_refused(booked: World, row: dict, refusal: str) -> None:
    with pytest.raises(DBAPIError, match=refusal):
        insert(booked, **row)
    assert ledger.balance(booked.credit) == (chf(450), chf(300), chf(150))


@pytest.mark.database("sqlite")
@pytest.mark.parametrize("amount", [0.5, "a lot", None])
def test_a_column_of_sqlite_takes_integers_only(booked: World, amount: object) -> None:
    with pytest.raises(DBAPIError):
        insert(booked, amount_minor=amount)


def test_a_rightful_transfer_by_hand_is_counted(booked: World) -> None:
    insert(booked, amount_minor=15000)
    assert booked.available() == chf(0)
    assert check_ledger() == []


def test_a_surcharge_needs_a_yes_to_a_surcharge_on_the_same_ticket(booked: World) -> None:
    with transaction():
        work_yes = booked.say(booked.offer("work", chf(90))).answer_id
        no = booked.say(booked.offer(), accepted=False).answer_id
        yes = booked.say(booked.offer()).answer_id
        other = booked.another_ticket()
        after = booked.say(booked.offer("quote", chf(90)), now=NOW.replace(hour=10)).answer_id
    for acceptance, ticket, cause in [
        (work_yes, booked.ticket, "surcharge"),
        (no, booked.ticket, "surcharge"),
        (yes, other, "surcharge"),
        (yes, booked.ticket, "work"),
        (after, booked.ticket, "work"),
    ]:
        with pytest.raises(DBAPIError, match="ledger_not_agreed"):
            insert(booked, cause=cause, acceptance_id=acceptance, ticket_id=ticket)
    with pytest.raises(DBAPIError, match=r"used"):
        insert(booked, cause="work", acceptance_id=work_yes, ticket_id=booked.ticket, amount_minor=9001)
    insert(booked, cause="work", acceptance_id=work_yes, ticket_id=booked.ticket, amount_minor=9000)
    assert Finding("charge_without_work", "by hand") in check_ledger()


def test_the_surcharge_of_a_case_is_charged_once_under_whatever_key(booked: World) -> None:
    with transaction():
        offer = booked.offer(net=chf(100))
        answer = booked.say(offer).answer_id
        offers.hold_surcharge(offer.id, by=SYSTEM, now=NOW)
    with pytest.raises(DBAPIError, match="used"):
        insert(booked, cause="surcharge", acceptance_id=answer, ticket_id=booked.ticket, amount_minor=1)
    with pytest.raises(NotAllowedYet), transaction():
        booked.charge(
            "surcharge again", Money(1), cause="surcharge", acceptance_id=answer, ticket_id=booked.ticket
        )


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE offer SET net_minor = 1, gross_minor = 1 + vat_minor",
        "UPDATE offer SET text = 'free of charge'",
        "UPDATE offer SET ticket_id = NULL",
        "UPDATE offer SET state = 'accepted' WHERE kind = 'surcharge'",
        "UPDATE offer SET state = 'declined' WHERE kind = 'surcharge'",
        "UPDATE offer SET state = 'open' WHERE kind = 'work'",
        "UPDATE offer SET state = 'expired' WHERE kind = 'work'",
        "DELETE FROM offer",
        "UPDATE offer_answer SET accepted = NOT accepted",
        "UPDATE offer_answer SET words = 'yes'",
        "DELETE FROM offer_answer",
    ],
)
def test_an_offer_is_frozen_and_its_answer_sealed(world: World, statement: str) -> None:
    with transaction():
        world.offer()
        world.say(world.offer("work", chf(90)))
    with pytest.raises(DBAPIError):
        sql(statement)
    assert check_ledger() == []


@pytest.mark.parametrize(
    ("evidence", "refusal"),
    [
        (offers.Evidence("reply", words="Ja"), "reply"),
        (offers.Evidence("phone", name="Anna"), "phone"),
        (offers.Evidence("phone", agent_id=1), "phone"),
        (offers.Evidence("standing"), "standing|not agreed"),
        (offers.Evidence("page", authorisation_id=1), "standing|FOREIGN|fk_"),
        (offers.Evidence("pigeon"), "channel"),
    ],
)
def test_an_answer_without_its_evidence_is_refused(
    world: World, evidence: offers.Evidence, refusal: str
) -> None:
    with transaction():
        offer = world.offer()
    with pytest.raises((DBAPIError, NotAllowedYet), match=refusal), transaction():
        offers.record_answer(offer.id, True, evidence, now=NOW)


def test_a_contract_never_accepts_urgency(world: World) -> None:
    with transaction():
        standing = world.standing()
        offer = world.offer()
    evidence = offers.Evidence("standing", authorisation_id=standing, name="Contract")
    with pytest.raises(NotAllowedYet), transaction():
        offers.record_answer(offer.id, True, evidence, now=NOW)


def test_the_check_names_a_balance_that_was_touched(booked: World) -> None:
    sql("UPDATE account SET credits_posted = credits_posted + 1 WHERE id = :id", id=booked.credit)
    assert check_ledger() == [
        Finding("account_sum", str(booked.credit)),
        Finding("lot_account", str(booked.credit)),
    ]


def test_the_check_proves_a_whole_story(booked: World) -> None:
    with transaction():
        ledger.post("h:done", "h", chf(100), by=SYSTEM, now=NOW)
        ledger.reverse("h:back", "h:done", by=SYSTEM, now=NOW, reason="wrong")
        offer = booked.offer()
        booked.say(offer)
        offers.hold_surcharge(offer.id, by=SYSTEM, now=NOW)
        offers.post_surcharge(booked.ticket, now=NOW)
        booked.standing()
        booked.log(38)
        booked.log(5, key="2")
    assert check_ledger() == []


def test_the_triggers_may_be_installed_again(booked: World) -> None:
    with transaction():
        for statement in constraints.statements(dialect()):
            db.session.execute(text(statement))
    with pytest.raises(DBAPIError, match="ledger_unchangeable"):
        sql("DELETE FROM transfer")
    with transaction():
        booked.charge("b", chf(150))
    assert check_ledger() == []


def test_the_database_refuses_work_in_absence_without_a_quote(world: World) -> None:
    with transaction():
        world.top_up(chf(500))
        world.standing()
        entry = world.log(15)
    row = {c.name: getattr(entry, c.name) for c in WorkEntry.__table__.columns if c.name != "id"}
    with pytest.raises(DBAPIError, match="work_needs_quote"), transaction():
        insert_row(WorkEntry, **row | {"key": "absent", "activity": "development"})


def test_the_database_refuses_to_charge_what_a_quote_holds(world: World) -> None:
    with transaction():
        world.top_up(chf(500))
        offer = world.offer("quote", chf(100))
        answer = world.say(offer).answer_id
    more = {"cause": "quote", "ticket_id": world.ticket, "acceptance_id": answer}
    with transaction():
        world.hold("quote:1:hold:0", chf(100), **more)
    db.session.refresh(offer)
    assert offer.used_minor == 0
    with pytest.raises(DBAPIError, match="ledger_quote_held"), transaction():
        ledger.post("quote:1:charge", "quote:1:hold:0", by=SYSTEM, now=NOW)

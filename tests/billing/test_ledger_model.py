"""Random stories of the ledger against a model in plain Python: the two never differ (B1-B3, B7)."""

from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from helpdesk.billing import ledger
from helpdesk.billing.ledger_check import check_ledger
from helpdesk.core.actors import SYSTEM
from helpdesk.core.errors import Conflict, HelpdeskError, InsufficientCredit
from helpdesk.core.money import Money
from helpdesk.db import Base, db, transaction
from tests.billing.world import NOW, build, make_app

AMOUNTS = st.integers(1, 400)
PICK = st.integers(0, 10_000)
LIMIT = 150


class Model:
    """What should be: balances as a list of what happened."""

    def __init__(self) -> None:
        self.posted = 0
        self.holds: dict[str, int] = {}
        self.settled: list[str] = []
        self.moves: dict[str, int] = {}
        self.reversed: set[str] = set()

    @property
    def available(self) -> int:
        return self.posted - sum(self.holds.values()) + LIMIT


class LedgerMachine(RuleBasedStateMachine):
    """Top up, charge, hold, post, void, reverse, repeat; each step is also tried on the model."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = TemporaryDirectory()
        app = make_app(f"sqlite:///{Path(self.folder.name) / 'books.sqlite3'}")
        self.context = app.app_context()
        self.context.push()
        Base.metadata.create_all(db.engine)
        with transaction():
            self.world = build()
            self.account = ledger.open_account(
                "receivable", "CHF", customer_id=self.world.customer, limit=Money(LIMIT), now=NOW
            )
        self.model = Model()
        self.count = 0

    def teardown(self) -> None:
        db.session.remove()
        db.engine.dispose()
        self.context.pop()
        self.folder.cleanup()

    def next_key(self) -> str:
        self.count += 1
        return f"k{self.count}"

    def attempt(self, possible: bool, verb: Callable[[], object], error: type[HelpdeskError]) -> bool:
        if possible:
            with transaction():
                verb()
        else:
            with pytest.raises(error), transaction():
                verb()
        return possible

    def move(self, key: str, minor: int) -> Callable[[], str]:
        debit, credit = (self.world.cash, self.account) if minor > 0 else (self.account, self.world.revenue)
        return lambda: ledger.transfer(
            key, debit=debit, credit=credit, amount=Money(abs(minor)), cause="adjustment", by=SYSTEM, now=NOW
        )

    @rule(amount=AMOUNTS)
    def top_up(self, amount: int) -> None:
        key = self.next_key()
        self.attempt(True, self.move(key, amount), Conflict)
        self.model.posted += amount
        self.model.moves[key] = amount

    @rule(amount=AMOUNTS)
    def charge(self, amount: int) -> None:
        key = self.next_key()
        if self.attempt(self.model.available >= amount, self.move(key, -amount), InsufficientCredit):
            self.model.posted -= amount
            self.model.moves[key] = -amount

    @rule(amount=AMOUNTS)
    def hold(self, amount: int) -> None:
        key = self.next_key()
        possible = self.model.available >= amount
        if self.attempt(possible, lambda: self.reserve(key, amount), InsufficientCredit):
            self.model.holds[key] = amount

    def reserve(self, key: str, amount: int) -> str:
        return ledger.reserve(
            key,
            debit=self.account,
            credit=self.world.revenue,
            amount=Money(amount),
            cause="appointment",
            by=SYSTEM,
            now=NOW,
        )

    @precondition(lambda self: self.model.holds)
    @rule(pick=PICK, amount=AMOUNTS)
    def post(self, pick: int, amount: int) -> None:
        hold = sorted(self.model.holds)[pick % len(self.model.holds)]
        key = f"{hold}:posted"
        possible = amount <= self.model.holds[hold]
        if self.attempt(
            possible, lambda: ledger.post(key, hold, Money(amount), by=SYSTEM, now=NOW), Conflict
        ):
            del self.model.holds[hold]
            self.model.posted -= amount
            self.model.moves[key] = -amount
            self.model.settled.append(hold)

    @precondition(lambda self: self.model.holds)
    @rule(pick=PICK)
    def void(self, pick: int) -> None:
        hold = sorted(self.model.holds)[pick % len(self.model.holds)]
        self.attempt(
            True, lambda: ledger.void(f"{hold}:void", hold, by=SYSTEM, now=NOW, reason="model"), Conflict
        )
        del self.model.holds[hold]
        self.model.settled.append(hold)

    @precondition(lambda self: self.model.settled)
    @rule(pick=PICK)
    def settle_again(self, pick: int) -> None:
        hold = self.model.settled[pick % len(self.model.settled)]
        key = self.next_key()
        self.attempt(False, lambda: ledger.post(key, hold, Money(1), by=SYSTEM, now=NOW), Conflict)

    @precondition(lambda self: self.model.moves)
    @rule(pick=PICK)
    def reverse(self, pick: int) -> None:
        key = sorted(self.model.moves)[pick % len(self.model.moves)]
        amount = self.model.moves[key]
        back = self.next_key()
        once = key not in self.model.reversed
        covered = amount < 0 or self.model.available >= amount
        error = InsufficientCredit if once else HelpdeskError
        if self.attempt(
            once and covered,
            lambda: ledger.reverse(back, key, by=SYSTEM, now=NOW, reason="model"),
            error,
        ):
            self.model.posted -= amount
            self.model.reversed.add(key)

    @precondition(lambda self: self.model.moves)
    @rule(pick=PICK)
    def repeat_a_key(self, pick: int) -> None:
        key = sorted(self.model.moves)[pick % len(self.model.moves)]
        if ":" not in key:
            self.attempt(True, self.move(key, self.model.moves[key]), Conflict)
            self.attempt(False, self.move(key, self.model.moves[key] * 2), Conflict)

    @invariant()
    def same_as_the_model(self) -> None:
        db.session.rollback()
        held = sum(self.model.holds.values())
        balance = ledger.balance(self.account)
        assert (balance.posted.minor, balance.held.minor) == (self.model.posted, held)
        assert balance.available.minor == self.model.available >= 0
        assert check_ledger() == []


def test_no_story_makes_the_ledger_and_the_model_differ() -> None:
    run_state_machine_as_test(
        LedgerMachine,
        settings=settings(
            max_examples=25,
            stateful_step_count=30,
            deadline=None,
            suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
        ),
    )

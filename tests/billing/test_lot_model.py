"""Random stories of lots against a model in plain Python: order, holds, reversal and expiry never differ."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
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

from helpdesk.billing import ledger, lots, queries
from helpdesk.billing.ledger_check import check_ledger
from helpdesk.core.actors import SYSTEM
from helpdesk.core.errors import HelpdeskError
from helpdesk.core.money import Money
from helpdesk.db import Base, db, transaction
from tests.billing.world import NOW, build, make_app

AMOUNTS = st.integers(1, 300)
PICK = st.integers(0, 10_000)


@dataclass
class ModelLot:
    """What a lot should be."""

    key: str
    order: tuple[bool, int, int]
    rest: int
    day: int | None
    held: int = 0


@dataclass
class Model:
    """Lots as a list, and who took what."""

    day: int = 0
    lots: list[ModelLot] = field(default_factory=list)
    charges: dict[str, list[tuple[ModelLot, int]]] = field(default_factory=dict)
    holds: dict[str, list[tuple[ModelLot, int]]] = field(default_factory=dict)

    def usable(self) -> list[ModelLot]:
        return sorted(
            (lot for lot in self.lots if lot.rest and (lot.day is None or lot.day > self.day)),
            key=lambda lot: lot.order,
        )

    def take(self, amount: int) -> list[tuple[ModelLot, int]] | None:
        if sum(lot.rest for lot in self.usable()) < amount:
            return None
        parts = []
        for lot in self.usable():
            part = min(amount, lot.rest)
            if part:
                lot.rest -= part
                amount -= part
                parts.append((lot, part))
        return parts


class LotMachine(RuleBasedStateMachine):
    """Buys, charges, holds, captures, lets go, reverses, and lets days pass."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = TemporaryDirectory()
        self.context = make_app(f"sqlite:///{Path(self.folder.name) / 'books.sqlite3'}").app_context()
        self.context.push()
        Base.metadata.create_all(db.engine)
        with transaction():
            self.world = build()
        self.model = Model()
        self.count = 0

    def teardown(self) -> None:
        db.session.remove()
        db.engine.dispose()
        self.context.pop()
        self.folder.cleanup()

    @property
    def now(self):
        return NOW + timedelta(days=self.model.day)

    def next_key(self) -> str:
        self.count += 1
        return f"k{self.count:03d}"

    def attempt(self, possible: bool, verb: Callable[[], object]) -> None:
        if possible:
            with transaction():
                verb()
        else:
            with pytest.raises(HelpdeskError), transaction():
                verb()

    @rule(amount=AMOUNTS, bonus=st.booleans(), days=st.none() | st.integers(1, 9))
    def buy(self, amount: int, bonus: bool, days: int | None) -> None:
        key = self.next_key()
        day = None if days is None else self.model.day + days
        with transaction():
            lots.announce(
                self.world.credit,
                key,
                kind="bonus" if bonus else "paid",
                expires_at=None if day is None else NOW + timedelta(days=day),
                now=self.now,
            )
            ledger.transfer(
                key,
                debit=self.world.cash,
                credit=self.world.credit,
                amount=Money(amount),
                cause="top_up",
                by=SYSTEM,
                now=self.now,
            )
        order = (not bonus, 10**6 if day is None else day, self.count)
        self.model.lots.append(ModelLot(key, order, amount, day))

    @rule(amount=AMOUNTS)
    def charge(self, amount: int) -> None:
        key, parts = self.next_key(), self.model.take(amount)
        self.attempt(parts is not None, lambda: self.world.charge(key, Money(amount), now=self.now))
        if parts is not None:
            self.model.charges[key] = parts

    @rule(amount=AMOUNTS)
    def hold(self, amount: int) -> None:
        key, parts = self.next_key(), self.model.take(amount)
        self.attempt(parts is not None, lambda: self.world.hold(key, Money(amount), now=self.now))
        if parts is not None:
            self.model.holds[key] = parts
            for lot, part in parts:
                lot.held += part

    @precondition(lambda self: self.model.holds)
    @rule(pick=PICK, amount=AMOUNTS, let_go=st.booleans())
    def settle(self, pick: int, amount: int, let_go: bool) -> None:
        key = sorted(self.model.holds)[pick % len(self.model.holds)]
        parts = self.model.holds[key]
        fits = let_go or amount <= sum(part for _lot, part in parts)
        self.attempt(
            fits,
            lambda: (
                ledger.void(f"{key}:end", key, by=SYSTEM, now=self.now, reason="model")
                if let_go
                else ledger.post(f"{key}:end", key, Money(amount), by=SYSTEM, now=self.now)
            ),
        )
        if not fits:
            return
        del self.model.holds[key]
        captured, left = [], 0 if let_go else amount
        for lot, part in parts:
            taken = min(left, part)
            left -= taken
            lot.held -= part
            lot.rest += part - taken
            if taken:
                captured.append((lot, taken))
        if captured:
            self.model.charges[f"{key}:end"] = captured

    @precondition(lambda self: self.model.charges)
    @rule(pick=PICK)
    def reverse(self, pick: int) -> None:
        key = sorted(self.model.charges)[pick % len(self.model.charges)]
        self.attempt(
            True, lambda: ledger.reverse(f"{key}:back", key, by=SYSTEM, now=self.now, reason="model")
        )
        for lot, part in self.model.charges.pop(key):
            lot.rest += part

    @rule(days=st.integers(1, 4))
    def days_pass(self, days: int) -> None:
        self.model.day += days
        with transaction():
            lots.expire_due(self.now)
        for lot in self.model.lots:
            if lot.day is not None and lot.day <= self.model.day and not lot.held:
                lot.rest = 0

    @invariant()
    def same_as_the_model(self) -> None:
        db.session.rollback()
        found = {
            lot.key: (lot.rest.minor, lot.held.minor)
            for lot in queries.lots_of(self.world.credit, all_of_them=True)
        }
        assert found == {lot.key: (lot.rest, lot.held) for lot in self.model.lots}
        assert check_ledger() == []


def test_no_story_makes_the_lots_and_the_model_differ() -> None:
    run_state_machine_as_test(
        LotMachine,
        settings=settings(
            max_examples=12,
            stateful_step_count=30,
            deadline=None,
            suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
        ),
    )

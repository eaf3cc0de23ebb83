"""Eight processes at one credit: never below zero, each key once, and the sums add up (B2, B3)."""

import subprocess
import sys
from pathlib import Path

from sqlalchemy import func, select

from helpdesk.billing import ledger, queries
from helpdesk.billing.ledger_check import check_ledger
from helpdesk.billing.models import Transfer
from helpdesk.core.money import chf
from helpdesk.db import db, transaction
from tests.billing.world import World

ROOT = Path(__file__).resolve().parents[2]
RACERS = 8
TURNS = 12


def test_eight_processes_never_overdraw_nor_charge_twice(world: World, database_url: str) -> None:
    with transaction():
        world.top_up(chf(150))  # enough for about half of what they ask for
    db.session.remove()
    ids = map(str, (world.customer, world.credit, world.revenue))
    command = [sys.executable, "-m", "tests.billing.racer", database_url]
    tail = [str(TURNS), *ids]
    racers = [
        subprocess.Popen([*command, str(n), *tail], cwd=ROOT, stderr=subprocess.PIPE, text=True)
        for n in range(RACERS)
    ]
    ends = [(racer.communicate(timeout=100)[1], racer.returncode) for racer in racers]
    assert [end for end in ends if end != ("", 0)] == []

    balance = ledger.balance(world.credit)
    assert balance.held == chf(0)
    assert chf(0) <= balance.available < chf(6)
    assert check_ledger() == []
    bills = db.session.scalar(select(func.count()).where(Transfer.key.like("bill:%")))
    assert bills == RACERS // 2 * TURNS
    receivable = queries.account_of(world.customer, "receivable")
    assert receivable is not None
    assert ledger.balance(receivable).posted < chf(0)

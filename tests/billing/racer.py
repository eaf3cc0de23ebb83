"""One of several processes that race for the same credit; started by test_races.py.

Usage: python -m tests.billing.racer URL NUMBER RESERVATIONS CUSTOMER CREDIT REVENUE
"""

import sys

from helpdesk.billing import ledger
from helpdesk.core.actors import SYSTEM
from helpdesk.core.errors import InsufficientCredit
from helpdesk.core.money import chf
from helpdesk.db import db, transaction
from tests.billing.world import NOW, make_app


def main(url: str, number: int, tries: int, customer: int, credit: int, revenue: int) -> None:
    with make_app(url).app_context():
        for turn in range(tries):
            # Two racers share each key: the second one's booking must do nothing.
            _book(f"race:{number // 2}:{turn}", credit, revenue, hold=turn % 3 == 0)
            _pay(f"bill:{number // 2}:{turn}", customer, revenue)
        db.session.remove()
        db.engine.dispose()


def _book(key: str, credit: int, revenue: int, hold: bool) -> None:
    verb = ledger.reserve if hold else ledger.transfer
    try:
        with transaction():
            verb(
                key,
                debit=credit,
                credit=revenue,
                amount=chf(6),
                cause="appointment",
                by=SYSTEM,
                now=NOW,
            )
            if hold:
                ledger.post(f"{key}:done", key, chf(2), by=SYSTEM, now=NOW)
    except InsufficientCredit:
        pass


def _pay(key: str, customer: int, revenue: int) -> None:
    """Credit while it lasts, then the invoice; who pays is decided once for both racers."""
    with transaction():
        payer = ledger.payer(customer, chf(1), now=NOW).account_id
        there = db.session.get(ledger.Transfer, key)
        ledger.transfer(
            key,
            debit=there.debit_account_id if there else payer,
            credit=revenue,
            amount=chf(1),
            cause="licence",
            by=SYSTEM,
            now=NOW,
        )


if __name__ == "__main__":
    main(sys.argv[1], *map(int, sys.argv[2:]))
